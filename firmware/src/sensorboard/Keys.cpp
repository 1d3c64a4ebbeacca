#include "Keys.h"

#include <string.h>

namespace sensorboard {

namespace {

const char ProofText[] SENSORBOARD_FLASH = "arduino_sensor/1\n";
const char CommitText[] SENSORBOARD_FLASH = "arduino_sensor/1 commit";
const char PairText[] SENSORBOARD_FLASH = "arduino_sensor/1 pair";
const char VouchText[] SENSORBOARD_FLASH = "arduino_sensor/1 vouch\n";
const char KeyText[] SENSORBOARD_FLASH = "key";
const char CodeText[] SENSORBOARD_FLASH = "code";
const char BoardLine[] SENSORBOARD_FLASH = "board\n";
const char HubLine[] SENSORBOARD_FLASH = "hub\n";

const char *line(Role role) { return role == Role::Board ? BoardLine : HubLine; }

void addHexLine(HmacSha256 &hash, const uint8_t (&nonce)[NonceSize]) {
  char text[1 + 2 * NonceSize + 1] = {'\n'};
  toHex(nonce, sizeof(nonce), &text[1]);
  hash.update(text, 1 + 2 * NonceSize);
}

void writeCode(const uint8_t (&transcript)[DigestSize], char (&code)[CodeSize + 1]) {
  Sha256 hash;
  hash.updateFlash(CodeText);
  hash.update(transcript, sizeof(transcript));
  uint8_t digest[DigestSize];
  hash.finish(digest);
  uint32_t number = 0;
  for (uint8_t i = 0; i < 4; i++)
    number = number << 8 | digest[i];
  for (size_t i = CodeSize; i-- != 0;) {
    code[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  code[CodeSize] = '\0';
}

void vouch(const uint8_t *secret, size_t size, Role role,
           const uint8_t (&transcript)[DigestSize], uint8_t (&result)[DigestSize]) {
  HmacSha256 hash(secret, size);
  hash.updateFlash(VouchText);
  hash.updateFlash(line(role));
  hash.update(transcript, sizeof(transcript));
  hash.finish(result);
}

} // namespace

bool isBoardId(const char *text) {
  size_t size = 0;
  for (; text[size] != '\0'; size++) {
    const char c = text[size];
    const bool known =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!known || size == MaxIdSize)
      return false;
  }
  return size != 0;
}

bool proof(const uint8_t (&key)[KeySize], Role role, const char *id,
           const uint8_t (&hubNonce)[NonceSize], const uint8_t (&boardNonce)[NonceSize],
           uint8_t (&result)[DigestSize]) {
  if (!isBoardId(id))
    return false;
  HmacSha256 hash(key, sizeof(key));
  hash.updateFlash(ProofText);
  hash.updateFlash(line(role));
  hash.update(id, strlen(id));
  addHexLine(hash, hubNonce);
  addHexLine(hash, boardNonce);
  hash.finish(result);
  return true;
}

void commitment(const uint8_t (&boardPublicKey)[KeySize],
                const uint8_t (&boardNonce)[NonceSize], uint8_t (&result)[DigestSize]) {
  Sha256 hash;
  hash.updateFlash(CommitText);
  hash.update(boardPublicKey, sizeof(boardPublicKey));
  hash.update(boardNonce, sizeof(boardNonce));
  hash.finish(result);
}

bool transcript(const char *id, const uint8_t (&hubPublicKey)[KeySize],
                const uint8_t (&boardPublicKey)[KeySize],
                const uint8_t (&hubNonce)[NonceSize],
                const uint8_t (&boardNonce)[NonceSize], uint8_t (&result)[DigestSize]) {
  if (!isBoardId(id))
    return false;
  const uint8_t size = static_cast<uint8_t>(strlen(id));
  Sha256 hash;
  hash.updateFlash(PairText);
  hash.update(&size, 1);
  hash.update(id, size);
  hash.update(hubPublicKey, sizeof(hubPublicKey));
  hash.update(boardPublicKey, sizeof(boardPublicKey));
  hash.update(hubNonce, sizeof(hubNonce));
  hash.update(boardNonce, sizeof(boardNonce));
  hash.finish(result);
  return true;
}

bool agree(const uint8_t (&boardPrivateKey)[KeySize],
           const uint8_t (&hubPublicKey)[KeySize],
           const uint8_t (&transcript)[DigestSize], Agreement &result) {
  // The key's place takes the shared secret first: so there is nothing else to wipe.
  if (!x25519(boardPrivateKey, hubPublicKey, result.key)) {
    result.clear();
    return false;
  }
  writeCode(transcript, result.code);
  HmacSha256 hash(result.key, sizeof(result.key));
  hash.updateFlash(KeyText);
  hash.update(transcript, sizeof(transcript));
  hash.finish(result.key);
  return true;
}

void vouch(const uint8_t (&secret)[SecretSize], Role role,
           const uint8_t (&transcript)[DigestSize], uint8_t (&result)[DigestSize]) {
  vouch(secret, sizeof(secret), role, transcript, result);
}

void vouch(const uint8_t (&oldKey)[KeySize], Role role,
           const uint8_t (&transcript)[DigestSize], uint8_t (&result)[DigestSize]) {
  vouch(oldKey, sizeof(oldKey), role, transcript, result);
}

bool readSecret(const char *text, uint8_t (&secret)[SecretSize]) {
  size_t size = 0;
  for (; *text != '\0'; text++) {
    char c = *text;
    if (c == ' ' || c == '-')
      continue;
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
    const bool letter = c >= 'a' && c <= 'z' && c != 'l' && c != 'o';
    const bool digit = c >= '2' && c <= '9';
    if ((!letter && !digit) || size == SecretSize)
      break;
    secret[size++] = static_cast<uint8_t>(c);
  }
  if (*text == '\0' && size == SecretSize)
    return true;
  wipe(secret, sizeof(secret));
  return false;
}

} // namespace sensorboard
