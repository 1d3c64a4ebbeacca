// A Client whose other end is the test.

#ifndef SENSORBOARD_TESTS_SCRIPTED_CLIENT_H
#define SENSORBOARD_TESTS_SCRIPTED_CLIENT_H

#include <Arduino.h>
#include <Client.h>

#include <string>
#include <vector>

class ScriptedClient : public Client {
public:
  int connect(IPAddress address, uint16_t port) override {
    connectedTo = std::to_string(address[0]) + "." + std::to_string(address[1]) + "." +
                  std::to_string(address[2]) + "." + std::to_string(address[3]);
    return connectTo(port);
  }
  int connect(const char *host, uint16_t port) override {
    connectedTo = host;
    return connectTo(port);
  }
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t *data, size_t size) override {
    if (!isUp) {
      return 0;
    }
    if (size > mostPerWrite) {
      size = mostPerWrite;
    }
    if (size > room) {
      size = room;
    }
    room -= size;
    sent.append(reinterpret_cast<const char *>(data), size);
    writes.push_back(size);
    return size;
  }
  using Print::write;
  int available() override {
    calls++;
    return static_cast<int>(incoming.size() < window ? incoming.size() : window);
  }
  // As UNO R4 does it: 0 when there is nothing. Others give -1.
  int read() override {
    uint8_t byte = 0;
    return read(&byte, 1) == 1 ? byte : whenEmpty;
  }
  int read(uint8_t *data, size_t size) override {
    if (incoming.empty()) {
      return whenEmpty;
    }
    size = incoming.copy(reinterpret_cast<char *>(data),
                         size < mostPerRead ? size : mostPerRead);
    incoming.erase(0, size);
    return static_cast<int>(size);
  }
  int peek() override { return incoming.empty() ? -1 : incoming[0]; }
  void flush() override {}
  void stop() override {
    isUp = false;
    incoming.clear();
    stops++;
  }
  uint8_t connected() override {
    calls++;
    return isUp || !incoming.empty();
  }
  operator bool() override { return isUp; }

  std::string incoming;       // what the board has not read yet
  std::string sent;           // what it has sent
  std::vector<size_t> writes; // the size of each write
  std::string connectedTo;
  uint16_t connectedPort = 0;
  int connectResult = 1;
  bool isUp = false;
  int whenEmpty = -1;     // what read() gives then
  size_t window = 100000; // what available() tells of, at most
  size_t mostPerRead = 100000;
  size_t mostPerWrite = 100000;
  size_t room = 100000; // what goes into the buffer until it is full
  int stops = 0;
  int calls = 0; // of available() and connected()

private:
  int connectTo(uint16_t port) {
    connectedPort = port;
    isUp = connectResult > 0;
    return connectResult;
  }
};

#endif
