#include "Bytes.h"

namespace sensorboard {

namespace {

constexpr uint8_t NotADigit = 0xff;

char toDigit(int value) {
  return static_cast<char>(value < 10 ? '0' + value : 'a' + (value - 10));
}

} // namespace

void wipe(void *data, size_t size) {
  volatile uint8_t *byte = static_cast<volatile uint8_t *>(data);
  while (size-- != 0)
    *byte++ = 0;
}

bool sameSecret(const uint8_t *one, const uint8_t *other, size_t size) {
  // Volatile, so that the compiler does not stop at the first difference.
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < size; i++)
    difference = static_cast<uint8_t>(difference | (one[i] ^ other[i]));
  return difference == 0;
}

uint8_t fromDigit(char digit) {
  uint8_t value = static_cast<uint8_t>(digit - '0');
  if (value > 9) {
    value = static_cast<uint8_t>((digit | 0x20) - 'a');
    value = value < 6 ? static_cast<uint8_t>(value + 10) : NotADigit;
  }
  return value;
}

void toHex(const uint8_t *data, size_t size, char *text) {
  for (size_t i = 0; i < size; i++) {
    text[2 * i] = toDigit(data[i] >> 4);
    text[2 * i + 1] = toDigit(data[i] & 0x0f);
  }
  text[2 * size] = '\0';
}

uint8_t numberOf(const char *text, const char *words) {
  for (uint8_t number = 1; readFlash(words) != '\0'; number++) {
    const char *letter = text;
    bool isSame = true;
    char c;
    do {
      c = readFlash(words++);
      isSame = isSame && *letter++ == c;
    } while (c != '\0');
    if (isSame) {
      return number;
    }
  }
  return 0;
}

bool fromHex(const char *text, size_t length, uint8_t *data, size_t size) {
  if (length != 2 * size)
    return false;
  for (size_t i = 0; i < length; i++) {
    if (fromDigit(text[i]) == NotADigit)
      return false;
  }
  for (size_t i = 0; i < size; i++)
    data[i] =
        static_cast<uint8_t>(fromDigit(text[2 * i]) << 4 | fromDigit(text[2 * i + 1]));
  return true;
}

} // namespace sensorboard
