#include "Data.h"

namespace sensorboard {

bool Data::read(const Message &message) {
  isTooMuch_ = false;
  const bool isObject = !message.isText() && *message.raw() == '{';
  if (!isObject) {
    members_[0] = {Alone, message.valueText(), 0, JsonKind::Other};
    if (message.isText()) {
      members_[0].kind = JsonKind::Text;
    } else if (message.isBoolean()) {
      members_[0].kind = JsonKind::Boolean;
      members_[0].number = message.isOn();
    } else if (message.isNumber()) {
      members_[0].kind = JsonKind::Number;
      members_[0].number = message.number();
    }
    count_ = 1;
    return true;
  }
  count_ = 0;
  JsonReader json(message.raw(), strlen(message.raw()));
  while (json.next()) {
    // Nobody writes one twice: what was in between got lost.
    if (find(json.key()) != nullptr) {
      return false;
    }
    if (count_ == Most) {
      isTooMuch_ = true;
      continue;
    }
    const bool isNumber = json.kind() == JsonKind::Number;
    members_[count_++] = {json.key(), json.text(),
                          isNumber ? json.number() : json.boolean(), json.kind()};
  }
  return json.complete();
}

const Data::Member *Data::find(const char *key) const {
  for (const Member *member = members_; member < members_ + count_; member++) {
    if (strcmp(member->key, key) == 0) {
      return member;
    }
  }
  return nullptr;
}

const Data::Member *Data::find(const char *key, JsonKind kind) const {
  const Member *member = find(key);
  return member != nullptr && member->kind == kind ? member : nullptr;
}

const char *Data::text(const char *key, const char *otherwise) const {
  const Member *member = find(key, JsonKind::Text);
  return member != nullptr ? member->text : otherwise;
}

double Data::number(const char *key, double otherwise) const {
  const Member *member = find(key, JsonKind::Number);
  return member != nullptr ? member->number : otherwise;
}

long Data::integer(const char *key, long otherwise) const {
  double value = number(key, NAN);
  value = value < 0 ? value - 0.5 : value + 0.5;
  // Those of 32 bits, as a long has on boards. NaN is not in between.
  const bool fits = value > -2147483649.0 && value < 2147483648.0;
  return fits ? static_cast<long>(value) : otherwise;
}

bool Data::isOn(const char *key, bool otherwise) const {
  const Member *member = find(key, JsonKind::Boolean);
  return member != nullptr ? member->number != 0 : otherwise;
}

} // namespace sensorboard
