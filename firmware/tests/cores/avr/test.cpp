// What is different on AVR: the id is made up, and both are in the EEPROM.

#include <avr/io.h>
#include <sensorboard/Chip.h>
#include <string.h>

#include <set>

#include "../../check.h"
#include "../board.h"

namespace {

// Bytes at its end.
constexpr size_t Used = 80;

char id[sensorboard::MaxIdSize + 1];

void makeId() { sensorboard::boardId(id); }

std::string &eeprom() { return board::memory["eeprom"]; }

} // namespace

TEST(every_board_has_an_id_of_its_own) {
  std::set<std::string> ids;
  for (int i = 0; i < 50; i++) {
    board::reset();
    makeId();
    CHECK(ids.insert(id).second);
  }
}

// What was used is not lost; one that nobody has seen can be.
TEST(power_may_go_at_every_step_of_making_up_an_id) {
  for (char before : {'\xff', '\0', 's'}) {
    bool isWhole = false;
    for (long steps = 0; !isWhole; steps++) {
      eeprom().assign(E2END + 1, before);
      board::stepsLeft = steps;
      isWhole = board::run(makeId);
      CHECK(isWhole || steps < 8);
      makeId();
      std::string now = id;
      makeId();
      CHECK_EQUAL(std::string(id), now);
    }
  }
}

TEST(sketches_have_the_rest_of_the_eeprom) {
  eeprom().assign(E2END + 1, 's');
  makeId();
  uint8_t key[sensorboard::KeySize] = {1, 2, 3};
  for (uint8_t i = 0; i < 5; i++) {
    key[0] = i;
    CHECK(sensorboard::storeKey(key));
  }
  size_t rest = eeprom().size() - Used;
  CHECK(eeprom().substr(0, rest) == std::string(rest, 's'));
  CHECK(eeprom()[rest] != 's');
}

// An id and a key that a board has are found by later versions of the library.
TEST(what_boards_have_is_as_it_was) {
  const char number[] = "\x01\x02\x03\x04\x05\x06\x93\x32";
  eeprom().assign(E2END + 1, '\xff');
  eeprom().replace(E2END + 1 - 8, 8, number, 8);
  makeId();
  CHECK_EQUAL(std::string(id), "avr-010203040506");

  std::string record = "\x4b\x05" + std::string(32, 'k') + "\xba\xea";
  eeprom().replace(E2END + 1 - Used + 36, 36, record);
  uint8_t key[sensorboard::KeySize];
  CHECK(sensorboard::loadKey(key));
  CHECK(std::string(reinterpret_cast<char *>(key), 32) == std::string(32, 'k'));
}
