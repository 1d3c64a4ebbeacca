// Stand-in for avr-libc.

#ifndef SENSORBOARD_CORES_AVR_WDT_H
#define SENSORBOARD_CORES_AVR_WDT_H

void wdt_reset();
void wdt_disable();

#endif
