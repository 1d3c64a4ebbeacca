// What a person, or an automation, has sent to the sketch: the data of a message.

#ifndef SENSORBOARD_DATA_H
#define SENSORBOARD_DATA_H

#include <Arduino.h>

#include "Json.h"
#include "Message.h"

namespace sensorboard {

// The members of an object, or a value alone, whose key is then left out. What is
// missing, or is of another kind, is what the sketch says otherwise. Lists and objects
// in it are of none of these kinds.
//
// Texts are gone when the sketch's function returns.
class Data {
public:
  bool has(const char *key) const { return find(key) != nullptr; }

  const char *text(const char *key, const char *otherwise) const;
  double number(const char *key, double otherwise) const;
  // Rounded. On AVR, a number has 7 digits.
  long integer(const char *key, long otherwise) const;
  bool isOn(const char *key, bool otherwise) const;

  const char *text(const char *key = Alone) const { return text(key, ""); }
  double number(const char *key = Alone) const { return number(key, NAN); }
  long integer(const char *key = Alone) const { return integer(key, 0); }
  bool isOn(const char *key = Alone) const { return isOn(key, false); }

  // Takes it apart, in the link's buffer. False if it is damaged.
  SENSORBOARD_CHECK bool read(const Message &message);

  // There is no room for all of its members.
  bool isTooMuch() const { return isTooMuch_; }

private:
  static constexpr uint8_t Most = SENSORBOARD_IS_SMALL ? 8 : 16;
  static constexpr const char *Alone = "";

  struct Member {
    const char *key;
    const char *text;
    double number; // 1: true
    JsonKind kind;
  };

  void add(const char *key, const JsonReader &json);
  const Member *find(const char *key) const;
  const Member *find(const char *key, JsonKind kind) const;

  Member members_[Most];
  uint8_t count_;
  bool isTooMuch_;
};

} // namespace sensorboard

#endif
