// Stand-in for the AVR core 1.8, with those parts of avr-libc that the chip's glue
// uses.

#ifndef SENSORBOARD_CORES_AVR_ARDUINO_H
#define SENSORBOARD_CORES_AVR_ARDUINO_H

#include "../../stubs/Arduino.h"
#include <avr/pgmspace.h>

#endif
