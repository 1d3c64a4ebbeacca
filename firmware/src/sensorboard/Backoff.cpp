#include "Backoff.h"

#include "Chip.h"

namespace sensorboard {

constexpr uint32_t Backoff::First;
constexpr uint32_t Backoff::Longest;

uint32_t Backoff::pause() {
  uint8_t random[2];
  randomBytes(random, sizeof(random));
  const uint32_t half = most_ / 2;
  // At most 30 s times 65535: it fits.
  const uint32_t more = half * (random[0] << 8 | random[1]) / 65535;
  most_ = most_ < Longest / 2 ? 2 * most_ : Longest;
  return half + more;
}

} // namespace sensorboard
