// The clock that stands still until a test, or the code under test with delay(), moves
// it.

#ifndef SENSORBOARD_STUBS_FAKE_CLOCK_H
#define SENSORBOARD_STUBS_FAKE_CLOCK_H

#include <stdint.h>

// What millis() gives from now on; it wraps after 32 bits, as on the boards.
void setClock(uint32_t ms);

void advanceClock(uint32_t ms);

#endif
