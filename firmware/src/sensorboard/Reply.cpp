#include "Reply.h"

namespace sensorboard {

namespace {

bool isSpace(char c) { return c > 0 && c <= ' '; }

} // namespace

void Value::write(JsonWriter &json) const {
  switch (kind_) {
  case Kind::Text:
    json.text(text_);
    break;
  case Kind::Flash:
    json.text(FlashText(flash_));
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
  if (kind_ == Kind::Flash) {
    uint8_t left = 255;
    for (FlashText text(flash_); *text != '\0'; text++) {
      if (left-- == 0) {
        return true;
      }
    }
  }
  return kind_ == Kind::Text && text_ != nullptr && strlen(text_) > 255;
}

void Reply::add(const char *key, const Value &value) {
  if (length_ > 0 && buffer_[0] == '{') {
    do {
      length_--; // the bracket at its end, and spaces before it
    } while (buffer_[length_ - 1] == ' ');
    if (length_ > 1) {
      print(',');
    }
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

bool Reply::setJson(const char *json) {
  length_ = 0;
  while (isSpace(*json)) {
    json++;
  }
  const char *end = json + strlen(json);
  while (end > json && isSpace(end[-1])) {
    end--;
  }
  // It changes nothing in it.
  if ((*json == '{' || *json == '[') &&
      JsonReader::nested(const_cast<char *>(json)) != end) {
    wrong_ = F("Its answer is no JSON. It may have done it all the same.");
    return false;
  }
  while (json < end) {
    print(*json++);
  }
  return true;
}

void Reply::setCut() {
  wrong_ = F("Its answer is too long. It may have done it all the same.");
}

void Reply::put(const Value &value) {
  if (value.isTooLong()) {
    setCut();
  }
  JsonWriter json(*this);
  value.write(json);
}

size_t Reply::write(uint8_t byte) {
  if (length_ == size_) {
    setCut();
    return 0;
  }
  // JSON of the sketch's may have lines; a message has one.
  buffer_[length_++] = byte < ' ' ? ' ' : static_cast<char>(byte);
  return 1;
}

} // namespace sensorboard
