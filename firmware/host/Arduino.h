// The core for a board that is a program on this machine: what sketches use of Arduino,
// besides what the library itself needs. Bench.cpp has what is at the pins.

#ifndef SENSORBOARD_HOST_ARDUINO_H
#define SENSORBOARD_HOST_ARDUINO_H

#include_next <Arduino.h>

#define LED_BUILTIN 13

enum : uint8_t { A0 = 50 };

uint32_t analogReadMilliVolts(uint8_t pin); // as the ESP32's core has it
void analogWrite(uint8_t pin, int value);
unsigned long pulseIn(uint8_t pin, uint8_t state, unsigned long timeout = 1000000);
void delayMicroseconds(unsigned int us);

// Prints to the standard output.
class HostSerial : public Stream {
public:
  void begin(unsigned long) {}
  int available() override { return 0; }
  int read() override { return -1; }
  int peek() override { return -1; }
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t *bytes, size_t size) override;
  using Print::write;
};
extern HostSerial Serial;

// What the program's environment says: the value of SENSORBOARD_<name>, or what is to
// be otherwise.
const char *setting(const char *name, const char *otherwise = nullptr);
long settingNumber(const char *name, long otherwise);

#endif
