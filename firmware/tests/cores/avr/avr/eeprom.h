// Stand-in for avr-libc.

#ifndef SENSORBOARD_CORES_AVR_EEPROM_H
#define SENSORBOARD_CORES_AVR_EEPROM_H

#include <stddef.h>

void eeprom_read_block(void *dst, const void *src, size_t n);
void eeprom_update_block(const void *src, void *dst, size_t n);

#endif
