// The Wi-Fi of UNO R4 WiFi: the library WiFiS3 of the core. The radio is an ESP32-S3 at
// a serial line, which is asked with commands in text.

#ifndef SENSORBOARD_NETWORKS_UNO_R4_WIFI_H
#define SENSORBOARD_NETWORKS_UNO_R4_WIFI_H

#include <WiFiS3.h>
#include <WiFiUdp.h>

#include "JoiningNetwork.h"

namespace sensorboard {

class WiFiNetwork : public JoiningNetwork {
public:
  WiFiNetwork(const char *name, const char *password)
      : WiFiNetwork(name, password, plain_) {}
  WiFiNetwork(const char *name, const char *password, Client &client)
      : JoiningNetwork(name, password, 1000), client_(client) {}

  Client &client() override { return client_; }
  UDP *udp() override { return &udp_; }

  // Read as text from the module, which may not have answered: then it stays zeros.
  bool macAddress(uint8_t (&address)[6]) override {
    memset(address, 0, sizeof(address));
    WiFi.macAddress(address);
    for (uint8_t byte : address) {
      if (byte != 0) {
        return true;
      }
    }
    return false;
  }

  // Each look is a command that takes some ms.
  uint16_t pollInterval() const override { return 50; }

protected:
  // CWifi::begin() waits for up to 10 s, unless it is told not to: then it only hands
  // on name and password (WiFi.cpp of the library). The module takes an empty password
  // for an error.
  void join() override {
    WiFi.setTimeout(0);
    WiFi.begin(name(), password());
  }

  // The module tells what the core of ESP32 would.
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
