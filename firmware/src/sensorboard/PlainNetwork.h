// A network that the sketch brings up itself: Ethernet, a modem, TLS, anything that has
// a Client.

#ifndef SENSORBOARD_PLAIN_NETWORK_H
#define SENSORBOARD_PLAIN_NETWORK_H

#include "Network.h"

namespace sensorboard {

class PlainNetwork : public Network {
public:
  // Without a UDP there is no search.
  explicit PlainNetwork(Client &client, UDP *udp = nullptr)
      : client_(client), udp_(udp) {}

  void begin() override {}
  bool isUp() override { return true; }
  Client &client() override { return client_; }
  UDP *udp() override { return udp_; }

private:
  Client &client_;
  UDP *const udp_;
};

} // namespace sensorboard

#endif
