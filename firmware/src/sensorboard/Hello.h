// What a board says of itself.

#ifndef SENSORBOARD_HELLO_H
#define SENSORBOARD_HELLO_H

#include <Arduino.h>

#include "Config.h"
#include "Json.h"
#include "Keys.h"
#include "Link.h"

namespace sensorboard {

// Texts are UTF-8 and stay where they are; nullptr is left out.
struct About {
  const char *name;
  const char *firmware; // the version of the sketch
  uint16_t interval;    // seconds
  bool sleeps;
};

#if SENSORBOARD_IS_SMALL

// Writes hello. No small board can sleep.
void writeHello(Print &out, const About &about, const char *id);

#else

// Sends hello. The nonce and the address of the network interface (6 bytes) can be
// nullptr. False if the link cannot take it now: to be tried again.
SENSORBOARD_CHECK bool sendHello(Link &link, const About &about, const char *id,
                                 const uint8_t *nonce, const uint8_t *mac);

#endif

} // namespace sensorboard

#endif
