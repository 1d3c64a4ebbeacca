#include "Json.h"

namespace sensorboard {

namespace {

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool isDecimal(char c) { return c >= '0' && c <= '9'; }

// The bytes of a sequence that are not its first.
char continuation(uint16_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); }

} // namespace

JsonReader::JsonReader(char *text, size_t length)
    : at_(text), end_(text + length), key_(""), text_(""), textLength_(0), number_(0),
      magnitude_(0), state_(State::Start), kind_(JsonKind::Null), boolean_(false),
      isInteger_(false), isNegative_(false) {}

bool JsonReader::next() {
  if (state_ != State::Start && state_ != State::Members) {
    return false;
  }
  bool isFirst = state_ == State::Start;
  state_ = State::Members;
  skipSpace();
  if (isFirst && !skip('{')) {
    return fail();
  }
  skipSpace();
  if (skip('}')) {
    skipSpace();
    if (at_ < end_) {
      return fail();
    }
    state_ = State::Complete;
    return false;
  }
  if (!isFirst && !skip(',')) {
    return fail();
  }
  return member() || fail();
}

bool JsonReader::fail() {
  state_ = State::Failed;
  kind_ = JsonKind::Null;
  return false;
}

bool JsonReader::member() {
  char *name;
  size_t length;
  skipSpace();
  if (!string(name, length)) {
    return false;
  }
  key_ = name;
  skipSpace();
  if (!skip(':')) {
    return false;
  }
  skipSpace();
  text_ = "";
  textLength_ = 0;
  isInteger_ = false;
  return value();
}

bool JsonReader::value() {
  char c = peek();
  if (c == '"') {
    char *text;
    kind_ = JsonKind::Text;
    bool isWhole = string(text, textLength_);
    text_ = isWhole ? text : "";
    return isWhole;
  }
  if (c == '{' || c == '[') {
    kind_ = JsonKind::Other;
    return nested();
  }
  if (c == '-' || isDecimal(c)) {
    kind_ = JsonKind::Number;
    return numeral();
  }
  if (c == 'n') {
    kind_ = JsonKind::Null;
    return literal(F("null"));
  }
  kind_ = JsonKind::Boolean;
  boolean_ = c == 't';
  return literal(boolean_ ? F("true") : F("false"));
}

bool JsonReader::literal(const __FlashStringHelper *word) {
  const char *letter = reinterpret_cast<const char *>(word);
  while (char c = static_cast<char>(pgm_read_byte(letter++))) {
    if (!skip(c)) {
      return false;
    }
  }
  return true;
}

bool JsonReader::string(char *&text, size_t &length) {
  if (!skip('"')) {
    return false;
  }
  text = at_;
  // A decoded text is never longer than what it is decoded from.
  char *to = at_;
  while (at_ < end_) {
    char c = *at_++;
    if (c == '"') {
      length = static_cast<size_t>(to - text);
      *to = '\0';
      return true;
    }
    if (static_cast<uint8_t>(c) < ' ') {
      return false;
    }
    if (c != '\\') {
      *to++ = c;
    } else if (!escape(to)) {
      return false;
    }
  }
  return false;
}

bool JsonReader::escape(char *&to) {
  char c = peek();
  at_ += at_ < end_;
  switch (c) {
  case '"':
  case '\\':
  case '/':
    break;
  case 'b':
    c = '\b';
    break;
  case 'f':
    c = '\f';
    break;
  case 'n':
    c = '\n';
    break;
  case 'r':
    c = '\r';
    break;
  case 't':
    c = '\t';
    break;
  case 'u':
    return escapedUnit(to);
  default:
    return false;
  }
  *to++ = c;
  return true;
}

// What is behind \u: a unit of UTF-16, and the one that makes a pair with it. Shifting
// 16 bits at a time, as that is what AVR does best.
bool JsonReader::escapedUnit(char *&to) {
  uint16_t unit, low;
  if (!hexDigits(unit)) {
    return false;
  }
  if (unit >= 0xd800 && unit < 0xe000) {
    char *next = at_;
    if (unit < 0xdc00 && skip('\\') && skip('u')) {
      if (!hexDigits(low)) {
        return false;
      }
      if (low >= 0xdc00 && low < 0xe000) {
        uint16_t high = static_cast<uint16_t>((unit & 0x3ff) + 0x40); // U+10000 and up
        to[0] = static_cast<char>(0xf0 | high >> 8);
        to[1] = continuation(high >> 2);
        to[2] = continuation(static_cast<uint16_t>(high << 4 | (low >> 6 & 0x0f)));
        to[3] = continuation(low);
        to += 4;
        return true;
      }
    }
    at_ = next;
    unit = 0; // half of a pair stands for nothing
  }
  if (unit == 0) {
    unit = 0xfffd; // a zero would end the text for its readers
  }
  char *at = to;
  if (unit < 0x80) {
    *at++ = static_cast<char>(unit);
  } else {
    if (unit < 0x800) {
      *at++ = static_cast<char>(0xc0 | unit >> 6);
    } else {
      *at++ = static_cast<char>(0xe0 | unit >> 12);
      *at++ = continuation(unit >> 6);
    }
    *at++ = continuation(unit);
  }
  to = at;
  return true;
}

bool JsonReader::hexDigits(uint16_t &code) {
  if (end_ - at_ < 4) {
    return false;
  }
  uint8_t bytes[2];
  if (!fromHex(at_, 4, bytes)) {
    return false;
  }
  at_ += 4;
  code = static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
  return true;
}

// -?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool JsonReader::numeral() {
  constexpr Mantissa most = static_cast<Mantissa>(-1);
  Mantissa mantissa = 0;
  int exponent = 0; // is no further from 0 than the text is long
  bool isFraction = false, isRounded = false;
  isNegative_ = skip('-');
  char *digits = at_;
  for (;; at_++) {
    char c = peek();
    if (c == '.' && !isFraction && at_ > digits) {
      isFraction = true;
      digits = at_ + 1;
      continue;
    }
    if (!isDecimal(c)) {
      break;
    }
    // More digits than fit only tell how large the number is.
    uint8_t digit = static_cast<uint8_t>(c - '0');
    if (mantissa > most / 10 || (mantissa == most / 10 && digit > most % 10)) {
      isRounded = true;
      exponent += !isFraction;
    } else {
      mantissa = mantissa * 10 + digit;
      exponent -= isFraction;
    }
  }
  if (at_ == digits) {
    return false;
  }
  bool hasExponent = skip('e') || skip('E');
  if (hasExponent) {
    bool isBelow = skip('-');
    if (!isBelow) {
      skip('+');
    }
    digits = at_;
    int given = 0;
    for (; isDecimal(peek()); at_++) {
      if (given < 1000) { // beyond any double
        given = given * 10 + (*at_ - '0');
      }
    }
    if (at_ == digits) {
      return false;
    }
    exponent += isBelow ? -given : given;
  }
  isInteger_ = !isFraction && !hasExponent && !isRounded && mantissa <= UINT32_MAX;
  magnitude_ = static_cast<uint32_t>(mantissa);

  // One power, and one multiplication or division by it, rounds less often than ten
  // times one by ten.
  double power = 1;
  bool isBelow = exponent < 0;
  for (int i = isBelow ? -exponent : exponent; i > 0 && !isinf(power); i--) {
    power *= 10;
  }
  number_ = static_cast<double>(mantissa);
  if (mantissa != 0) {
    number_ = isBelow ? number_ / power : number_ * power;
  }
  if (isinf(number_)) {
    kind_ = JsonKind::Other;
  }
  if (isNegative_) {
    number_ = -number_;
  }
  return true;
}

// Only its end is looked for: brackets count, of whichever kind, except in texts.
bool JsonReader::nested() {
  size_t depth = 0;
  bool isText = false;
  while (at_ < end_) {
    char c = *at_++;
    if (isText) {
      if (c == '\\') {
        at_ += at_ < end_;
      } else if (c == '"') {
        isText = false;
      }
    } else if (c == '"') {
      isText = true;
    } else if (c == '{' || c == '[') {
      depth++;
    } else if (c == '}' || c == ']') {
      depth--;
      if (depth == 0) {
        return true;
      }
    }
  }
  return false;
}

bool JsonReader::skip(char c) {
  if (at_ < end_ && *at_ == c) {
    at_++;
    return true;
  }
  return false;
}

void JsonReader::skipSpace() {
  while (isBlank(peek())) {
    at_++;
  }
}

bool JsonReader::integer(int32_t &value) const {
  // -2147483648 has no positive counterpart.
  if (kind_ != JsonKind::Number || !isInteger_ ||
      magnitude_ > (isNegative_ ? 0x80000000UL : 0x7fffffffUL)) {
    return false;
  }
  value = static_cast<int32_t>(isNegative_ ? 0 - magnitude_ : magnitude_);
  return true;
}

bool JsonReader::integer(uint32_t &value) const {
  if (kind_ != JsonKind::Number || !isInteger_ || (isNegative_ && magnitude_ != 0)) {
    return false;
  }
  value = magnitude_;
  return true;
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
