// What is done with bytes whatever they mean: hexadecimal digits, comparing and
// wiping secrets, and constants that stay in flash.

#ifndef SENSORBOARD_BYTES_H
#define SENSORBOARD_BYTES_H

#include <stddef.h>
#include <stdint.h>

// On AVR a constant is copied to the RAM unless it is kept in flash, from where only
// instructions of its own read it. The other boards read both alike.
#if defined(__AVR__)
#include <avr/pgmspace.h>
#define SENSORBOARD_FLASH PROGMEM
#else
#define SENSORBOARD_FLASH
#endif

// A result that must not be overlooked.
#define SENSORBOARD_CHECK __attribute__((warn_unused_result))

namespace sensorboard {

// Reads a constant that was marked with SENSORBOARD_FLASH.
inline char readFlash(const char *address) {
#if defined(__AVR__)
  return static_cast<char>(pgm_read_byte(address));
#else
  return *address;
#endif
}

inline uint32_t readFlash(const uint32_t *address) {
#if defined(__AVR__)
  return pgm_read_dword(address);
#else
  return *address;
#endif
}

// Which of the words in flash a text is, beginning with 1; 0 if it is none. Each word
// has a zero behind it, and the last another one.
uint8_t numberOf(const char *text, const char *words);

// Overwrites a secret with zeros, which the compiler does not leave out although
// nobody reads them.
void wipe(void *data, size_t size);

// Whether two secrets are the same. The time it takes does not tell where they differ.
SENSORBOARD_CHECK bool sameSecret(const uint8_t *one, const uint8_t *other,
                                  size_t size);

template <size_t size>
SENSORBOARD_CHECK bool sameSecret(const uint8_t (&one)[size],
                                  const uint8_t (&other)[size]) {
  return sameSecret(one, other, size);
}

// Writes bytes as hexadecimal digits in lower case, and a zero after them: text has
// room for 2 * size + 1.
void toHex(const uint8_t *data, size_t size, char *text);

template <size_t size, size_t room>
void toHex(const uint8_t (&data)[size], char (&text)[room]) {
  static_assert(room == 2 * size + 1, "two digits for each byte, and a zero");
  toHex(data, size, text);
}

// The value of a hexadecimal digit, in capitals or not; 255 if it is none.
uint8_t fromDigit(char digit);

// Reads exactly 2 * size hexadecimal digits, in capitals or not. False if the text
// has another length or anything else in it: then data is as it was.
SENSORBOARD_CHECK bool fromHex(const char *text, size_t length, uint8_t *data,
                               size_t size);

template <size_t size>
SENSORBOARD_CHECK bool fromHex(const char *text, size_t length, uint8_t (&data)[size]) {
  return fromHex(text, length, data, size);
}

} // namespace sensorboard

#endif
