// How a board proves who it is, and agrees on a key, over whole connections.

#include "networked_board.h"

namespace {

const std::string Home = "192.168.1.10:8123";
const std::string Key(32, 'k');
const char Secret[] = "wyjxtkn2qkm988k4c49mmkrrjn";

struct Board : NetworkedBoard {
  explicit Board(bool isSearched = false) {
    add(Home, hub);
    if (!isSearched) {
      connector.setAddress("192.168.1.10", 8123);
    }
  }
  ScriptedHub hub;
};

// A chip that was never used, or that has a key.
void newChip(const std::string &key = "") {
  chip() = FakeChip();
  chip().key = key;
}

} // namespace

TEST(board_with_key_is_welcomed) {
  newChip(Key);
  Board board;
  board.hub.key = Key;
  board.connector.begin();
  CHECK_EQUAL(board.connector.state(), ConnectorState::NoNetwork);
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.came.size(), 1u);
  CHECK(board.latest.type == MessageType::Welcome);
  CHECK_EQUAL(board.latest.time(), 1795255140u);
  CHECK_EQUAL(board.latest.offset(), 3600);
  CHECK_EQUAL(board.latest.interval(), 10);
  CHECK_EQUAL(board.said.size(), 2u);
  CHECK_EQUAL(member(board.hub.hello, "id"), chip().id);
  CHECK_EQUAL(member(board.hub.hello, "name"), "Kitchen");
  CHECK_EQUAL(member(board.hub.hello, "mac"), "a0b1c2d3e4f5");
  CHECK_EQUAL(board.request.substr(0, 32), "GET /api/arduino_sensor/ws HTTP/");
  CHECK_EQUAL(chip().stored, 0);
  CHECK(board.says("Connected to Home Assistant at 192.168.1.10:8123."));
}

TEST(new_board_pairs) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.connector.code(), board.hub.code);
  const std::string shown =
      board.hub.code.substr(0, 3) + " " + board.hub.code.substr(3);
  CHECK_EQUAL(board.count("Type this code in Home Assistant: " + shown), 1u);
  CHECK_EQUAL(chip().stored, 0);
  // It is shown again for who comes later.
  board.pass(61000);
  CHECK_EQUAL(board.count(shown), 2u);
  CHECK_EQUAL(chip().stored, 0);
  CHECK(board.came.empty());

  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
  CHECK_EQUAL(chip().stored, 1);
  CHECK(board.connector.code() == nullptr);
  CHECK_EQUAL(board.came.size(), 1u);
  CHECK_EQUAL(board.hub.connections, 1);
  CHECK(board.says("Added."));
}

TEST(key_outlives_a_restart) {
  newChip();
  ScriptedHub hub;
  {
    Board board;
    board.hubs[Home] = &hub;
    board.connector.begin();
    CHECK(board.reach(ConnectorState::Waiting));
    hub.accept();
    CHECK(board.reach(ConnectorState::Ready));
    board.hang();
  }
  Board board;
  board.hubs[Home] = &hub;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(chip().stored, 1);
}

// The same numbers as in the test vectors come out: tests/vectors/auth.json.
TEST(pairing_as_in_the_vectors) {
  newChip();
  chip().id = "greenhouse-esp32";
  Board board;
  board.connector.begin();
  // The first 32 bytes are those of a private key, and the 16 after them of the nonce.
  chip().random = {
      bytesOf("dc3373239d38261cd1a5c2f29af5a08ed8cb06b43a464031257102879c82e728"),
      bytesOf("a948f290dcd66608f3052365d182852d")};
  board.hub.isMute = true;
  // No nonce of 16 bytes may be asked for in between: they are for what follows.
  CHECK(board.until([&] { return board.said.size() == 1; }));
  board.hub.send("{\"type\": \"challenge\", \"nonce\": \"" + std::string(32, '0') +
                 "\"}");
  CHECK(board.until([&] { return board.said.size() == 2; }));
  CHECK_EQUAL(board.said[1],
              "{\"type\":\"pair\",\"id\":\"greenhouse-esp32\",\"commit\":"
              "\"e8ebf52fd53230e763b4279cff7de5535213aa1e00c25d745539b9b1e62aa381\"}");
  board.hub.send(
      "{\"type\": \"pair\", \"nonce\": \"d1daf6557875c612f7eb344f61991630\", \"key\": "
      "\"c1f515eafb6f188b4d2fdcadce80e3bb2a505e6054ac4c0db808aa8cacd4dd5a\"}");
  CHECK(board.until([&] { return board.said.size() == 3; }));
  CHECK_EQUAL(board.said[2],
              "{\"type\":\"reveal\",\"key\":"
              "\"88a2e33560778695ce4e6dcdf173e3461615d8d322172a8cf93cd49f41a3e77f\","
              "\"nonce\":\"a948f290dcd66608f3052365d182852d\"}");
  board.hub.send("{\"type\": \"waiting\", \"seconds\": 600}");
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.connector.code(), "160410");
}

TEST(private_key_does_not_stay) {
  newChip();
  const std::string privateKey = "A private key of thirty-two byte";
  const auto isThere = [&](const Board &board) {
    const std::string memory(reinterpret_cast<const char *>(&board.connector),
                             sizeof(board.connector));
    return memory.find(privateKey) != std::string::npos;
  };
  {
    Board board;
    board.connector.begin();
    chip().random = {privateKey};
    CHECK(board.until([&] { return isThere(board); }, 20000, 10));
    CHECK(board.reach(ConnectorState::Waiting));
    CHECK(!isThere(board));
  }
  // Nor that of an exchange that came to nothing.
  Board board;
  board.connector.begin();
  chip().random = {privateKey};
  CHECK(board.until([&] { return isThere(board); }, 20000, 10));
  board.hang();
  CHECK(board.until([&] { return board.hub.connections == 2; }, 20000, 10));
  CHECK(!isThere(board));
}

TEST(dropped_while_it_waits) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  const std::string code = board.hub.code;
  for (int i = 0; i < 3; i++) {
    board.hang();
    CHECK(board.until([&] { return board.hub.connections == i + 2; }));
    CHECK(board.reach(ConnectorState::Waiting));
    CHECK_EQUAL(board.connector.code(), code);
    CHECK_EQUAL(board.hub.heard.back(), "proof");
  }
  CHECK_EQUAL(chip().stored, 0);
  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
}

TEST(accepted_while_it_was_away) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  board.hang();
  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
  CHECK_EQUAL(chip().stored, 1);
  // What is proven is the key that is stored.
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(chip().stored, 1);
}

TEST(forgotten_while_it_was_away) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  const std::string code = board.hub.code;
  board.hub.isWaiting = false; // Home Assistant was restarted
  board.hang();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.code != code);
  CHECK_EQUAL(board.connector.code(), board.hub.code);
}

TEST(pairing_ends) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  const std::string code = board.hub.code;
  board.hub.isWaiting = false;
  board.hub.fail("pairing_ended", 4412, "Three wrong codes.");
  CHECK(board.until([&] { return board.hub.connections == 2; }));
  CHECK(board.says("Home Assistant: Three wrong codes."));
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.code != code);
  // It has not proven the key of the pairing that ended.
  CHECK_EQUAL(board.hub.heard[board.hub.heard.size() - 3], "hello");
}

TEST(liars_get_nothing) {
  newChip(Key);
  Board board;
  board.hub.key = Key;
  board.hub.lies = true;
  board.connector.begin();
  CHECK(board.until([&] { return board.hub.isWelcome; }));
  board.pass(30000);
  CHECK(board.came.empty());
  CHECK(board.says("is not this board's Home Assistant"));
  CHECK_EQUAL(board.hub.connections, 1);
  board.pass(60000);
  CHECK_EQUAL(board.hub.connections, 2);
  board.hub.lies = false;
  board.pass(150000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Ready);
}

TEST(paired_by_a_liar) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  board.hub.lies = true;
  board.hub.accept();
  board.pass(5000);
  CHECK_EQUAL(chip().stored, 0);
  CHECK(board.came.empty());
  CHECK_EQUAL(board.hub.heard.back(), "reveal");
}

TEST(nothing_counts_before_the_welcome) {
  newChip(Key);
  Board board;
  board.hub.isMute = true;
  board.connector.begin();
  CHECK(board.until([&] { return board.said.size() == 1; }));
  for (const char *message :
       {"{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}",
        "{\"type\":\"settings\",\"interval\":1}", "{\"type\":\"rotate\"}",
        "{\"type\":\"value\",\"key\":\"a\",\"value\":1}", "{\"type\":\"waiting\"}",
        "{\"type\":\"ack\",\"batch\":\"1\"}", "{\"type\":\"paired\"}",
        "{\"type\":\"pair\"}", "[1]", "nothing", "{}", "{\"type\":\"what\"}"}) {
    board.hub.send(message);
  }
  board.pass(3000);
  CHECK(board.came.empty());
  CHECK_EQUAL(board.connector.state(), ConnectorState::Proving);
  CHECK_EQUAL(board.said.size(), 1u);
}

TEST(welcome_without_a_proof) {
  for (const char *message :
       {"{\"type\":\"welcome\"}", "{\"type\":\"welcome\",\"proof\":\"\"}",
        "{\"type\":\"welcome\",\"proof\":\"00\"}",
        "{\"type\":\"challenge\",\"nonce\":\"00\"}", "{\"type\":\"challenge\"}"}) {
    newChip(Key);
    Board board;
    board.hub.isMute = true;
    board.connector.begin();
    CHECK(board.until([&] { return board.said.size() == 1; }));
    board.hub.send(message);
    board.pass(3000);
    CHECK(board.came.empty());
    CHECK_EQUAL(board.connector.state(), ConnectorState::Connecting);
    CHECK_EQUAL(board.hub.connections, 1);
  }
}

TEST(known_key_of_a_pairing_is_refused) {
  newChip();
  Board board;
  board.hub.isMute = true;
  board.connector.begin();
  CHECK(board.until([&] { return board.said.size() == 1; }));
  board.hub.send("{\"type\":\"challenge\",\"nonce\":\"" + std::string(32, '0') + "\"}");
  CHECK(board.until([&] { return board.said.size() == 2; }));
  // A key of low order: everybody would know what comes of it.
  board.hub.send("{\"type\":\"pair\",\"key\":\"" + std::string(64, '0') +
                 "\",\"nonce\":\"" + std::string(32, '0') + "\"}");
  board.pass(3000);
  CHECK_EQUAL(board.said.size(), 2u);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Connecting);
  CHECK(board.says("does not understand"));
}

TEST(mute_after_it_was_accepted) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  board.hub.accept();
  board.deliver();
  board.hub.isMute = true;
  CHECK(board.reach(ConnectorState::Proving));
  CHECK_EQUAL(chip().stored, 1);
  board.pass(70000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Proving);
  board.pass(6000);
  CHECK(board.connector.state() != ConnectorState::Proving);
  board.hub.isMute = false;
  CHECK(board.reach(ConnectorState::Ready));
}

// Nobody accepts it, and nobody ends it.
TEST(waiting_has_an_end) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  const std::string code = board.hub.code;
  board.pass(40 * 60000, 1000);
  board.hang();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.connector.code(), code);
  board.pass(23 * 60000, 1000);
  CHECK_EQUAL(board.connector.code(), code);
  board.hub.isWaiting = false;
  board.pass(3 * 60000, 1000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Waiting);
  CHECK(board.hub.code != code);
  CHECK_EQUAL(board.connector.code(), board.hub.code);
  CHECK_EQUAL(board.hub.heard.back(), "reveal");
  // Another pairing has its own time.
  const std::string second = board.hub.code;
  board.pass(30 * 60000, 1000);
  board.hang();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.connector.code(), second);
  // One that ended while the board was away is not proven any more.
  board.pass(30 * 60000, 1000);
  board.hubs.clear();
  board.hang();
  board.pass(10 * 60000, 1000);
  board.hubs[Home] = &board.hub;
  CHECK(board.reach(ConnectorState::Waiting, 70000));
  CHECK_EQUAL(board.hub.heard.back(), "reveal");
}

TEST(later_pairing_has_its_own_time) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  board.pass(60 * 60000, 1000);
  board.hub.isWaiting = false; // Home Assistant was restarted
  board.hang();
  CHECK(board.reach(ConnectorState::Waiting));
  board.pass(10 * 60000, 1000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Waiting);
  CHECK_EQUAL(board.hub.connections, 2);
}

TEST(mute_hub_is_left) {
  newChip(Key);
  Board board;
  board.hub.isMute = true;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Proving));
  board.pass(74000);
  CHECK_EQUAL(board.hub.connections, 1);
  board.pass(8000);
  CHECK_EQUAL(board.hub.connections, 2);
}

TEST(key_that_cannot_be_stored) {
  newChip();
  chip().canStore = false;
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK(board.says("could not be stored"));
  // Until the restart it is good.
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
}

TEST(deleted_board_offers_itself_again) {
  newChip(Key);
  Board board(true);
  board.hub.key = Key;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  board.hub.key = "";
  board.hang();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.says("does not know this board any more"));
  CHECK_EQUAL(hexOf(chip().key), hexOf(Key));
  // Until it is accepted, the old key is good.
  board.hub.key = Key;
  board.hub.isWaiting = false;
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(chip().stored, 0);
}

TEST(enrolled_with_a_secret) {
  newChip();
  Board board;
  board.connector.setSecret("WYJX-TKN2 QKM9 88K4-C49M MKRR JN");
  board.hub.secret = Secret;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.isVouched);
  CHECK(board.connector.code() == nullptr);
  CHECK(board.says("no code is needed"));
  CHECK(!board.says("Type this code"));
  // A drop changes nothing.
  board.hang();
  CHECK(board.until([&] { return board.hub.connections == 2; }));
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.hub.heard.back(), "proof");
  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
}

TEST(wrong_secret_leaves_the_code) {
  newChip();
  Board board;
  board.connector.setSecret(Secret);
  board.hub.secret = "abcdefghijkmnpqrstuvwxyz23";
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.says("The secret in the sketch is not"));
  CHECK(board.says("Home Assistant: This is not the secret."));
  CHECK_EQUAL(board.connector.code(), board.hub.code);
  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
}

TEST(hub_that_does_not_know_the_secret) {
  newChip();
  Board board;
  board.connector.setSecret(Secret);
  board.hub.secret = Secret;
  board.hub.liesInVouch = true;
  board.connector.begin();
  CHECK(board.until([&] { return board.hub.isVouched; }));
  board.pass(30000);
  CHECK_EQUAL(board.hub.connections, 1);
  CHECK(board.says("has not shown that it is this board's Home Assistant"));
  CHECK(!board.network.client_.isUp);
  // It cannot wait for the board to be in a hurry, either.
  board.hub.send("{\"type\":\"paired\"}");
  board.pass(60000);
  CHECK_EQUAL(chip().stored, 0);
  CHECK(board.came.empty());
}

// Who has the agreed key, but not the secret, must not get a board by letting the
// connection drop before it waits.
TEST(drop_before_the_vouch) {
  newChip();
  Board board;
  board.connector.setSecret(Secret);
  board.hub.secret = Secret;
  board.connector.begin();
  CHECK(board.until([&] { return board.hub.isVouched; }, 20000, 10));
  board.hub.outgoing.clear();
  board.hang(); // waiting was lost
  board.hub.accept();
  board.pass(10000);
  CHECK_EQUAL(board.hub.connections, 2);
  CHECK_EQUAL(board.hub.heard[board.hub.heard.size() - 2], "pair");
  CHECK_EQUAL(chip().stored, 0);
}

TEST(no_secret) {
  newChip();
  Board board;
  board.connector.setSecret("abc");
  board.connector.begin();
  CHECK(board.says("The secret in the sketch is none"));
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.connector.code(), board.hub.code);
}

TEST(key_is_replaced) {
  newChip(Key);
  Board board;
  board.hub.key = Key;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  board.hub.rotate();
  board.hub.send("{\"type\":\"settings\",\"interval\":7}");
  CHECK(board.until([&] { return board.hub.key != Key; }));
  board.pass(1000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Ready);
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
  CHECK_EQUAL(chip().stored, 1);
  // The conversation has not begun anew, and missed nothing.
  CHECK_EQUAL(board.came.size(), 2u);
  CHECK(board.came[1] == MessageType::Settings);
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.hub.connections, 2);
}

TEST(new_key_that_cannot_be_stored) {
  newChip(Key);
  chip().canStore = false;
  Board board;
  board.hub.key = Key;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK(!board.says("could not be stored"));
  board.hub.rotate();
  CHECK(board.until([&] { return board.hub.key != Key; }));
  CHECK(board.says("could not be stored"));
}

TEST(key_is_not_replaced_by_a_stranger) {
  newChip(Key);
  Board board;
  board.hub.key = Key;
  board.hub.liesInVouch = true;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  board.hub.rotate();
  board.pass(3000);
  CHECK_EQUAL(board.hub.heard.back(), "reveal");
  CHECK_EQUAL(chip().stored, 0);
  // The connection goes on, and another try is as good as the first.
  CHECK_EQUAL(board.connector.state(), ConnectorState::Ready);
  board.hub.liesInVouch = false;
  board.hub.rotate();
  CHECK(board.until([&] { return board.hub.key != Key; }));
  CHECK_EQUAL(hexOf(chip().key), hexOf(board.hub.key));
}

TEST(dropped_while_the_key_is_replaced) {
  newChip(Key);
  Board board;
  board.hub.key = Key;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  board.hub.rotate();
  CHECK(board.until([&] { return board.hub.heard.back() == "reveal"; }, 20000, 10));
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(hexOf(chip().key), hexOf(Key));
  // What was agreed on is not proven, and paired without a pairing is nothing.
  board.hub.send("{\"type\":\"paired\"}");
  board.pass(1000);
  CHECK_EQUAL(chip().stored, 0);
}

TEST(link_that_takes_nothing_for_a_while) {
  newChip();
  Board board;
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Proving));
  // Each message is sent once there is room, and once.
  board.network.client_.room = 0;
  board.pass(2000);
  CHECK(board.said.size() <= 1);
  board.network.client_.room = 100000;
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.said.size(), 3u);
}

// The sketch has delay(5000) in its loop. Home Assistant gives all this 60 s.
TEST(slow_sketch_pairs_and_proves) {
  for (bool isSearched : {false, true}) {
    newChip();
    Board board(isSearched);
    board.connector.begin();
    const uint32_t begun = now();
    CHECK(board.until([&] { return board.hub.connections == 1; }, 60000, 5000));
    const uint32_t connected = now();
    CHECK(board.reach(ConnectorState::Waiting, 60000, 5000));
    printf("  with delay(5000), %s: connected after %u s, waiting %u s later",
           isSearched ? "searching" : "at an address",
           static_cast<unsigned>(connected - begun) / 1000,
           static_cast<unsigned>(now() - connected) / 1000);
    CHECK(now() - connected <= 60000 - 20000); // with something to spare
    board.hub.accept();
    uint32_t since = now();
    CHECK(board.reach(ConnectorState::Ready, 60000, 5000));
    printf(", ready %u s after the code", static_cast<unsigned>(now() - since) / 1000);
    CHECK(now() - since <= 60000 - 20000);
    board.hang();
    since = now();
    CHECK(board.reach(ConnectorState::Ready, 60000, 5000));
    printf(", back %u s after a drop", static_cast<unsigned>(now() - since) / 1000);
    CHECK(now() - since <= 60000 - 20000);
    // It stays, with nobody answering pings in time but once per loop.
    board.pass(300000, 5000);
    CHECK_EQUAL(board.connector.state(), ConnectorState::Ready);
    CHECK_EQUAL(board.hub.connections, 2);
    board.hub.rotate();
    since = now();
    CHECK(board.until([&] { return chip().stored == 2; }, 60000, 5000));
    CHECK(now() - since <= 60000 - 20000);
    // A key that is not known any more: a refusal more.
    board.hub.key = "";
    board.hang();
    CHECK(board.until([&] { return board.hub.connections == 3; }, 60000, 5000));
    since = now();
    CHECK(board.reach(ConnectorState::Waiting, 60000, 5000));
    printf(", waiting %u s later with an old key\n",
           static_cast<unsigned>(now() - since) / 1000);
    CHECK(now() - since <= 60000 - 20000);
  }
}

TEST(sizes) {
  printf("  sizeof: NetworkConnector %zu, of it WebSocketLink %zu (stage %d), "
         "Handshake %zu, Hubs %zu, Search %zu\n",
         sizeof(NetworkConnector), sizeof(sensorboard::WebSocketLink),
         SENSORBOARD_STAGE_SIZE, sizeof(sensorboard::Handshake),
         sizeof(sensorboard::Hubs), sizeof(sensorboard::Search));
  CHECK(sizeof(NetworkConnector) <= 1700); // on this machine, whose pointers are long
}
