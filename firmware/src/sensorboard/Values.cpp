// How channels come to their values, and when those are sent.

#include "Channels.h"

#include "Ways.h"

namespace sensorboard {

void Channels::take(Channel &channel, double value) {
  if (channel.type() == ChannelType::Boolean) {
    take(channel, value != 0);
  } else if (channel.type() == ChannelType::Number) {
    takeNumber(channel, value);
  }
}

void Channels::takeNumber(Channel &channel, double value) {
  Decimal number;
  number.set(value, static_cast<Decimal::Point>(channel.decimals()));
  bool isFirst = !channel.hasValue();
  // While one waits to be sent, the newest takes its place.
  if (isFirst || channel.has(Channel::Changed) || differs(channel, number)) {
    channel.value_.number = number;
    channel.mark(Channel::HasValue | Channel::Changed);
    if (isFirst || channel.isOperated()) {
      channel.mark(Channel::Due);
    }
  }
}

void Channels::take(Channel &channel, bool value) {
  if (channel.isOpen()) {
    channel.kind_ = ChannelKind::Contact;
  }
  if (channel.type() == ChannelType::Number) {
    take(channel, static_cast<double>(value));
  } else if (channel.type() == ChannelType::Boolean &&
             (!channel.hasValue() || channel.value_.boolean != value)) {
    channel.value_.boolean = value;
    channel.mark(Channel::HasValue | Channel::Due);
  }
}

void Channels::take(Channel &channel, const char *value) {
  if (channel.kind_ == ChannelKind::Select) {
    takeOption(channel, value);
    return;
  }
  if (channel.isOpen()) {
    channel.kind_ = ChannelKind::Text;
  }
  if (channel.kind_ != ChannelKind::Text) {
    return;
  }
  Channel::Hash hash = value != nullptr;
  for (const char *letter = value; letter != nullptr && *letter != '\0'; letter++) {
    hash = static_cast<Channel::Hash>(hash * 31 + static_cast<uint8_t>(*letter));
  }
  Channel::Text &text = channel.value_.text;
  if (!channel.hasValue() || text.hash != hash) {
    channel.mark(Channel::HasValue | Channel::Due);
  }
  text.start = value;
  text.hash = hash;
}

bool Channels::takeOption(Channel &channel, const char *value) {
  const Note *note = noted(channel, NoteKind::Options);
  if (note == nullptr || value == nullptr) {
    return false;
  }
  for (const char *option = note->text;;) {
    size_t length = strcspn(option, "|");
    if (strncmp(option, value, length) == 0 && value[length] == '\0') {
      if (channel.value_.text.start != option) {
        channel.value_.text.start = option;
        channel.mark(Channel::Due);
      }
      return true;
    }
    option += length;
    if (*option++ == '\0') {
      return false;
    }
  }
}

void Channels::take(Channel &channel, uint8_t red, uint8_t green, uint8_t blue) {
  uint32_t color =
      static_cast<uint32_t>(red) << 16 | static_cast<uint32_t>(green) << 8 | blue;
  if (channel.kind_ == ChannelKind::Color && channel.value_.color != color) {
    channel.value_.color = color;
    channel.mark(Channel::Due);
  }
}

// By the deadband, or so much that other digits are shown. Of what is noisy, Home
// Assistant counts the measurements that are the same.
bool Channels::differs(const Channel &channel, const Decimal &value) const {
  const Decimal &last = channel.decimal();
  if (last.point != value.point || noted(channel, NoteKind::Noisy) != nullptr) {
    return true;
  }
  // Unsigned, where that has room for it.
  Decimal::Magnitude change = static_cast<Decimal::Magnitude>(value.mantissa) -
                              static_cast<Decimal::Magnitude>(last.mantissa);
  if (value.mantissa < last.mantissa) {
    change = 0 - change;
  }
  const Note *note = noted(channel, NoteKind::Deadband);
  if (change == 0 || note == nullptr) {
    return change != 0;
  }
  Decimal least;
  least.set(meant(note->number), value.point);
  return least.mantissa <= 0 ||
         change >= static_cast<Decimal::Magnitude>(least.mantissa);
}

void Channels::poll() {
  uint16_t now = static_cast<uint16_t>(millis());
  uint16_t gap = static_cast<uint16_t>(now - polledAt_);
  polledAt_ = now;
  for (Channel *channel = begin(); channel != end(); channel++) {
    if (channel->way_ == nullptr || (channel->kind_ != ChannelKind::Pin &&
                                     channel->kind_ != ChannelKind::Contact)) {
      continue;
    }
    bool seen = reinterpret_cast<Look *>(channel->way_)(*channel);
    bool isNew = channel->hasValue();
    if (isNew && seen == channel->value_.boolean) {
      channel->clear(Channel::IsOther);
      continue;
    }
    // A sketch that looks less often than contacts bounce has to do with one look.
    if (isNew && gap < channel->every_) {
      if (!channel->has(Channel::IsOther)) {
        channel->mark(Channel::IsOther);
        channel->since_ = now;
      }
      if (static_cast<uint16_t>(now - channel->since_) < channel->every_) {
        continue;
      }
    }
    channel->clear(Channel::IsOther);
    take(*channel, seen);
  }
}

Channel *Channels::late(uint16_t tick, uint16_t interval, Channel *channel) const {
  for (; channel != end(); channel++) {
    if (channel->kind_ != ChannelKind::Sensor && channel->kind_ != ChannelKind::Text) {
      continue;
    }
    uint16_t every = channel->every_ > 0 ? channel->every_ : interval;
    if (channel->hasValue() ? static_cast<uint16_t>(tick - channel->since_) >= every
                            : channel->way_ != nullptr) {
      return channel;
    }
  }
  return nullptr;
}

void Channels::measure(Channel &channel, uint16_t tick, uint16_t interval) {
  uint16_t every = channel.every_ > 0 ? channel.every_ : interval;
  channel.since_ = static_cast<uint16_t>(channel.since_ + every);
  // A sketch that was busy for long does not catch up.
  if (!channel.hasValue() || static_cast<uint16_t>(tick - channel.since_) >= every) {
    channel.since_ = tick;
  }
  if (channel.way_ != nullptr) {
    reinterpret_cast<Measure *>(channel.way_)(*this, channel);
  }
  if (channel.has(Channel::Changed)) {
    channel.mark(Channel::Due);
  }
}

void Channels::renew() {
  for (Channel *channel = begin(); channel != end(); channel++) {
    // What waits to be sent was measured just now.
    if (!channel->isDue() && channel->way_ != nullptr &&
        (channel->kind_ == ChannelKind::Sensor ||
         channel->kind_ == ChannelKind::Text)) {
      channel->clear(Channel::HasValue);
    }
    makeDue(*channel);
  }
}

void Channels::repeat() {
  for (Channel *channel = begin(); channel != end(); channel++) {
    makeDue(*channel);
  }
}

void Channels::makeDue(Channel &channel) {
  if (channel.hasValue() && channel.type() != ChannelType::None) {
    channel.mark(Channel::Due);
  }
}

bool Channels::isDue() const {
  for (Channel *channel = begin(); channel != end(); channel++) {
    if (channel->isDue()) {
      return true;
    }
  }
  return false;
}

void Channels::sent(const Channel *end) {
  for (Channel *channel = begin(); channel != end; channel++) {
    if (channel->isDue()) {
      channel->clear(Channel::Due | Channel::Changed);
    }
  }
}

} // namespace sensorboard
