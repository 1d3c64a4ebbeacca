// How a board comes to Home Assistant over a network, and stays with it: finds it,
// connects, proves or pairs, and begins anew when the connection ends.

#ifndef SENSORBOARD_NETWORK_CONNECTOR_H
#define SENSORBOARD_NETWORK_CONNECTOR_H

#include <Arduino.h>

#include "Backoff.h"
#include "Connector.h"
#include "Handshake.h"
#include "Hello.h"
#include "Hubs.h"
#include "Message.h"
#include "Network.h"
#include "Search.h"
#include "Trouble.h"
#include "WebSocketLink.h"

namespace sensorboard {

class NetworkConnector : public Connector {
public:
  // Messages are received in the buffer: 512 bytes, or whatever longer messages the
  // board is to understand have. The search uses it, too. What is told about the board
  // can change until begin().
  NetworkConnector(Network &network, const About &about, char *buffer, size_t size);

  // Where Home Assistant is; without it, it is searched for. A path other than that of
  // the boards with keys is an address of the board's own: it needs no key. The texts
  // stay where they are.
  void setAddress(const char *host, uint16_t port, const char *path = nullptr);

  // That of "Add several boards", as a person has written it.
  void setSecret(const char *text);

  // Where it says, in plain words, what is wrong, and shows the code; nullptr: nowhere.
  void setMessages(Print *out) { trouble_.setOutput(out); }

  void begin() override;
  bool poll(Message &message) override;
  Link &link() override { return link_; }
  ConnectorState state() const override;
  bool canMiss() const override { return true; }
  bool ask() override { return link_.ask(); }
  bool isAnswered() override { return link_.isAnswered(); }
  void end() override;

  // What a person is to type into Home Assistant now, six digits; nullptr if nothing
  // is.
  const char *code() const;

private:
  enum class Phase : uint8_t {
    Resting,   // until it is time for the next try
    Searching, // for Home Assistant
    Opening,   // a connection
    Proving,   // or agreeing on a key
    Waiting,   // for a person
    Ready,
    Leaving, // saying goodbye
  };

  static uint32_t now() { return static_cast<uint32_t>(millis()); }
  uint32_t elapsed() const { return now() - since_; }
  bool isSearched() const { return host_ == nullptr; }
  bool hasSecretFor() const {
    return handshake_.hasSecret() && !hubs_.is(Hubs::Secretless);
  }

  bool isNetworkUp();
  void enter(Phase phase);
  void rest(uint32_t pause);

  // Whom to try, and when.
  void beginRound();
  void search();
  void next();
  bool mayPairAnew() const;
  void connect();
  void leave(uint32_t pause);
  void ended();
  uint32_t explain();

  // What is said over a connection.
  bool converse(Message &message);
  void send();
  bool take(const Message &message);
  bool act(HandshakeEvent event);
  void refused();
  bool mayPair() const;
  void wait();
  bool welcome();
  bool isOverdue(Message &message);
  void forgetPairing();

  Network &network_;
  const About &about_;
  char *const buffer_;
  const size_t size_;
  const char *host_;
  const char *path_;

  WebSocketLink link_;
  Handshake handshake_;
  Search search_;
  Hubs hubs_;
  Backoff backoff_;
  Trouble trouble_;

  // All times are those of millis(), or in ms.
  uint32_t since_;        // the phase is what it is
  uint32_t pause_;        // how long it rests
  uint32_t roundPause_;   // the shortest that one of this round has asked for
  uint32_t leavePause_;   // because of which the board leaves
  uint32_t shownAt_;      // the code
  uint32_t waitsSince_;   // a person is to accept it
  uint32_t refusedSince_; // nobody knows its key

  uint8_t mac_[6];
  Phase phase_;
  bool hasMac_;
  bool isUp_;
  bool isKeyless_;     // the address is the board's own
  bool isHelloDue_;    // at such an address
  bool isInRound_;     // there may be others to try
  bool isSearchDue_;   // before the next round
  bool isPairing_;     // the round's second half: with those that know no key of it
  bool isRefused_;     // see refusedSince_
  bool isSecretWrong_; // it is none
};

} // namespace sensorboard

#endif
