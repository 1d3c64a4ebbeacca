// What the sketch answers to a message: JSON, in a buffer, since it is sent again if
// the message comes again.

#ifndef SENSORBOARD_REPLY_H
#define SENSORBOARD_REPLY_H

#include <Arduino.h>

#include "Config.h"
#include "Decimal.h"
#include "Json.h"

namespace sensorboard {

// A value as a sketch writes it, of whatever type.
class Value {
public:
  Value(const char *text) : kind_(Kind::Text), text_(text) {}
  Value(char *text) : kind_(Kind::Text), text_(text) {}
  Value(decltype(nullptr)) : kind_(Kind::Text), text_(nullptr) {}
  Value(const __FlashStringHelper *text) : Value(nullptr) {
    if (text != nullptr) {
      kind_ = Kind::Flash;
      flash_ = text;
    }
  }
  // Any other address would be `true`: also that of a function that was not called.
  template <typename Other> Value(Other *) = delete;
  Value(bool is) : kind_(Kind::Boolean), is_(is) {}
  Value(int number) : kind_(Kind::Integer), integer_(number) {}
  Value(long number) : kind_(Kind::Integer), integer_(number) {}
  Value(unsigned int number) : kind_(Kind::Unsigned), unsigned_(number) {}
  Value(unsigned long number) : kind_(Kind::Unsigned), unsigned_(number) {}
  // On AVR, what has more than 32 bits is as exact as a float.
  Value(long long number)
      : kind_(Kind::Integer), integer_(static_cast<JsonWriter::Integer>(number)) {
    if (integer_ != number) {
      *this = Value(static_cast<double>(number));
    }
  }
  Value(unsigned long long number)
      : kind_(Kind::Unsigned), unsigned_(static_cast<JsonWriter::Whole>(number)) {
    if (unsigned_ != number) {
      *this = Value(static_cast<double>(number));
    }
  }
  Value(float number) : kind_(Kind::Number), number_(meant(number)) {}
  Value(double number) : kind_(Kind::Number), number_(number) {}

  // With as many decimals as it needs, 6 at most.
  void write(JsonWriter &json) const;

  // Of a text, only 255 characters would be written.
  bool isTooLong() const;

private:
  enum class Kind : uint8_t { Text, Flash, Boolean, Integer, Unsigned, Number };

  Kind kind_;
  union {
    const char *text_;
    const __FlashStringHelper *flash_;
    bool is_;
    JsonWriter::Integer integer_;
    JsonWriter::Whole unsigned_;
    double number_;
  };
};

class Reply : private Print {
public:
  void use(char *buffer, size_t size) {
    buffer_ = buffer;
    size_ = size;
    clear();
  }
  void clear() {
    length_ = 0;
    wrong_ = nullptr;
    isOpen_ = false;
  }

  // Only while the sketch is told a message, there is something to answer, and nothing
  // any more when something was wrong.
  void setOpen(bool isOpen) { isOpen_ = isOpen; }
  bool isOpen() const { return isOpen_ && wrong_ == nullptr; }

  // Adds a member.
  void add(const char *key, const Value &value);

  // Instead of all that there was before: a value alone, or any JSON. False if it is
  // none: of lists and objects, only the brackets and quotes are looked at.
  void set(const Value &value);
  bool setJson(const char *json);

  bool isEmpty() const { return length_ == 0; }

  // What is wrong, for the person: there was no room for all of it, or it is no JSON.
  const __FlashStringHelper *wrong() const { return wrong_; }

  void writeTo(Print &out) const {
    out.write(reinterpret_cast<const uint8_t *>(buffer_), length_);
  }

private:
  void put(const Value &value);
  void setCut();
  size_t write(uint8_t byte) override;
  using Print::write;

  char *buffer_;
  size_t size_;
  size_t length_;
  const __FlashStringHelper *wrong_;
  bool isOpen_;
};

} // namespace sensorboard

#endif
