// One thing that a board measures, does or watches.

#ifndef SENSORBOARD_CHANNEL_H
#define SENSORBOARD_CHANNEL_H

#include <Arduino.h>

#include "Decimal.h"

namespace sensorboard {

// How a channel's value looks.
enum class ChannelType : uint8_t { None, Number, Boolean, Text, Color };

// The first digit is the type, and 8 is added for what Home Assistant has to be told
// of: the rest is known by its values.
enum class ChannelKind : uint8_t {
  Watch = 0x00,      // a value of Home Assistant's
  Button = 0x08,     //
  Event = 0x09,      // has no value, but happens
  Sensor = 0x10,     // a number
  Number = 0x18,     // that can be set
  Brightness = 0x19, // of a light
  Contact = 0x20,    // on or off, by a function or by set()
  Pin = 0x21,        // on or off
  Switch = 0x28,     //
  Text = 0x30,       // a sensor, too
  Select = 0x38,     // one of some texts
  Color = 0x48,      // of a light
};

// Whatever it takes and gives: it is called as what it is.
typedef void (*AnyFunction)();

// A record in an array that the sketch has room for. What is said about only some
// channels (name, unit, deadband …) is in Notes.
class Channel {
public:
  const char *key() const { return key_; }
  ChannelKind kind() const { return kind_; }
  ChannelType type() const {
    return static_cast<ChannelType>(static_cast<uint8_t>(kind_) >> 4);
  }
  bool isOperated() const { return static_cast<uint8_t>(kind_) & 0x08; }

  // How many decimals a number is sent with, at most.
  uint8_t decimals() const {
    return precision_ != NoPrecision ? precision_ : DefaultDecimals;
  }
  bool hasPrecision() const { return precision_ < Finest; }

  bool isHidden() const { return has(IsHidden); }

  // Whether anything is known of the value yet. It can be NaN, or nullptr, even so:
  // then there is none just now.
  bool hasValue() const { return has(HasValue); }

  // Whether the value is to be sent now.
  bool isDue() const { return has(Due); }

  // The value, of the channel's type.
  double number() const { return value_.number.value(); }
  const Decimal &decimal() const { return value_.number; }
  bool boolean() const { return value_.boolean; }
  uint32_t color() const { return value_.color; } // 0xrrggbb
  const char *text() const { return value_.text.start; }

  // The sketch's function, as what it is; or its pin.
  template <typename Function> Function *as() const {
    return reinterpret_cast<Function *>(given_.function);
  }
  bool isPinOn() const { return (digitalRead(given_.pin) == HIGH) != has(IsInverted); }

  AnyFunction way() const { return way_; }

  void setPrecision(uint8_t decimals) { precision_ = decimals; }
  void setFinest() { precision_ = Finest; }
  void setEvery(float seconds);
  void setDebounce(uint16_t ms) { every_ = ms; }
  void hide() { mark(IsHidden); }

  // What a function gives is what it is, whatever the sketch says.
  void setText() {
    if (way_ == nullptr) {
      kind_ = ChannelKind::Text;
    }
  }

  // Of a pin; nothing else has that.
  void pullUp();
  void invert() {
    if (kind_ == ChannelKind::Pin) {
      flags_ = static_cast<uint8_t>(flags_ ^ IsInverted);
    }
  }

private:
  friend class Channels;

  enum Flag : uint8_t {
    HasValue = 1 << 0,
    Changed = 1 << 1,    // since it was sent; a number waits until it is due
    Due = 1 << 2,        // to be sent now
    IsOther = 1 << 3,    // an input differs from the value, as seen the last time
    IsInverted = 1 << 4, // a pin: low means on
    IsHidden = 1 << 5,
  };

  static constexpr uint8_t NoPrecision = 0xff;
  static constexpr uint8_t Finest = 7; // all that there are, which is 6, but no zeros
  static constexpr uint8_t DefaultDecimals = 2;

#if defined(__AVR__)
  typedef uint16_t Hash;
#else
  typedef uint32_t Hash;
#endif

  // A text is the sketch's: it can change where it is, which the hash shows.
  struct Text {
    const char *start;
    Hash hash;
  };

  union Value {
    Decimal number;
    bool boolean;
    uint32_t color;
    Text text;
  };

  // Whether the sketch tells what it is with its first value.
  bool isOpen() const {
    return kind_ == ChannelKind::Sensor && way_ == nullptr && !hasValue();
  }

  bool has(uint8_t flags) const { return flags_ & flags; }
  void mark(uint8_t flags) { flags_ = static_cast<uint8_t>(flags_ | flags); }
  void clear(uint8_t flags) { flags_ = static_cast<uint8_t>(flags_ & ~flags); }

  const char *key_;
  union {
    AnyFunction function;
    uint8_t pin;
  } given_;
  AnyFunction way_; // one of Ways.h; nullptr if the value is told
  Value value_;
  uint16_t every_; // tenths of a second, 0: the interval; an input: for how long it
                   // has to be the same, in ms
  uint16_t since_; // when it was last due; an input: since when it has been another;
                   // an event: when it happened
  ChannelKind kind_;
  uint8_t flags_;
  uint8_t precision_;
};

} // namespace sensorboard

#endif
