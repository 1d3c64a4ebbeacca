#include "Channel.h"

namespace sensorboard {

void Channel::setEvery(float seconds) {
  constexpr float most = 6500; // what 16 bits hold, in tenths
  if (!(seconds >= 0)) {
    return; // that says nothing
  }
  if (seconds > most) {
    seconds = most;
  }
  every_ = static_cast<uint16_t>(seconds * 10 + 0.5f);
  if (every_ == 0) {
    every_ = 1;
  }
}

void Channel::pullUp() {
  if (kind_ == ChannelKind::Pin) {
    invert();
    pinMode(given_.pin, INPUT_PULLUP);
  }
}

} // namespace sensorboard
