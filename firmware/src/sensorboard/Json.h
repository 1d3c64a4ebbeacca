// JSON (RFC 8259), written straight into a Print and read in place: no document in
// memory, no heap.

#ifndef SENSORBOARD_JSON_H
#define SENSORBOARD_JSON_H

#include <Arduino.h>

#include "Bytes.h"

namespace sensorboard {

// Writes JSON piece by piece, and puts the commas. What is written is right if the
// calls are: a key before each value of an object, an end for each begin.
class JsonWriter {
public:
  explicit JsonWriter(Print &out) : out_(out), comma_(false) {}

  JsonWriter &beginObject() { return begin('{'); }
  JsonWriter &endObject() { return end('}'); }
  JsonWriter &beginArray() { return begin('['); }
  JsonWriter &endArray() { return end(']'); }

  JsonWriter &key(const char *name);
  JsonWriter &key(const __FlashStringHelper *name);

  // A text in UTF-8. A byte that is none becomes a question mark: Home Assistant would
  // have to refuse the whole message. nullptr becomes null.
  JsonWriter &text(const char *value);
  JsonWriter &text(const __FlashStringHelper *value);

  // Bytes, as a text of hexadecimal digits in lower case.
  JsonWriter &hex(const uint8_t *data, size_t size);

  // A number with 0 to 6 decimals. What is no number, or infinite, becomes null.
  JsonWriter &number(double value, uint8_t decimals);

  JsonWriter &number(long value);
  JsonWriter &number(unsigned long value);
  JsonWriter &number(int value) { return number(static_cast<long>(value)); }
  JsonWriter &number(unsigned int value) {
    return number(static_cast<unsigned long>(value));
  }

  JsonWriter &boolean(bool value);
  JsonWriter &null();

private:
  // The largest integers that are printed digit by digit. 64 bits would cost AVR 1 KB,
  // where a double has 32 bits anyway.
#if defined(__AVR__)
  typedef uint32_t Whole;
#else
  typedef uint64_t Whole;
#endif

  JsonWriter &begin(char bracket);
  JsonWriter &end(char bracket);
  void beginValue();
  void put(char c) { out_.write(static_cast<uint8_t>(c)); }
  void putFlash(const __FlashStringHelper *text) { out_.print(text); }
  void putText(const char *text, bool inFlash);
  void putHex(uint8_t value);
  void putDigits(Whole value, uint8_t fewest);

  Print &out_;
  bool comma_; // the next item needs one before it
};

enum class JsonKind : uint8_t {
  Null,
  Boolean,
  Number,
  Text,
  Other, // a list, an object, or a number that no double can hold
};

// Reads the members of one JSON object from a buffer, one by one, and decodes its
// texts in place: a buffer can be read once.
//
//   JsonReader json(text, length);
//   while (json.next()) {
//     if (json.keyIs(F("id")) && json.kind() == JsonKind::Number) …
//   }
//   if (json.complete()) … it was JSON: act on what was found
//
// Keys and texts are in the buffer, with a zero after them and none in them, and stay
// there as long as it does. The length need not count a zero at the end of the buffer,
// and nothing behind the length is read or written.
//
// Members with the same key come one after the other. What is in a list or an object is
// passed over without looking at it, and a number may have zeros before it; what else
// is no JSON is refused.
class JsonReader {
public:
  JsonReader(char *text, size_t length);

  // Goes to the next member. False when there is none, or what comes is no JSON.
  bool next();

  // Whether the whole buffer was read, and was one object with only spaces around it.
  bool complete() const { return state_ == State::Complete; }

  const char *key() const { return key_; }
  bool keyIs(const char *name) const { return strcmp(key_, name) == 0; }
  bool keyIs(const __FlashStringHelper *name) const { return same(key_, name); }

  JsonKind kind() const { return kind_; }

  // The value, if its kind is the one that is asked for, else false, 0 or "".
  bool boolean() const { return kind_ == JsonKind::Boolean && boolean_; }
  double number() const { return kind_ == JsonKind::Number ? number_ : 0; }
  const char *text() const { return text_; }
  size_t textLength() const { return textLength_; }
  bool textIs(const __FlashStringHelper *other) const {
    return kind_ == JsonKind::Text && same(text_, other);
  }

  // The value, if it is a number without a point or an exponent, of that type. False
  // if it is anything else: then the result stays as it was.
  SENSORBOARD_CHECK bool integer(int32_t &value) const;
  SENSORBOARD_CHECK bool integer(uint32_t &value) const;

  // Whether a text is the same as one in flash.
  static bool same(const char *text, const __FlashStringHelper *other);

private:
  enum class State : uint8_t { Start, Members, Complete, Failed };

#if defined(__AVR__)
  typedef uint32_t Mantissa;
#else
  typedef uint64_t Mantissa;
#endif

  // Each reads one thing, which begins at at_, and goes behind it. False if it is not
  // there, or not whole.
  bool member();
  bool value();
  bool string(char *&text, size_t &length);
  bool escape(char *&to);
  bool escapedUnit(char *&to);
  bool hexDigits(uint16_t &code);
  bool numeral();
  bool literal(const __FlashStringHelper *word);
  bool nested();

  char peek() const { return at_ < end_ ? *at_ : '\0'; }
  bool skip(char c);
  void skipSpace();
  bool fail();

  char *at_;
  char *const end_;
  const char *key_;
  const char *text_;
  size_t textLength_;
  double number_;
  uint32_t magnitude_; // of an integer
  State state_;
  JsonKind kind_;
  bool boolean_;
  bool isInteger_; // it is in magnitude_, negative or not
  bool isNegative_;
};

} // namespace sensorboard

#endif
