// What is different on ESP32: the core keeps the key.

#include <nvs.h>
#include <sensorboard/Chip.h>

#include "../../check.h"
#include "../board.h"

TEST(a_key_of_another_size_is_none) {
  for (size_t size : {0, 16, 31, 33, 64}) {
    board::reset();
    nvs_handle_t handle;
    CHECK_EQUAL(nvs_open("sensorboard", NVS_READWRITE, &handle), ESP_OK);
    uint8_t bytes[64] = {};
    CHECK_EQUAL(nvs_set_blob(handle, "key", bytes, size), ESP_OK);
    nvs_close(handle);
    uint8_t key[sensorboard::KeySize];
    CHECK(!sensorboard::loadKey(key));
    CHECK(sensorboard::storeKey(key));
    CHECK(sensorboard::loadKey(key));
  }
}
