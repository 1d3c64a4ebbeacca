// UNO R4 WiFi and Minima, Nano R4: Renesas RA4M1. The core ArduinoCore-renesas.

#if defined(ARDUINO_UNOR4_WIFI) || defined(ARDUINO_UNOR4_MINIMA)

#include <Arduino.h>
#include <DataFlashBlockDevice.h>

#include "../Chip.h"
#include "KeyLog.h"

// As WMath.cpp of the core declares them: the chip's generator, 16 bytes at a time.
extern "C" {
fsp_err_t HW_SCE_McuSpecificInit(void);
fsp_err_t HW_SCE_RNG_Read(uint32_t *OutData_Text);
}

namespace sensorboard {

namespace {

// The last two of the 8 blocks of 1 KiB of what is the EEPROM for sketches, too: theirs
// is used from its beginning.
class Memory {
public:
  static constexpr uint8_t Sectors = 2;
  static constexpr uint8_t Slots = 16;

  bool read(uint8_t slot, KeyRecord &record) {
    return flash().read(&record, at(slot), sizeof(record)) == 0;
  }
  bool write(uint8_t slot, const KeyRecord &record) {
    return flash().program(&record, at(slot), sizeof(record)) == 0;
  }
  bool erase(uint8_t sector) {
    return flash().erase(at(static_cast<uint8_t>(sector * Slots)), BlockSize) == 0;
  }

private:
  static constexpr uint32_t BlockSize = 1024;
  static constexpr uint32_t SlotSize = BlockSize / Slots;

  static DataFlashBlockDevice &flash() { return DataFlashBlockDevice::getInstance(); }

  static uint32_t at(uint8_t slot) {
    return static_cast<uint32_t>(flash().size()) - Sectors * BlockSize +
           slot * SlotSize;
  }
};

// Spreads 16 bytes, of which few differ between chips, over 8 (FNV-1a).
uint64_t digest(const uint8_t *bytes, size_t size) {
  uint64_t result = 0xcbf29ce484222325;
  while (size-- > 0) {
    result = (result ^ *bytes++) * 0x100000001b3;
  }
  return result;
}

} // namespace

const __FlashStringHelper *manufacturer() { return F("Arduino"); }

// Nano R4 is a Minima as well, to its core.
const __FlashStringHelper *model() {
#if defined(ARDUINO_UNOR4_WIFI)
  return F("UNO R4 WiFi");
#elif defined(ARDUINO_NANO_R4)
  return F("Nano R4");
#else
  return F("UNO R4 Minima");
#endif
}

// Nobody clears these flags, so some are of a reset before the last. Power clears all
// the others, and the reset button clears all. A sum of them is told only if there is
// one order in which that can have come about.
const __FlashStringHelper *resetReason() {
  bool isPower = R_SYSTEM->RSTSR0_b.PORF != 0;
  bool isLow = (R_SYSTEM->RSTSR0_b.LVD0RF | R_SYSTEM->RSTSR0_b.LVD1RF |
                R_SYSTEM->RSTSR0_b.LVD2RF) != 0;
  bool isWatchdog = (R_SYSTEM->RSTSR1_b.IWDTRF | R_SYSTEM->RSTSR1_b.WDTRF) != 0;
  bool isSoftware = R_SYSTEM->RSTSR1_b.SWRF != 0;
  if (isLow + isWatchdog + isSoftware > 1) {
    return nullptr;
  }
  if (isWatchdog) {
    return F("watchdog");
  }
  if (isSoftware) {
    return F("software");
  }
  if (isLow) {
    // A voltage that rises slowly may look the same.
    return isPower ? nullptr : F("brownout");
  }
  // The button leaves none, but so does a boot loader that clears them.
  return isPower ? F("power_on") : nullptr;
}

void boardId(char (&id)[MaxIdSize + 1]) {
  const bsp_unique_id_t *chip = R_BSP_UniqueIdGet();
  uint64_t number = digest(chip->unique_id_bytes, sizeof(chip->unique_id_bytes));
  uint8_t bytes[6];
  for (uint8_t i = 0; i < sizeof(bytes); i++) {
    bytes[i] = static_cast<uint8_t>(number >> 8 * i);
  }
  memcpy(id, "unor4-", 6);
  toHex(bytes, sizeof(bytes), id + 6);
}

void randomBytes(uint8_t *bytes, size_t size) {
  static bool isReady = false;
  if (!isReady) {
    isReady = HW_SCE_McuSpecificInit() == FSP_SUCCESS;
  }
  while (size > 0) {
    uint32_t words[4];
    HW_SCE_RNG_Read(words);
    size_t part = size < sizeof(words) ? size : sizeof(words);
    memcpy(bytes, words, part);
    wipe(words, sizeof(words));
    bytes += part;
    size -= part;
  }
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

void restart() { NVIC_SystemReset(); }

} // namespace sensorboard

#endif
