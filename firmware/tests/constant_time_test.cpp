// Tests that secrets do not decide which instructions run: the cryptography is compiled
// with -fsanitize-coverage=trace-pc, and the way it takes through the code must be the
// same for every key. This file itself is compiled without.

#include <stdio.h>
#include <string.h>

#include "sensorboard/Keys.h"

using namespace sensorboard;

namespace {

bool tracing = false;
uint64_t steps;
uint64_t way;

} // namespace

// Called by the compiled code wherever its way can part.
extern "C" void __sanitizer_cov_trace_pc() {
  if (!tracing)
    return;
  steps++;
  const uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  // FNV-1a, on whole words.
  way = (way ^ here) * 0x100000001b3u;
}

namespace {

int failures = 0;

struct Way {
  uint64_t steps;
  uint64_t hash;
};

template <typename Work> Way trace(Work work) {
  steps = 0;
  way = 0xcbf29ce484222325u;
  tracing = true;
  work();
  tracing = false;
  return {steps, way};
}

void compare(const char *name, const Way &one, const Way &other) {
  if (one.steps != 0 && one.steps == other.steps && one.hash == other.hash)
    return;
  failures++;
  printf("FAILED %s: %llu steps (%016llx), and %llu (%016llx)\n", name,
         static_cast<unsigned long long>(one.steps),
         static_cast<unsigned long long>(one.hash),
         static_cast<unsigned long long>(other.steps),
         static_cast<unsigned long long>(other.hash));
}

// Keys of few and many ones, and two that look random.
void fill(uint8_t (&key)[KeySize], int number) {
  const uint8_t patterns[] = {0x00, 0xff, 0x55, 0x80};
  for (size_t i = 0; i < KeySize; i++)
    key[i] = number < 4 ? patterns[number]
                        : static_cast<uint8_t>((i + 3) * (i + 5) * 41 + i * i * i +
                                               static_cast<size_t>(number) * 97);
}

constexpr int Keys = 6;

void testX25519() {
  uint8_t publicKey[KeySize];
  uint8_t privateKey[KeySize];
  uint8_t result[KeySize];
  fill(publicKey, 4);
  Way first = {};
  for (int i = 0; i < Keys; i++) {
    fill(privateKey, i);
    const Way here = trace([&] { x25519PublicKey(privateKey, result); });
    if (i == 0)
      first = here;
    compare("x25519PublicKey()", first, here);
  }
  for (int i = 0; i < Keys; i++) {
    fill(privateKey, i);
    bool good = false;
    const Way here = trace([&] { good = x25519(privateKey, publicKey, result); });
    if (i == 0)
      first = here;
    compare("x25519()", first, here);
    if (!good) {
      failures++;
      printf("FAILED x25519(): refused\n");
    }
  }
}

void testHmac() {
  uint8_t key[KeySize];
  uint8_t digest[DigestSize];
  const uint8_t nonce[NonceSize] = {1, 2, 3};
  Way first = {};
  for (int i = 0; i < Keys; i++) {
    fill(key, i);
    bool good = false;
    const Way here =
        trace([&] { good = proof(key, Role::Board, "id", nonce, nonce, digest); });
    if (i == 0)
      first = here;
    compare("proof()", first, here);
    if (!good) {
      failures++;
      printf("FAILED proof(): refused\n");
    }
  }
}

void testSameSecret() {
  uint8_t one[DigestSize] = {};
  uint8_t other[DigestSize] = {};
  bool same = false;
  const Way first = trace([&] { same = sameSecret(one, other); });
  for (size_t i = 0; i < DigestSize; i++) {
    other[i] = 1;
    compare("sameSecret()", first, trace([&] { same = sameSecret(one, other); }));
    if (same) {
      failures++;
      printf("FAILED sameSecret(): not the same\n");
    }
    other[i] = 0;
  }
}

// That a way which depends on a key would be noticed.
void testTracing() {
  uint8_t secret[SecretSize];
  bool good = false;
  const Way one = trace([&] { good = readSecret("a", secret); });
  const Way other = trace([&] { good = readSecret("aa", secret); });
  if (good || one.steps == other.steps || one.hash == other.hash) {
    failures++;
    printf("FAILED: nothing is traced\n");
  }
}

} // namespace

int main() {
  testTracing();
  testX25519();
  testHmac();
  testSameSecret();
  printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
