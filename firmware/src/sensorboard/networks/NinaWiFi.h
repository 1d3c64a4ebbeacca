// The Wi-Fi of Nano 33 IoT and MKR WiFi 1010: the library WiFiNINA, which is to be
// installed from the Library Manager. The radio is another processor, at the SPI.

#ifndef SENSORBOARD_NETWORKS_NINA_WIFI_H
#define SENSORBOARD_NETWORKS_NINA_WIFI_H

#include <WiFiNINA.h>
#include <WiFiUdp.h>

#include "JoiningNetwork.h"

namespace sensorboard {

class WiFiNetwork : public JoiningNetwork {
public:
  WiFiNetwork(const char *name, const char *password)
      : WiFiNetwork(name, password, plain_) {}
  WiFiNetwork(const char *name, const char *password, Client &client)
      : JoiningNetwork(name, password, 500), client_(client) {}

  Client &client() override { return client_; }
  UDP *udp() override { return &udp_; }

  // The module's firmware gives the last byte first (versions 1) or as the core of
  // ESP32 does. The lowest bits of the right first byte are 0; if those of both are, it
  // is left open.
  bool macAddress(uint8_t (&address)[6]) override {
    WiFi.macAddress(address);
    if ((address[0] & 3) != 0) {
      for (uint8_t i = 0; i < 3; i++) {
        uint8_t byte = address[i];
        address[i] = address[5 - i];
        address[5 - i] = byte;
      }
    }
    return (address[0] & 3) == 0 && (address[5] & 3) != 0;
  }

  // Each look is a command that takes 1 ms or more.
  uint16_t pollInterval() const override { return 20; }

protected:
  // WiFiClass::begin() waits for up to 10 s, unless it is told not to: then it only
  // hands on name and password (WiFi.cpp of the library).
  void join() override {
    WiFi.setTimeout(0);
    if (password() != nullptr) {
      WiFi.begin(name(), password());
    } else {
      WiFi.begin(name());
    }
  }

  JoinState look() override {
    switch (WiFi.status()) {
    case WL_CONNECTED:
      return JoinState::Up;
    case WL_NO_SSID_AVAIL:
      return JoinState::NotFound;
    case WL_CONNECT_FAILED:
      return JoinState::Refused;
    case WL_NO_MODULE:
      return JoinState::NoRadio;
    default:
      return JoinState::Trying;
    }
  }

private:
  WiFiClient plain_;
  Client &client_;
  WiFiUDP udp_;
};

} // namespace sensorboard

#endif
