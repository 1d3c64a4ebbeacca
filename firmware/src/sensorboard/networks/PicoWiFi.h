// The Wi-Fi of Pico W and Pico 2 W. The core arduino-pico.

#ifndef SENSORBOARD_NETWORKS_PICO_WIFI_H
#define SENSORBOARD_NETWORKS_PICO_WIFI_H

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
  bool macAddress(uint8_t (&address)[6]) override {
    WiFi.macAddress(address);
    return true;
  }

protected:
  // mode() keeps begin() from waiting until there is an address as well. The core does
  // wait until the Wi-Fi has let the board in, or for so long (CYW43shim.cpp); and it
  // does not join again by itself.
  void join() override {
    WiFi.mode(WIFI_STA);
    WiFi.setTimeout(5000);
    WiFi.begin(name(), password());
    // WiFiClient waits for 5 s to connect, and for an answer to what it has sent.
    plain_.setTimeout(2000);
  }

  // The core knows no more than that.
  JoinState look() override {
    return WiFi.connected() ? JoinState::Up : JoinState::Trying;
  }

private:
  WiFiClient plain_;
  Client &client_;
  WiFiUDP udp_;
};

} // namespace sensorboard

#endif
