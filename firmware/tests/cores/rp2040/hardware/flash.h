// Stand-in for the Pico's SDK.

#ifndef SENSORBOARD_CORES_RP2040_HARDWARE_FLASH_H
#define SENSORBOARD_CORES_RP2040_HARDWARE_FLASH_H

#include <stddef.h>
#include <stdint.h>

#define FLASH_PAGE_SIZE (1u << 8)
#define FLASH_SECTOR_SIZE (1u << 12)

// Where the flash can be read; here that is some memory.
extern "C" uint8_t flashMemory[];
#define XIP_BASE (reinterpret_cast<uintptr_t>(flashMemory))

extern "C" {
void flash_range_erase(uint32_t flash_offs, size_t count);
void flash_range_program(uint32_t flash_offs, const uint8_t *data, size_t count);
}

#endif
