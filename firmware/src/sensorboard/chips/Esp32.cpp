// ESP32, S2, S3, C3, C6 and so on, Nano ESP32. Cores 2 and 3 of arduino-esp32, which
// are made with ESP-IDF 4.4 and 5.

#if defined(ARDUINO_ARCH_ESP32)

#include <Arduino.h>
#include <esp_sleep.h>
#include <esp_system.h>
#include <nvs.h>
#if __has_include(<esp_random.h>)
#include <esp_random.h>
#endif

#include "../Chip.h"

namespace sensorboard {

namespace {

// Of the library in the partition that the core keeps for such things, and initializes
// before setup(). It is written so that the power can go at any time, and what sketches
// keep with Preferences or in "EEPROM" is beside it under other names.
constexpr char Namespace[] = "sensorboard";
constexpr char Entry[] = "key";

} // namespace

const __FlashStringHelper *manufacturer() {
#if defined(ARDUINO_NANO_ESP32)
  return F("Arduino");
#else
  return F("Espressif");
#endif
}

const __FlashStringHelper *model() {
#if defined(ARDUINO_NANO_ESP32)
  return F("Nano ESP32");
#elif CONFIG_IDF_TARGET_ESP32
  return F("ESP32");
#elif CONFIG_IDF_TARGET_ESP32S2
  return F("ESP32-S2");
#elif CONFIG_IDF_TARGET_ESP32S3
  return F("ESP32-S3");
#elif CONFIG_IDF_TARGET_ESP32C3
  return F("ESP32-C3");
#elif CONFIG_IDF_TARGET_ESP32C5
  return F("ESP32-C5");
#elif CONFIG_IDF_TARGET_ESP32C6
  return F("ESP32-C6");
#elif CONFIG_IDF_TARGET_ESP32H2
  return F("ESP32-H2");
#elif CONFIG_IDF_TARGET_ESP32P4
  return F("ESP32-P4");
#else
  return nullptr;
#endif
}

// An ESP32 cannot tell its reset button from the power; later chips can. The last ones
// are numbers because older versions of ESP-IDF 5 have no names for them.
const __FlashStringHelper *resetReason() {
  switch (static_cast<int>(esp_reset_reason())) {
  case ESP_RST_UNKNOWN:
    return nullptr;
  case ESP_RST_POWERON:
    return F("power_on");
  case ESP_RST_EXT:
  case 11: // ESP_RST_USB: the USB of the chip itself
  case 12: // ESP_RST_JTAG
    return F("external");
  case ESP_RST_SW:
    return F("software");
  case ESP_RST_PANIC:
  case 15: // ESP_RST_CPU_LOCKUP
    return F("panic");
  case ESP_RST_INT_WDT:
  case ESP_RST_TASK_WDT:
  case ESP_RST_WDT:
    return F("watchdog");
  case ESP_RST_DEEPSLEEP:
    return F("deep_sleep");
  case ESP_RST_BROWNOUT:
  case 14: // ESP_RST_PWR_GLITCH
    return F("brownout");
  default:
    return F("other");
  }
}

// The address that is burnt into the chip, its first byte lowest (Esp.cpp of the core).
void boardId(char (&id)[MaxIdSize + 1]) {
  uint64_t address = ESP.getEfuseMac();
  uint8_t bytes[6];
  for (uint8_t i = 0; i < sizeof(bytes); i++) {
    bytes[i] = static_cast<uint8_t>(address >> 8 * i);
  }
  memcpy(id, "esp32-", 6);
  toHex(bytes, sizeof(bytes), id + 6);
}

// Real while the radio is on, which it is before a board can connect.
void randomBytes(uint8_t *bytes, size_t size) { esp_fill_random(bytes, size); }

bool loadKey(uint8_t (&key)[KeySize]) {
  nvs_handle_t handle;
  if (nvs_open(Namespace, NVS_READONLY, &handle) != ESP_OK) {
    return false;
  }
  size_t size = KeySize;
  bool isThere = nvs_get_blob(handle, Entry, key, &size) == ESP_OK && size == KeySize;
  nvs_close(handle);
  return isThere;
}

bool storeKey(const uint8_t (&key)[KeySize]) {
  nvs_handle_t handle;
  if (nvs_open(Namespace, NVS_READWRITE, &handle) != ESP_OK) {
    return false;
  }
  bool isStored = nvs_set_blob(handle, Entry, key, KeySize) == ESP_OK &&
                  nvs_commit(handle) == ESP_OK;
  nvs_close(handle);
  return isStored;
}

bool deepSleep(uint32_t seconds) {
  esp_deep_sleep(1000000ULL * seconds);
  return true;
}

void restart() { ESP.restart(); }

} // namespace sensorboard

#endif
