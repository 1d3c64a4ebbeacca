// The Wi-Fi of ESP32, S2, S3, C3, C6 and so on. Cores 2 and 3 of arduino-esp32.

#ifndef SENSORBOARD_NETWORKS_ESP32_WIFI_H
#define SENSORBOARD_NETWORKS_ESP32_WIFI_H

#include <WiFi.h>
#include <WiFiUdp.h>

#include "JoiningNetwork.h"

namespace sensorboard {

class WiFiNetwork : public JoiningNetwork {
public:
  WiFiNetwork(const char *name, const char *password)
      : WiFiNetwork(name, password, plain_) {}
  WiFiNetwork(const char *name, const char *password, Client &client)
      : JoiningNetwork(name, password, 100), client_(client) {}

  Client &client() override { return client_; }
  UDP *udp() override { return &udp_; }

  // The client connects by numbers or names, and waits for 3 s at most.
  bool macAddress(uint8_t (&address)[6]) override {
    WiFi.macAddress(address);
    return true;
  }

protected:
  // Does not wait for the result (up to 1 s for the radio to start, in core 3). What
  // the sketch says is not to be written to the flash as well: it would stay there
  // when the sketch says something else.
  void join() override {
    WiFi.persistent(false);
    WiFi.mode(WIFI_STA);
    WiFi.begin(name(), password());
  }

  // STA.cpp of the core: it joins again by itself after most failures, but not after a
  // password that was refused; that is WL_CONNECT_FAILED.
  JoinState look() override {
    switch (WiFi.status()) {
    case WL_CONNECTED:
      return JoinState::Up;
    case WL_NO_SSID_AVAIL:
      return JoinState::NotFound;
    case WL_CONNECT_FAILED:
      return JoinState::Refused;
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
