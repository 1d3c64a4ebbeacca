#include "FakePins.h"

#include "Arduino.h"

FakePin fakePins[FakePins];

void pinMode(uint8_t pin, uint8_t mode) { fakePins[pin % FakePins].mode = mode; }
void digitalWrite(uint8_t pin, uint8_t value) {
  fakePins[pin % FakePins].level = value;
}
int digitalRead(uint8_t pin) { return fakePins[pin % FakePins].level; }
