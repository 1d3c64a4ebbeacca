// Things that happen.

#include "Channels.h"

namespace sensorboard {

void Channels::writeEvent(Print &out, void *context) {
  const Channel &channel = *static_cast<const Channel *>(context);
  JsonWriter json(out);
  json.piece(F("{\"type\":\"event\",\"key\":"));
  json.text(channel.key());
  json.member(F("event"), channel.text());
  json.piece('}');
}

void Channels::happen(Channel &channel, const char *event, uint16_t tick) {
  channel.value_.text.start = event;
  channel.since_ = tick;
  channel.mark(Channel::Changed);
}

} // namespace sensorboard
