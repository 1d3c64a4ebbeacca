#include "RandomPool.h"

#include <Arduino.h>
#include <string.h>

namespace sensorboard {

void RandomPool::add(const void *noise, size_t size) {
  Sha256 hash;
  hash.update(state_, sizeof(state_));
  hash.update(noise, size);
  hash.finish(state_);
  left_ = 0;
  isFilled_ = true;
}

void RandomPool::fill(uint8_t *bytes, size_t size) {
  while (size > 0) {
    if (left_ == 0) {
      step(0, block_);
      step(1, state_);
      left_ = sizeof(block_);
    }
    uint8_t *next = block_ + sizeof(block_) - left_;
    *bytes++ = *next;
    *next = 0;
    left_--;
    size--;
  }
}

// The digest of the state, for one of two uses. When it is asked for is a little noise
// as well.
void RandomPool::step(uint8_t what, uint8_t (&digest)[DigestSize]) {
  uint32_t time = static_cast<uint32_t>(micros());
  Sha256 hash;
  hash.update(state_, sizeof(state_));
  hash.update(&time, sizeof(time));
  hash.update(&what, sizeof(what));
  hash.finish(digest);
}

} // namespace sensorboard
