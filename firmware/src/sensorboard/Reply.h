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
  Value(bool is) : kind_(Kind::Boolean), is_(is) {}
  Value(int number) : kind_(Kind::Integer), integer_(number) {}
  Value(long number) : kind_(Kind::Integer), integer_(number) {}
  Value(unsigned int number) : kind_(Kind::Unsigned), unsigned_(number) {}
  Value(unsigned long number) : kind_(Kind::Unsigned), unsigned_(number) {}
  Value(float number) : kind_(Kind::Number), number_(meant(number)) {}
  Value(double number) : kind_(Kind::Number), number_(number) {}

  // With as many decimals as it needs, 6 at most.
  void write(JsonWriter &json) const;

  // Of a text, only 255 characters would be written.
  bool isTooLong() const;

private:
  enum class Kind : uint8_t { Text, Boolean, Integer, Unsigned, Number };

  Kind kind_;
  union {
    const char *text_;
    bool is_;
    long integer_;
    unsigned long unsigned_;
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
    isCut_ = false;
    isOpen_ = false;
  }

  // Only while the sketch is told a message, there is something to answer.
  void setOpen(bool isOpen) { isOpen_ = isOpen; }
  bool isOpen() const { return isOpen_; }

  // Adds a member.
  void add(const char *key, const Value &value);

  // Instead of all that there was before: a value alone, or any JSON.
  void set(const Value &value);
  void setJson(const char *json);

  bool isEmpty() const { return length_ == 0; }

  // There was no room for all of it.
  bool isCut() const { return isCut_; }

  void writeTo(Print &out) const {
    out.write(reinterpret_cast<const uint8_t *>(buffer_), length_);
  }

private:
  void put(const Value &value);
  size_t write(uint8_t byte) override;
  using Print::write;

  char *buffer_;
  size_t size_;
  size_t length_;
  bool isCut_;
  bool isOpen_;
};

} // namespace sensorboard

#endif
