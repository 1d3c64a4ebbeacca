#include "Data.h"

namespace sensorboard {

bool Data::read(const Message &message) {
  isTooMuch_ = false;
  count_ = 0;
  if (message.isText()) {
    members_[count_++] = {Alone, message.valueText(), 0, JsonKind::Text};
    return true;
  }
  JsonReader json(message.raw(), strlen(message.raw()));
  if (*message.raw() != '{') {
    const bool isWhole = json.alone();
    add(Alone, json);
    return isWhole;
  }
  while (json.next()) {
    // Nobody writes one twice: what was in between got lost.
    if (find(json.key()) != nullptr) {
      return false;
    }
    if (count_ == Most) {
      isTooMuch_ = true;
      continue;
    }
    add(json.key(), json);
  }
  return json.complete();
}

void Data::add(const char *key, const JsonReader &json) {
  const bool isNumber = json.kind() == JsonKind::Number;
  members_[count_++] = {key, json.text(), isNumber ? json.number() : json.boolean(),
                        json.kind()};
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
