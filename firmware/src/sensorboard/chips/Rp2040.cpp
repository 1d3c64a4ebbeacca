// RP2040 and RP2350: Pico W, Pico 2 W and others. The core arduino-pico.

#if defined(ARDUINO_ARCH_RP2040) && !defined(ARDUINO_ARCH_MBED)

#include <Arduino.h>
#include <hardware/flash.h>
#include <pico/unique_id.h>

#include "../Chip.h"
#include "KeyLog.h"
#include "RandomPool.h"

// Of the core's linker script: where the partition for files begins (it can be empty),
// and where the program ends.
extern "C" {
extern uint8_t _FS_start;
extern uint8_t __flash_binary_end;
}

namespace sensorboard {

namespace {

// The last two sectors of 4 KiB that a program could have, before those of the files
// and of the EEPROM. An upload leaves alone what it does not need.
class Memory {
public:
  static constexpr uint8_t Sectors = 2;
  static constexpr uint8_t Slots = FLASH_SECTOR_SIZE / FLASH_PAGE_SIZE;

  static bool isFree() {
    return begin() >= reinterpret_cast<uintptr_t>(&__flash_binary_end);
  }

  bool read(uint8_t slot, KeyRecord &record) {
    memcpy(&record, reinterpret_cast<const void *>(at(slot)), sizeof(record));
    return isFree();
  }

  // A page as a whole is what can be written.
  bool write(uint8_t slot, const KeyRecord &record) {
    if (!isFree()) {
      return false;
    }
    uint8_t page[FLASH_PAGE_SIZE];
    memset(page, 0xff, sizeof(page));
    memcpy(page, &record, sizeof(record));
    stopOthers();
    flash_range_program(inFlash(at(slot)), page, sizeof(page));
    letOthersGo();
    wipe(page, sizeof(page));
    return true;
  }

  bool erase(uint8_t sector) {
    if (!isFree()) {
      return false;
    }
    stopOthers();
    flash_range_erase(inFlash(at(static_cast<uint8_t>(sector * Slots))),
                      FLASH_SECTOR_SIZE);
    letOthersGo();
    return true;
  }

private:
  static uintptr_t begin() {
    return reinterpret_cast<uintptr_t>(&_FS_start) - Sectors * FLASH_SECTOR_SIZE;
  }
  static uintptr_t at(uint8_t slot) { return begin() + slot * FLASH_PAGE_SIZE; }
  static uint32_t inFlash(uintptr_t address) {
    return static_cast<uint32_t>(address - XIP_BASE);
  }

  // The program is in the same flash and cannot be read meanwhile: as EEPROM.cpp of the
  // core does it.
  static void stopOthers() {
#if !defined(__FREERTOS)
    noInterrupts();
#endif
    rp2040.idleOtherCore();
  }
  static void letOthersGo() {
    rp2040.resumeOtherCore();
#if !defined(__FREERTOS)
    interrupts();
#endif
  }
};

// Before setup(): a watchdog that a sketch starts makes a restart look like its own.
const RP2040::resetReason_t reason = rp2040.getResetReason();

} // namespace

const __FlashStringHelper *manufacturer() {
#if defined(ARDUINO_RASPBERRY_PI_PICO) || defined(ARDUINO_RASPBERRY_PI_PICO_W) ||      \
    defined(ARDUINO_RASPBERRY_PI_PICO_2) || defined(ARDUINO_RASPBERRY_PI_PICO_2W)
  return F("Raspberry Pi");
#else
  return nullptr;
#endif
}

const __FlashStringHelper *model() {
#if defined(ARDUINO_RASPBERRY_PI_PICO_W)
  return F("Pico W");
#elif defined(ARDUINO_RASPBERRY_PI_PICO_2W)
  return F("Pico 2 W");
#elif defined(ARDUINO_RASPBERRY_PI_PICO)
  return F("Pico");
#elif defined(ARDUINO_RASPBERRY_PI_PICO_2)
  return F("Pico 2");
#elif defined(PICO_RP2350)
  return F("RP2350");
#else
  return F("RP2040");
#endif
}

// Apart, for the tests. An RP2040 cannot tell a brownout from the power.
const __FlashStringHelper *resetReason(RP2040::resetReason_t why) {
  switch (why) {
  case RP2040::PWRON_RESET:
    return F("power_on");
  case RP2040::RUN_PIN_RESET:
    return F("external");
  case RP2040::SOFT_RESET:
    return F("software");
  case RP2040::WDT_RESET:
    return F("watchdog");
  case RP2040::GLITCH_RESET:
  case RP2040::BROWNOUT_RESET:
    return F("brownout");
  case RP2040::DEBUG_RESET:
    return F("other");
  default:
    return nullptr;
  }
}

const __FlashStringHelper *resetReason() { return resetReason(reason); }

// The number of the board's flash, or of the chip.
void boardId(char (&id)[MaxIdSize + 1]) {
  pico_unique_board_id_t board;
  pico_get_unique_board_id(&board);
  memcpy(id, "pico-", 5);
  toHex(board.id, sizeof(board.id), id + 5);
}

// get_rand_32() of the Pico's SDK, behind hwrand32(), takes noise from an oscillator,
// but is not made for keys: many of its numbers go into one.
void randomBytes(uint8_t *bytes, size_t size) {
  static RandomPool pool;
  if (!pool.isFilled()) {
    for (uint8_t round = 0; round < 64; round++) {
      uint32_t noise = rp2040.hwrand32();
      pool.add(&noise, sizeof(noise));
    }
  }
  pool.fill(bytes, size);
}

bool loadKey(uint8_t (&key)[KeySize]) {
  Memory memory;
  return KeyLog<Memory>(memory).load(key);
}

bool storeKey(const uint8_t (&key)[KeySize]) {
  Memory memory;
  return KeyLog<Memory>(memory).store(key);
}

bool deepSleep(uint32_t) { return false; }

void restart() { rp2040.reboot(); }

} // namespace sensorboard

#endif
