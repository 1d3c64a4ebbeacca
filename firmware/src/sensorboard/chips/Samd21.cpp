// SAMD21: Nano 33 IoT, MKR boards, Zero. The core ArduinoCore-samd.

#if defined(ARDUINO_ARCH_SAMD) && defined(__SAMD21G18A__)

#include <Arduino.h>

#include "../Chip.h"
#include "KeyLog.h"
#include "RandomPool.h"

// Only if the sketch uses the Wi-Fi: networks/WiFi.h asks for it then.
#if __has_include(<WiFiNINA.h>)
#define SENSORBOARD_HAS_NINA
#include <WiFiNINA.h>
#else
// Of the core's linker script: where the constants end, and what variables begin with,
// which is kept behind them.
extern "C" {
extern uint32_t __etext;
extern uint32_t __data_start__;
extern uint32_t __data_end__;
}
#endif

namespace sensorboard {

namespace {

#if defined(SENSORBOARD_HAS_NINA)

// Two files in the memory of the Wi-Fi module: an upload erases all of the chip's own
// (bossac -e, in platform.txt of the core).
class Memory {
public:
  static constexpr uint8_t Sectors = 2;
  static constexpr uint8_t Slots = 1;

  bool read(uint8_t slot, KeyRecord &record) {
    memset(&record, 0xff, sizeof(record));
    WiFiStorageFile file = WiFiStorage.open(name(slot));
    return file && file.read(&record, sizeof(record)) == sizeof(record);
  }

  // The module appends what is written to what is in the file.
  bool write(uint8_t slot, const KeyRecord &record) {
    WiFiStorageFile file = WiFiStorage.open(name(slot));
    return file.write(&record, sizeof(record)) == sizeof(record);
  }

  bool erase(uint8_t sector) {
    WiFiStorageFile file = WiFiStorage.open(name(sector));
    if (file) {
      file.erase();
    }
    return true;
  }

private:
  static const char *name(uint8_t slot) {
    return slot == 0 ? "/fs/sensorboard0" : "/fs/sensorboard1";
  }
};

#else

// The last two rows of the flash, of 256 bytes each, in which a page of 64 can be
// written. An upload erases them (bossac -e, in platform.txt of the core): the board
// has to be paired again after it.
class Memory {
public:
  static constexpr uint8_t Sectors = 2;
  static constexpr uint8_t Slots = 4;

  bool read(uint8_t slot, KeyRecord &record) {
    memcpy(&record, at(slot), sizeof(record));
    return isFree();
  }

  bool write(uint8_t slot, const KeyRecord &record) {
    if (!isFree()) {
      return false;
    }
    uint32_t words[sizeof(KeyRecord) / sizeof(uint32_t)];
    memcpy(words, &record, sizeof(record));
    NVMCTRL->CTRLB.bit.MANW = 1;
    command(NVMCTRL_CTRLA_CMD_PBC);
    volatile uint32_t *page = at(slot);
    for (uint32_t word : words) {
      *page++ = word;
    }
    command(NVMCTRL_CTRLA_CMD_WP);
    wipe(words, sizeof(words));
    return true;
  }

  bool erase(uint8_t sector) {
    if (!isFree()) {
      return false;
    }
    // In units of two bytes.
    uintptr_t row =
        reinterpret_cast<uintptr_t>(at(static_cast<uint8_t>(sector * Slots)));
    NVMCTRL->ADDR.reg = static_cast<uint32_t>(row / 2);
    command(NVMCTRL_CTRLA_CMD_ER);
    return true;
  }

private:
  static constexpr uint32_t PageSize = 64;

  static uintptr_t begin() {
    return FLASH_ADDR + FLASH_SIZE - Sectors * Slots * PageSize;
  }
  static uint32_t *at(uint8_t slot) {
    return reinterpret_cast<uint32_t *>(begin() + slot * PageSize);
  }

  // Whether the program does not reach as far as that.
  static bool isFree() {
    uintptr_t variables = reinterpret_cast<uintptr_t>(&__data_end__) -
                          reinterpret_cast<uintptr_t>(&__data_start__);
    return reinterpret_cast<uintptr_t>(&__etext) + variables <= begin();
  }

  static void command(uint16_t what) {
    NVMCTRL->CTRLA.reg = static_cast<uint16_t>(NVMCTRL_CTRLA_CMDEX_KEY | what);
    while (NVMCTRL->INTFLAG.bit.READY == 0) {
    }
  }
};

#endif

// The chip's sensor of its own temperature, whose last bits are noise. No pin is needed
// for it, and the sketch's settings for its pins are put back.
class Thermometer {
public:
  Thermometer()
      : input_(ADC->INPUTCTRL.reg), range_(ADC->REFCTRL.reg), control_(ADC->CTRLB.reg) {
    SYSCTRL->VREF.reg |= SYSCTRL_VREF_TSEN;
    set(ADC_INPUTCTRL_MUXPOS_TEMP | ADC_INPUTCTRL_MUXNEG_GND | ADC_INPUTCTRL_GAIN_1X,
        ADC_REFCTRL_REFSEL_INT1V, ADC_CTRLB_PRESCALER_DIV32 | ADC_CTRLB_RESSEL_12BIT);
    ADC->CTRLA.bit.ENABLE = 1;
    sync();
  }

  ~Thermometer() {
    ADC->CTRLA.bit.ENABLE = 0;
    sync();
    set(input_, range_, control_);
    SYSCTRL->VREF.reg &= ~static_cast<uint32_t>(SYSCTRL_VREF_TSEN);
  }

  uint16_t read() {
    ADC->SWTRIG.bit.START = 1;
    // 30 us; the bound is for a chip that does not do what it is expected to.
    for (uint16_t turns = 0; ADC->INTFLAG.bit.RESRDY == 0 && turns < 10000; turns++) {
    }
    uint16_t value = ADC->RESULT.reg;
    ADC->INTFLAG.reg = ADC_INTFLAG_RESRDY;
    sync();
    return value;
  }

private:
  static void set(uint32_t input, uint8_t range, uint16_t control) {
    sync();
    ADC->INPUTCTRL.reg = input;
    sync();
    ADC->REFCTRL.reg = range;
    ADC->CTRLB.reg = control;
    sync();
  }

  static void sync() {
    while (ADC->STATUS.bit.SYNCBUSY == 1) {
    }
  }

  const uint32_t input_;
  const uint8_t range_;
  const uint16_t control_;
};

// Words of the chip's serial number, as CDC.cpp of the core has them.
constexpr uintptr_t SerialNumber[] = {0x0080a00c, 0x0080a040, 0x0080a044, 0x0080a048};

} // namespace

const __FlashStringHelper *manufacturer() { return F("Arduino"); }

const __FlashStringHelper *model() {
#if defined(ARDUINO_SAMD_NANO_33_IOT)
  return F("Nano 33 IoT");
#elif defined(ARDUINO_SAMD_MKRWIFI1010)
  return F("MKR WiFi 1010");
#elif defined(ARDUINO_SAMD_MKRVIDOR4000)
  return F("MKR Vidor 4000");
#elif defined(ARDUINO_SAMD_MKRZERO)
  return F("MKR Zero");
#elif defined(ARDUINO_SAMD_ZERO)
  return F("Zero");
#else
  return nullptr;
#endif
}

// The register has one bit set, until the next reset.
const __FlashStringHelper *resetReason() {
  switch (PM->RCAUSE.reg) {
  case PM_RCAUSE_POR:
    return F("power_on");
  case PM_RCAUSE_BOD12:
  case PM_RCAUSE_BOD33:
    return F("brownout");
  case PM_RCAUSE_EXT:
    return F("external");
  case PM_RCAUSE_WDT:
    return F("watchdog");
  case PM_RCAUSE_SYST:
    return F("software");
  default:
    return nullptr;
  }
}

// Few of its 16 bytes differ between chips: spread over 8 (FNV-1a).
void boardId(char (&id)[MaxIdSize + 1]) {
  uint64_t number = 0xcbf29ce484222325;
  for (uintptr_t address : SerialNumber) {
    uint32_t word = *reinterpret_cast<volatile const uint32_t *>(address);
    for (uint8_t i = 0; i < 4; i++, word >>= 8) {
      number = (number ^ (word & 0xff)) * 0x100000001b3;
    }
  }
  uint8_t bytes[6];
  for (uint8_t i = 0; i < sizeof(bytes); i++, number >>= 8) {
    bytes[i] = static_cast<uint8_t>(number);
  }
  memcpy(id, "samd-", 5);
  toHex(bytes, sizeof(bytes), id + 5);
}

// The chip has no generator. If one bit of sixteen measurements is noise, this is twice
// as many as are needed; they take 0.15 s.
void randomBytes(uint8_t *bytes, size_t size) {
  static RandomPool pool;
  if (!pool.isFilled()) {
    Thermometer thermometer;
    for (uint8_t round = 0; round < 64; round++) {
      uint16_t noise[64];
      for (uint16_t &value : noise) {
        value = thermometer.read();
      }
      pool.add(noise, sizeof(noise));
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

void restart() { NVIC_SystemReset(); }

} // namespace sensorboard

#endif
