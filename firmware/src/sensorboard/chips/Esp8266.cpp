// ESP8266. Core 3 of esp8266/Arduino, and core 2.

#if defined(ARDUINO_ARCH_ESP8266)

#include <Arduino.h>
#include <flash_hal.h>
#include <user_interface.h>

#include "../Chip.h"
#include "KeyLog.h"

namespace sensorboard {

namespace {

// One sector of the flash of 4 KiB. On chips with 2 MB and more whose layout has room
// for files, one is left over between those and the EEPROM (a file system has an even
// number of sectors there), which nobody uses: not the sketch, no update, no tool.
//
// On others the EEPROM begins where the files end, or there are none: then it is that
// of the EEPROM, from its end on. A sketch that calls EEPROM.commit() erases that, and
// the board has to be paired again.
//
// There is no second sector: when the 100 slots are full, the power must not go for the
// 0.1 s that it takes to begin anew. A board gets that many keys in no life.
class Memory {
public:
  static constexpr uint8_t Sectors = 1;
  static constexpr uint8_t Slots = 100;

  bool read(uint8_t slot, KeyRecord &record) {
    uint32_t words[Words];
    bool isRead = ESP.flashRead(at(slot), words, sizeof(words));
    memcpy(&record, words, sizeof(record));
    wipe(words, sizeof(words));
    return isRead;
  }

  bool write(uint8_t slot, const KeyRecord &record) {
    uint32_t words[Words];
    memcpy(words, &record, sizeof(record));
    bool isWritten = ESP.flashWrite(at(slot), words, sizeof(words));
    wipe(words, sizeof(words));
    return isWritten;
  }

  bool erase(uint8_t) { return ESP.flashEraseSector(begin() / SectorSize); }

private:
  static constexpr uint32_t SectorSize = 4096;
  static constexpr size_t Words = sizeof(KeyRecord) / sizeof(uint32_t);

  // Where the flash is in the processor's memory: addresses in it begin at 0.
  static constexpr uint32_t FlashAt = 0x40200000;

  static uint32_t begin() {
    uint32_t filesEnd = static_cast<uint32_t>(FS_end);
    bool hasFiles = filesEnd > static_cast<uint32_t>(FS_start);
    return (hasFiles ? filesEnd : static_cast<uint32_t>(EEPROM_start)) - FlashAt;
  }

  // The last first.
  static uint32_t at(uint8_t slot) {
    return begin() + SectorSize - static_cast<uint32_t>((slot + 1) * sizeof(KeyRecord));
  }
};

} // namespace

const __FlashStringHelper *manufacturer() { return F("Espressif"); }

const __FlashStringHelper *model() { return F("ESP8266"); }

// As the core has read it before setup().
const __FlashStringHelper *resetReason() {
  switch (ESP.getResetInfoPtr()->reason) {
  case REASON_DEFAULT_RST:
    return F("power_on");
  case REASON_WDT_RST:
  case REASON_SOFT_WDT_RST:
    return F("watchdog");
  case REASON_EXCEPTION_RST:
    return F("panic");
  case REASON_SOFT_RESTART:
    return F("software");
  case REASON_DEEP_SLEEP_AWAKE:
    return F("deep_sleep");
  case REASON_EXT_SYS_RST:
    return F("external");
  default:
    return F("other");
  }
}

// The last three bytes of the address of its Wi-Fi.
void boardId(char (&id)[MaxIdSize + 1]) {
  uint32_t chip = ESP.getChipId();
  const uint8_t bytes[3] = {static_cast<uint8_t>(chip >> 16),
                            static_cast<uint8_t>(chip >> 8),
                            static_cast<uint8_t>(chip)};
  memcpy(id, "esp8266-", 8);
  toHex(bytes, sizeof(bytes), id + 8);
}

// Real while the radio is on, which it is before a board can connect.
void randomBytes(uint8_t *bytes, size_t size) { ESP.random(bytes, size); }

bool loadKey(uint8_t (&key)[KeySize]) {
  Memory memory;
  return KeyLog<Memory>(memory).load(key);
}

bool storeKey(const uint8_t (&key)[KeySize]) {
  Memory memory;
  return KeyLog<Memory>(memory).store(key);
}

// GPIO16 has to be connected to RST: the chip's clock wakes it by a reset. It counts
// for about 3.5 hours at most.
bool deepSleep(uint32_t seconds) {
  uint64_t time = 1000000ULL * seconds;
  uint64_t most = ESP.deepSleepMax();
  ESP.deepSleep(time < most ? time : most);
  return true;
}

void restart() { ESP.restart(); }

} // namespace sensorboard

#endif
