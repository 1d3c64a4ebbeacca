// Stand-in for avr-libc.

#ifndef SENSORBOARD_CORES_AVR_PGMSPACE_H
#define SENSORBOARD_CORES_AVR_PGMSPACE_H

#include <string.h>

#include "../../../stubs/Arduino.h"

#define pgm_read_dword(address) (*reinterpret_cast<const uint32_t *>(address))
#define memcpy_P(to, from, size) memcpy(to, fromFlash(from), size)

#endif
