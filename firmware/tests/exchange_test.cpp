// The handshake by itself: what each message leads to, in its turn and out of it.

#include <sensorboard/Handshake.h>

#include "FakeChip.h"
#include "ScriptedHub.h"
#include "check.h"
#include "json.h"

using sensorboard::Handshake;
using sensorboard::HandshakeEvent;
using sensorboard::Link;
using sensorboard::Message;

namespace sensorboard {

// For the checks' messages.
inline std::ostream &operator<<(std::ostream &out, HandshakeEvent event) {
  return out << "event " << static_cast<int>(event);
}

} // namespace sensorboard

namespace {

const std::string Key(32, 'k');
const char Secret[] = "wyjxtkn2qkm988k4c49mmkrrjn";

class MemoryLink : public Link {
public:
  MemoryLink() : Link(nullptr, 1) {}
  bool poll() override { return false; }
  bool isOpen() const override { return isTaking; }
  bool sendBegin(size_t length) override {
    announced = length;
    message.clear();
    return isTaking;
  }
  bool sendEnd() override {
    CHECK_EQUAL(message.size(), announced);
    return true;
  }
  void close(uint16_t) override {}
  size_t write(uint8_t byte) override {
    message += static_cast<char>(byte);
    return 1;
  }
  bool isTaking = true;
  size_t announced = 0;
  std::string message;
};

struct Board {
  explicit Board(const std::string &key = "") {
    chip() = FakeChip();
    chip().key = key;
    hub.key = key;
    handshake.begin();
  }

  void connect(bool isWithSame = true) {
    hub.ended();
    hub.connected();
    handshake.connected(isWithSame);
    say();
  }

  // What the board has to say, to the hub.
  void say() {
    link.message.clear();
    CHECK(handshake.send(link, about, nullptr));
    if (!link.message.empty()) {
      hub.receive(link.message);
    }
  }

  // Takes a message of whoever it is.
  HandshakeEvent take(const std::string &text) {
    std::string bytes = text;
    Message message;
    CHECK(message.read(&bytes[0], bytes.size()));
    return handshake.take(message);
  }

  // Takes the hub's next message, and answers it.
  HandshakeEvent next() {
    CHECK(!hub.outgoing.empty());
    if (hub.outgoing.empty()) {
      return HandshakeEvent::None;
    }
    latest = hub.outgoing.front();
    hub.outgoing.erase(hub.outgoing.begin());
    const HandshakeEvent event = take(latest);
    say();
    return event;
  }

  // Until it waits for a person.
  void pair(bool isWithSecret = false) {
    CHECK_EQUAL(next(), HandshakeEvent::Unknown);
    handshake.pair(isWithSecret);
    say();
    CHECK_EQUAL(next(), HandshakeEvent::None);
    CHECK_EQUAL(next(), HandshakeEvent::Waiting);
  }

  // Until the key is proven.
  void welcome() {
    connect();
    CHECK_EQUAL(next(), HandshakeEvent::None);
    CHECK_EQUAL(next(), HandshakeEvent::Welcomed);
  }

  bool remembers(const std::string &bytes) const {
    const std::string memory(reinterpret_cast<const char *>(&handshake),
                             sizeof(handshake));
    return memory.find(bytes) != std::string::npos;
  }

  Handshake handshake;
  ScriptedHub hub;
  MemoryLink link;
  const sensorboard::About about = {"Kitchen", nullptr, 5, false};
  std::string latest; // of the hub
};

std::string error(const std::string &code) {
  return "{\"type\":\"error\",\"code\":\"" + code + "\"}";
}

} // namespace

TEST(nonces_are_new_each_time) {
  Board board(Key);
  board.connect();
  const std::string first = member(board.hub.hello, "nonce");
  board.connect();
  CHECK_EQUAL(first.size(), 32u);
  CHECK(member(board.hub.hello, "nonce") != first);
}

TEST(pending_key_is_for_one_hub) {
  Board board;
  board.connect();
  board.pair();
  CHECK(board.handshake.isPending());
  board.connect(false);
  CHECK_EQUAL(board.next(), HandshakeEvent::Unknown);
  CHECK(board.handshake.isPending()); // it is kept for that one
  board.connect(true);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::Waiting);
}

TEST(stored_key_is_tried_after_the_pending_one) {
  Board board(Key);
  board.hub.key = "";
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::Unknown);
  board.handshake.pair(false);
  board.say();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::Waiting);
  board.hub.isWaiting = false;
  board.hub.key = Key;
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::None); // the pending key is proven
  CHECK_EQUAL(board.next(), HandshakeEvent::None); // and the stored one
  CHECK(!board.handshake.isPending());
  CHECK_EQUAL(board.next(), HandshakeEvent::Welcomed);
  CHECK_EQUAL(chip().stored, 0);
}

TEST(stored_key_makes_the_pending_one_needless) {
  Board board(Key);
  board.hub.key = "";
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  board.pair();
  const std::string code = board.hub.code;
  CHECK(board.remembers(code));
  board.hub.key = Key;
  board.connect(false);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::Welcomed);
  CHECK(!board.handshake.isPending());
  CHECK(!board.remembers(code)); // nor is there anything left of it
}

TEST(out_of_turn) {
  Board board(Key);
  board.handshake.pair(false);
  board.say();
  CHECK(board.hub.heard.empty());
  board.connect();
  // Nothing was proven yet.
  CHECK_EQUAL(board.take(error("unknown_board")), HandshakeEvent::None);
  CHECK_EQUAL(board.take(error("wrong_vouch")), HandshakeEvent::None);
  CHECK_EQUAL(board.take("{\"type\":\"rotate\"}"), HandshakeEvent::None);
  CHECK_EQUAL(board.take("{\"type\":\"waiting\"}"), HandshakeEvent::None);
  board.handshake.pair(false);
  board.say();
  CHECK_EQUAL(board.hub.heard.size(), 1u);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  const std::string challenge = board.latest;
  CHECK_EQUAL(board.take(challenge), HandshakeEvent::Broken);
}

TEST(welcome_out_of_turn) {
  Board board(Key);
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  const std::string welcome = board.hub.outgoing.front();
  CHECK_EQUAL(board.take(error("wrong_proof")), HandshakeEvent::Unknown);
  // First it does not know the board, then it does.
  CHECK_EQUAL(board.take(welcome), HandshakeEvent::Untrusted);
  board.welcome();
  // Another one says nothing new, whatever is in it.
  CHECK_EQUAL(board.take("{\"type\":\"welcome\"}"), HandshakeEvent::None);
  CHECK_EQUAL(board.take(error("unknown_board")), HandshakeEvent::None);
  CHECK_EQUAL(board.take("{\"type\":\"waiting\"}"), HandshakeEvent::None);
  CHECK_EQUAL(board.take("{\"type\":\"paired\"}"), HandshakeEvent::None);
  board.say();
  CHECK_EQUAL(board.hub.heard.size(), 4u);
}

TEST(vouch_is_needed_before_all) {
  Board board;
  CHECK(board.handshake.setSecret(Secret));
  board.hub.secret = Secret;
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::Unknown);
  board.handshake.pair(true);
  board.say();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  // Who has the key, and does not show that it has the secret.
  board.hub.outgoing.clear();
  board.hub.accept();
  CHECK_EQUAL(board.next(), HandshakeEvent::Unvouched);
  CHECK(!board.handshake.isPending());
  CHECK_EQUAL(chip().stored, 0);
}

TEST(vouch_does_not_wait_for_another_connection) {
  Board board;
  CHECK(board.handshake.setSecret(Secret));
  board.hub.secret = Secret;
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::Unknown);
  board.handshake.pair(true);
  board.say();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK(board.handshake.isPending());
  board.connect();
  CHECK(!board.handshake.isPending());
  board.hub.accept();
  CHECK_EQUAL(board.next(), HandshakeEvent::Unknown);
}

TEST(replaced) {
  Board board(Key);
  board.welcome();
  board.hub.rotate();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK(!board.handshake.isPending());
  CHECK(board.handshake.code() == nullptr);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK(board.handshake.code() == nullptr);
  CHECK(!board.handshake.isPending());
  CHECK_EQUAL(chip().stored, 0);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(chip().stored, 1);
  CHECK_EQUAL(board.next(), HandshakeEvent::Replaced);
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
  CHECK(!board.remembers(Key));
}

TEST(replaced_by_one_that_cannot_prove_it) {
  Board board(Key);
  board.welcome();
  board.hub.rotate();
  for (int i = 0; i < 3; i++) {
    CHECK_EQUAL(board.next(), HandshakeEvent::None);
  }
  CHECK_EQUAL(chip().stored, 1);
  CHECK_EQUAL(board.take("{\"type\":\"welcome\"}"), HandshakeEvent::Untrusted);
}

TEST(replaced_with_a_wrong_proof) {
  Board board(Key);
  board.welcome();
  board.hub.rotate();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  std::string paired = board.hub.outgoing.front();
  const size_t at = paired.find("\"proof\": \"") + 10;
  paired[at] = paired[at] == '0' ? '1' : '0';
  CHECK_EQUAL(board.take(paired), HandshakeEvent::Unvouched);
  CHECK_EQUAL(chip().stored, 0);
}

TEST(errors_while_it_is_replaced) {
  Board board(Key);
  CHECK(board.handshake.setSecret(Secret));
  board.welcome();
  board.hub.rotate();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  // Too early.
  CHECK_EQUAL(board.take("{\"type\":\"paired\"}"), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  // Such an error ends the exchange for Home Assistant, and nothing else; it has
  // nothing to do with the secret.
  CHECK_EQUAL(board.take(error("wrong_vouch")), HandshakeEvent::None);
  CHECK_EQUAL(board.take(error("wrong_commit")), HandshakeEvent::None);
  CHECK_EQUAL(hexOf(chip().key), hexOf(Key));
  board.welcome();
}

TEST(dropped_before_it_is_replaced) {
  Board board(Key);
  board.welcome();
  board.hub.rotate();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  const std::string paired = board.hub.outgoing.front();
  board.welcome(); // with the old key
  CHECK_EQUAL(board.take(paired), HandshakeEvent::None);
  CHECK_EQUAL(chip().stored, 0);
  // The same without agreeing on anything before the drop.
  board.hub.rotate();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  board.connect();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  board.hub.outgoing.clear();
  board.hub.key = "";
  CHECK_EQUAL(board.take(error("unknown_board")), HandshakeEvent::Unknown);
  board.handshake.pair(false);
  board.say();
  CHECK_EQUAL(board.next(), HandshakeEvent::None);
  CHECK_EQUAL(board.next(), HandshakeEvent::Waiting);
  CHECK_EQUAL(board.handshake.code(), board.hub.code);
}

TEST(link_that_is_busy) {
  Board board(Key);
  board.handshake.connected(false);
  board.link.isTaking = false;
  CHECK(!board.handshake.send(board.link, board.about, nullptr));
  CHECK_EQUAL(board.link.message, "");
  board.link.isTaking = true;
  CHECK(board.handshake.send(board.link, board.about, nullptr));
  CHECK_EQUAL(member(board.link.message, "type"), "hello");
  board.link.message.clear();
  CHECK(board.handshake.send(board.link, board.about, nullptr));
  CHECK_EQUAL(board.link.message, "");
}

TEST(no_secret_in_the_text) {
  Board board;
  CHECK(!board.handshake.setSecret("nothing"));
  CHECK(!board.handshake.hasSecret());
  CHECK(!board.handshake.setSecret(nullptr));
  CHECK(board.handshake.setSecret(Secret));
  CHECK(board.handshake.hasSecret());
}
