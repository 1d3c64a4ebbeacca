// The test vectors of the cryptography: lists of cases whose members are texts, bytes
// among them in hex. The header with the lists is written before the tests are
// compiled.

#ifndef SENSORBOARD_TESTS_VECTORS_H
#define SENSORBOARD_TESTS_VECTORS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <string>
#include <vector>

#include "check.h"
#include "crypto_vectors.h"

// Reads and writes hex apart from the library, so that a mistake in that cannot hide
// another one.
inline std::vector<uint8_t> bytes(const char *hex) {
  std::vector<uint8_t> result;
  for (; *hex != '\0'; hex += 2) {
    const char digits[] = {hex[0], hex[1], '\0'};
    result.push_back(static_cast<uint8_t>(strtoul(digits, nullptr, 16)));
  }
  return result;
}

inline std::string hex(const uint8_t *data, size_t size) {
  std::string text;
  for (size_t i = 0; i < size; i++) {
    char digits[3];
    snprintf(digits, sizeof(digits), "%02x", static_cast<unsigned>(data[i]));
    text += digits;
  }
  return text;
}

template <size_t size> std::string hex(const uint8_t (&data)[size]) {
  return hex(data, size);
}

// Bytes whose number is known: an array, as the library takes it.
template <size_t size> struct Fixed {
  explicit Fixed(const char *text) : data() {
    const std::vector<uint8_t> given = bytes(text);
    CHECK_EQUAL(given.size(), size);
    memcpy(data, given.data(), given.size() < size ? given.size() : size);
  }
  uint8_t data[size];
};

// A text that is given in hex, for what cannot stand in a list.
inline std::string textOf(const char *hex) {
  const std::vector<uint8_t> given = bytes(hex);
  return std::string(given.begin(), given.end());
}

// Checks a value of a case, and says which case it was.
#define CHECK_CASE(one, actual, wanted)                                                \
  check::equal(check::plain(actual), check::plain(wanted),                             \
               (std::string((one).name) + ": " #actual).c_str(), __FILE__, __LINE__)

#endif
