#include <Arduino.h>
#include <hardware/flash.h>
#include <pico/unique_id.h>
#include <sensorboard/Chip.h>

#include "../../check.h"
#include "../board.h"

// The last 64 KiB of the flash: a program, two sectors, and the EEPROM. The addresses
// are the linker's, as on the board.
uint8_t flashMemory[0x10000];
asm(".globl _FS_start\n.set _FS_start, flashMemory + 0xf000\n"
    ".globl __flash_binary_end\n.set __flash_binary_end, flashMemory + 0xcffc\n");

namespace sensorboard {

const __FlashStringHelper *resetReason(RP2040::resetReason_t why);

} // namespace sensorboard

namespace board {

const std::vector<Reset> resets = {
    {RP2040::UNKNOWN_RESET, nullptr},    {RP2040::PWRON_RESET, "power_on"},
    {RP2040::RUN_PIN_RESET, "external"}, {RP2040::SOFT_RESET, "software"},
    {RP2040::WDT_RESET, "watchdog"},     {RP2040::DEBUG_RESET, "other"},
    {RP2040::GLITCH_RESET, "brownout"},  {RP2040::BROWNOUT_RESET, "brownout"},
};

const char *const prefix = "pico-e6616407e3142b2f";
const size_t idSize = 5 + 16;
const bool hasOneSector = false;

namespace {

Flash flash(flashMemory, sizeof(flashMemory), FLASH_PAGE_SIZE, FLASH_SECTOR_SIZE);
bool isAlone;

} // namespace

const char *wordAfter(int what) {
  // What the core says later does not count: it was asked before the sketch began.
  CHECK_EQUAL(std::string(reinterpret_cast<const char *>(sensorboard::resetReason())),
              "software");
  return reinterpret_cast<const char *>(
      sensorboard::resetReason(static_cast<RP2040::resetReason_t>(what)));
}

void reset() { flash.reset(); }

} // namespace board

using namespace board;

RP2040 rp2040;

void interrupts() {}
void noInterrupts() {}
void RP2040::idleOtherCore() { isAlone = true; }
void RP2040::resumeOtherCore() { isAlone = false; }
void RP2040::reboot() { abort(); }
RP2040::resetReason_t RP2040::getResetReason() {
  // As if the sketch had started a watchdog after the first look.
  static bool isFirst = true;
  resetReason_t reason = isFirst ? SOFT_RESET : WDT_RESET;
  isFirst = false;
  return reason;
}
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
