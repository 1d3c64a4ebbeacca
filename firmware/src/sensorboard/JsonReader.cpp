#include "Json.h"

namespace sensorboard {

namespace {

// Behind a backslash, and what it stands for.
const char Escapes[] SENSORBOARD_FLASH = "\"\"\\\\//b\bf\fn\nr\rt\t";

uint8_t digitAt(const char *at) { return static_cast<uint8_t>(*at - '0'); }

// The bytes of a sequence that are not its first.
char continuation(uint16_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); }

// Four hexadecimal digits. Gives nullptr if they are none.
char *readUnit(char *at, uint16_t &unit) {
  uint16_t value = 0;
  for (uint8_t i = 0; i < 4; i++) {
    uint8_t digit = fromDigit(*at++);
    if (digit > 15) {
      return nullptr;
    }
    value = static_cast<uint16_t>(value << 4 | digit);
  }
  unit = value;
  return at;
}

} // namespace

bool JsonReader::next() {
  bool isFirst = state_ == State::Start;
  if (!isFirst && state_ != State::Members) {
    return false;
  }
  state_ = State::Failed;
  kind_ = JsonKind::Null;
  text_ = "";
  number_.isInteger = false;
  char *at = skipSpace(at_);
  if (isFirst) {
    if (*at != '{') {
      return false;
    }
    at = skipSpace(at + 1);
  }
  if (*at == '}') {
    if (skipSpace(at + 1) == end_) {
      state_ = State::Complete;
    }
    return false;
  }
  if (!isFirst) {
    if (*at != ',') {
      return false;
    }
    at = skipSpace(at + 1);
  }
  key_ = at + 1;
  at = string(at);
  if (at == nullptr) {
    return false;
  }
  at = skipSpace(at);
  if (*at != ':') {
    return false;
  }
  raw_ = skipSpace(at + 1);
  at = value(raw_);
  if (at == nullptr) {
    kind_ = JsonKind::Null;
    return false;
  }
  at_ = at;
  state_ = State::Members;
  return true;
}

char *JsonReader::value(char *at) {
  char c = *at;
  if (c == '"') {
    kind_ = JsonKind::Text;
    char *end = string(at);
    if (end != nullptr) {
      text_ = at + 1;
    }
    return end;
  }
  if (c == '{' || c == '[') {
    kind_ = JsonKind::Other;
    return nested(at);
  }
  if (c == 'n') {
    return literal(at, F("null"));
  }
  boolean_ = c == 't';
  if (boolean_ || c == 'f') {
    kind_ = JsonKind::Boolean;
    return literal(at, boolean_ ? F("true") : F("false"));
  }
  kind_ = JsonKind::Number;
  return numeral(at);
}

char *JsonReader::literal(char *at, const __FlashStringHelper *word) {
  const char *letter = reinterpret_cast<const char *>(word);
  while (char c = static_cast<char>(pgm_read_byte(letter++))) {
    if (*at++ != c) {
      return nullptr;
    }
  }
  return at;
}

// Decodes it in place, and puts a zero behind it: a decoded text is never longer than
// what it is decoded from.
char *JsonReader::string(char *at) {
  if (*at++ != '"') {
    return nullptr;
  }
  char *to = at;
  for (;;) {
    char c = *at++;
    if (static_cast<uint8_t>(c) < ' ') { // or the end
      return nullptr;
    }
    if (c == '"') {
      *to = '\0';
      return at;
    }
    if (c != '\\') {
      *to++ = c;
      continue;
    }
    c = *at++;
    if (c != 'u') {
      const char *pair = Escapes;
      for (; readFlash(pair) != c || c == '\0'; pair += 2) {
        if (readFlash(pair) == '\0') {
          return nullptr;
        }
      }
      *to++ = readFlash(pair + 1);
      continue;
    }
    // A unit of UTF-16, and the one that makes a pair with it. Shifting 16 bits at a
    // time, as that is what AVR does best.
    uint16_t unit;
    at = readUnit(at, unit);
    if (at == nullptr) {
      return nullptr;
    }
    if (unit >= 0xd800 && unit < 0xe000) {
      uint16_t low;
      if (unit < 0xdc00 && at[0] == '\\' && at[1] == 'u') {
        char *next = readUnit(at + 2, low);
        if (next == nullptr) {
          return nullptr;
        }
        if (low >= 0xdc00 && low < 0xe000) {
          uint16_t high = static_cast<uint16_t>((unit & 0x3ff) + 0x40); // U+10000 …
          *to++ = static_cast<char>(0xf0 | high >> 8);
          *to++ = continuation(high >> 2);
          *to++ = continuation(static_cast<uint16_t>(high << 4 | (low >> 6 & 0x0f)));
          *to++ = continuation(low);
          at = next;
          continue;
        }
      }
      unit = 0; // half of a pair stands for nothing
    }
    if (unit == 0) {
      unit = 0xfffd; // a zero would end the text for its readers
    }
    if (unit < 0x80) {
      *to++ = static_cast<char>(unit);
      continue;
    }
    if (unit < 0x800) {
      *to++ = static_cast<char>(0xc0 | unit >> 6);
    } else {
      *to++ = static_cast<char>(0xe0 | unit >> 12);
      *to++ = continuation(unit >> 6);
    }
    *to++ = continuation(unit);
  }
}

// -?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?
char *JsonReader::numeral(char *at) {
  // What has more digits only tells how large the number is.
  constexpr JsonNumber::Mantissa most =
      (static_cast<JsonNumber::Mantissa>(-1) - 9) / 10;
  JsonNumber::Mantissa magnitude = 0;
  int exponent = 0; // is no further from 0 than the text is long
  bool isFraction = false, isInteger = true;
  number_.isNegative = *at == '-';
  at += number_.isNegative;
  const char *digits = at;
  for (;; at++) {
    uint8_t digit = digitAt(at);
    if (*at == '.' && isInteger && at > digits) {
      isFraction = true;
      isInteger = false;
      digits = at + 1;
    } else if (digit > 9) {
      break;
    } else if (magnitude > most) {
      isInteger = false;
      exponent += !isFraction;
    } else {
      magnitude = magnitude * 10 + digit;
      exponent -= isFraction;
    }
  }
  if (at == digits) {
    return nullptr;
  }
  if ((*at | 0x20) == 'e') {
    isInteger = false;
    at++;
    bool isBelow = *at == '-';
    at += isBelow || *at == '+';
    digits = at;
    int given = 0;
    for (; digitAt(at) <= 9; at++) {
      if (given < 1000) { // beyond any double
        given = given * 10 + digitAt(at);
      }
    }
    if (at == digits) {
      return nullptr;
    }
    exponent += isBelow ? -given : given;
  }
  number_.magnitude = magnitude;
  number_.exponent = exponent;
  number_.isInteger = isInteger && magnitude <= UINT32_MAX;
  if (isinf(number_.value())) {
    kind_ = JsonKind::Other;
  }
  return at;
}

// One power, and one multiplication or division by it, rounds less often than ten times
// one by ten.
double JsonNumber::value() const {
  double power = 1;
  for (int i = exponent < 0 ? -exponent : exponent; i > 0; i--) {
    power *= 10;
  }
  double number = static_cast<double>(magnitude);
  if (magnitude != 0) {
    number = exponent < 0 ? number / power : number * power;
  }
  return isNegative ? -number : number;
}

// Only its end is looked for: brackets count, of whichever kind, except in texts.
char *JsonReader::nested(char *at) {
  size_t depth = 0;
  bool isText = false;
  for (;;) {
    char c = *at++;
    if (c == '\0') {
      return nullptr;
    }
    if (c == '"') {
      isText = !isText;
    } else if (isText) {
      if (c == '\\' && *at != '\0') {
        at++;
      }
    } else if (c == '{' || c == '[') {
      depth++;
    } else if (c == '}' || c == ']') {
      depth--;
      if (depth == 0) {
        return at;
      }
    }
  }
}

char *JsonReader::skipSpace(char *at) {
  while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
    at++;
  }
  return at;
}

bool JsonReader::integer(int32_t &value) const {
  // -2147483648 has no positive counterpart.
  if (!number_.isInteger ||
      number_.magnitude > (number_.isNegative ? 0x80000000UL : 0x7fffffffUL)) {
    return false;
  }
  value = static_cast<int32_t>(integer());
  return true;
}

bool JsonReader::integer(uint32_t &value) const {
  if (!number_.isInteger || (number_.isNegative && number_.magnitude != 0)) {
    return false;
  }
  value = static_cast<uint32_t>(number_.magnitude);
  return true;
}

uint32_t JsonReader::integer() const {
  uint32_t magnitude = static_cast<uint32_t>(number_.magnitude);
  return !number_.isInteger ? 0 : number_.isNegative ? 0 - magnitude : magnitude;
}

bool JsonReader::same(const char *text, const __FlashStringHelper *other) {
  const char *wanted = reinterpret_cast<const char *>(other);
  for (;; text++, wanted++) {
    char c = static_cast<char>(pgm_read_byte(wanted));
    if (*text != c) {
      return false;
    }
    if (c == '\0') {
      return true;
    }
  }
}

} // namespace sensorboard
