// How values come from the sketch's functions, and commands to them: a function for
// each kind that a sketch's function can be of. A channel holds the address of its own,
// so that only those are in the program that the sketch uses.

#ifndef SENSORBOARD_WAYS_H
#define SENSORBOARD_WAYS_H

#include <Arduino.h>

#include "Channels.h"
#include "Commands.h"
#include "Data.h"
#include "Message.h"

namespace sensorboard {

// Of a sensor: takes its value.
typedef void Measure(Channels &channels, Channel &channel);

template <typename Number> void measure(Channels &channels, Channel &channel) {
  channels.take(channel, meant(channel.as<Number()>()()));
}
inline void measureText(Channels &channels, Channel &channel) {
  channels.take(channel, channel.as<const char *()>()());
}

// Of an input: whether it is on.
typedef bool Look(const Channel &channel);

template <typename Value> bool look(const Channel &channel) {
  return channel.as<Value()>()() != 0;
}
inline bool lookAtPin(const Channel &channel) { return channel.isPinOn(); }

// Of what can be operated: checks the value, takes it, and has the sketch act, which
// can set another value then. Gives what is wrong, or nullptr. Without a message, it
// gives what the kind is called in descriptions.
//
// Of what is watched: tells the sketch.
typedef const __FlashStringHelper *Act(Commands *commands, Channel &channel,
                                       const Message *message);

Act actSwitch, actNumber, actInteger, actBrightness, actColor, actButton, actSelect;
Act happen;
Act tellNumber, tellState, tellText;

// Of a message of a person's own.
Tell tellData, tellJson;

} // namespace sensorboard

#endif
