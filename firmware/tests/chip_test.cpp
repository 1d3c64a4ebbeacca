// What the chip brings, with each family's own sources and a core that is in memory.

#include <sensorboard/Chip.h>

#include <set>
#include <string>

#include "check.h"
#include "cores/board.h"

using sensorboard::KeySize;
using sensorboard::MaxIdSize;

namespace {

typedef uint8_t Key[KeySize];

// More than twice as many as any of the chips has slots, and than what a byte counts.
constexpr int Many = 300;

std::string idNow() {
  char text[MaxIdSize + 1];
  memset(text, '?', sizeof(text));
  sensorboard::boardId(text);
  CHECK(memchr(text, '\0', sizeof(text)) != nullptr);
  return text;
}

// A key of its own for each number.
void makeKey(int number, Key &key) {
  for (size_t i = 0; i < KeySize; i++) {
    key[i] = static_cast<uint8_t>(number * 37 + static_cast<int>(i) * 11);
  }
}

// The numbers begin anew after that.
int next(int number) { return (number + 1) % 256; }

// What is stored, as the number of the key; -1: nothing, -2: something else.
int stored() {
  Key key, same;
  memset(key, 0xaa, sizeof(key));
  if (!sensorboard::loadKey(key)) {
    return -1;
  }
  for (int number = 0; number < 256; number++) {
    makeKey(number, same);
    if (memcmp(key, same, KeySize) == 0) {
      return number;
    }
  }
  return -2;
}

int wanted;    // the number of the key that is to be stored
bool isStored; // what came of that

void storeWanted() {
  Key key;
  makeKey(wanted, key);
  isStored = sensorboard::storeKey(key);
}

bool store(int number) {
  wanted = number;
  return board::run(storeWanted) && isStored;
}

} // namespace

TEST(id_is_one_and_stays) {
  board::reset();
  std::string id = idNow();
  CHECK(sensorboard::isBoardId(id.c_str()));
  CHECK_EQUAL(id.substr(0, strlen(board::prefix)), board::prefix);
  CHECK_EQUAL(id.size(), board::idSize);
  CHECK_EQUAL(idNow(), id);
}

TEST(id_is_not_made_of_nothing) {
  board::reset();
  std::string digits = idNow();
  digits.erase(0, digits.find("-") + 1);
  CHECK(std::set<char>(digits.begin(), digits.end()).size() > 2);
}

TEST(names_are_known) {
  CHECK(sensorboard::manufacturer() != nullptr);
  CHECK(sensorboard::model() != nullptr);
}

TEST(says_why_it_has_started) {
  for (const board::Reset &reset : board::resets) {
    const char *word = board::wordAfter(reset.what);
    CHECK_EQUAL(std::string(word == nullptr ? "nothing" : word),
                std::string(reset.word == nullptr ? "nothing" : reset.word));
  }
}

TEST(random_bytes_are_all_filled_and_never_the_same) {
  board::reset();
  std::set<std::string> seen;
  for (size_t size = 0; size < 100; size++) {
    for (int round = 0; round < 4; round++) {
      // On the heap, where a byte too many is noticed.
      std::string bytes(size, '\0');
      sensorboard::randomBytes(reinterpret_cast<uint8_t *>(&bytes[0]), size);
      if (size >= 8) {
        CHECK(seen.insert(bytes.substr(size - 8)).second);
        CHECK(bytes.find(std::string(8, '\0')) == std::string::npos);
      }
    }
  }
}

TEST(there_is_no_key_at_first) {
  board::reset();
  CHECK_EQUAL(stored(), -1);
}

TEST(the_last_key_is_kept) {
  board::reset();
  for (int i = 0, number = 0; i < Many; i++, number = next(number)) {
    CHECK(store(number));
    CHECK_EQUAL(stored(), number);
  }
}

TEST(the_same_key_is_not_written_again) {
  board::reset();
  CHECK(store(7));
  board::Memory before = board::save();
  for (int i = 0; i < 10; i++) {
    CHECK(store(7));
  }
  CHECK(board::save() == before);
}

TEST(memory_with_something_else_in_it_is_no_key) {
  for (char something : {'\0', '\x5a', '\x4b', '\x7f'}) {
    board::reset();
    board::Memory all = board::save();
    for (auto &part : all) {
      part.second.assign(part.second.size(), something);
    }
    board::restore(all);
    CHECK_EQUAL(stored(), -1);
    CHECK(store(3));
    CHECK_EQUAL(stored(), 3);
    CHECK(store(4));
    CHECK_EQUAL(stored(), 4);
  }
}

// For the first of all keys, and for so many after it that the memory was full twice.
TEST(power_may_go_at_every_step_of_writing) {
  board::reset();
  int old = -1;
  for (int i = 0, number = 0; i < Many; i++, old = number, number = next(number)) {
    board::Memory before = board::save();
    board::hasErased = false;
    CHECK(store(number));
    // One that only goes behind the last is like the one before.
    if (i > 3 && i % 10 != 0 && !board::hasErased) {
      continue;
    }
    bool isWhole = false;
    for (long steps = 0; !isWhole && check::failures() == 0; steps++) {
      board::restore(before);
      board::hasErased = false;
      board::stepsLeft = steps;
      isWhole = store(number);
      int now = stored();
      if (isWhole) {
        CHECK_EQUAL(now, number);
        CHECK(steps > 0);
      } else if (board::hasErased && board::hasOneSector) {
        CHECK(now == old || now == -1);
      } else {
        CHECK(now == old || now == number);
      }
      // The board goes on with it: the same key once more, and then the next.
      if (!isWhole && steps % 7 == 0) {
        CHECK(store(number));
        CHECK_EQUAL(stored(), number);
        CHECK(store(next(number)));
        CHECK_EQUAL(stored(), next(number));
        board::restore(before);
        CHECK_EQUAL(stored(), old);
        board::stepsLeft = steps;
        CHECK(!store(number));
      }
      // And it may go again, before that.
      if (!isWhole && steps % 5 == 0) {
        board::stepsLeft = steps / 2;
        store(number);
        now = stored();
        CHECK(now == old || now == number || (board::hasOneSector && now == -1));
      }
    }
    CHECK(isWhole);
  }
}
