// What the chip brings, each in a file of its own in chips/. Where none of them fits
// (the tests on this machine), whoever builds the program defines these functions.

#ifndef SENSORBOARD_CHIP_H
#define SENSORBOARD_CHIP_H

#include <Arduino.h>

#include "Bytes.h"
#include "Keys.h"

namespace sensorboard {

// Who has made the board, and what it is called: "Espressif", "ESP32-C3". nullptr if
// that is not known.
const __FlashStringHelper *manufacturer();
const __FlashStringHelper *model();

// Why the board has started: one of the words that docs/protocol.md has for it, such as
// "power_on". nullptr if the chip cannot tell, or might be wrong.
const __FlashStringHelper *resetReason();

// Gives the board's id, such as "esp32-a0b1c2d3e4f5", and a zero: made from the chip,
// or made up once and kept where the chip has no number. The same after every restart.
void boardId(char (&id)[MaxIdSize + 1]);

// Fills bytes with real randomness: keys are made of it.
void randomBytes(uint8_t *bytes, size_t size);

// Where the key is kept that the board and Home Assistant have agreed on. It survives
// that the power goes, also while it is written: then the old one is still there.
//
// False if there is none, or it cannot be read or written.
SENSORBOARD_CHECK bool loadKey(uint8_t (&key)[KeySize]);
SENSORBOARD_CHECK bool storeKey(const uint8_t (&key)[KeySize]);

// Sleeps, with everything off that can be, and starts the sketch anew after so many
// seconds. False, at once, if this chip cannot.
SENSORBOARD_CHECK bool deepSleep(uint32_t seconds);

// Starts the sketch anew.
void restart();

} // namespace sensorboard

#endif
