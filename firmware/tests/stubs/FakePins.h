// Pins that a test switches.

#ifndef SENSORBOARD_STUBS_FAKE_PINS_H
#define SENSORBOARD_STUBS_FAKE_PINS_H

#include <stdint.h>

constexpr uint8_t FakePins = 64;

struct FakePin {
  uint8_t mode;
  uint8_t level;
};

extern FakePin fakePins[FakePins];

#endif
