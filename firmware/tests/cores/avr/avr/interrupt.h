// Stand-in for avr-libc.

#ifndef SENSORBOARD_CORES_AVR_INTERRUPT_H
#define SENSORBOARD_CORES_AVR_INTERRUPT_H

void cli();

#endif
