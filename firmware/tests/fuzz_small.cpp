// What comes to an Uno's port: its reader stays inside its buffer, and what is JSON it
// understands as the reader of the other boards does. For libFuzzer: run by fuzz.sh.

#include <sensorboard/Data.h>
#include <sensorboard/Json.h>
#include <sensorboard/Message.h>

#include <math.h>
#include <stdlib.h>

#include <memory>
#include <set>
#include <string>

using sensorboard::Data;
using sensorboard::JsonKind;
using sensorboard::JsonReader;
using sensorboard::Message;
using sensorboard::MessageType;

namespace {

constexpr size_t LongestLine = 254;

void check(bool isRight) {
  if (!isRight) {
    abort();
  }
}

std::unique_ptr<char[]> copy(const std::string &text) {
  std::unique_ptr<char[]> buffer(new char[text.size() + 1]);
  memcpy(buffer.get(), text.c_str(), text.size() + 1);
  return buffer;
}

void checkText(const char *text, const char *buffer, size_t size) {
  check(*text == '\0' || (text > buffer && text + strlen(text) < buffer + size));
}

// Whether both say the same of the member "value" or "data".
void compare(const Message &message, const JsonReader &json, bool hasEscapes) {
  check(message.isBoolean() == (json.kind() == JsonKind::Boolean));
  check(message.isOn() == json.boolean());
  check(message.isText() == (json.kind() == JsonKind::Text));
  if (message.isText() && !hasEscapes) {
    check(strcmp(message.valueText(), json.text()) == 0);
  }
  if (json.kind() == JsonKind::Number) {
    check(message.isNumber());
    const double wanted = json.number(), given = message.number();
    // Only what is damaged is no number.
    check(!isnan(given));
    if (fabs(wanted) > 1e-60 && fabs(wanted) < 1e60) {
      check(fabs(given / wanted - 1) < 1e-9);
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string line(reinterpret_cast<const char *>(data), size);
  // A line has no zero and no other spaces in it.
  if (size > LongestLine ||
      line.find_first_of(std::string("\0\t\r\n", 4)) != line.npos) {
    return 0;
  }
  Message::isPersonalUsed = true;
  std::unique_ptr<char[]> buffer = copy(line);
  Message message;
  const bool isWhole = message.read(buffer.get(), size);
  if (isWhole) {
    checkText(message.target(), buffer.get(), size);
    checkText(message.valueText(), buffer.get(), size);
  }
  // Of one that was cut, only what it is and its id are looked at.
  std::unique_ptr<char[]> cut = copy(line);
  Message begun;
  if (begun.read(cut.get(), size, true)) {
    check(begun.type == MessageType::TooLong);
    checkText(begun.target(), cut.get(), size);
  }
  std::unique_ptr<char[]> other = copy(line);
  JsonReader json(other.get(), size);
  const bool hasEscapes = line.find('\\') != line.npos;
  bool isFirst = true, isSet = false, isTwice = false, hasUnit = false;
  bool isPersonal = false, hasValue = false, hasData = false;
  int32_t id = 0, read;
  std::set<std::string> known;
  while (json.next()) {
    isFirst = false;
    if (json.keyIs("id")) {
      id = json.integer(read) ? read : -1;
    }
    isSet = isSet || (json.keyIs("type") && json.textIs(F("set")));
    isPersonal = isPersonal || (json.keyIs("type") && json.textIs(F("message")));
    hasUnit = hasUnit || json.keyIs("unit");
    hasValue = hasValue || json.keyIs("value");
    hasData = hasData || json.keyIs("data");
    for (const char *name :
         {"type", "value", "id", "time", "offset", "interval", "key", "unit", "data"}) {
      isTwice = isTwice || (json.keyIs(name) && !known.insert(name).second);
    }
  }
  // That reader does not look at codes in lists, which can be wrong.
  if (!json.complete() || isFirst || line.find("\\u") != line.npos) {
    return 0;
  }
  // Of two messages that became one, nothing counts.
  const bool isJoined =
      (isSet && hasUnit) || (isPersonal ? hasValue || !hasData : hasData);
  check(isWhole == !(isTwice || isJoined));
  if (!isWhole) {
    return 0;
  }
  check(hasEscapes || id <= 0 || message.id() == id);
  std::unique_ptr<char[]> again = copy(line);
  for (JsonReader value(again.get(), size); value.next();) {
    if (value.keyIs(isPersonal ? "data" : "value")) {
      compare(message, value, hasEscapes);
    }
  }
  // Last, since it is taken apart in the buffer.
  Data given;
  if (message.type == MessageType::Personal && given.read(message)) {
    checkText(given.text(), buffer.get(), size);
    checkText(given.text("a"), buffer.get(), size);
    check(given.has("") || !given.isOn());
  }
  return 0;
}
