// Digests are those of the standards, however a message is cut into pieces, and what is
// done with bytes is done with each of them.

#include "sensorboard/Bytes.h"
#include "sensorboard/Sha256.h"

#include "vectors.h"

using namespace sensorboard;

TEST(sha256) {
  for (const Sha256Case &c : sha256Cases) {
    const std::vector<uint8_t> message = bytes(c.message);
    uint8_t digest[DigestSize];
    Sha256 hash;
    hash.update(message.data(), message.size());
    hash.finish(digest);
    CHECK_CASE(c, hex(digest), c.digest);
    // Byte by byte, after another message.
    for (uint8_t byte : message)
      hash.update(&byte, 1);
    hash.finish(digest);
    CHECK_CASE(c, hex(digest), c.digest);
    hash.update("something else", 14);
    hash.reset();
    const size_t part = message.size() / 3;
    hash.update(message.data(), part);
    hash.update(message.data() + part, message.size() - part);
    hash.finish(digest);
    CHECK_CASE(c, hex(digest), c.digest);
  }
}

TEST(sha256OfAMillion) {
  // The long message of FIPS 180-2, appendix B.3.
  const std::string thousand(1000, 'a');
  uint8_t digest[DigestSize];
  Sha256 hash;
  for (int i = 0; i < 1000; i++)
    hash.update(thousand.data(), thousand.size());
  hash.finish(digest);
  CHECK_EQUAL(hex(digest),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256OfFlash) {
  static const char text[] SENSORBOARD_FLASH = "ab\xffz";
  uint8_t one[DigestSize];
  uint8_t other[DigestSize];
  Sha256 hash;
  hash.updateFlash(text);
  hash.finish(one);
  hash.update("ab\xffz", 4);
  hash.finish(other);
  CHECK_EQUAL(hex(one), hex(other));
}

TEST(hmac) {
  for (const HmacCase &c : hmacCases) {
    const std::vector<uint8_t> key = bytes(c.key);
    const std::vector<uint8_t> message = bytes(c.message);
    // RFC 4231 has a digest that is cut off.
    const size_t size = strlen(c.digest);
    uint8_t digest[DigestSize];
    HmacSha256 whole(key.data(), key.size());
    whole.update(message.data(), message.size());
    whole.finish(digest);
    CHECK_CASE(c, hex(digest).substr(0, size), c.digest);
    HmacSha256 pieces(key.data(), key.size());
    for (uint8_t byte : message)
      pieces.update(&byte, 1);
    pieces.finish(digest);
    CHECK_CASE(c, hex(digest).substr(0, size), c.digest);
  }
}

TEST(everyByteInHex) {
  uint8_t all[256];
  for (int i = 0; i < 256; i++)
    all[i] = static_cast<uint8_t>(i);
  char text[513];
  memset(text, 'x', sizeof(text));
  toHex(all, text);
  CHECK_EQUAL(text, hex(all));
  std::string capitals(text);
  for (char &digit : capitals)
    digit = static_cast<char>(digit >= 'a' ? digit - 'a' + 'A' : digit);
  for (const std::string &digits : {std::string(text), capitals}) {
    uint8_t read[256];
    memset(read, 0xa5, sizeof(read));
    CHECK(fromHex(digits.data(), digits.size(), read));
    CHECK_EQUAL(hex(read), hex(all));
  }
}

TEST(everyCharacterInHex) {
  for (int i = 0; i < 256; i++) {
    const char c = static_cast<char>(i);
    const bool isDigit = i != 0 && strchr("0123456789abcdefABCDEF", c) != nullptr;
    for (size_t place = 0; place < 4; place++) {
      char four[] = {'1', '2', '3', '4'};
      four[place] = c;
      uint8_t two[2] = {0xa5, 0x5a};
      const std::string where = check::shown(std::string(four, 4));
      CHECK_EQUAL(where + check::shown(fromHex(four, 4, two)),
                  where + check::shown(isDigit));
      if (!isDigit)
        CHECK_EQUAL(where + hex(two), where + "a55a");
    }
  }
}

TEST(lengthsOfHex) {
  for (size_t length = 0; length < 8; length++) {
    // Only what is there is read: the sanitizer would see more.
    const std::vector<char> text(length, '7');
    uint8_t two[2] = {0xa5, 0x5a};
    CHECK_EQUAL(fromHex(text.data(), length, two), length == 4);
    CHECK_EQUAL(hex(two), length == 4 ? "7777" : "a55a");
  }
}

TEST(secretsThatAreTheSame) {
  uint8_t one[DigestSize];
  uint8_t other[DigestSize];
  for (size_t i = 0; i < DigestSize; i++)
    one[i] = other[i] = static_cast<uint8_t>(7 * i);
  CHECK(sameSecret(one, other));
  CHECK(sameSecret(one, other, 0));
  for (size_t i = 0; i < DigestSize; i++) {
    for (int place = 0; place < 8; place++) {
      other[i] = static_cast<uint8_t>(one[i] ^ 1 << place);
      CHECK(!sameSecret(one, other));
    }
    other[i] = one[i];
  }
  // These would cancel each other out if they were added up.
  other[0] ^= 0x80;
  other[1] ^= 0x80;
  CHECK(!sameSecret(one, other));
  CHECK(sameSecret(&one[2], &other[2], DigestSize - 2));
}
