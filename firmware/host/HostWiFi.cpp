#include "HostWiFi.h"

#include "Bench.h"

namespace sensorboard {

bool WiFiNetwork::isUp() {
  if (!hasWiFi()) {
    client_.stop();
    udp_.stop();
  }
  return hasWiFi();
}

} // namespace sensorboard
