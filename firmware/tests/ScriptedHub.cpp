#include "ScriptedHub.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

using sensorboard::Agreement;
using sensorboard::DigestSize;
using sensorboard::KeySize;
using sensorboard::NonceSize;
using sensorboard::Role;
using sensorboard::SecretSize;

namespace {

// An array, as the library takes it.
template <size_t size> struct Array {
  explicit Array(const std::string &bytes) : data() {
    CHECK_EQUAL(bytes.size(), size);
    memcpy(data, bytes.data(), bytes.size() < size ? bytes.size() : size);
  }
  uint8_t data[size];
};

template <size_t size> std::string text(const uint8_t (&data)[size]) {
  return std::string(reinterpret_cast<const char *>(data), size);
}

std::string quoted(const std::string &name, const std::string &value) {
  return "\"" + name + "\": \"" + value + "\"";
}

} // namespace

std::string hexOf(const std::string &bytes) {
  std::string hex;
  for (unsigned char byte : bytes) {
    char digits[3];
    snprintf(digits, sizeof(digits), "%02x", byte);
    hex += digits;
  }
  return hex;
}

std::string bytesOf(const std::string &hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(strtoul(hex.substr(i, 2).c_str(), nullptr, 16));
  }
  return bytes;
}

std::string member(const std::string &message, const std::string &name) {
  const std::string key = "\"" + name + "\":\"";
  const size_t at = message.find(key);
  if (at == std::string::npos) {
    return "";
  }
  const size_t begin = at + key.size();
  return message.substr(begin, message.find('"', begin) - begin);
}

ScriptedHub::ScriptedHub(const std::string &name) : name_(name) {}

void ScriptedHub::connected() {
  connections++;
  isOpen_ = true;
  isWelcome = isRotating_ = false;
  closing = 0;
  boardNonce_.clear();
  // Different for each connection of each hub.
  hubNonce_ = (name_ + std::to_string(count_++) + std::string(16, '.')).substr(0, 16);
}

void ScriptedHub::ended() {
  isOpen_ = isWelcome = false;
  outgoing.clear();
  // It forgets what was not agreed on.
  if (isRotating_) {
    agreed_.clear();
    isRotating_ = false;
  }
}

void ScriptedHub::fail(const std::string &code_, uint16_t close_,
                       const std::string &sentence) {
  send("{" + quoted("type", "error") + ", " + quoted("code", code_) + ", " +
       quoted("message", sentence) + "}");
  closing = close_;
}

void ScriptedHub::receive(const std::string &message) {
  const std::string type = member(message, "type");
  heard.push_back(type);
  if (isMute) {
    return;
  }
  if (type == "hello") {
    hello = message;
    if (!error.empty()) {
      fail(error, close, "That is why.");
      return;
    }
    id_ = member(message, "id");
    boardNonce_ = bytesOf(member(message, "nonce"));
    CHECK_EQUAL(boardNonce_.size(), NonceSize);
    send("{" + quoted("type", "challenge") + ", " + quoted("nonce", hexOf(hubNonce_)) +
         "}");
  } else if (boardNonce_.empty()) {
    fail("hello_first", 4410, "Hello first.");
  } else if (type == "proof") {
    prove(member(message, "proof"));
  } else if (type == "pair") {
    pair(message);
  } else if (type == "reveal") {
    reveal(message);
  }
}

void ScriptedHub::prove(const std::string &shown) {
  if (isRotating_ && shown == hexOf(proof(agreed_, Role::Board))) {
    key = agreed_;
    isRotating_ = false;
    welcome();
  } else if (!key.empty() && shown == hexOf(proof(key, Role::Board))) {
    welcome();
  } else if (isWaiting && shown == hexOf(proof(agreed_, Role::Board))) {
    send("{" + quoted("type", "waiting") + ", \"seconds\": 600}");
  } else if (!key.empty()) {
    fail("wrong_proof", 0, "This is not the key.");
  } else {
    fail("unknown_board", 0, "Home Assistant does not know this board.");
  }
}

void ScriptedHub::welcome() {
  isWelcome = true;
  std::string right = proof(key, Role::Hub);
  if (lies) {
    right[31] = static_cast<char>(right[31] ^ 1);
  }
  send("{" + quoted("type", "welcome") +
       ", \"time\": 1795255140, \"offset\": 3600, "
       "\"interval\": 10, " +
       quoted("proof", hexOf(right)) + "}");
}

void ScriptedHub::pair(const std::string &message) {
  CHECK_EQUAL(member(message, "id"), id_);
  if (!pairError.empty()) {
    fail(pairError, pairClose, "Not now.");
    return;
  }
  commit_ = bytesOf(member(message, "commit"));
  private_ = (name_ + " private " + std::to_string(count_) + std::string(32, '*'))
                 .substr(0, 32);
  pairNonce_ = (name_ + " pair " + std::to_string(count_++) + std::string(16, '+'))
                   .substr(0, 16);
  uint8_t publicKey[KeySize];
  sensorboard::x25519PublicKey(Array<KeySize>(private_).data, publicKey);
  send("{" + quoted("type", "pair") + ", " + quoted("key", hexOf(text(publicKey))) +
       ", " + quoted("nonce", hexOf(pairNonce_)) + "}");
}

void ScriptedHub::reveal(const std::string &message) {
  const Array<KeySize> theirs(bytesOf(member(message, "key"))), mine(private_);
  const Array<NonceSize> nonce(bytesOf(member(message, "nonce"))), ours(pairNonce_);
  uint8_t commit[DigestSize], said[DigestSize], publicKey[KeySize];
  sensorboard::commitment(theirs.data, nonce.data, commit);
  CHECK_EQUAL(hexOf(text(commit)), hexOf(commit_));
  sensorboard::x25519PublicKey(mine.data, publicKey);
  CHECK(sensorboard::transcript(id_.c_str(), publicKey, theirs.data, ours.data,
                                nonce.data, said));
  Agreement agreement;
  CHECK(sensorboard::agree(mine.data, theirs.data, said, agreement));
  transcript_ = text(said);
  agreed_ = text(agreement.key);
  const std::string shown = member(message, "vouch");
  if (isRotating_) {
    if (shown != hexOf(vouch(key, Role::Board))) {
      fail("wrong_vouch", 0, "That is not the key that is to be replaced.");
      return;
    }
    std::string right = vouch(key, Role::Hub);
    if (liesInVouch) {
      right[0] = static_cast<char>(right[0] ^ 1);
    }
    send("{" + quoted("type", "paired") + ", " +
         quoted("proof", hexOf(proof(agreed_, Role::Hub))) + ", " +
         quoted("vouch", hexOf(right)) + "}");
    return;
  }
  isVouched = !shown.empty();
  std::string answer = "{" + quoted("type", "waiting") + ", \"seconds\": 600";
  if (isVouched) {
    if (secret.empty() || shown != hexOf(vouch(secret, Role::Board))) {
      isVouched = false;
      fail("wrong_vouch", 4410, "This is not the secret.");
      return;
    }
    std::string right = vouch(secret, Role::Hub);
    if (liesInVouch) {
      right[0] = static_cast<char>(right[0] ^ 1);
    }
    answer += ", " + quoted("vouch", hexOf(right));
  }
  isWaiting = true;
  code = agreement.code;
  send(answer + "}");
}

void ScriptedHub::accept() {
  CHECK(isWaiting);
  isWaiting = false;
  key = agreed_;
  if (!isOpen_) {
    return; // it comes back and proves it
  }
  std::string right = proof(key, Role::Hub);
  if (lies) {
    right[0] = static_cast<char>(right[0] ^ 1);
  }
  send("{" + quoted("type", "paired") + ", " + quoted("proof", hexOf(right)) + "}");
}

void ScriptedHub::rotate() {
  isRotating_ = true;
  send("{" + quoted("type", "rotate") + "}");
}

std::string ScriptedHub::proof(const Bytes &key_, Role role) const {
  uint8_t result[DigestSize];
  CHECK(sensorboard::proof(Array<KeySize>(key_).data, role, id_.c_str(),
                           Array<NonceSize>(hubNonce_).data,
                           Array<NonceSize>(boardNonce_).data, result));
  return text(result);
}

std::string ScriptedHub::vouch(const Bytes &secret_, Role role) const {
  uint8_t result[DigestSize];
  const Array<DigestSize> said(transcript_);
  if (secret_.size() == KeySize) {
    sensorboard::vouch(Array<KeySize>(secret_).data, role, said.data, result);
  } else {
    sensorboard::vouch(Array<SecretSize>(secret_).data, role, said.data, result);
  }
  return text(result);
}
