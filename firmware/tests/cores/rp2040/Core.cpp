#include <Arduino.h>
#include <hardware/flash.h>
#include <pico/unique_id.h>

#include "../../check.h"
#include "../board.h"

// The last 64 KiB of the flash: a program, two sectors, and the EEPROM. The addresses
// are the linker's, as on the board.
uint8_t flashMemory[0x10000];
asm(".globl _FS_start\n.set _FS_start, flashMemory + 0xf000\n"
    ".globl __flash_binary_end\n.set __flash_binary_end, flashMemory + 0xcffc\n");

namespace board {

const char *const prefix = "pico-e6616407e3142b2f";
const size_t idSize = 5 + 16;
const bool hasOneSector = false;

namespace {

Flash flash(flashMemory, sizeof(flashMemory), FLASH_PAGE_SIZE, FLASH_SECTOR_SIZE);
bool isAlone;

} // namespace

void reset() { flash.reset(); }

} // namespace board

using namespace board;

RP2040 rp2040;

void interrupts() {}
void noInterrupts() {}
void RP2040::idleOtherCore() { isAlone = true; }
void RP2040::resumeOtherCore() { isAlone = false; }
void RP2040::reboot() { abort(); }
uint32_t RP2040::hwrand32() { return noise(); }

void flash_range_erase(uint32_t offset, size_t count) {
  CHECK(isAlone);
  CHECK_EQUAL(count, FLASH_SECTOR_SIZE);
  flash.erase(offset);
}
void flash_range_program(uint32_t offset, const uint8_t *data, size_t count) {
  CHECK(isAlone);
  CHECK_EQUAL(offset % FLASH_PAGE_SIZE + count % FLASH_PAGE_SIZE, 0U);
  flash.write(offset, data, count);
}

void pico_get_unique_board_id(pico_unique_board_id_t *id) {
  memcpy(id->id, "\xe6\x61\x64\x07\xe3\x14\x2b\x2f", 8);
}
