// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), of messages that come in pieces.
//
// Bundled, because not every core has them: UNO R4 and SAMD only through their radio
// module or further libraries, AVR not at all.

#ifndef SENSORBOARD_SHA256_H
#define SENSORBOARD_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "Bytes.h"

namespace sensorboard {

constexpr size_t DigestSize = 32;

// The digest of a message of less than 512 MiB.
class Sha256 {
public:
  Sha256() { reset(); }
  ~Sha256();

  // Forgets what was added, and begins anew.
  void reset();

  void update(const void *data, size_t size);

  // Adds a text in flash (SENSORBOARD_FLASH), without the zero at its end.
  void updateFlash(const char *text);

  // Gives the digest of all that was added, and begins anew.
  void finish(uint8_t (&digest)[DigestSize]);

private:
  void add(uint8_t byte);
  void compress();

  uint32_t state_[8];
  uint32_t block_[16];
  uint32_t size_;
};

// The digest of one message under a key of any size.
class HmacSha256 {
public:
  HmacSha256(const uint8_t *key, size_t size);
  ~HmacSha256();

  HmacSha256(const HmacSha256 &) = delete;
  HmacSha256 &operator=(const HmacSha256 &) = delete;

  void update(const void *data, size_t size) { hash_.update(data, size); }

  // Adds a text in flash (SENSORBOARD_FLASH), without the zero at its end.
  void updateFlash(const char *text) { hash_.updateFlash(text); }

  // Gives the digest of all that was added. The object is then good for nothing more.
  void finish(uint8_t (&digest)[DigestSize]);

private:
  static constexpr size_t BlockSize = 64;

  void addPad(uint8_t pad);

  Sha256 hash_;
  uint8_t key_[BlockSize];
};

} // namespace sensorboard

#endif
