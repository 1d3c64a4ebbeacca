#include "Sha256.h"

#include <string.h>

namespace sensorboard {

namespace {

// FIPS 180-4, section 5.3.3: the fractional parts of the square roots of the first
// 8 primes.
const uint32_t InitialState[8] SENSORBOARD_FLASH = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                                    0xa54ff53a, 0x510e527f, 0x9b05688c,
                                                    0x1f83d9ab, 0x5be0cd19};

// Section 4.2.2: those of the cube roots of the first 64 primes.
const uint32_t RoundConstants[64] SENSORBOARD_FLASH = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

uint32_t rotateRight(uint32_t value, uint8_t count) {
  return value >> count | value << (32 - count);
}

} // namespace

Sha256::~Sha256() { wipe(this, sizeof(*this)); }

void Sha256::reset() {
  // What was last in there may have been a key.
  wipe(block_, sizeof(block_));
  for (uint8_t i = 0; i < 8; i++)
    state_[i] = readFlash(&InitialState[i]);
  size_ = 0;
}

void Sha256::update(const void *data, size_t size) {
  const uint8_t *byte = static_cast<const uint8_t *>(data);
  while (size-- != 0)
    add(*byte++);
}

void Sha256::updateFlash(const char *text) {
  while (const char character = readFlash(text++))
    add(static_cast<uint8_t>(character));
}

void Sha256::finish(uint8_t (&digest)[DigestSize]) {
  // Section 5.1.1: a one bit, zeros, and how many bits the message has, in 8 bytes at
  // the end of a block.
  const uint32_t size = size_;
  add(0x80);
  while (size_ % 64 != 56)
    add(0);
  block_[14] = 0;
  block_[15] = size << 3;
  compress();
  for (uint8_t i = 0; i < DigestSize; i++)
    digest[i] = static_cast<uint8_t>(state_[i / 4] >> (24 - i % 4 * 8));
  reset();
}

void Sha256::add(uint8_t byte) {
  // Four bytes push out what a word had from the block before.
  uint32_t &word = block_[size_ / 4 % 16];
  word = word << 8 | byte;
  if (++size_ % 64 == 0)
    compress();
}

void Sha256::compress() {
  // Section 6.2.2, with the message schedule in the 16 words of the block, as in 6.1.3:
  // that takes a quarter of the memory.
  uint32_t v[8]; // a to h
  memcpy(v, state_, sizeof(v));
  for (uint8_t t = 0; t < 64; t++) {
    uint32_t &word = block_[t % 16];
    if (t >= 16) {
      const uint32_t w2 = block_[(t + 14) % 16];
      const uint32_t w15 = block_[(t + 1) % 16];
      word += (rotateRight(w2, 17) ^ rotateRight(w2, 19) ^ w2 >> 10) +
              block_[(t + 9) % 16] +
              (rotateRight(w15, 7) ^ rotateRight(w15, 18) ^ w15 >> 3);
    }
    const uint32_t a = v[0];
    const uint32_t e = v[4];
    const uint32_t t1 =
        v[7] + (rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)) +
        ((e & v[5]) ^ (~e & v[6])) + readFlash(&RoundConstants[t]) + word;
    const uint32_t t2 = (rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)) +
                        ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
    memmove(&v[1], &v[0], 7 * sizeof(v[0]));
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (uint8_t i = 0; i < 8; i++)
    state_[i] += v[i];
  // With the digest, this gives the state before: that of a key is as good as the key.
  wipe(v, sizeof(v));
}

HmacSha256::HmacSha256(const uint8_t *key, size_t size) : key_() {
  // RFC 2104, section 2: a key that is longer than a block stands for its digest.
  if (size > BlockSize) {
    hash_.update(key, size);
    hash_.finish(reinterpret_cast<uint8_t(&)[DigestSize]>(key_));
  } else if (size != 0) {
    memcpy(key_, key, size);
  }
  addPad(0x36);
}

HmacSha256::~HmacSha256() { wipe(key_, sizeof(key_)); }

void HmacSha256::finish(uint8_t (&digest)[DigestSize]) {
  hash_.finish(digest);
  addPad(0x5c);
  hash_.update(digest, sizeof(digest));
  hash_.finish(digest);
}

void HmacSha256::addPad(uint8_t pad) {
  for (size_t i = 0; i < BlockSize; i++) {
    const uint8_t byte = key_[i] ^ pad;
    hash_.update(&byte, 1);
  }
}

} // namespace sensorboard
