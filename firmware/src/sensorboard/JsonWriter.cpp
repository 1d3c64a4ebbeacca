#include "Json.h"

namespace sensorboard {

namespace {

constexpr uint8_t MaxDecimals = 6; // what Home Assistant takes as a precision

uint8_t byteAt(const char *address, bool inFlash) {
  return inFlash ? pgm_read_byte(address) : static_cast<uint8_t>(*address);
}

// The length of the UTF-8 sequence of two to four bytes that begins here, or 0 if none
// does (RFC 3629, section 4). Reads no further than the first byte that does not belong
// to it, so that it cannot pass the zero at the end.
uint8_t sequenceLength(const char *text, bool inFlash) {
  uint8_t first = byteAt(text, inFlash);
  uint8_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) {
    return 0;
  }
  // The second byte rules out longer forms than needed, surrogates, and what is
  // above U+10FFFF.
  uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  uint8_t greatest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (uint8_t i = 1; i < length; i++) {
    uint8_t byte = byteAt(text + i, inFlash);
    if (byte < least || byte > greatest) {
      return 0;
    }
    least = 0x80;
    greatest = 0xbf;
  }
  return length;
}

} // namespace

JsonWriter &JsonWriter::begin(char bracket) {
  beginValue();
  put(bracket);
  comma_ = false;
  return *this;
}

JsonWriter &JsonWriter::end(char bracket) {
  put(bracket);
  comma_ = true;
  return *this;
}

void JsonWriter::beginValue() {
  if (comma_) {
    put(',');
  }
  comma_ = true;
}

JsonWriter &JsonWriter::key(const char *name) {
  text(name);
  put(':');
  comma_ = false;
  return *this;
}

JsonWriter &JsonWriter::key(const __FlashStringHelper *name) {
  text(name);
  put(':');
  comma_ = false;
  return *this;
}

JsonWriter &JsonWriter::text(const char *value) {
  if (value == nullptr) {
    return null();
  }
  putText(value, false);
  return *this;
}

JsonWriter &JsonWriter::text(const __FlashStringHelper *value) {
  putText(reinterpret_cast<const char *>(value), true);
  return *this;
}

void JsonWriter::putText(const char *text, bool inFlash) {
  beginValue();
  put('"');
  while (uint8_t byte = byteAt(text, inFlash)) {
    uint8_t length = 1;
    if (byte < ' ') {
      putFlash(F("\\u00"));
      putHex(byte);
    } else if (byte < 0x80) {
      if (byte == '"' || byte == '\\') {
        put('\\');
      }
      put(static_cast<char>(byte));
    } else {
      length = sequenceLength(text, inFlash);
      if (length == 0) {
        length = 1;
        put('?');
      } else {
        for (uint8_t i = 0; i < length; i++) {
          put(static_cast<char>(byteAt(text + i, inFlash)));
        }
      }
    }
    text += length;
  }
  put('"');
}

void JsonWriter::putHex(uint8_t value) {
  char digits[3];
  toHex(&value, 1, digits);
  out_.print(digits);
}

JsonWriter &JsonWriter::hex(const uint8_t *data, size_t size) {
  beginValue();
  put('"');
  for (size_t i = 0; i < size; i++) {
    putHex(data[i]);
  }
  put('"');
  return *this;
}

JsonWriter &JsonWriter::number(double value, uint8_t decimals) {
  if (!isfinite(value)) {
    return null();
  }
  beginValue();
  bool isNegative = value < 0;
  if (isNegative) {
    value = -value;
  }
  // What has more digits than a Whole has them in an exponent.
  const double limit =
      sizeof(Whole) == sizeof(uint32_t) ? 4294967040.0 : 18446744073709549568.0;
  uint16_t exponent = 0;
  while (value > limit) {
    value /= 10;
    exponent++;
  }
  if (exponent > 0) {
    decimals = 0;
  } else if (decimals > MaxDecimals) {
    decimals = MaxDecimals;
  }
  double scale = 1;
  for (uint8_t i = 0; i < decimals; i++) {
    scale *= 10;
  }
  Whole whole = static_cast<Whole>(value);
  uint32_t fraction =
      static_cast<uint32_t>((value - static_cast<double>(whole)) * scale + 0.5);
  if (fraction >= static_cast<uint32_t>(scale)) {
    whole++;
    fraction = 0;
  }
  // Minus zero would be right, but looks wrong.
  if (isNegative && (whole != 0 || fraction != 0)) {
    put('-');
  }
  putDigits(whole, 1);
  if (decimals > 0) {
    put('.');
    putDigits(fraction, decimals);
  }
  if (exponent > 0) {
    put('e');
    putDigits(exponent, 1);
  }
  return *this;
}

JsonWriter &JsonWriter::number(long value) {
  beginValue();
  unsigned long magnitude = static_cast<unsigned long>(value);
  if (value < 0) {
    put('-');
    magnitude = 0 - magnitude;
  }
  putDigits(magnitude, 1);
  return *this;
}

JsonWriter &JsonWriter::number(unsigned long value) {
  beginValue();
  putDigits(value, 1);
  return *this;
}

void JsonWriter::putDigits(Whole value, uint8_t fewest) {
  char digits[20]; // of 64 bits
  uint8_t count = 0;
  while (value > 0 || count < fewest) {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  while (count > 0) {
    put(digits[--count]);
  }
}

JsonWriter &JsonWriter::boolean(bool value) {
  beginValue();
  putFlash(value ? F("true") : F("false"));
  return *this;
}

JsonWriter &JsonWriter::null() {
  beginValue();
  putFlash(F("null"));
  return *this;
}

} // namespace sensorboard
