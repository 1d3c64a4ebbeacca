// Makes as many random bytes as are asked for of noise that comes slowly.

#ifndef SENSORBOARD_CHIPS_RANDOM_POOL_H
#define SENSORBOARD_CHIPS_RANDOM_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "../Sha256.h"

namespace sensorboard {

// For chips without a generator of their own. The noise is taken in once, before the
// first byte is given. What was given cannot be computed from what is left.
class RandomPool {
public:
  constexpr RandomPool() : state_(), block_(), left_(0), isFilled_(false) {}

  bool isFilled() const { return isFilled_; }

  // Takes in so many bytes of noise. It should have 128 bits that nobody can know.
  void add(const void *noise, size_t size);

  void fill(uint8_t *bytes, size_t size);

private:
  void step(uint8_t what, uint8_t (&digest)[DigestSize]);

  uint8_t state_[DigestSize];
  uint8_t block_[DigestSize]; // of which the last are still to be given
  uint8_t left_;
  bool isFilled_;
};

} // namespace sensorboard

#endif
