#include <Arduino.h>
#include <flash_hal.h>
#include <sensorboard/Chip.h>
#include <user_interface.h>

#include "../../check.h"
#include "../board.h"

namespace board {

const char *const prefix = "esp8266-a1b2c3";
const size_t idSize = 8 + 6;
const bool hasOneSector = true;

const std::vector<Reset> resets = {
    {REASON_DEFAULT_RST, "power_on"},        {REASON_WDT_RST, "watchdog"},
    {REASON_EXCEPTION_RST, "panic"},         {REASON_SOFT_WDT_RST, "watchdog"},
    {REASON_SOFT_RESTART, "software"},       {REASON_EXT_SYS_RST, "external"},
    {REASON_DEEP_SLEEP_AWAKE, "deep_sleep"}, {7, "other"},
};

namespace {

rst_info info;

// The last 64 KiB of the 4 MiB, which begin at this address.
constexpr uint32_t Begin = 0x3f0000;
uint8_t bytes[0x10000];
Flash flash(bytes, sizeof(bytes), sizeof(bytes), 4096);

} // namespace

const char *wordAfter(int what) {
  info.reason = static_cast<uint32_t>(what);
  return fromFlash(sensorboard::resetReason());
}

// As in the linker script for 4 MiB of which 2 are for files.
void reset() {
  flash.reset();
  fileSystemStart = 0x40400000;
  fileSystemEnd = 0x405fa000;
  eepromStart = 0x405fb000;
}

} // namespace board

using namespace board;

EspClass ESP;
uint32_t fileSystemStart, fileSystemEnd, eepromStart;

void EspClass::deepSleep(uint64_t, RFMode) {}
uint64_t EspClass::deepSleepMax() { return 12700000000; }
rst_info *EspClass::getResetInfoPtr() { return &info; }
void EspClass::restart() {}
uint32_t EspClass::getChipId() { return 0xa1b2c3; }

bool EspClass::flashEraseSector(uint32_t sector) {
  flash.erase(sector * 4096 - Begin);
  return true;
}
bool EspClass::flashWrite(uint32_t address, const uint32_t *data, size_t size) {
  CHECK_EQUAL(address % 4 + size % 4, 0U);
  flash.write(address - Begin, data, size);
  return true;
}
bool EspClass::flashRead(uint32_t address, uint32_t *data, size_t size) {
  CHECK_EQUAL(address % 4 + size % 4, 0U);
  flash.read(address - Begin, data, size);
  return true;
}
uint8_t *EspClass::random(uint8_t *bytes, const size_t size) {
  for (size_t i = 0; i < size; i++) {
    bytes[i] = static_cast<uint8_t>(noise());
  }
  return bytes;
}
