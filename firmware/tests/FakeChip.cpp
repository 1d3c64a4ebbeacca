#include "FakeChip.h"

#include <sensorboard/Chip.h>

#include <string.h>

FakeChip &chip() {
  static FakeChip one;
  return one;
}

namespace sensorboard {

const __FlashStringHelper *manufacturer() { return F("Espressif"); }
const __FlashStringHelper *model() { return F("ESP32-C3"); }

const __FlashStringHelper *resetReason() {
  return chip().reset.empty()
             ? nullptr
             : reinterpret_cast<const __FlashStringHelper *>(chip().reset.c_str());
}

void boardId(char (&id)[MaxIdSize + 1]) { strcpy(id, chip().id.c_str()); }

void randomBytes(uint8_t *bytes, size_t size) {
  static uint32_t seed = 1;
  if (!chip().random.empty() && chip().random.front().size() == size) {
    memcpy(bytes, chip().random.front().data(), size);
    chip().random.erase(chip().random.begin());
    return;
  }
  for (size_t i = 0; i < size; i++) {
    seed = seed * 1664525 + 1013904223;
    bytes[i] = static_cast<uint8_t>(seed >> 24);
  }
}

bool loadKey(uint8_t (&key)[KeySize]) {
  if (chip().key.size() != KeySize) {
    return false;
  }
  memcpy(key, chip().key.data(), KeySize);
  return true;
}

bool storeKey(const uint8_t (&key)[KeySize]) {
  chip().stored++;
  if (chip().canStore) {
    chip().key.assign(reinterpret_cast<const char *>(key), KeySize);
  }
  return chip().canStore;
}

bool deepSleep(uint32_t seconds) {
  if (chip().canSleep) {
    chip().slept = static_cast<long>(seconds);
  }
  return chip().canSleep;
}

void restart() { chip().restarts++; }

} // namespace sensorboard
