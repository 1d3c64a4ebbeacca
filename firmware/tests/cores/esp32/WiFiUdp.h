// Stand-in for arduino-esp32: libraries/Network (NetworkUDP).

#ifndef SENSORBOARD_CORES_ESP32_WIFI_UDP_H
#define SENSORBOARD_CORES_ESP32_WIFI_UDP_H

#include <Arduino.h>

#include <IPAddress.h>
#include <Udp.h>

class WiFiUDP : public UDP {
public:
  WiFiUDP();
  ~WiFiUDP();
  uint8_t begin(uint16_t port) override;
  uint8_t beginMulticast(IPAddress, uint16_t) override;
  void stop() override;
  int beginPacket(IPAddress ip, uint16_t port) override;
  int beginPacket(const char *host, uint16_t port) override;
  int endPacket() override;
  size_t write(uint8_t) override;
  size_t write(const uint8_t *buffer, size_t size) override;
  using Print::write;
  int parsePacket() override;
  int available() override;
  int read() override;
  int read(unsigned char *buffer, size_t len) override;
  int read(char *buffer, size_t len) override;
  int peek() override;
  void flush() override;
  IPAddress remoteIP() override;
  uint16_t remotePort() override;
};

#endif
