// Random bytes from noise.

#include <sensorboard/chips/RandomPool.h>

#include <set>
#include <string>

#include "check.h"
#include "stubs/FakeClock.h"

using sensorboard::RandomPool;

namespace {

std::string take(RandomPool &pool, size_t size) {
  std::string bytes(size, '\0');
  pool.fill(reinterpret_cast<uint8_t *>(&bytes[0]), size);
  return bytes;
}

std::string inMemory(const RandomPool &pool) {
  return std::string(reinterpret_cast<const char *>(&pool), sizeof(pool));
}

} // namespace

TEST(is_empty_until_there_is_noise) {
  RandomPool pool;
  CHECK(!pool.isFilled());
  pool.add("noise", 5);
  CHECK(pool.isFilled());
}

// Not the last alone, and not regardless of their order.
TEST(all_noise_counts) {
  std::set<std::string> seen;
  for (const char *noise : {"aa", "ab", "ba", "bb"}) {
    RandomPool pool;
    pool.add(noise, 1);
    pool.add(noise + 1, 1);
    CHECK(seen.insert(take(pool, 16)).second);
  }
}

TEST(noise_counts_when_some_was_taken) {
  RandomPool one, other;
  one.add("noise", 5);
  other.add("noise", 5);
  CHECK_EQUAL(take(one, 5), take(other, 5));
  one.add("more", 4);
  CHECK(take(one, 16) != take(other, 16));
}

TEST(the_time_counts) {
  RandomPool one, other;
  one.add("noise", 5);
  other.add("noise", 5);
  setClock(1);
  std::string bytes = take(one, 16);
  setClock(2);
  CHECK(take(other, 16) != bytes);
}

TEST(it_does_not_matter_how_many_are_taken_at_once) {
  RandomPool one, other;
  one.add("noise", 5);
  other.add("noise", 5);
  std::string all = take(one, 200), parts;
  for (size_t size = 1; parts.size() < all.size(); size++) {
    parts += take(other, size);
  }
  CHECK_EQUAL(parts.substr(0, all.size()), all);
}

TEST(what_was_given_is_not_kept) {
  RandomPool pool;
  pool.add("noise", 5);
  for (size_t size = 8; size < 80; size++) {
    std::string bytes = take(pool, size);
    for (size_t at = 0; at + 8 <= size; at++) {
      CHECK(inMemory(pool).find(bytes.substr(at, 8)) == std::string::npos);
    }
  }
}

TEST(bytes_look_random) {
  RandomPool pool;
  pool.add("noise", 5);
  std::string bytes = take(pool, 65536);
  size_t counts[256] = {}, ones = 0;
  for (char byte : bytes) {
    counts[static_cast<uint8_t>(byte)]++;
    ones += static_cast<size_t>(__builtin_popcount(static_cast<uint8_t>(byte)));
  }
  // Ten standard deviations; the clock stands still.
  for (size_t count : counts) {
    CHECK(count > 96 && count < 416);
  }
  CHECK(ones > 262144 - 3620 && ones < 262144 + 3620);
}
