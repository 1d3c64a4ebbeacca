// A Client over a socket of this machine. As on most boards, connecting waits, and
// nothing else does.

#ifndef SENSORBOARD_TESTS_POSIX_CLIENT_H
#define SENSORBOARD_TESTS_POSIX_CLIENT_H

#include <Arduino.h>
#include <Client.h>

class PosixClient : public Client {
public:
  PosixClient() : socket_(-1), isUp_(false) {}
  ~PosixClient() { PosixClient::stop(); }

  PosixClient(const PosixClient &) = delete;
  PosixClient &operator=(const PosixClient &) = delete;

  int connect(IPAddress address, uint16_t port) override;
  int connect(const char *host, uint16_t port) override;
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t *data, size_t size) override;
  using Print::write;
  int available() override;
  int read() override;
  int read(uint8_t *data, size_t size) override;
  int peek() override;
  void flush() override {}
  void stop() override;
  uint8_t connected() override;
  operator bool() override { return socket_ >= 0; }

private:
  int socket_;
  bool isUp_;
};

#endif
