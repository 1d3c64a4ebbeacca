// How long to wait before the next try: longer and longer, and never in step with other
// boards, or all of them would come at once when Home Assistant has restarted.

#ifndef SENSORBOARD_BACKOFF_H
#define SENSORBOARD_BACKOFF_H

#include <stdint.h>

namespace sensorboard {

class Backoff {
public:
  static constexpr uint32_t First = 2000; // ms at most, as all of these
  static constexpr uint32_t Longest = 60000;

  Backoff() : most_(First) {}

  // Begins anew with the shortest: Home Assistant has welcomed the board.
  void reset() { most_ = First; }

  // Gives the next one in ms: from half of what it may be to all of it.
  uint32_t pause();

private:
  uint32_t most_;
};

} // namespace sensorboard

#endif
