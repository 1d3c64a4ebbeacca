// X25519 is that of RFC 7748, and public keys that give nothing are refused.

// The source and not the header: the arithmetic is tested by itself too, with numbers
// that no key leads to.
#include "sensorboard/X25519.cpp"

#include "vectors.h"

using namespace sensorboard;

namespace {

Number numberOf(const char *text) {
  const Fixed<KeySize> given(text);
  Number number;
  for (uint8_t i = 0; i < Limbs; i++)
    number.limb[i] =
        static_cast<uint16_t>(given.data[2 * i] | given.data[2 * i + 1] << 8);
  return number;
}

std::string reduced(Number number) {
  reduce(number);
  uint8_t result[KeySize];
  for (uint8_t i = 0; i < KeySize; i++)
    result[i] = static_cast<uint8_t>(number.limb[i / 2] >> i % 2 * 8);
  return hex(result);
}

} // namespace

TEST(sharedSecret) {
  for (const X25519Case &c : x25519Cases) {
    const Fixed<KeySize> privateKey(c.private_key);
    const Fixed<KeySize> publicKey(c.public_key);
    uint8_t shared[KeySize];
    CHECK(x25519(privateKey.data, publicKey.data, shared));
    CHECK_CASE(c, hex(shared), c.shared_secret);
    CHECK_CASE(c, hex(privateKey.data), c.private_key);
    CHECK_CASE(c, hex(publicKey.data), c.public_key);
    // In place of either key.
    memcpy(shared, privateKey.data, KeySize);
    CHECK(x25519(shared, publicKey.data, shared));
    CHECK_CASE(c, hex(shared), c.shared_secret);
    memcpy(shared, publicKey.data, KeySize);
    CHECK(x25519(privateKey.data, shared, shared));
    CHECK_CASE(c, hex(shared), c.shared_secret);
  }
}

TEST(publicKey) {
  for (const PublicKeyCase &c : publicKeyCases) {
    const Fixed<KeySize> privateKey(c.private_key);
    uint8_t result[KeySize];
    x25519PublicKey(privateKey.data, result);
    CHECK_CASE(c, hex(result), c.public_key);
  }
}

TEST(iterated) {
  // RFC 7748, section 5.2.
  uint8_t k[KeySize] = {9};
  uint8_t u[KeySize] = {9};
  for (int i = 1; i <= 1000; i++) {
    uint8_t result[KeySize];
    CHECK(x25519(k, u, result));
    memcpy(u, k, KeySize);
    memcpy(k, result, KeySize);
    if (i == 1)
      CHECK_EQUAL(hex(k),
                  "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  }
  CHECK_EQUAL(hex(k),
              "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST(lowOrder) {
  for (const LowOrderCase &c : lowOrderCases) {
    const Fixed<KeySize> publicKey(c.public_key);
    // Whatever the private key is: the last are at the edges.
    for (size_t i = sizeof(x25519Cases) / sizeof(x25519Cases[0]); i-- > 18;) {
      const Fixed<KeySize> privateKey(x25519Cases[i].private_key);
      uint8_t shared[KeySize];
      memset(shared, 0xa5, KeySize);
      CHECK_CASE(c, x25519(privateKey.data, publicKey.data, shared), false);
      CHECK_CASE(c, hex(shared), std::string(2 * KeySize, '0'));
    }
  }
}

TEST(field) {
  for (const FieldCase &c : fieldCases) {
    const Number one = numberOf(c.one);
    const Number other = numberOf(c.other);
    CHECK_CASE(c, reduced(one), c.reduced);
    Number result;
    Ladder ladder;
    add(result, one, other);
    CHECK_CASE(c, reduced(result), c.sum);
    subtract(result, one, other);
    CHECK_CASE(c, reduced(result), c.difference);
    ladder.multiply(result, one, other);
    CHECK_CASE(c, reduced(result), c.product);
    multiplyByA24(result, one);
    CHECK_CASE(c, reduced(result), c.times_a24);

    result = one;
    add(result, result, other);
    CHECK_CASE(c, reduced(result), c.sum);
    result = other;
    subtract(result, one, result);
    CHECK_CASE(c, reduced(result), c.difference);
    result = other;
    ladder.multiply(result, one, result);
    CHECK_CASE(c, reduced(result), c.product);
    result = one;
    multiplyByA24(result, result);
    CHECK_CASE(c, reduced(result), c.times_a24);
  }
}
