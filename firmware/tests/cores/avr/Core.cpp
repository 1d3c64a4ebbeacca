#include <Arduino.h>
#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <sensorboard/Chip.h>

#include "../../check.h"
#include "../board.h"

namespace board {

const char *const prefix = "avr-";
const size_t idSize = 4 + 12;
const bool hasOneSector = false;

const std::vector<Reset> resets = {{0, nullptr}};
const char *wordAfter(int) { return fromFlash(sensorboard::resetReason()); }

void reset() { memory["eeprom"] = std::string(E2END + 1, '\xff'); }

} // namespace board

WatchdogRegister watchdogRegister;
volatile uint8_t statusRegister;
uint8_t registers[RAMSTART];

namespace {

uint8_t watchdog;
uint32_t watchdogLeft; // looks at it, until its time is up

std::string &eeprom(const void *address, size_t size) {
  std::string &bytes = board::memory["eeprom"];
  CHECK(reinterpret_cast<uintptr_t>(address) + size <= bytes.size());
  return bytes;
}

} // namespace

void WatchdogRegister::operator=(uint8_t value) {
  // A flag is cleared by writing it.
  watchdog = static_cast<uint8_t>((watchdog | value) & ~(value & 1 << WDIF) & 0x80);
  watchdog = static_cast<uint8_t>(watchdog | (value & 0x7f));
  watchdogLeft = 3000 + board::noise() % 16;
}

WatchdogRegister::operator uint8_t() {
  if ((watchdog & 1 << WDIE) != 0 && watchdogLeft-- == 0) {
    watchdog = static_cast<uint8_t>(watchdog | 1 << WDIF);
  }
  return watchdog;
}

void cli() { statusRegister = 0; }
void wdt_reset() {}
void wdt_disable() {}

void eeprom_read_block(void *dst, const void *src, size_t n) {
  memcpy(dst, &eeprom(src, n)[reinterpret_cast<uintptr_t>(src)], n);
}

// Byte by byte, each erased and written; those that are right are left alone.
void eeprom_update_block(const void *src, void *dst, size_t n) {
  for (size_t i = 0; i < n; i++) {
    char &byte = eeprom(dst, n)[reinterpret_cast<uintptr_t>(dst) + i];
    char value = static_cast<const char *>(src)[i];
    if (byte != value) {
      board::step([](void *some) { *static_cast<char *>(some) = '\xff'; }, &byte);
      byte = value;
    }
  }
}
