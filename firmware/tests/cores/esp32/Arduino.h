// Stand-in for arduino-esp32: cores/esp32.

#ifndef SENSORBOARD_CORES_ESP32_ARDUINO_H
#define SENSORBOARD_CORES_ESP32_ARDUINO_H

#include "../classic/Sketch.h"

#undef INPUT
#undef OUTPUT
#undef INPUT_PULLUP
#define INPUT 0x01
#define OUTPUT 0x03
#define PULLUP 0x04
#define INPUT_PULLUP 0x05
#define PULLDOWN 0x08
#define INPUT_PULLDOWN 0x09

static const uint8_t A0 = 36;
static const uint8_t LED_BUILTIN = 2;

extern "C" {
uint16_t analogRead(uint8_t pin);
uint32_t analogReadMilliVolts(uint8_t pin);
void analogWrite(uint8_t pin, int value);
void attachInterrupt(uint8_t pin, void (*handler)(void), int mode);
}

// sdkconfig.h has one of these.
#if !defined(CONFIG_IDF_TARGET_ESP32C3) && !defined(CONFIG_IDF_TARGET_ESP32S3)
#define CONFIG_IDF_TARGET_ESP32 1
#endif

// Esp.h.
class EspClass {
public:
  void restart();
  uint64_t getEfuseMac();
};

extern EspClass ESP;

#endif
