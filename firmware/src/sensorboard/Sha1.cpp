#include "Sha1.h"

#include <string.h>

#include "Bytes.h"

namespace sensorboard {

namespace {

constexpr size_t BlockSize = 64;
constexpr size_t CountSize = 8; // at the end of the last block: the size in bits

// FIPS 180-4, section 5.3.1.
const uint32_t InitialState[5] SENSORBOARD_FLASH = {0x67452301, 0xefcdab89, 0x98badcfe,
                                                    0x10325476, 0xc3d2e1f0};

// Section 4.2.1: one for 20 rounds each.
const uint32_t RoundConstants[4] SENSORBOARD_FLASH = {0x5a827999, 0x6ed9eba1,
                                                      0x8f1bbcdc, 0xca62c1d6};

uint32_t rotateLeft(uint32_t value, uint8_t count) {
  return value << count | value >> (32 - count);
}

void compress(uint32_t (&state)[5], const uint8_t (&block)[BlockSize]) {
  // Sixteen words of the schedule at a time: all eighty would take 320 bytes of stack.
  uint32_t schedule[16];
  for (uint8_t i = 0; i < 16; i++) {
    schedule[i] = 0;
    for (uint8_t j = 0; j < 4; j++) {
      schedule[i] = schedule[i] << 8 | block[4 * i + j];
    }
  }
  uint32_t working[5];
  memcpy(working, state, sizeof(working));
  for (uint8_t round = 0; round < 80; round++) {
    uint32_t &word = schedule[round % 16];
    if (round >= 16) {
      word = rotateLeft(schedule[(round + 13) % 16] ^ schedule[(round + 8) % 16] ^
                            schedule[(round + 2) % 16] ^ word,
                        1);
    }
    uint32_t b = working[1], c = working[2], d = working[3];
    uint32_t mixed;
    if (round < 20) {
      mixed = (b & c) | (~b & d);
    } else if (round >= 40 && round < 60) {
      mixed = (b & c) | (b & d) | (c & d);
    } else {
      mixed = b ^ c ^ d;
    }
    uint32_t next = rotateLeft(working[0], 5) + mixed + working[4] +
                    readFlash(&RoundConstants[round / 20]) + word;
    memmove(working + 1, working, 4 * sizeof(working[0]));
    working[2] = rotateLeft(working[2], 30);
    working[0] = next;
  }
  for (uint8_t i = 0; i < 5; i++) {
    state[i] += working[i];
  }
}

} // namespace

void sha1(const uint8_t *data, size_t size, uint8_t (&digest)[Sha1Size]) {
  uint32_t state[5];
  for (uint8_t i = 0; i < 5; i++) {
    state[i] = readFlash(&InitialState[i]);
  }
  // The data, a byte 0x80, zeros, and the size: up to two more blocks than are full.
  uint8_t block[BlockSize];
  size_t done = 0;
  bool marked = false, last = false;
  while (!last) {
    size_t count = size - done < BlockSize ? size - done : BlockSize;
    memset(block, 0, BlockSize);
    memcpy(block, data + done, count);
    done += count;
    if (count < BlockSize && !marked) {
      block[count] = 0x80;
      marked = true;
    }
    last = marked && (count < BlockSize - CountSize);
    if (last) {
      uint32_t bits = static_cast<uint32_t>(size) << 3;
      for (uint8_t i = 0; i < sizeof(bits); i++) {
        block[BlockSize - 1 - i] = static_cast<uint8_t>(bits >> (8 * i));
      }
    }
    compress(state, block);
  }
  for (uint8_t i = 0; i < Sha1Size; i++) {
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (8 * (3 - i % 4)));
  }
}

} // namespace sensorboard
