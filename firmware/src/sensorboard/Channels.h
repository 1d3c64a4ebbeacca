// All channels of a board: what is known of them, and when it is to be sent.

#ifndef SENSORBOARD_CHANNELS_H
#define SENSORBOARD_CHANNELS_H

#include <Arduino.h>

#include "Bytes.h"
#include "Channel.h"
#include "Config.h"
#include "Json.h"

namespace sensorboard {

// In the order of their names in Describing.cpp.
enum class NoteKind : uint8_t {
  Name,
  Unit,
  DeviceClass,
  StateClass,
  Icon,
  Category,
  Options, // as in "auto|heat"
  Least,   // from here on, numbers
  Most,
  Step,
  Noisy,
  Deadband, // not said to anybody
};

// What is said about a channel. Most sketches say little about most channels, so all of
// them share one array.
struct Note {
  const Channel *channel;
  NoteKind kind;
  union {
    const char *text;
    float number;
  };
};

// Zero at first.
struct ChannelsState {
  SENSORBOARD_ONLY void (*writeColor_)(JsonWriter &json, uint32_t color);
  uint16_t polledAt_; // of millis()
  bool isOverfull_;
};

class Channels : private ChannelsState {
public:
  Channels(Channel *channels, uint8_t size, Note *notes, uint16_t room);

  // Adds a channel; one with the same key is begun anew. nullptr if there is no room.
  // The way is one of Ways.h, or nullptr if its values are told.
  Channel *add(const char *key, ChannelKind kind, AnyFunction function = nullptr,
               AnyFunction way = nullptr);
  Channel *addPin(const char *key, uint8_t pin, AnyFunction way);

  // nullptr if there is none.
  SENSORBOARD_APART Channel *find(const char *key);

  // Says something about a channel, or about none (nullptr).
  void note(const Channel *channel, NoteKind kind, const char *text);
  void note(const Channel *channel, NoteKind kind, float number);

  // What was said, or nullptr.
  SENSORBOARD_APART const Note *noted(const Channel &channel, NoteKind kind) const;
  float noted(const Channel &channel, NoteKind kind, float otherwise) const;

  // Whether channels or notes were too many.
  bool isOverfull() const { return isOverfull_; }

  // Takes a value that was measured, told, or commanded. One that does not suit the
  // kind of the channel is passed over.
  void take(Channel &channel, double value);
  void take(Channel &channel, bool value);
  void take(Channel &channel, const char *value);
  void take(Channel &channel, uint8_t red, uint8_t green, uint8_t blue);

  // It is sent, whatever it was before; what has no value is not.
  void makeDue(Channel &channel);

  // False if it is none of the channel's options.
  bool takeOption(Channel &channel, const char *value);

  // An event: it is due, but in no reading.
  void happen(Channel &channel, const char *event, uint16_t tick);

  // Looks at the inputs: to be called often.
  SENSORBOARD_APART void poll();

  // Ticks and the interval are tenths of a second. The first channel, from this one on,
  // that it is time to measure, or nullptr.
  Channel *late(uint16_t tick, uint16_t interval, Channel *from) const;
  SENSORBOARD_APART void measure(Channel &channel, uint16_t tick, uint16_t interval);

  // All is to be sent once more; it is time to measure before what was not measured
  // just now, or not.
  SENSORBOARD_APART void renew();
  SENSORBOARD_APART void repeat();

  // Whether anything is to be sent.
  SENSORBOARD_APART bool isDue() const;

  // Up to which channel they make one reading that is not longer than that, and how
  // long it is. Those that are not due do not count in it.
  const Channel *fit(size_t room, size_t &length) const;
  SENSORBOARD_APART void write(Print &out, const Channel *end) const;
  SENSORBOARD_APART void sent(const Channel *end);

  // Colors are written: only then that is in the program.
  void useColors() { writeColor_ = writeColor; }

  Channel *begin() const { return channels_; }
  Channel *end() const { return end_; }

  // In Describing.cpp: whether there is anything to say about a channel, and that.
  SENSORBOARD_APART bool isDescribed(const Channel &channel) const;
  SENSORBOARD_APART void describe(JsonWriter &json, Channel &channel) const;

  // False if the link did not take all of them now. Those that are older are dropped,
  // also if there is no link.
  template <typename AnyLink>
  bool sendEvents(AnyLink *link, uint16_t tick, uint16_t oldest) {
    for (Channel *channel = begin(); channel != end_; channel++) {
      if (channel->kind_ != ChannelKind::Event || !channel->has(Channel::Changed)) {
        continue;
      }
      if (static_cast<uint16_t>(tick - channel->since_) <= oldest) {
        if (link == nullptr) {
          continue;
        }
        if (!link->send(writeEvent, channel)) {
          return false;
        }
      }
      channel->clear(Channel::Changed);
    }
    return true;
  }

private:
  Note *addNote(const Channel *channel, NoteKind kind);
  static const __FlashStringHelper *kindOf(Channel &channel);
  SENSORBOARD_APART void takeNumber(Channel &channel, double value);
  SENSORBOARD_APART bool differs(const Channel &channel, const Decimal &value) const;
  void writeMember(JsonWriter &json, const Channel &channel) const;
  static void writeEvent(Print &out, void *context);
  static void writeColor(JsonWriter &json, uint32_t color);

  Channel *const channels_;
  Channel *end_;
  Note *const notes_;
  Note *endOfNotes_;
  const uint16_t room_;
  const uint8_t size_;
};

} // namespace sensorboard

#endif
