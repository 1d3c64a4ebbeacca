// What channels are, for Home Assistant.

#include "Channels.h"
#include "Ways.h"

namespace sensorboard {

namespace {

// In the order of NoteKind, each with a zero.
const char NoteNames[] SENSORBOARD_FLASH =
    "name\0unit\0device_class\0state_class\0icon\0category\0options\0min\0max\0step\0"
    "noisy";

const __FlashStringHelper *nameOf(NoteKind kind) {
  const char *name = NoteNames;
  for (uint8_t i = static_cast<uint8_t>(kind); i > 0;) {
    if (readFlash(name++) == '\0') {
      i--;
    }
  }
  return reinterpret_cast<const __FlashStringHelper *>(name);
}

} // namespace

bool Channels::isDescribed(const Channel &channel) const {
  if (channel.isOperated() || channel.isHidden() || channel.hasPrecision()) {
    return true;
  }
  for (const Note *note = notes_; note != endOfNotes_; note++) {
    if (note->channel == &channel && note->kind != NoteKind::Deadband) {
      return true;
    }
  }
  return false;
}

// With what belongs to it, as it stands between quotes in JSON.
const __FlashStringHelper *Channels::kindOf(Channel &channel) {
  if (channel.isOperated()) {
    return reinterpret_cast<Act *>(channel.way())(nullptr, channel, nullptr);
  }
  return channel.type() == ChannelType::Boolean ? F("binary_sensor")
         : channel.type() == ChannelType::Text  ? F("sensor\",\"type\":\"text")
                                                : F("sensor");
}

void Channels::describe(JsonWriter &json, Channel &channel) const {
  json.piece(F("{\"key\":"));
  json.text(channel.key());
  json.member(F("kind"), kindOf(channel));
  if (channel.hasPrecision()) {
    json.member(F("precision"), static_cast<long>(channel.decimals()));
  }
  if (channel.isHidden()) {
    json.member(F("enabled"), false);
  }
  for (const Note *note = notes_; note != endOfNotes_; note++) {
    if (note->channel != &channel || note->kind == NoteKind::Deadband) {
      continue;
    }
    json.key(nameOf(note->kind));
    if (note->kind == NoteKind::Options) {
      json.piece('[');
      json.text(note->text, Bar::Comma);
      json.piece(']');
    } else if (note->kind >= NoteKind::Least) {
      json.number(Decimal::of(note->number), true);
    } else {
      json.text(note->text);
    }
  }
  json.piece('}');
}

} // namespace sensorboard
