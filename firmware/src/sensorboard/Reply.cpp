#include "Reply.h"

namespace sensorboard {

void Value::write(JsonWriter &json) const {
  switch (kind_) {
  case Kind::Text:
    json.text(text_);
    break;
  case Kind::Boolean:
    json.boolean(is_);
    break;
  case Kind::Integer:
    json.number(integer_);
    break;
  case Kind::Unsigned:
    json.number(unsigned_);
    break;
  case Kind::Number:
    json.number(Decimal::from(number_, 6), true);
    break;
  }
}

bool Value::isTooLong() const {
  return kind_ == Kind::Text && text_ != nullptr && strlen(text_) > 255;
}

void Reply::add(const char *key, const Value &value) {
  const bool goesOn = length_ > 2 && buffer_[0] == '{';
  if (goesOn) {
    length_--; // the bracket at its end
    print(',');
  } else {
    length_ = 0;
    print('{');
  }
  JsonWriter(*this).key(key);
  put(value);
  print('}');
}

void Reply::set(const Value &value) {
  length_ = 0;
  put(value);
}

void Reply::setJson(const char *json) {
  length_ = 0;
  print(json);
}

void Reply::put(const Value &value) {
  isCut_ = isCut_ || value.isTooLong();
  JsonWriter json(*this);
  value.write(json);
}

size_t Reply::write(uint8_t byte) {
  if (length_ == size_) {
    isCut_ = true;
    return 0;
  }
  // JSON of the sketch's may have lines; a message has one.
  buffer_[length_++] = byte < ' ' ? ' ' : static_cast<char>(byte);
  return 1;
}

} // namespace sensorboard
