// Where the key is on ESP8266, which depends on what is chosen as "Flash Size".

#include <Arduino.h>
#include <flash_hal.h>
#include <sensorboard/Chip.h>
#include <string.h>

#include "../../check.h"
#include "../board.h"

namespace {

// Of the part of the flash that Core.cpp has.
size_t firstWritten() { return board::save()["flash"].find_first_not_of('\xff'); }
size_t lastWritten() { return board::save()["flash"].find_last_not_of('\xff'); }

void storeMany() {
  uint8_t key[sensorboard::KeySize] = {};
  for (uint8_t i = 0; i < 250; i++) {
    key[0] = i;
    CHECK(sensorboard::storeKey(key));
    uint8_t again[sensorboard::KeySize];
    CHECK(sensorboard::loadKey(again) && again[0] == i);
    CHECK(firstWritten() >= 0x9000);
  }
}

} // namespace

TEST(key_is_in_the_sector_that_is_left_over) {
  board::reset();
  storeMany();
  CHECK(firstWritten() >= 0xa000);
  CHECK(lastWritten() < 0xb000);
}

// Those of 1 MiB, and "FS:none".
TEST(or_at_the_end_of_the_eeprom) {
  board::reset();
  fileSystemEnd = eepromStart;
  storeMany();
  CHECK(firstWritten() >= 0xb000);
  CHECK(lastWritten() < 0xc000);

  board::reset();
  fileSystemStart = fileSystemEnd = 0x405fa000; // none, and yet a gap
  uint8_t key[sensorboard::KeySize] = {1};
  CHECK(sensorboard::storeKey(key));
  CHECK(firstWritten() > 0xbf00);
}
