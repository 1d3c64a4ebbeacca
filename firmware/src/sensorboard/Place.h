// Where a Home Assistant is.

#ifndef SENSORBOARD_PLACE_H
#define SENSORBOARD_PLACE_H

#include <Arduino.h>

namespace sensorboard {

struct Place {
  const char *host; // as it was given, or nullptr: then it is at the address
  uint8_t address[4];
  uint16_t port;

  bool operator==(const Place &other) const {
    return port == other.port && memcmp(address, other.address, sizeof(address)) == 0;
  }

  // "192.168.1.10:8123"
  void printTo(Print &out) const;
};

} // namespace sensorboard

#endif
