#include "Json.h"

#include "Config.h"

namespace sensorboard {

namespace {

#if !SENSORBOARD_IS_SMALL
// The length of the UTF-8 sequence of two to four bytes that begins here, or 0 if none
// does (RFC 3629, section 4). Reads no further than the first byte that does not belong
// to it, so that it cannot pass the zero at the end.
template <typename Text> uint8_t sequenceLength(Text text) {
  uint8_t first = static_cast<uint8_t>(*text);
  uint8_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) {
    return 0;
  }
  // The second byte rules out longer forms than needed, surrogates, and what is
  // above U+10FFFF.
  uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  uint8_t greatest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (uint8_t i = 1; i < length; i++) {
    uint8_t byte = static_cast<uint8_t>(text[i]);
    if (byte < least || byte > greatest) {
      return 0;
    }
    least = 0x80;
    greatest = 0xbf;
  }
  return length;
}
#endif

} // namespace

#if SENSORBOARD_IS_SMALL

Print *JsonWriter::out_;

void JsonWriter::beginValue() {}

void JsonWriter::piece(char json) { put(json); }
void JsonWriter::piece(const __FlashStringHelper *json) { putFlash(json); }

void JsonWriter::writeKey(const __FlashStringHelper *name) {
  put(',');
  writeText(name);
  put(':');
}

void JsonWriter::writeKey(const char *name) {
  writeText(name, Bar::Letter);
  put(':');
}

#else

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

JsonWriter &JsonWriter::beginMessage(const __FlashStringHelper *type) {
  return beginObject().key(F("type")).text(type);
}

void JsonWriter::piece(char json) {
  put(json);
  comma_ = json == '}' || json == ']';
}

void JsonWriter::piece(const __FlashStringHelper *json) {
  putFlash(json);
  comma_ = false;
}

void JsonWriter::beginValue() {
  if (comma_) {
    put(',');
  }
  comma_ = true;
}

void JsonWriter::writeKey(const __FlashStringHelper *name) {
  writeText(name);
  put(':');
  comma_ = false;
}

void JsonWriter::writeKey(const char *name) {
  writeText(name, Bar::Letter);
  put(':');
  comma_ = false;
}

#endif

void JsonWriter::member(const __FlashStringHelper *name, const char *value) {
  if (value != nullptr) {
    writeKey(name);
    writeText(value, Bar::Letter, MaxWords);
  }
}

void JsonWriter::member(const __FlashStringHelper *name,
                        const __FlashStringHelper *value) {
  if (value != nullptr) {
    writeKey(name);
    writeText(value);
  }
}

void JsonWriter::member(const __FlashStringHelper *name, long value) {
  writeKey(name);
  writeInteger(value);
}

void JsonWriter::member(const __FlashStringHelper *name, bool value) {
  writeKey(name);
  writeBoolean(value);
}

void JsonWriter::writeText(const __FlashStringHelper *value) {
  beginValue();
  put('"');
  putFlash(value);
  put('"');
}

void JsonWriter::writeText(const char *value, Bar bar, uint8_t most) {
  if (value == nullptr) {
    writeNull();
    return;
  }
  writeLetters(value, bar, most);
}

void JsonWriter::writeText(FlashText value) {
  writeLetters(value, Bar::Letter, MaxText);
}

template <typename Text>
void JsonWriter::writeLetters(Text value, Bar bar, uint8_t most) {
  beginValue();
  put('"');
  for (; *value != '\0'; value++) {
    char c = *value;
    if (c == '|' && bar != Bar::Letter) {
      if (bar == Bar::End) {
        break;
      }
      putFlash(F("\",\""));
      most = MaxText;
      continue;
    }
#if SENSORBOARD_IS_SMALL
    // There, texts are trusted to be UTF-8, and what is no letter is a space. The bytes
    // of a character that are not its first do not count.
    if ((c & 0xc0) != 0x80 && most-- == 0) {
      break;
    }
    if (static_cast<uint8_t>(c) < ' ') {
      c = ' ';
    }
#else
    if (most-- == 0) {
      break;
    }
    uint8_t byte = static_cast<uint8_t>(c);
    if (byte < ' ') {
      putFlash(F("\\u00"));
      putHex(byte);
      continue;
    }
    if (byte >= 0x80) {
      uint8_t length = sequenceLength(value);
      if (length == 0) {
        put('?');
      } else {
        for (; length > 1; length--, value++) {
          put(*value);
        }
        put(*value);
      }
      continue;
    }
#endif
    if (c == '"' || c == '\\') {
      put('\\');
    }
    put(c);
  }
  put('"');
}

void JsonWriter::putFlash(const __FlashStringHelper *text) {
  const char *letter = reinterpret_cast<const char *>(text);
  while (char c = static_cast<char>(pgm_read_byte(letter++))) {
    put(c);
  }
}

void JsonWriter::putHex(uint8_t value) {
  char digits[3];
  toHex(&value, 1, digits);
  put(digits[0]);
  put(digits[1]);
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

JsonWriter &JsonWriter::color(uint32_t value) {
  beginValue();
  put('"');
  put('#');
  putHex(static_cast<uint8_t>(value >> 16));
  putHex(static_cast<uint8_t>(value >> 8));
  putHex(static_cast<uint8_t>(value));
  put('"');
  return *this;
}

void JsonWriter::writeNumber(const Decimal &value, bool isShort) {
  if (!value.isNumber()) {
    writeNull();
    return;
  }
  beginValue();
  Whole magnitude = static_cast<Whole>(value.mantissa);
  if (value.mantissa < 0) {
    put('-');
    magnitude = 0 - magnitude;
  }
  Decimal::Point point = value.point;
  while (isShort && point > 0 && magnitude % 10 == 0) {
    magnitude /= 10;
    point--;
  }
  putDigits(magnitude, point > 0 ? static_cast<int8_t>(point) : 0);
  if (point < 0) {
    put('e');
    putDigits(static_cast<Whole>(-point), 0);
  }
}

void JsonWriter::writeInteger(Integer value) {
  beginValue();
  Whole magnitude = static_cast<Whole>(value);
  if (value < 0) {
    put('-');
    magnitude = 0 - magnitude;
  }
  putDigits(magnitude, 0);
}

void JsonWriter::writeWhole(Whole value) {
  beginValue();
  putDigits(value, 0);
}

// With so many digits behind a point, and at least one before it. The last digit comes
// first, so it calls itself for those before: 20 times at most.
void JsonWriter::putDigits(Whole value, int8_t decimals) {
  char digit = static_cast<char>('0' + value % 10);
  value /= 10;
  if (value > 0 || decimals > 0) {
    putDigits(value, static_cast<int8_t>(decimals - 1));
  }
  if (decimals == 1) {
    put('.');
  }
  put(digit);
}

void JsonWriter::writeBoolean(bool value) {
  beginValue();
  putFlash(value ? F("true") : F("false"));
}

void JsonWriter::writeNull() {
  beginValue();
  putFlash(F("null"));
}

} // namespace sensorboard
