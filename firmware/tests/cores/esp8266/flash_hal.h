// Stand-in for esp8266/Arduino: cores/esp8266. What these are is in its linker script;
// here the tests say so.

#ifndef SENSORBOARD_CORES_ESP8266_FLASH_HAL_H
#define SENSORBOARD_CORES_ESP8266_FLASH_HAL_H

#include <stdint.h>

extern uint32_t fileSystemStart;
extern uint32_t fileSystemEnd;
extern uint32_t eepromStart;

#define FS_start (fileSystemStart)
#define FS_end (fileSystemEnd)
#define EEPROM_start (eepromStart)

#endif
