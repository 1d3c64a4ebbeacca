#include "FakeClock.h"

#include "Arduino.h"

namespace {

uint64_t now = 0; // μs

} // namespace

void setClock(uint32_t ms) { now = 1000ULL * ms; }

void advanceClock(uint32_t ms) { now += 1000ULL * ms; }

unsigned long millis(void) { return static_cast<uint32_t>(now / 1000); }
unsigned long micros(void) { return static_cast<uint32_t>(now); }
void delay(unsigned long ms) { now += 1000ULL * ms; }
void yield(void) {}
