// X25519, the Diffie-Hellman function of RFC 7748.
//
// In constant time: neither the private key nor the shared secret decides which
// instructions run, or which addresses are read. It takes about 300 bytes of stack,
// besides what the calls need.

#ifndef SENSORBOARD_X25519_H
#define SENSORBOARD_X25519_H

#include <stddef.h>
#include <stdint.h>

#include "Bytes.h"

namespace sensorboard {

// A private key, a public key and a shared secret, in bytes.
constexpr size_t KeySize = 32;

// Gives the public key of a private one, which is any 32 random bytes.
void x25519PublicKey(const uint8_t (&privateKey)[KeySize],
                     uint8_t (&publicKey)[KeySize]);

// Gives the secret that the owners of both keys share. False if it is all zeros, as
// it is for every private key when the public one is of low order: anybody knows it
// then, and it must not be used (RFC 7748, section 6.1).
SENSORBOARD_CHECK bool x25519(const uint8_t (&privateKey)[KeySize],
                              const uint8_t (&publicKey)[KeySize],
                              uint8_t (&sharedSecret)[KeySize]);

} // namespace sensorboard

#endif
