#include "Channels.h"

namespace sensorboard {

namespace {

// Contacts bounce for a few milliseconds.
constexpr uint16_t Debounce = 30;

} // namespace

#if SENSORBOARD_IS_SMALL
void (*ChannelsState::writeColor_)(JsonWriter &json, uint32_t color);
#endif

Channels::Channels(Channel *channels, uint8_t size, Note *notes, uint16_t room)
    : ChannelsState(), channels_(channels), end_(channels), notes_(notes),
      endOfNotes_(notes), room_(room), size_(size) {}

Channel *Channels::add(const char *key, ChannelKind kind, AnyFunction function,
                       AnyFunction way) {
  Channel *channel = find(key);
  if (channel == nullptr) {
    if (end_ == channels_ + size_) {
      isOverfull_ = true;
      return nullptr;
    }
    channel = end_++;
  }
#if !SENSORBOARD_IS_SMALL // there, it would be 44 bytes for what hardly any sketch does
  // What was said about another one of that name is not said about this one.
  for (Note *note = notes_; note != endOfNotes_; note++) {
    if (note->channel == channel) {
      note->channel = nullptr;
    }
  }
#endif
  *channel = Channel();
  channel->key_ = key;
  channel->kind_ = kind;
  channel->given_.function = function;
  channel->way_ = way;
  channel->precision_ = Channel::NoPrecision;
  // What can be operated is off at first, or nobody knows.
  if (channel->isOperated()) {
    channel->mark(Channel::HasValue);
  }
  if (kind == ChannelKind::Number) {
    channel->value_.number.point = Decimal::NoNumber;
  }
  if (kind == ChannelKind::Contact || kind == ChannelKind::Pin) {
    channel->every_ = Debounce;
  }
  return channel;
}

Channel *Channels::addPin(const char *key, uint8_t pin, AnyFunction way) {
  Channel *channel = add(key, ChannelKind::Pin, nullptr, way);
  if (channel != nullptr) {
    channel->given_.pin = pin;
    pinMode(pin, INPUT);
  }
  return channel;
}

Channel *Channels::find(const char *key) {
  for (Channel *channel = begin(); channel != end(); channel++) {
    if (strcmp(channel->key_, key) == 0) {
      return channel;
    }
  }
  return nullptr;
}

Note *Channels::addNote(const Channel *channel, NoteKind kind) {
  if (channel == nullptr) {
    return nullptr;
  }
  if (endOfNotes_ == notes_ + room_) {
    isOverfull_ = true;
    return nullptr;
  }
  Note *note = endOfNotes_++;
  note->channel = channel;
  note->kind = kind;
  return note;
}

void Channels::note(const Channel *channel, NoteKind kind, const char *text) {
  Note *note = addNote(channel, kind);
  if (note != nullptr) {
    note->text = text;
  }
}

void Channels::note(const Channel *channel, NoteKind kind, float number) {
  Note *note = addNote(channel, kind);
  if (note != nullptr) {
    note->number = number;
  }
}

const Note *Channels::noted(const Channel &channel, NoteKind kind) const {
  for (const Note *note = notes_; note != endOfNotes_; note++) {
    if (note->kind == kind && note->channel == &channel) {
      return note;
    }
  }
  return nullptr;
}

float Channels::noted(const Channel &channel, NoteKind kind, float otherwise) const {
  const Note *note = noted(channel, kind);
  return note != nullptr ? note->number : otherwise;
}

} // namespace sensorboard
