// JSON (RFC 8259), written straight into a Print and read in place: no document in
// memory, no heap.

#ifndef SENSORBOARD_JSON_H
#define SENSORBOARD_JSON_H

#include <Arduino.h>

#include "Bytes.h"
#include "Config.h"
#include "Decimal.h"

namespace sensorboard {

// What a bar in a text is.
enum class Bar : uint8_t {
  Letter,
  End,   // of the text
  Comma, // between two texts
};

// A text of the sketch's in flash, letter by letter.
class FlashText {
public:
  explicit FlashText(const __FlashStringHelper *text)
      : at_(reinterpret_cast<const char *>(text)) {}

  char operator*() const { return static_cast<char>(pgm_read_byte(at_)); }
  char operator[](uint8_t index) const {
    return static_cast<char>(pgm_read_byte(at_ + index));
  }
  void operator++(int) { at_++; }

private:
  const char *at_;
};

// Writes JSON piece by piece, and puts the commas. What is written is right if the
// calls are: a key before each value of an object, an end for each begin.
//
// On a small board it puts no commas but those before members, and there is one Print
// that everything goes to: what several kinds of boards write begins with a piece.
class JsonWriter {
public:
  // Printing 64 bits would cost AVR 1 KB, where a double has 32 bits anyway.
#if defined(__AVR__)
  typedef int32_t Integer;
  typedef uint32_t Whole;
#else
  typedef int64_t Integer;
  typedef uint64_t Whole;
#endif

#if SENSORBOARD_IS_SMALL
  explicit JsonWriter(Print &out) { out_ = &out; }
#else
  explicit JsonWriter(Print &out) : out_(&out), comma_(false) {}
#endif

  JsonWriter &beginObject() { return begin('{'); }
  JsonWriter &endObject() { return end('}'); }
  JsonWriter &beginArray() { return begin('['); }
  JsonWriter &endArray() { return end(']'); }

  // The beginning of an object whose first member is "type".
  JsonWriter &beginMessage(const __FlashStringHelper *type);

  // A piece of JSON as it stands, with its commas. A value can follow, but no member
  // without a comma.
  SENSORBOARD_ONLY void piece(const __FlashStringHelper *json);
  SENSORBOARD_ONLY void piece(char json);

  JsonWriter &key(const char *name) {
    writeKey(name);
    return *this;
  }
  JsonWriter &key(const __FlashStringHelper *name) {
    writeKey(name);
    return *this;
  }

  // A key and its value, of 120 characters at most. What is nullptr is left out.
  SENSORBOARD_ONLY void member(const __FlashStringHelper *name, const char *value);
  SENSORBOARD_ONLY void member(const __FlashStringHelper *name,
                               const __FlashStringHelper *value);
  SENSORBOARD_ONLY void member(const __FlashStringHelper *name, long value);
  SENSORBOARD_ONLY void member(const __FlashStringHelper *name, int value) {
    member(name, static_cast<long>(value));
  }
  SENSORBOARD_ONLY void member(const __FlashStringHelper *name, bool value);

  // A text in UTF-8. A byte that is none becomes a question mark: Home Assistant would
  // have to refuse the whole message. It ends after 255 characters (each of several, if
  // it has bars), for the same reason. nullptr becomes null.
  JsonWriter &text(const char *value, Bar bar = Bar::Letter) {
    writeText(value, bar);
    return *this;
  }

  // The same of a text in flash.
  JsonWriter &text(FlashText value) {
    writeText(value);
    return *this;
  }

  // A text of the program's own, without quotes and the like.
  JsonWriter &text(const __FlashStringHelper *value) {
    writeText(value);
    return *this;
  }

  // Bytes, as a text of hexadecimal digits in lower case.
  JsonWriter &hex(const uint8_t *data, size_t size);

  // A color, 0xrrggbb, as a text such as "#ff8000".
  JsonWriter &color(uint32_t value);

  // A number with 0 to 6 decimals. What is no number, or infinite, becomes null.
  JsonWriter &number(double value, uint8_t decimals) {
    return number(Decimal::from(value, static_cast<Decimal::Point>(decimals)));
  }
  // If it is short, zeros behind the point are left out.
  JsonWriter &number(const Decimal &value, bool isShort = false) {
    writeNumber(value, isShort);
    return *this;
  }

  JsonWriter &number(long value) {
    writeInteger(value);
    return *this;
  }
  JsonWriter &number(unsigned long value) {
    writeWhole(value);
    return *this;
  }
  JsonWriter &number(int value) { return number(static_cast<long>(value)); }
  JsonWriter &number(unsigned int value) {
    return number(static_cast<unsigned long>(value));
  }
  // Of 32 bits on AVR.
  JsonWriter &number(long long value) {
    writeInteger(static_cast<Integer>(value));
    return *this;
  }
  JsonWriter &number(unsigned long long value) {
    writeWhole(static_cast<Whole>(value));
    return *this;
  }

  JsonWriter &boolean(bool value) {
    writeBoolean(value);
    return *this;
  }
  JsonWriter &null() {
    writeNull();
    return *this;
  }

private:
  // In characters. Home Assistant takes no more.
  static constexpr uint8_t MaxText = 255;
  static constexpr uint8_t MaxWords = 120;

  JsonWriter &begin(char bracket);
  JsonWriter &end(char bracket);

  // These give nothing, since handing on an object that is not needed takes room.
  SENSORBOARD_ONLY void writeKey(const char *name);
  SENSORBOARD_ONLY void writeKey(const __FlashStringHelper *name);
  SENSORBOARD_ONLY void writeText(const char *value, Bar bar, uint8_t most = MaxText);
  SENSORBOARD_ONLY void writeText(FlashText value);
  template <typename Text>
  SENSORBOARD_ONLY void writeLetters(Text value, Bar bar, uint8_t most);
  SENSORBOARD_ONLY void writeText(const __FlashStringHelper *value);
  SENSORBOARD_ONLY SENSORBOARD_APART void writeNumber(const Decimal &value,
                                                      bool isShort);
  SENSORBOARD_ONLY SENSORBOARD_APART void writeInteger(Integer value);
  SENSORBOARD_ONLY void writeWhole(Whole value);
  SENSORBOARD_ONLY void writeNull();
  SENSORBOARD_ONLY void writeBoolean(bool value);

  SENSORBOARD_ONLY void beginValue();
  SENSORBOARD_ONLY SENSORBOARD_APART void put(char c) {
    out_->write(static_cast<uint8_t>(c));
  }
  SENSORBOARD_ONLY SENSORBOARD_APART void putFlash(const __FlashStringHelper *text);
  SENSORBOARD_ONLY void putHex(uint8_t value);
  SENSORBOARD_ONLY SENSORBOARD_APART void putDigits(Whole value, int8_t decimals);

  SENSORBOARD_ONLY Print *out_;
#if !SENSORBOARD_IS_SMALL
  bool comma_; // the next item needs one before it
#endif
};

enum class JsonKind : uint8_t {
  Null,
  Boolean,
  Number,
  Text,
  Other, // a list, an object, or a number that no double can hold
};

// A number as it was written. Few are needed as a double, which takes a while to make.
struct JsonNumber {
#if defined(__AVR__)
  typedef uint32_t Mantissa;
#else
  typedef uint64_t Mantissa;
#endif

  double value() const;

  Mantissa magnitude; // times 10 to the power of the exponent
  int exponent;
  bool isNegative;
  bool isInteger; // without a point or an exponent, and in 32 bits
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
// There is a zero in the buffer behind the length. Keys and texts have one, too, and
// none in them; they are in the buffer, and stay there as long as it does.
//
// Members with the same key come one after the other. What is in a list or an object is
// passed over without looking at it, and a number may have zeros before it; what else
// is no JSON is refused.
class JsonReader {
public:
  JsonReader(char *text, size_t length)
      : at_(text), end_(text + length), raw_(text), key_(""), text_(""), number_(),
        state_(State::Start), kind_(JsonKind::Null), boolean_(false) {}

  // Goes to the next member. False when there is none, or what comes is no JSON.
  bool next();

  // Instead: reads a value alone, that is no object and has no spaces around it. False
  // if it is none.
  SENSORBOARD_CHECK bool alone() { return value(at_) == end_; }

  // Whether the whole buffer was read, and was one object with only spaces around it.
  bool complete() const { return state_ == State::Complete; }

  const char *key() const { return key_; }
  bool keyIs(const char *name) const { return strcmp(key_, name) == 0; }
  bool keyIs(const __FlashStringHelper *name) const { return same(key_, name); }

  JsonKind kind() const { return kind_; }

  // The value, if its kind is the one that is asked for, else false, 0 or "".
  bool boolean() const { return kind_ == JsonKind::Boolean && boolean_; }
  double number() const { return kind_ == JsonKind::Number ? number_.value() : 0; }
  const char *text() const { return text_; }
  size_t textLength() const { return strlen(text_); }
  bool textIs(const __FlashStringHelper *other) const {
    return kind_ == JsonKind::Text && same(text_, other);
  }

  // The value as it is written, if it is no text: it ends where the second is.
  char *raw() const { return raw_; }
  char *rawEnd() const { return at_; }

  // The number, if it is one.
  const JsonNumber &exact() const { return number_; }

  // The value, if it is a number without a point or an exponent, of that type. False
  // if it is anything else: then the result stays as it was.
  SENSORBOARD_CHECK bool integer(int32_t &value) const;
  SENSORBOARD_CHECK bool integer(uint32_t &value) const;

  // The same in 32 bits, whatever its sign; 0 if it is anything else.
  uint32_t integer() const;

  // Where a list or an object ends that begins here, or nullptr: what is in it is not
  // looked at.
  static char *nested(char *at);

  // Whether a text is the same as one in flash.
  static bool same(const char *text, const __FlashStringHelper *other);

private:
  enum class State : uint8_t { Start, Members, Complete, Failed };

  // Each reads one thing and gives where it ends, or nullptr if it is not there, or not
  // whole.
  char *value(char *at);
  char *numeral(char *at);
  static char *string(char *at);
  static char *literal(char *at, const __FlashStringHelper *word);
  static char *skipSpace(char *at);

  char *at_;
  const char *const end_;
  char *raw_;
  const char *key_;
  const char *text_;
  JsonNumber number_;
  State state_;
  JsonKind kind_;
  bool boolean_;
};

} // namespace sensorboard

#endif
