// A UDP over a socket of this machine.

#ifndef SENSORBOARD_HOST_POSIX_UDP_H
#define SENSORBOARD_HOST_POSIX_UDP_H

#include <Arduino.h>
#include <Udp.h>

class PosixUdp : public UDP {
public:
  PosixUdp() : socket_(-1), toPort_(0), fromPort_(0), length_(0), taken_(0), sent_(0) {}
  ~PosixUdp() { PosixUdp::stop(); }

  PosixUdp(const PosixUdp &) = delete;
  PosixUdp &operator=(const PosixUdp &) = delete;

  uint8_t begin(uint16_t port) override;
  uint8_t beginMulticast(IPAddress group, uint16_t port) override;
  void stop() override;
  int beginPacket(IPAddress address, uint16_t port) override;
  int beginPacket(const char *host, uint16_t port) override;
  int endPacket() override;
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t *bytes, size_t size) override;
  using Print::write;
  int parsePacket() override;
  int available() override { return static_cast<int>(length_ - taken_); }
  int read() override;
  int read(unsigned char *bytes, size_t size) override;
  int read(char *text, size_t size) override {
    return read(reinterpret_cast<unsigned char *>(text), size);
  }
  int peek() override { return taken_ < length_ ? packet_[taken_] : -1; }
  void flush() override {}
  IPAddress remoteIP() override { return from_; }
  uint16_t remotePort() override { return fromPort_; }

  // What is sent to a group goes to this port of this machine instead: a test answers
  // there, and nothing of it leaves the machine.
  static void redirect(uint16_t port);

private:
  bool open(uint16_t port);

  int socket_;
  IPAddress to_, from_;
  uint16_t toPort_, fromPort_;
  size_t length_, taken_; // of the packet that came
  size_t sent_;           // so far, of the packet that goes out
  uint8_t packet_[1500];
  uint8_t out_[512];
};

#endif
