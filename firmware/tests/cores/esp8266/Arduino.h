// Stand-in for esp8266/Arduino: cores/esp8266.

#ifndef SENSORBOARD_CORES_ESP8266_ARDUINO_H
#define SENSORBOARD_CORES_ESP8266_ARDUINO_H

#include "../classic/Sketch.h"

#undef INPUT
#undef OUTPUT
#undef INPUT_PULLUP
#define INPUT 0x00
#define INPUT_PULLUP 0x02
#define OUTPUT 0x01

#define A0 17
static const uint8_t LED_BUILTIN = 2;
static const uint8_t D1 = 5, D2 = 4, D5 = 14, D6 = 12, D7 = 13;

extern "C" {
int analogRead(uint8_t pin);
void analogWrite(uint8_t pin, int val);
void attachInterrupt(uint8_t pin, void (*)(void), int mode);
}

// Esp.h.
enum RFMode { RF_DEFAULT = 0, RF_CAL = 1, RF_NO_CAL = 2, RF_DISABLED = 4 };

struct rst_info;

class EspClass {
public:
  static struct rst_info *getResetInfoPtr();
  static void deepSleep(uint64_t time_us, RFMode mode = RF_DEFAULT);
  static uint64_t deepSleepMax();
  static void restart();
  static uint32_t getChipId();
  static bool flashEraseSector(uint32_t sector);
  static bool flashWrite(uint32_t address, const uint32_t *data, size_t size);
  static bool flashWrite(uint32_t address, const uint8_t *data, size_t size);
  static bool flashRead(uint32_t address, uint32_t *data, size_t size);
  static bool flashRead(uint32_t address, uint8_t *data, size_t size);
  static uint8_t *random(uint8_t *resultArray, const size_t outputSizeBytes);
  static uint32_t random();
};

extern EspClass ESP;

#endif
