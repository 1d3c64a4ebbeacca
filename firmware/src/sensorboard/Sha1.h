// SHA-1 (FIPS 180-4). RFC 6455 asks for it in the handshake of a WebSocket, where it
// protects nothing: use Sha256 for everything else.

#ifndef SENSORBOARD_SHA1_H
#define SENSORBOARD_SHA1_H

#include <stddef.h>
#include <stdint.h>

namespace sensorboard {

constexpr size_t Sha1Size = 20;

// Of less than 512 MiB.
void sha1(const uint8_t *data, size_t size, uint8_t (&digest)[Sha1Size]);

} // namespace sensorboard

#endif
