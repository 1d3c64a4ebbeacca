// Host stand-in for the Arduino core: as much of it as the library needs, with the
// signatures of the AVR core 1.8. The clock is FakeClock.cpp or RealClock.cpp,
// whichever is linked.

#ifndef SENSORBOARD_STUBS_ARDUINO_H
#define SENSORBOARD_STUBS_ARDUINO_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern "C" {
unsigned long millis(void);
unsigned long micros(void);
void delay(unsigned long ms);
void yield(void);

// In FakePins.cpp.
void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t value);
int digitalRead(uint8_t pin);
}

#define HIGH 0x1
#define LOW 0x0
#define INPUT 0x0
#define OUTPUT 0x1
#define INPUT_PULLUP 0x2

#define PROGMEM
#define PGM_P const char *

// Where a text is that is in flash: who reads it in another way than with
// pgm_read_byte() is stopped, as on AVR and the ESP8266. What is not in flash can be
// read with it, too.
constexpr uintptr_t FlashBit = ~(UINTPTR_MAX >> 1);

inline const char *inFlash(const char *text) {
  return reinterpret_cast<const char *>(reinterpret_cast<uintptr_t>(text) | FlashBit);
}
inline const char *fromFlash(const void *address) {
  return reinterpret_cast<const char *>(reinterpret_cast<uintptr_t>(address) &
                                        ~FlashBit);
}

#define PSTR(text) inFlash(text)
#define pgm_read_byte(address) static_cast<uint8_t>(*fromFlash(address))

class __FlashStringHelper;
#define F(text) (reinterpret_cast<const __FlashStringHelper *>(PSTR(text)))

#include "Print.h"
#include "Stream.h"

#endif
