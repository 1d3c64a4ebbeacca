// What Home Assistant has said, taken apart once.

#ifndef SENSORBOARD_MESSAGE_H
#define SENSORBOARD_MESSAGE_H

#include <Arduino.h>

#include "Bytes.h"
#include "Config.h"
#include "Json.h"

namespace sensorboard {

// In the order of their names in Message.cpp.
enum class MessageType : uint8_t {
  Unknown, // to be ignored
  Hello,   // over a serial line: say hello; that alone, for a board's own has members
  Welcome,
  Settings,
  Set,
  Value,
  Error,
  Personal, // a message of a person's own
  Ack,      // this and the following only over a network
  Challenge,
  Pair,
  Waiting,
  Paired,
  Rotate,
  TooLong, // one of a person's own, of which there is only the beginning
};

// The members of a message, of whatever type: docs/protocol.md says which has which.
// Texts are in the link's buffer, and good until it is polled again; those that are
// missing are "". Numbers that are missing are 0.
#if SENSORBOARD_IS_SMALL

// There is little room: only what a board at a cable needs, and that not before it is
// needed.
struct Message {
  SENSORBOARD_CHECK bool read(char *text, size_t length, bool isTooLong = false);

  // Messages of a person's own are taken apart: only then that is in the program.
  static bool isPersonalUsed;

  MessageType type;
  bool takesBacklog() const { return false; }

  const char *target() const { return text(Key); } // a channel or an entity
  int32_t id() const { return integer(at_[Id]); }
  uint32_t time() const { return static_cast<uint32_t>(integer(at_[Time])); }
  int32_t offset() const { return integer(at_[Offset]); }
  uint16_t interval() const { return static_cast<uint16_t>(integer(at_[Interval])); }

  // The member "value", or "data".
  bool isBoolean() const { return isOn() || *at_[Value] == 'f'; }
  bool isOn() const { return *at_[Value] == 't'; }
  bool isNumber() const {
    char c = *at_[Value];
    return c == '-' || (c >= '0' && c <= '9');
  }
  double number() const;
  bool isText() const { return *at_[Value] == '"'; }
  const char *valueText() const { return text(Value); }

  // What it is, if it is no text, as it is written.
  char *raw() const { return const_cast<char *>(at_[Value]); }

private:
  bool takeApart(char *at);

  // In the order of their names in SmallMessage.cpp.
  enum Member : uint8_t {
    Other,
    Type,
    Value,
    Id,
    Time,
    Offset,
    Interval,
    Key,
    Unit, // only of a value
    Data, // only of a message of a person's own
    Members,
  };

  static int32_t integer(const char *at);
  const char *text(Member member) const;

  const char *at_[Members]; // where the value of each begins, or ""
};

#else

struct Message {
  // Takes a message apart, in its buffer. False if it is none: then nothing of it
  // is to be used. Nor is it one if a member stands twice, or belongs to another type:
  // of two messages on a serial line, a piece in between was lost. Of one that was too
  // long, and has no end, only what it is can be read.
  SENSORBOARD_CHECK bool read(char *text, size_t length, bool isTooLong = false);

  MessageType type;

  const char *target() const { return key; } // a channel or an entity
  int32_t id() const { return id_; }
  uint32_t time() const { return time_; }         // seconds since 1970
  int32_t offset() const { return offset_; }      // of the local time, in seconds
  uint16_t interval() const { return interval_; } // seconds; 0: no wish
  bool takesBacklog() const { return takesBacklog_; }

  // The member "value", or "data".
  bool isBoolean() const { return kind_ == JsonKind::Boolean; }
  bool isOn() const { return boolean_; }
  bool isNumber() const { return kind_ == JsonKind::Number; }
  double number() const { return number_.value(); }
  bool isText() const { return kind_ == JsonKind::Text; }
  const char *valueText() const { return text; }

  // What it is, if it is no text, as it is written.
  char *raw() const { return raw_; }

  const char *key;     // of a channel or an entity; in pairing the hub's public key
  const char *code;    // of an error
  const char *message; // of an error, in words
  const char *unit;
  const char *batch;
  const char *nonce;
  const char *proof;
  const char *vouch;
  const char *text; // of "value"

  char *raw_;
  int32_t id_;
  uint32_t time_;
  int32_t offset_;
  uint16_t interval_;
  bool takesBacklog_;
  bool boolean_;
  JsonKind kind_;
  JsonNumber number_;
};

#endif

} // namespace sensorboard

#endif
