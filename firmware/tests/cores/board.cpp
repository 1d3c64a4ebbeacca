#include "board.h"

#include <string.h>

#include "../check.h"

namespace board {

namespace {

jmp_buf gone;
Flash *theFlash = nullptr;
constexpr char FlashName[] = "flash";

} // namespace

Memory memory;
long stepsLeft = -1;
bool hasErased = false;

bool run(void (*what)()) {
  if (setjmp(gone) != 0) {
    stepsLeft = -1;
    return false;
  }
  what();
  stepsLeft = -1;
  return true;
}

void step(void (*half)(void *), void *context) {
  if (stepsLeft == 0) {
    half(context);
    longjmp(gone, 1);
  }
  if (stepsLeft > 0) {
    stepsLeft--;
  }
}

Memory save() {
  Memory all = memory;
  if (theFlash != nullptr) {
    all[FlashName] = theFlash->save();
  }
  return all;
}

void restore(const Memory &all) {
  memory = all;
  if (theFlash != nullptr) {
    theFlash->restore(all.at(FlashName));
    memory.erase(FlashName);
  }
}

Flash::Flash(uint8_t *bytes, size_t size, size_t page, size_t sector)
    : bytes_(bytes), size_(size), page_(page), sector_(sector) {
  theFlash = this;
}

void Flash::reset() { memset(bytes_, 0xff, size_); }

void Flash::read(size_t at, void *data, size_t size) const {
  CHECK(at + size <= size_);
  memcpy(data, bytes_ + at, size);
}

void Flash::write(size_t at, const void *data, size_t size) {
  CHECK(at + size <= size_);
  CHECK_EQUAL(at / page_, (at + size - 1) / page_);
  for (size_t i = 0; i < size; i++) {
    uint8_t value = static_cast<const uint8_t *>(data)[i];
    uint8_t *byte = bytes_ + at + i;
    // It can be written once.
    CHECK(*byte == 0xff || value == 0xff);
    if (value != 0xff) {
      step([](void *some) { *static_cast<uint8_t *>(some) &= 0x2d; }, byte);
    }
    *byte = static_cast<uint8_t>(*byte & value);
  }
}

void Flash::erase(size_t at) {
  CHECK_EQUAL(at % sector_, 0U);
  CHECK(at + sector_ <= size_);
  // Its bits come up one after the other, all over the sector.
  hasErased = true;
  for (size_t bit = 0; bit < 8; bit++) {
    step([](void *) {}, nullptr);
    for (size_t i = 0; i < sector_; i++) {
      bytes_[at + i] = static_cast<uint8_t>(bytes_[at + i] | 1U << (bit + i) % 8);
    }
  }
}

std::string Flash::save() const {
  return std::string(reinterpret_cast<const char *>(bytes_), size_);
}
void Flash::restore(const std::string &bytes) { memcpy(bytes_, bytes.data(), size_); }

uint32_t noise() {
  static uint32_t state = 12345;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

} // namespace board
