#include "Config.h"

// A board that is so small has no network.
#if !SENSORBOARD_IS_SMALL

#include "Handshake.h"

#include <string.h>

#include "Chip.h"
#include "Json.h"

namespace sensorboard {

Handshake::Handshake()
    : id_(), key_(), secret_(), nonce_(), hubNonce_(), privateKey_(), publicKey_(),
      pairNonce_(), hubVouch_(), digest_(), step_(Step::Idle), due_(Due::Nothing),
      hasKey_(false), hasSecret_(false), isKept_(true), isResuming_(false),
      isFreshUsed_(false), isWelcomed_(false), isFresh_(false), isReplacing_(false),
      isConfirming_(false), needsVouch_(false) {}

void Handshake::begin() {
  boardId(id_);
  hasKey_ = loadKey(key_);
}

bool Handshake::setSecret(const char *text) {
  hasSecret_ = text != nullptr && readSecret(text, secret_);
  return hasSecret_;
}

void Handshake::connected(bool isWithSame) {
  // Nobody has vouched for this key yet, and over another connection nobody would.
  if (isReplacing_ || needsVouch_) {
    forget();
  }
  wipe(privateKey_, sizeof(privateKey_));
  randomBytes(nonce_, sizeof(nonce_));
  step_ = Step::Greeting;
  due_ = Due::Hello;
  isResuming_ = isWithSame && isFresh_;
  isFreshUsed_ = isWelcomed_ = isConfirming_ = false;
}

bool Handshake::send(Link &link, const About &about, const uint8_t *mac) {
  if (due_ == Due::Nothing) {
    return true;
  }
  const bool isSent = due_ == Due::Hello ? sendHello(link, about, id_, nonce_, mac)
                                         : link.send(write, this);
  if (isSent) {
    due_ = Due::Nothing;
  }
  return isSent;
}

void Handshake::write(Print &out, void *context) {
  static_cast<const Handshake *>(context)->write(out);
}

void Handshake::write(Print &out) const {
  JsonWriter json(out);
  json.beginObject().key(F("type"));
  if (due_ == Due::Proof) {
    json.text(F("proof")).key(F("proof")).hex(digest_, sizeof(digest_));
  } else if (due_ == Due::Pair) {
    json.text(F("pair")).key(F("id")).text(id_);
    json.key(F("commit")).hex(digest_, sizeof(digest_));
  } else {
    json.text(F("reveal")).key(F("key")).hex(publicKey_, sizeof(publicKey_));
    json.key(F("nonce")).hex(pairNonce_, sizeof(pairNonce_));
    if (needsVouch_) {
      json.key(F("vouch")).hex(digest_, sizeof(digest_));
    }
  }
  json.endObject();
}

HandshakeEvent Handshake::take(const Message &message) {
  switch (message.type) {
  case MessageType::Challenge:
    return challenged(message);
  case MessageType::Error:
    return refused(message);
  case MessageType::Pair:
    return agreed(message);
  case MessageType::Waiting:
    return waits(message);
  case MessageType::Paired:
    return isReplacing_ ? replaced(message) : paired(message);
  case MessageType::Welcome:
    return welcomed(message);
  case MessageType::Rotate:
    if (isWelcomed_) {
      commit();
      isReplacing_ = true;
    }
    return HandshakeEvent::None;
  default:
    return HandshakeEvent::None;
  }
}

HandshakeEvent Handshake::challenged(const Message &message) {
  if (step_ != Step::Greeting ||
      !fromHex(message.nonce, strlen(message.nonce), hubNonce_)) {
    return HandshakeEvent::Broken;
  }
  if (isResuming_ || hasKey_) {
    prove(isResuming_);
    return HandshakeEvent::None;
  }
  step_ = Step::Refused;
  return HandshakeEvent::Unknown;
}

HandshakeEvent Handshake::refused(const Message &message) {
  if (isWelcomed_) {
    return HandshakeEvent::None;
  }
  if (JsonReader::same(message.code, F("wrong_vouch")) && needsVouch_) {
    forget();
    return HandshakeEvent::SecretWrong;
  }
  if (step_ != Step::Proving || !isRefusal(message)) {
    return HandshakeEvent::None;
  }
  if (isFreshUsed_) {
    // Nobody waits for it any more. The one from before may still be good.
    forget();
    if (hasKey_) {
      prove(false);
      return HandshakeEvent::None;
    }
  }
  step_ = Step::Refused;
  return HandshakeEvent::Unknown;
}

bool Handshake::isRefusal(const Message &message) {
  return JsonReader::same(message.code, F("unknown_board")) ||
         JsonReader::same(message.code, F("wrong_proof"));
}

void Handshake::pair(bool isWithSecret) {
  if (step_ != Step::Refused) {
    return;
  }
  commit();
  needsVouch_ = isWithSecret && hasSecret_;
}

// Begins an exchange: the digest ties the board to a key that it does not show yet.
void Handshake::commit() {
  forget();
  randomBytes(privateKey_, sizeof(privateKey_));
  randomBytes(pairNonce_, sizeof(pairNonce_));
  x25519PublicKey(privateKey_, publicKey_);
  commitment(publicKey_, pairNonce_, digest_);
  step_ = Step::Committed;
  due_ = Due::Pair;
}

HandshakeEvent Handshake::agreed(const Message &message) {
  if (step_ != Step::Committed) {
    return HandshakeEvent::None;
  }
  uint8_t hubKey[KeySize], hubNonce[NonceSize], said[DigestSize];
  const bool isRight =
      fromHex(message.key, strlen(message.key), hubKey) &&
      fromHex(message.nonce, strlen(message.nonce), hubNonce) &&
      transcript(id_, hubKey, publicKey_, hubNonce, pairNonce_, said) &&
      agree(privateKey_, hubKey, said, fresh_);
  wipe(privateKey_, sizeof(privateKey_));
  if (!isRight) {
    forget();
    step_ = Step::Idle;
    return HandshakeEvent::Broken;
  }
  isFresh_ = true;
  if (isReplacing_) {
    needsVouch_ = true;
    vouch(key_, Role::Board, said, digest_);
    vouch(key_, Role::Hub, said, hubVouch_);
  } else if (needsVouch_) {
    vouch(secret_, Role::Board, said, digest_);
    vouch(secret_, Role::Hub, said, hubVouch_);
  }
  step_ = Step::Revealed;
  due_ = Due::Reveal;
  return HandshakeEvent::None;
}

HandshakeEvent Handshake::waits(const Message &message) {
  if (isWelcomed_ || !isFresh_ ||
      (step_ != Step::Revealed && !(step_ == Step::Proving && isFreshUsed_))) {
    return HandshakeEvent::None;
  }
  if (needsVouch_) {
    uint8_t shown[DigestSize];
    if (!fromHex(message.vouch, strlen(message.vouch), shown) ||
        !sameSecret(shown, hubVouch_)) {
      forget();
      step_ = Step::Idle;
      return HandshakeEvent::Unvouched;
    }
    needsVouch_ = false;
    fresh_.code[0] = '\0'; // nobody has to type it
  }
  step_ = Step::Waiting;
  return HandshakeEvent::Waiting;
}

HandshakeEvent Handshake::paired(const Message &message) {
  if (isWelcomed_ || !isFresh_ || (step_ != Step::Waiting && step_ != Step::Revealed)) {
    return HandshakeEvent::None;
  }
  if (needsVouch_) {
    forget();
    step_ = Step::Idle;
    return HandshakeEvent::Unvouched;
  }
  if (!isProof(message.proof, fresh_.key)) {
    step_ = Step::Idle;
    return HandshakeEvent::Untrusted;
  }
  keep();
  prove(false);
  return HandshakeEvent::Paired;
}

HandshakeEvent Handshake::welcomed(const Message &message) {
  if (isWelcomed_) {
    // Another one comes only after the key has been replaced.
    if (!isConfirming_) {
      return HandshakeEvent::None;
    }
    isConfirming_ = false;
    return isProof(message.proof, key_) ? HandshakeEvent::Replaced
                                        : HandshakeEvent::Untrusted;
  }
  const bool isAwaited =
      step_ == Step::Proving || (step_ == Step::Waiting && isFreshUsed_);
  if (!isAwaited || !isProof(message.proof, isFreshUsed_ ? fresh_.key : key_)) {
    step_ = Step::Idle;
    return HandshakeEvent::Untrusted;
  }
  if (isFreshUsed_) {
    // The board was accepted while it was not connected.
    keep();
  } else {
    forget();
  }
  step_ = Step::Idle;
  isWelcomed_ = true;
  return HandshakeEvent::Welcomed;
}

HandshakeEvent Handshake::replaced(const Message &message) {
  if (step_ != Step::Revealed) {
    return HandshakeEvent::None;
  }
  uint8_t shown[DigestSize];
  step_ = Step::Idle;
  if (!fromHex(message.vouch, strlen(message.vouch), shown) ||
      !sameSecret(shown, hubVouch_) || !isProof(message.proof, fresh_.key)) {
    forget();
    return HandshakeEvent::Unvouched;
  }
  keep();
  prove(false);
  isConfirming_ = true;
  return HandshakeEvent::None;
}

void Handshake::prove(bool isFresh) {
  isFreshUsed_ = isFresh;
  step_ = Step::Proving;
  // The id has been checked: without one there is no board.
  due_ =
      proof(isFresh ? fresh_.key : key_, Role::Board, id_, hubNonce_, nonce_, digest_)
          ? Due::Proof
          : Due::Nothing;
}

bool Handshake::isProof(const char *text, const uint8_t (&key)[KeySize]) const {
  uint8_t shown[DigestSize], right[DigestSize];
  return fromHex(text, strlen(text), shown) &&
         proof(key, Role::Hub, id_, hubNonce_, nonce_, right) &&
         sameSecret(shown, right);
}

void Handshake::keep() {
  memcpy(key_, fresh_.key, sizeof(key_));
  hasKey_ = true;
  isKept_ = storeKey(key_);
  forget();
}

void Handshake::forget() {
  fresh_.clear();
  wipe(privateKey_, sizeof(privateKey_));
  isFresh_ = isReplacing_ = needsVouch_ = isResuming_ = isFreshUsed_ = false;
}

const char *Handshake::code() const {
  return isPending() && fresh_.code[0] != '\0' ? fresh_.code : nullptr;
}

} // namespace sensorboard

#endif
