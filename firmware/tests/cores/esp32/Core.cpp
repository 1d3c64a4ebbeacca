#include <Arduino.h>
#include <esp_random.h>
#include <esp_sleep.h>
#include <esp_system.h>
#include <nvs.h>
#include <sensorboard/Chip.h>

#include "../../check.h"
#include "../board.h"

namespace board {

const char *const prefix = "esp32-a0b1c2d3e4f5";
const size_t idSize = 6 + 12;
const bool hasOneSector = false;

const std::vector<Reset> resets = {
    {ESP_RST_UNKNOWN, nullptr},
    {ESP_RST_POWERON, "power_on"},
    {ESP_RST_EXT, "external"},
    {ESP_RST_SW, "software"},
    {ESP_RST_PANIC, "panic"},
    {ESP_RST_INT_WDT, "watchdog"},
    {ESP_RST_TASK_WDT, "watchdog"},
    {ESP_RST_WDT, "watchdog"},
    {ESP_RST_DEEPSLEEP, "deep_sleep"},
    {ESP_RST_BROWNOUT, "brownout"},
    {ESP_RST_SDIO, "other"},
    {11, "external"}, // USB
    {12, "external"}, // JTAG
    {13, "other"},    // EFUSE
    {14, "brownout"}, // PWR_GLITCH
    {15, "panic"},    // CPU_LOCKUP
};

namespace {

int reason;

} // namespace

const char *wordAfter(int what) {
  reason = what;
  return fromFlash(sensorboard::resetReason());
}

void reset() { memory.clear(); }

} // namespace board

EspClass ESP;

esp_reset_reason_t esp_reset_reason() {
  return static_cast<esp_reset_reason_t>(board::reason);
}

namespace {

// Handles are the number of the name space, and whether it can be written.
constexpr nvs_handle_t Writable = 0x100;
std::string names[4];

std::string entry(nvs_handle_t handle, const char *key) {
  CHECK(strlen(key) <= 15);
  return names[handle & 3] + "/" + key;
}

} // namespace

void EspClass::restart() {}
uint64_t EspClass::getEfuseMac() { return 0xf5e4d3c2b1a0; }

void esp_fill_random(void *buf, size_t len) {
  for (size_t i = 0; i < len; i++) {
    static_cast<uint8_t *>(buf)[i] = static_cast<uint8_t>(board::noise());
  }
}
void esp_deep_sleep(uint64_t) { abort(); }

// A name space is there when something was written.
esp_err_t nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *handle) {
  CHECK(strlen(name) <= 15);
  if (mode == NVS_READONLY && board::memory.count(name) == 0) {
    return ESP_ERR_NVS_NOT_FOUND;
  }
  board::memory[name];
  for (nvs_handle_t i = 0; i < 4; i++) {
    if (names[i].empty()) {
      names[i] = name;
      *handle = i | (mode == NVS_READWRITE ? Writable : 0);
      return ESP_OK;
    }
  }
  CHECK(!"handles are closed");
  return ESP_FAIL;
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value,
                       size_t length) {
  CHECK(handle & Writable);
  // Nothing is open when the power has gone.
  board::step(
      [](void *) {
        for (std::string &name : names) {
          name.clear();
        }
      },
      nullptr);
  board::memory[entry(handle, key)].assign(static_cast<const char *>(value), length);
  return ESP_OK;
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *value,
                       size_t *length) {
  auto found = board::memory.find(entry(handle, key));
  if (found == board::memory.end()) {
    return ESP_ERR_NVS_NOT_FOUND;
  }
  if (found->second.size() > *length) {
    return ESP_ERR_NVS_INVALID_LENGTH;
  }
  memcpy(value, found->second.data(), found->second.size());
  *length = found->second.size();
  return ESP_OK;
}

esp_err_t nvs_commit(nvs_handle_t) { return ESP_OK; }
void nvs_close(nvs_handle_t handle) { names[handle & 3].clear(); }
