// What a board computes to prove itself to Home Assistant (the hub), and to pair with
// it: section "Keys" of docs/protocol.md.
//
// Pure functions, no random numbers: keys and nonces are made by the caller. Everything
// that is given has the size that its type says; results come last.

#ifndef SENSORBOARD_KEYS_H
#define SENSORBOARD_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "Bytes.h"
#include "Sha256.h"
#include "X25519.h"

namespace sensorboard {

// KeySize is that of a shared key, too; DigestSize that of a proof, a commitment, a
// transcript and a vouch.

// A number that is used once, in bytes.
constexpr size_t NonceSize = 16;

// An enrolment secret, in characters.
constexpr size_t SecretSize = 26;

// What a person types, in digits.
constexpr size_t CodeSize = 6;

// A board's id, in characters, without the zero after them.
constexpr size_t MaxIdSize = 32;

// Who says something. What one says is worth nothing in the other's mouth.
enum class Role : uint8_t { Board, Hub };

// Whether a text can be the id of a board: 1 to 32 of a-z, 0-9, "_" and "-".
SENSORBOARD_CHECK bool isBoardId(const char *text);

// Gives what shows that one side of a connection has the key. False if the id is none.
SENSORBOARD_CHECK bool proof(const uint8_t (&key)[KeySize], Role role, const char *id,
                             const uint8_t (&hubNonce)[NonceSize],
                             const uint8_t (&boardNonce)[NonceSize],
                             uint8_t (&result)[DigestSize]);

// Gives the digest with which the board commits to its public key and nonce.
void commitment(const uint8_t (&boardPublicKey)[KeySize],
                const uint8_t (&boardNonce)[NonceSize], uint8_t (&result)[DigestSize]);

// Gives the digest of all that is exchanged in a pairing. False if the id is none.
SENSORBOARD_CHECK bool transcript(const char *id,
                                  const uint8_t (&hubPublicKey)[KeySize],
                                  const uint8_t (&boardPublicKey)[KeySize],
                                  const uint8_t (&hubNonce)[NonceSize],
                                  const uint8_t (&boardNonce)[NonceSize],
                                  uint8_t (&result)[DigestSize]);

// What both sides have after a pairing, if nobody was in between. It is wiped when it
// goes, and cannot be copied by mistake.
struct Agreement {
  Agreement() : key(), code() {}
  ~Agreement() { clear(); }

  Agreement(const Agreement &) = delete;
  Agreement &operator=(const Agreement &) = delete;

  void clear() { wipe(this, sizeof(*this)); }

  // The shared key. To be kept only after a right proof of Home Assistant's.
  uint8_t key[KeySize];

  // Six digits for the person, and a zero.
  char code[CodeSize + 1];
};

// Gives what the board's private key and Home Assistant's public key come to. False if
// the public key is of low order: then the result is empty, and the pairing is to be
// broken off.
SENSORBOARD_CHECK bool agree(const uint8_t (&boardPrivateKey)[KeySize],
                             const uint8_t (&hubPublicKey)[KeySize],
                             const uint8_t (&transcript)[DigestSize],
                             Agreement &result);

// Gives what shows that one side of a pairing has a secret from before: that of an
// enrolment, as readSecret() gives it,
void vouch(const uint8_t (&secret)[SecretSize], Role role,
           const uint8_t (&transcript)[DigestSize], uint8_t (&result)[DigestSize]);

// or the key that is replaced.
void vouch(const uint8_t (&oldKey)[KeySize], Role role,
           const uint8_t (&transcript)[DigestSize], uint8_t (&result)[DigestSize]);

// Reads an enrolment secret as a person has written it: capitals, spaces and hyphens do
// not matter. False if the rest is not 26 letters and digits, or has one of those that
// look alike (0 and o, 1 and l), which no secret has: then the result is all zeros.
SENSORBOARD_CHECK bool readSecret(const char *text, uint8_t (&secret)[SecretSize]);

} // namespace sensorboard

#endif
