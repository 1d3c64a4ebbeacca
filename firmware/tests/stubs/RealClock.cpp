// The clock of this machine, for programs that talk to real peers.

#include <sched.h>
#include <time.h>

#include "Arduino.h"

namespace {

uint64_t now() { // μs
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1000000ULL * static_cast<uint64_t>(time.tv_sec) +
         static_cast<uint64_t>(time.tv_nsec) / 1000;
}

} // namespace

unsigned long millis(void) { return static_cast<uint32_t>(now() / 1000); }
unsigned long micros(void) { return static_cast<uint32_t>(now()); }

void delay(unsigned long ms) {
  timespec time = {static_cast<time_t>(ms / 1000),
                   static_cast<long>(ms % 1000) * 1000000};
  nanosleep(&time, nullptr);
}

void yield(void) { sched_yield(); }
