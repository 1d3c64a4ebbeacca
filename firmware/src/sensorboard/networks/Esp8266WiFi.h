// The Wi-Fi of ESP8266. Core 3 of esp8266/Arduino, and core 2.

#ifndef SENSORBOARD_NETWORKS_ESP8266_WIFI_H
#define SENSORBOARD_NETWORKS_ESP8266_WIFI_H

#include <ESP8266WiFi.h>
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
  bool macAddress(uint8_t (&address)[6]) override {
    WiFi.macAddress(address);
    return true;
  }

protected:
  // Does not wait for the result. In core 2 the sketch's name and password would be
  // written to the flash as well; and before core 3 the radio was an access point, too,
  // until it was told otherwise.
  void join() override {
    WiFi.persistent(false);
    WiFi.mode(WIFI_STA);
    WiFi.setAutoReconnect(true);
    WiFi.begin(name(), password());
    // WiFiClient waits for 5 s to connect, and for an answer to what it has sent.
    plain_.setTimeout(2000);
  }

  JoinState look() override {
    switch (WiFi.status()) {
    case WL_CONNECTED:
      return JoinState::Up;
    case WL_NO_SSID_AVAIL:
      return JoinState::NotFound;
    case WL_CONNECT_FAILED:
    case WL_WRONG_PASSWORD:
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
