// How values are written.

#include "Channels.h"
#include "Config.h"
#include "Link.h"

namespace sensorboard {

void Channels::writeMember(JsonWriter &json, const Channel &channel) const {
  json.key(channel.key());
  switch (channel.type()) {
  case ChannelType::Number:
    // A counter is not at 5.00, but a temperature at 21.0 if its precision says so.
    json.number(channel.decimal(), !channel.hasPrecision());
    break;
  case ChannelType::Boolean:
    json.boolean(channel.boolean());
    break;
  case ChannelType::Text:
    json.text(channel.text(),
              channel.kind() == ChannelKind::Select ? Bar::End : Bar::Letter);
    break;
  default:
    if (writeColor_ != nullptr) {
      writeColor_(json, channel.color());
    }
    break;
  }
}

void Channels::writeColor(JsonWriter &json, uint32_t color) { json.color(color); }

#if SENSORBOARD_IS_SMALL
// At a cable, where nobody needs the length. Eight channels are not too many.
const Channel *Channels::fit(size_t, size_t &) const { return end_; }
#else
const Channel *Channels::fit(size_t room, size_t &length) const {
  length = 2;
  for (const Channel *channel = begin(); channel != end(); channel++) {
    if (!channel->isDue()) {
      continue;
    }
    CountingPrint counter;
    JsonWriter json(counter);
    writeMember(json, *channel);
    size_t longer = length + counter.count() + (length > 2); // a comma
    if (longer > room && length > 2) {
      return channel;
    }
    length = longer;
  }
  return end();
}
#endif

void Channels::write(Print &out, const Channel *end) const {
  JsonWriter json(out);
  char separator = '{';
  for (const Channel *channel = begin(); channel != end; channel++) {
    if (channel->isDue()) {
      json.piece(separator);
      writeMember(json, *channel);
      separator = ',';
    }
  }
  if (separator == '{') {
    json.piece(separator);
  }
  json.piece('}');
}

} // namespace sensorboard
