// What a board computes to prove itself and to pair is what everybody else does.

#include "sensorboard/Keys.h"

#include "vectors.h"

using namespace sensorboard;

namespace {

Role roleOf(const char *text) {
  return strcmp(text, "board") == 0 ? Role::Board : Role::Hub;
}

} // namespace

TEST(proofs) {
  for (const ProofCase &c : proofCases) {
    const Fixed<KeySize> key(c.key);
    const Fixed<NonceSize> hubNonce(c.hub_nonce);
    const Fixed<NonceSize> boardNonce(c.board_nonce);
    uint8_t result[DigestSize];
    CHECK(
        proof(key.data, roleOf(c.role), c.id, hubNonce.data, boardNonce.data, result));
    CHECK_CASE(c, hex(result), c.proof);
  }
}

TEST(commitments) {
  for (const CommitmentCase &c : commitmentCases) {
    const Fixed<KeySize> publicKey(c.board_public_key);
    const Fixed<NonceSize> nonce(c.board_nonce);
    uint8_t result[DigestSize];
    commitment(publicKey.data, nonce.data, result);
    CHECK_CASE(c, hex(result), c.commit);
  }
}

TEST(pairings) {
  for (const PairingCase &c : pairingCases) {
    const Fixed<KeySize> hubPrivate(c.hub_private_key);
    const Fixed<KeySize> boardPrivate(c.board_private_key);
    const Fixed<NonceSize> hubNonce(c.hub_nonce);
    const Fixed<NonceSize> boardNonce(c.board_nonce);
    uint8_t hubPublic[KeySize];
    uint8_t boardPublic[KeySize];
    x25519PublicKey(hubPrivate.data, hubPublic);
    x25519PublicKey(boardPrivate.data, boardPublic);
    CHECK_CASE(c, hex(hubPublic), c.hub_public_key);
    CHECK_CASE(c, hex(boardPublic), c.board_public_key);

    uint8_t result[DigestSize];
    commitment(boardPublic, boardNonce.data, result);
    CHECK_CASE(c, hex(result), c.commit);
    CHECK(transcript(c.id, hubPublic, boardPublic, hubNonce.data, boardNonce.data,
                     result));
    CHECK_CASE(c, hex(result), c.transcript);

    uint8_t shared[KeySize];
    CHECK(x25519(boardPrivate.data, hubPublic, shared));
    CHECK_CASE(c, hex(shared), c.shared_secret);

    for (const bool isBoard : {true, false}) {
      Agreement agreement;
      memset(agreement.code, 'x', sizeof(agreement.code));
      CHECK(agree(isBoard ? boardPrivate.data : hubPrivate.data,
                  isBoard ? hubPublic : boardPublic, result, agreement));
      CHECK_CASE(c, hex(agreement.key), c.key);
      const std::string code(agreement.code, sizeof(agreement.code));
      CHECK_CASE(c, code, std::string(c.code, sizeof(agreement.code)));
    }
  }
}

TEST(nothingIsAgreedWithLowOrder) {
  for (const LowOrderCase &c : lowOrderCases) {
    const Fixed<KeySize> publicKey(c.public_key);
    const Fixed<KeySize> privateKey(x25519Cases[0].private_key);
    const uint8_t exchanged[DigestSize] = {1, 2, 3};
    Agreement agreement;
    memset(agreement.key, 0xa5, sizeof(agreement.key));
    memset(agreement.code, '5', CodeSize);
    CHECK_CASE(c, agree(privateKey.data, publicKey.data, exchanged, agreement), false);
    CHECK_CASE(c, hex(agreement.key), std::string(2 * KeySize, '0'));
    CHECK_CASE(c, agreement.code, "");
  }
}

TEST(vouches) {
  for (const VouchCase &c : vouchCases) {
    const Fixed<DigestSize> exchanged(c.transcript);
    uint8_t result[DigestSize];
    if (strlen(c.secret) == 2 * KeySize) {
      const Fixed<KeySize> key(c.secret);
      vouch(key.data, roleOf(c.role), exchanged.data, result);
    } else {
      const Fixed<SecretSize> secret(c.secret);
      vouch(secret.data, roleOf(c.role), exchanged.data, result);
    }
    CHECK_CASE(c, hex(result), c.vouch);
  }
}

TEST(secrets) {
  for (const SecretCase &c : secretCases) {
    uint8_t secret[SecretSize];
    CHECK_CASE(c, readSecret(c.text, secret), true);
    CHECK_CASE(c, hex(secret), c.secret);
  }
}

TEST(textsThatAreNoSecret) {
  for (const BadSecretCase &c : badSecretCases) {
    uint8_t secret[SecretSize];
    memset(secret, 0xa5, SecretSize);
    CHECK_CASE(c, readSecret(textOf(c.text).c_str(), secret), false);
    CHECK_CASE(c, hex(secret), std::string(2 * SecretSize, '0'));
  }
}

TEST(boardIds) {
  const uint8_t key[KeySize] = {};
  const uint8_t nonce[NonceSize] = {};
  uint8_t result[DigestSize];
  for (const BoardIdCase &c : boardIdCases) {
    const std::string id = textOf(c.id);
    const bool good = strcmp(c.good, "yes") == 0;
    CHECK_CASE(c, isBoardId(id.c_str()), good);
    CHECK_CASE(c, proof(key, Role::Board, id.c_str(), nonce, nonce, result), good);
    CHECK_CASE(c, transcript(id.c_str(), key, key, nonce, nonce, result), good);
  }
}
