// How a board shows Home Assistant (the hub) who it is, and has it show the same; and
// how they agree on a key: section "Keys" of docs/protocol.md. It knows no network:
// messages go in and out.

#ifndef SENSORBOARD_HANDSHAKE_H
#define SENSORBOARD_HANDSHAKE_H

#include <Arduino.h>

#include "Hello.h"
#include "Keys.h"
#include "Link.h"
#include "Message.h"

namespace sensorboard {

// What a message has led to.
enum class HandshakeEvent : uint8_t {
  None,
  Unknown,     // the hub knows none of the board's keys: pair(), or leave
  Waiting,     // a person is to accept the board
  Paired,      // it is accepted, and has stored its new key
  Welcomed,    // both have proven their key
  Replaced,    // the key, by a new one
  SecretWrong, // so the hub says of the enrolment secret; it closes the connection
  Unvouched,   // the hub has not shown that it knows that secret, or the old key
  Untrusted,   // the hub's proof is wrong
  Broken,      // the hub does not speak the protocol
};

class Handshake {
public:
  Handshake();
  ~Handshake() { wipe(this, sizeof(*this)); }

  Handshake(const Handshake &) = delete;
  Handshake &operator=(const Handshake &) = delete;

  // Loads the id and the key.
  void begin();

  // That of an enrolment. False if the text is none.
  SENSORBOARD_CHECK bool setSecret(const char *text);

  // Begins with a new connection: hello is due. The key that waits for a person is
  // proven only to the hub that it was agreed on with.
  void connected(bool isWithSame);

  // Sends what is due. False if the link cannot take it now: to be called again.
  bool send(Link &link, const About &about, const uint8_t *mac);

  // Takes a message; others than those of this section have no effect. After Unvouched,
  // Untrusted and Broken the connection is to be closed, if it has not been welcomed
  // yet, and after Untrusted in any case.
  HandshakeEvent take(const Message &message);

  // Makes a key pair, which takes long on small boards; after Unknown. With the
  // enrolment secret no code is needed, but the hub must know it.
  void pair(bool isWithSecret);

  // Forgets the key that waits for a person: the pairing has ended.
  void forget();

  // Whether an error says that the hub does not know the board, or not its key.
  static bool isRefusal(const Message &message);

  const char *id() const { return id_; }
  bool hasKey() const { return hasKey_; }
  bool hasSecret() const { return hasSecret_; }

  // Whether a key waits for a person, and what that is to type; nullptr if nothing.
  bool isPending() const { return isFresh_ && !isReplacing_; }
  const char *code() const;

  // False if the latest key could not be stored: it is lost with a restart.
  bool isKept() const { return isKept_; }

private:
  enum class Step : uint8_t {
    Greeting,  // challenge is awaited
    Proving,   // welcome, or a refusal, or waiting
    Refused,   // pair() can be called
    Committed, // the hub's part of the exchange is awaited
    Revealed,  // waiting, or paired if the key is replaced
    Waiting,   // paired
    Idle,      // nothing is
  };
  enum class Due : uint8_t { Nothing, Hello, Proof, Pair, Reveal };

  static void write(Print &out, void *context);
  void write(Print &out) const;

  HandshakeEvent challenged(const Message &message);
  HandshakeEvent refused(const Message &message);
  HandshakeEvent agreed(const Message &message);
  HandshakeEvent waits(const Message &message);
  HandshakeEvent paired(const Message &message);
  HandshakeEvent welcomed(const Message &message);
  HandshakeEvent replaced(const Message &message);
  void prove(bool isFresh);
  void commit();
  bool isProof(const char *text, const uint8_t (&key)[KeySize]) const;
  void keep();

  char id_[MaxIdSize + 1];
  uint8_t key_[KeySize]; // the one that is stored
  uint8_t secret_[SecretSize];
  uint8_t nonce_[NonceSize], hubNonce_[NonceSize]; // of this connection

  // Of an exchange: the board's part of it, and what came of it.
  uint8_t privateKey_[KeySize], publicKey_[KeySize];
  uint8_t pairNonce_[NonceSize];
  Agreement fresh_;
  uint8_t hubVouch_[DigestSize]; // what the hub has to show

  uint8_t digest_[DigestSize]; // of the message that is due

  Step step_;
  Due due_;
  bool hasKey_;
  bool hasSecret_;
  bool isKept_;
  bool isResuming_;   // the fresh key can be proven over this connection
  bool isFreshUsed_;  // the latest proof was made with the fresh key
  bool isWelcomed_;   // over this connection
  bool isFresh_;      // a key was agreed on, and is not stored
  bool isReplacing_;  // and is to replace the one that is
  bool isConfirming_; // it has, and the hub is to prove it, too
  bool needsVouch_;   // the hub has to show that it knows the secret
};

} // namespace sensorboard

#endif
