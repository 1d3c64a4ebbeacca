// Secrets are gone from the memory when what was computed with them has ended.

#include <pthread.h>

#include <new>

#include "sensorboard/Keys.h"

// The source: what it keeps its numbers in is known only there.
#include "sensorboard/X25519.cpp"

#include "check.h"

using namespace sensorboard;

namespace {

bool isWiped(const void *data, size_t size) {
  const volatile uint8_t *byte = static_cast<const volatile uint8_t *>(data);
  uint8_t any = 0;
  while (size-- != 0)
    any = static_cast<uint8_t>(any | *byte++);
  return any == 0;
}

alignas(16) uint8_t place[512];

// Memory that has something in it, for an object.
void *used() {
  memset(place, 0xa5, sizeof(place));
  return place;
}

// A stack to look at when what ran on it has ended.
alignas(4096) uint8_t stack[1 << 17];

void *runHere(void *work) {
  reinterpret_cast<void (*)()>(work)();
  return nullptr;
}

void onStack(void (*work)()) {
  memset(stack, 0, sizeof(stack));
  pthread_attr_t attributes;
  pthread_t thread;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstack(&attributes, stack, sizeof(stack)) == 0);
  const int error =
      pthread_create(&thread, &attributes, runHere, reinterpret_cast<void *>(work));
  CHECK_EQUAL(error, 0);
  if (error == 0)
    CHECK(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

// Whether eight bytes that follow each other in a secret are on the stack: as they are,
// or in words that begin with the highest byte.
bool isOnStack(const uint8_t *secret, size_t size, uint8_t pad = 0) {
  for (size_t start = 0; start + 8 <= size; start++) {
    uint8_t plain[8];
    uint8_t words[8];
    for (size_t i = 0; i < 8; i++)
      words[i ^ 3] = plain[i] = secret[start + i] ^ pad;
    for (size_t i = 0; i + 8 <= sizeof(stack); i++) {
      if (memcmp(&stack[i], plain, 8) == 0 || memcmp(&stack[i], words, 8) == 0)
        return true;
    }
  }
  return false;
}

// A key of HMAC is there as it is, and changed by two constants.
bool isKeyOnStack(const uint8_t (&key)[KeySize]) {
  return isOnStack(key, KeySize) || isOnStack(key, KeySize, 0x36) ||
         isOnStack(key, KeySize, 0x5c);
}

// What is worked with is not on the stack itself.
uint8_t privateKey[KeySize];
uint8_t publicKey[KeySize];
uint8_t shared[KeySize];
uint8_t exchanged[DigestSize];
uint8_t nonce[NonceSize];
uint8_t digest[DigestSize];
Agreement agreement;
bool done;

void makeKeys() {
  for (uint8_t i = 0; i < KeySize; i++) {
    privateKey[i] = static_cast<uint8_t>(i * 59 + 17);
    publicKey[i] = static_cast<uint8_t>(i * 83 + 5);
  }
}

} // namespace

TEST(wiping) {
  uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  wipe(&data[1], 6);
  CHECK(isWiped(&data[1], 6));
  CHECK_EQUAL(int{data[0]}, 1);
  CHECK_EQUAL(int{data[7]}, 8);
}

TEST(objects) {
  makeKeys();
  Sha256 *hash = new (used()) Sha256;
  hash->update("secret", 6);
  hash->~Sha256();
  CHECK(isWiped(place, sizeof(Sha256)));

  HmacSha256 *hmac = new (used()) HmacSha256(publicKey, KeySize);
  hmac->~HmacSha256();
  CHECK(isWiped(place, sizeof(HmacSha256)));

  Ladder *ladder = new (used()) Ladder;
  ladder->~Ladder();
  CHECK(isWiped(place, sizeof(Ladder)));

  Agreement *agreed = new (used()) Agreement;
  CHECK(isWiped(place, sizeof(Agreement)));
  agreed->key[0] = 1;
  agreed->code[CodeSize - 1] = '1';
  agreed->clear();
  CHECK(isWiped(place, sizeof(Agreement)));
  agreed->key[KeySize - 1] = 1;
  agreed->code[0] = '1';
  // What nobody reads before the object goes would not be written at all.
  __asm__ volatile("" : : "r"(place) : "memory");
  agreed->~Agreement();
  CHECK(isWiped(place, sizeof(Agreement)));
}

TEST(finishedDigest) {
  // It is as if it were new.
  alignas(16) static uint8_t fresh[sizeof(Sha256)];
  new (fresh) Sha256;
  Sha256 *hash = new (used()) Sha256;
  hash->update("a message", 9);
  hash->finish(digest);
  CHECK(memcmp(place, fresh, sizeof(fresh)) == 0);
  hash->~Sha256();
}

TEST(aCopyIsFound) {
  makeKeys();
  onStack([] {
    // Further down than what ends a thread.
    uint8_t copy[8192];
    memcpy(copy, privateKey, KeySize);
    // So it counts as used.
    __asm__ volatile("" : : "r"(copy) : "memory");
  });
  CHECK(isOnStack(privateKey, KeySize));
}

TEST(stackOfX25519) {
  makeKeys();
  onStack([] { done = x25519(privateKey, publicKey, shared); });
  CHECK(done);
  CHECK(!isOnStack(privateKey, KeySize));
  CHECK(!isOnStack(shared, KeySize));
  onStack([] { x25519PublicKey(privateKey, digest); });
  CHECK(!isOnStack(privateKey, KeySize));
}

TEST(stackOfAgree) {
  makeKeys();
  CHECK(x25519(privateKey, publicKey, shared));
  onStack([] { done = agree(privateKey, publicKey, exchanged, agreement); });
  CHECK(done);
  CHECK(!isOnStack(privateKey, KeySize));
  CHECK(!isKeyOnStack(shared));
  CHECK(!isOnStack(agreement.key, KeySize));
}

TEST(stackOfProof) {
  makeKeys();
  onStack([] { done = proof(privateKey, Role::Board, "id", nonce, nonce, digest); });
  CHECK(done);
  CHECK(!isKeyOnStack(privateKey));

  // What the last block has added to the state, with which the object begins. It gives
  // the state after the key, which is as good as the key for whoever wants to forge.
  uint8_t outerKey[64];
  memset(outerKey, 0x5c, sizeof(outerKey));
  for (size_t i = 0; i < KeySize; i++)
    outerKey[i] ^= privateKey[i];
  Sha256 hash;
  hash.update(outerKey, sizeof(outerKey));
  uint32_t words[8];
  memcpy(words, &hash, sizeof(words));
  for (size_t i = 0; i < 8; i++) {
    uint32_t word = 0;
    for (size_t k = 0; k < 4; k++)
      word = word << 8 | digest[4 * i + k];
    words[i] = word - words[i];
  }
  uint8_t added[sizeof(words)];
  memcpy(added, words, sizeof(words));
  CHECK(!isOnStack(added, sizeof(added)));
}

TEST(stackOfVouch) {
  makeKeys();
  onStack([] { vouch(privateKey, Role::Board, exchanged, digest); });
  CHECK(!isKeyOnStack(privateKey));
}
