// What sketches can call on ESP32 and ESP8266 alike, beside what the library needs.

#ifndef SENSORBOARD_CORES_CLASSIC_SKETCH_H
#define SENSORBOARD_CORES_CLASSIC_SKETCH_H

#include <stdio.h>

#include "../../stubs/Arduino.h"

#ifndef LOW
#define LOW 0x0
#define HIGH 0x1
#endif
#define RISING 0x01
#define FALLING 0x02
#define CHANGE 0x03
#define IRAM_ATTR
#define RTC_NOINIT_ATTR
#define PI 3.1415926535897932384626433832795
#define constrain(amt, low, high)                                                      \
  ((amt) < (low) ? (low) : ((amt) > (high) ? (high) : (amt)))
#define interrupts() static_cast<void>(0)
#define noInterrupts() static_cast<void>(0)
#define digitalPinToInterrupt(pin) (pin)

typedef uint8_t byte;
typedef bool boolean;

extern "C" {
void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t val);
int digitalRead(uint8_t pin);
void delayMicroseconds(unsigned int us);
void setup(void);
void loop(void);
}

unsigned long pulseIn(uint8_t pin, uint8_t state, unsigned long timeout = 1000000L);
long random(long howbig);
long random(long howsmall, long howbig);
long map(long x, long in_min, long in_max, long out_min, long out_max);

class HardwareSerial : public Stream {
public:
  void begin(unsigned long baud);
  void end();
  int available() override;
  int read() override;
  int peek() override;
  int availableForWrite() override;
  size_t write(uint8_t) override;
  size_t write(const uint8_t *buffer, size_t size) override;
  size_t printf(const char *format, ...) __attribute__((format(printf, 2, 3)));
  operator bool() const;
  using Print::write;
};

extern HardwareSerial Serial;
extern HardwareSerial Serial1;

#endif
