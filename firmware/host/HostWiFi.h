// This machine's network, as a sketch on a real board finds its Wi-Fi. The program is
// compiled with it as the Wi-Fi of its board.

#ifndef SENSORBOARD_HOST_WIFI_H
#define SENSORBOARD_HOST_WIFI_H

#include <PosixClient.h>

#include <sensorboard/Network.h>

#include "PosixUdp.h"

#define SENSORBOARD_HAS_WIFI

namespace sensorboard {

class WiFiNetwork : public Network {
public:
  WiFiNetwork(const char *, const char *) {}

  void begin() override {}
  bool isUp() override;
  Client &client() override { return client_; }
  UDP *udp() override { return &udp_; }

private:
  PosixClient client_;
  PosixUdp udp_;
};

} // namespace sensorboard

#endif
