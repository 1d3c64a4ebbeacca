// What Home Assistant says, on a board with little room: a message is only looked at
// where something is to be found in it. What Home Assistant writes is valid JSON. Of
// what was damaged on its way, only what still has the form of it is acted on, and not
// if it shows that two messages were made one.

#include "Message.h"

#include "Config.h"

#if SENSORBOARD_IS_SMALL

namespace sensorboard {

namespace {

// Words, each with a zero, and another at the end.
const char TypeNames[] SENSORBOARD_FLASH =
    "hello\0welcome\0settings\0set\0value\0error\0message\0";
const char MemberNames[] SENSORBOARD_FLASH =
    "type\0value\0id\0time\0offset\0interval\0key\0unit\0data\0";
const char Literals[] SENSORBOARD_FLASH = "true\0false\0null\0";

char *skipSpace(char *at) {
  while (*at == ' ') {
    at++;
  }
  return at;
}

// A text from its first quote on. Decodes it in place, puts a zero behind it and gives
// where it ends, or nullptr if it does not. What is written as a code becomes a
// question mark, and a line feed a space.
char *string(char *at) {
  if (*at++ != '"') {
    return nullptr;
  }
  for (char *to = at;;) {
    char c = *at++;
    if (c == '"') {
      *to = '\0';
      return at;
    }
    if (c == '\\') {
      c = *at++;
      if (c == 'u') {
        c = '?';
        for (uint8_t i = 4; i > 0 && *at != '\0'; i--) {
          at++;
        }
      } else if (c >= 'a') {
        c = ' ';
      }
    }
    if (c == '\0') {
      return nullptr;
    }
    *to++ = c;
  }
}

// Gives where the value ends that begins here, or nullptr.
char *skipValue(char *at) {
  if (*at == '"') {
    return string(at);
  }
  if (*at == '{' || *at == '[') {
    return JsonReader::nested(at);
  }
  while (*at > ' ' && *at != ',' && *at != '}') {
    at++;
  }
  return at;
}

uint8_t digitAt(const char *at) { return static_cast<uint8_t>(*at - '0'); }

// Whether it is a word or looks like a number, up to the zero behind it.
bool isScalar(const char *at) {
  if (numberOf(at, Literals) > 0) {
    return true;
  }
  at += *at == '-';
  if (digitAt(at) > 9) {
    return false;
  }
  while (char c = *at) {
    if (digitAt(at) > 9 && c != '.' && c != '-' && c != '+' && (c | 0x20) != 'e') {
      return false;
    }
    at++;
  }
  return true;
}

} // namespace

bool Message::isPersonalUsed;

bool Message::read(char *at, size_t, bool isTooLong) {
  bool isWhole = takeApart(at);
  if (isTooLong) {
    // Home Assistant says first what it is.
    type = MessageType::TooLong;
    return JsonReader::same(text(Type), F("message"));
  }
  return isWhole;
}

bool Message::takeApart(char *at) {
  for (uint8_t i = 0; i < Members; i++) {
    at_[i] = "";
  }
  at = skipSpace(at);
  if (*at != '{') {
    return false;
  }
  char c;
  uint8_t count = 0;
  do {
    count++;
    char *name = skipSpace(at + 1);
    at = string(name);
    if (at == nullptr) {
      return false;
    }
    at = skipSpace(at);
    if (*at != ':') {
      return false;
    }
    char *value = skipSpace(at + 1);
    char *end = skipValue(value);
    if (end == nullptr) {
      return false;
    }
    at = skipSpace(end);
    c = *at;
    if (*value != '"') {
      *end = '\0';
      if (*value != '{' && *value != '[' && !isScalar(value)) {
        return false;
      }
    }
    uint8_t which = numberOf(name + 1, MemberNames);
    if (*at_[which] != '\0' && which != Other) {
      return false;
    }
    at_[which] = value;
  } while (c == ',');
  type = static_cast<MessageType>(numberOf(text(Type), TypeNames));
  if (type == MessageType::Set && *at_[Unit] != '\0') {
    return false;
  }
  if (isPersonalUsed) {
    bool isPersonal = type == MessageType::Personal;
    bool hasData = *at_[Data] != '\0';
    if (hasData != isPersonal || (isPersonal && *at_[Value] != '\0')) {
      return false;
    }
    if (isPersonal) {
      at_[Value] = at_[Data];
    }
  }
  if (type == MessageType::Hello && count > 1) {
    type = MessageType::Unknown; // the board's own, which came back
  }
  return c == '}' && *skipSpace(at + 1) == '\0';
}

const char *Message::text(Member member) const {
  const char *at = at_[member];
  return *at == '"' ? at + 1 : "";
}

int32_t Message::integer(const char *at) {
  bool isNegative = *at == '-';
  at += isNegative;
  uint32_t value = 0;
  for (; digitAt(at) <= 9; at++) {
    value = value * 10 + digitAt(at);
  }
  return static_cast<int32_t>(isNegative ? 0 - value : value);
}

// -?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?
double Message::number() const {
  const char *at = at_[Value];
  bool isNegative = *at == '-';
  at += isNegative;
  double value = 0;
  int16_t exponent = 0;
  for (bool isFraction = false;; at++) {
    if (*at == '.' && !isFraction) {
      isFraction = true;
    } else if (digitAt(at) <= 9) {
      value = value * 10 + digitAt(at);
      exponent = static_cast<int16_t>(exponent - isFraction);
    } else {
      break;
    }
  }
  if ((*at | 0x20) == 'e') {
    at++;
    int32_t given = integer(at + (*at == '+'));
    constexpr int16_t most = 99; // beyond any number
    exponent = static_cast<int16_t>(exponent + (given > most    ? most
                                                : given < -most ? -most
                                                                : given));
  } else if (*at != '\0') {
    return NAN; // damaged
  }
  for (; exponent > 0; exponent--) {
    value *= 10;
  }
  for (; exponent < 0; exponent++) {
    value /= 10;
  }
  return isNegative ? -value : value;
}

} // namespace sensorboard

#endif
