// Whom a board talks to, when it tries again, and what it says about that.

#include <sensorboard/PlainNetwork.h>

#include <map>
#include <set>

#include "networked_board.h"

using sensorboard::Backoff;

namespace {

const std::string Home = "192.168.1.10:8123";
const std::string Other = "192.168.1.20:80";
const std::string Key(32, 'k');

void newChip(const std::string &key) {
  chip() = FakeChip();
  chip().key = key;
}

struct Board : NetworkedBoard {
  explicit Board(const std::string &key = Key) {
    newChip(key);
    hub.key = Key;
  }
  // At an address that the sketch gives.
  void beginAt(const char *path = nullptr) {
    add(Home, hub, false);
    connector.setAddress("192.168.1.10", 8123, path);
    connector.begin();
  }
  ScriptedHub hub{"home"}, other{"other"};
};

} // namespace

TEST(pauses) {
  newChip("");
  Backoff backoff;
  bool differs = false;
  for (int round = 0; round < 50; round++) {
    uint32_t most = 2000;
    for (int i = 0; i < 12; i++) {
      const uint32_t pause = backoff.pause();
      CHECK(pause >= most / 2);
      CHECK(pause <= most);
      differs = differs || (pause != most / 2 && pause != most);
      most = most < 30000 ? 2 * most : 60000;
    }
    backoff.reset();
  }
  CHECK(differs);
}

// Boards that lose Home Assistant at the same moment do not come back at the same one.
TEST(first_pauses) {
  newChip("");
  std::set<uint32_t> pauses;
  for (int i = 0; i < 100; i++) {
    Backoff backoff;
    pauses.insert(backoff.pause());
  }
  CHECK(pauses.size() > 50);
  CHECK(*pauses.begin() >= 1000);
  CHECK(*pauses.rbegin() <= 2000);
}

TEST(found_by_search) {
  Board board;
  board.add(Home, board.hub);
  board.connector.begin();
  CHECK_EQUAL(board.network.begun, 1);
  board.loop(100);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Searching);
  CHECK(board.reach(ConnectorState::Ready, 2000));
  CHECK_EQUAL(board.network.udp_.questions.size(), 1u);
  CHECK_EQUAL(board.network.udp_.port, 0); // it does not listen any more
  CHECK_EQUAL(
      board.request.find("\r\nHost: 192.168.1.10:8123\r\n") != std::string::npos, true);
}

TEST(nobody_answers_the_search) {
  Board board;
  board.connector.begin();
  board.pass(4000);
  CHECK(!board.says("mDNS"));
  board.pass(3000);
  CHECK(board.says("No answer to mDNS on this network: give the address in begin()."));
  CHECK_EQUAL(board.connector.state(), ConnectorState::Searching);
  board.pass(200000);
  CHECK_EQUAL(board.count("No answer to mDNS"), 1u);
  board.pass(200000);
  CHECK_EQUAL(board.count("No answer to mDNS"), 2u);
  // Seldom, at last.
  const size_t before = board.network.udp_.questions.size();
  board.pass(300000);
  const size_t asked = board.network.udp_.questions.size() - before;
  CHECK(asked >= 12);
  CHECK(asked <= 30);
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Ready, 70000));
}

TEST(search_is_hasty_only_once) {
  Board board;
  board.add(Other, board.other);
  board.hubs[Home] = &board.hub;
  board.slow = {Home};
  board.connector.begin();
  CHECK(board.until([&] { return board.other.connections == 1; }, 300));
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.tried().back(), Home);
}

TEST(no_search_for_one_that_was_there) {
  Board board;
  board.connector.begin();
  board.pass(20000); // the search comes to nothing at first
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Ready, 70000));
  const size_t asked = board.network.udp_.questions.size();
  const uint32_t since = now();
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK(now() - since >= 1000);
  CHECK_EQUAL(board.network.udp_.questions.size(), asked);
}

TEST(one_that_is_not_there_is_not_waited_for_longer) {
  // Whoever of the two is tried last.
  for (bool isLast : {false, true}) {
    Board board;
    board.other.error = "board_ignored";
    board.other.close = 4403;
    board.add(isLast ? Home : Other, board.other);
    board.announced.push_back(isLast ? Other : Home);
    if (isLast) {
      std::swap(board.announced[0], board.announced[1]);
    }
    board.connector.begin();
    board.pass(30000);
    CHECK(board.other.connections >= 3);
  }
}

TEST(no_udp) {
  Board board;
  board.network.hasUdp = false;
  board.connector.begin();
  board.pass(10000);
  CHECK(board.says("This network cannot be searched"));
  CHECK(board.tried().empty());
}

TEST(given_address_needs_no_search) {
  Board board;
  board.beginAt();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK(board.network.udp_.questions.empty());
  CHECK(board.request.find("\r\nHost: 192.168.1.10:8123\r\n") != std::string::npos);
  // Nor does it help if nobody is there.
  board.remove(Home);
  board.add(Other, board.hub);
  board.pass(300000);
  CHECK(board.network.udp_.questions.empty());
  CHECK(board.connector.state() == ConnectorState::Connecting);
  CHECK_EQUAL(board.count("Nobody answers at 192.168.1.10:8123."), 1u);
}

TEST(pauses_get_longer_until_the_welcome) {
  Board board;
  board.beginAt();
  board.remove(Home);
  board.pass(600000);
  // 2, 4, 8 … 32 s at most, then at most a minute, and never less than half of it.
  CHECK(board.tried().size() >= 14);
  CHECK(board.tried().size() <= 26);
  board.add(Home, board.hub, false);
  board.hub.error = "board_disabled";
  board.hub.close = 1012;
  CHECK(board.until([&] { return board.hub.connections == 1; }, 70000));
  // To be let in, and sent away again, is no reason to hurry.
  board.pass(25000);
  CHECK_EQUAL(board.hub.connections, 1);
  board.hub.error = "";
  CHECK(board.reach(ConnectorState::Ready, 70000));
  board.hang();
  CHECK(board.reach(ConnectorState::Ready, 2500));
}

TEST(moved_to_another_address) {
  Board board;
  board.add(Home, board.hub);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  board.remove(Home);
  board.add("192.168.1.77:8124", board.hub);
  CHECK(board.reach(ConnectorState::Connecting));
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.tried().back(), "192.168.1.77:8124");
}

TEST(restarts_at_the_same_address) {
  Board board;
  board.add(Home, board.hub);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready));
  board.remove(Home);
  board.pass(90000);
  CHECK_EQUAL(board.count("No answer to mDNS"), 0u); // it is known where it was
  CHECK_EQUAL(board.count("Nobody answers"), 1u);
  board.add(Home, board.hub, false); // mDNS is slower
  CHECK(board.reach(ConnectorState::Ready, 70000));
}

TEST(goes_to_the_one_that_knows_it) {
  Board board;
  board.add(Other, board.other);
  board.add(Home, board.hub);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready, 30000));
  CHECK_EQUAL(board.tried().back(), Home);
  CHECK(board.other.heard.size() <= 2); // hello, proof, and no pairing
  // Next time it goes there at once.
  const size_t before = board.tried().size();
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.tried().size(), before + 1);
  CHECK_EQUAL(board.tried().back(), Home);
}

// While its Home Assistant restarts, another one that has never heard of it must not
// get it; and with it nobody who only claims to be one.
TEST(is_loyal) {
  Board board;
  board.add(Home, board.hub);
  board.add(Other, board.other);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Ready, 30000));
  board.remove(Home);
  board.pass(150000);
  CHECK(board.other.connections > 1);
  for (const std::string &type : board.other.heard) {
    CHECK(type == "hello" || type == "proof");
  }
  CHECK(board.says("192.168.1.20:80 does not know this board's key."));
  CHECK_EQUAL(hexOf(chip().key), hexOf(Key));
  CHECK(!board.says("This is not the key.")); // it is said in other words
  CHECK(!board.says("Home Assistant: "));
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Ready, 70000));
  CHECK_EQUAL(board.tried().back(), Home);
  // Each time anew.
  board.remove(Home);
  board.pass(150000);
  CHECK(!board.other.isWaiting);
}

// Nobody has refused it for so long without an end.
TEST(is_loyal_from_the_latest_refusal_on) {
  Board board;
  board.add(Other, board.other);
  board.connector.begin();
  board.pass(100000);
  board.remove(Other);
  board.pass(120000);
  board.add(Other, board.other);
  board.pass(150000);
  CHECK(!board.other.isWaiting);
  CHECK(board.reach(ConnectorState::Waiting, 180000));
}

TEST(loyalty_does_not_begin_anew_with_each_try) {
  Board board;
  board.add(Other, board.other);
  board.other.pairError = "already_connected";
  board.other.pairClose = 4408;
  board.connector.begin();
  CHECK(board.until([&] { return board.says("Not now."); }, 300000));
  board.other.pairError = "";
  CHECK(board.reach(ConnectorState::Waiting, 130000));
}

TEST(is_loyal_after_a_restart) {
  Board board;
  board.add(Other, board.other);
  board.connector.begin();
  board.pass(170000);
  CHECK(board.other.connections > 1);
  for (const std::string &type : board.other.heard) {
    CHECK(type == "hello" || type == "proof");
  }
  // Nobody else comes: Home Assistant was set up anew, or the board was given away.
  CHECK(board.reach(ConnectorState::Waiting, 120000));
  CHECK_EQUAL(board.connector.code(), board.other.code);
  CHECK_EQUAL(hexOf(chip().key), hexOf(Key));
}

TEST(finds_home_while_it_waits_elsewhere) {
  Board board;
  board.add(Other, board.other);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting, 300000));
  const std::string code = board.other.code;
  // Another one that does not know the board changes nothing.
  ScriptedHub third("third");
  board.add("192.168.1.30:8123", third);
  board.pass(130000);
  CHECK(third.connections > 0);
  // It has looked around, and waits again with the same code.
  CHECK(board.reach(ConnectorState::Waiting, 30000));
  CHECK_EQUAL(board.connector.code(), code);
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Ready, 200000));
  CHECK_EQUAL(board.tried().back(), Home);
  CHECK_EQUAL(chip().stored, 0);
}

TEST(new_board_offers_itself_to_one_and_then_another) {
  Board board("");
  board.hub.key = "";
  board.add(Home, board.hub);
  board.add(Other, board.other);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.isWaiting != board.other.isWaiting);
  ScriptedHub &first = board.hub.isWaiting ? board.hub : board.other;
  ScriptedHub &second = board.hub.isWaiting ? board.other : board.hub;
  // A drop does not make it go elsewhere, or search.
  const size_t asked = board.network.udp_.questions.size();
  board.hang();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK_EQUAL(board.network.udp_.questions.size(), asked);
  CHECK(first.isWaiting);
  CHECK_EQUAL(second.connections, 0);
  // Ten minutes later.
  first.isWaiting = false;
  first.fail("pairing_ended", 4412, "Nobody accepted this board in time.");
  CHECK(board.until([&] { return second.isWaiting; }));
  second.accept();
  CHECK(board.reach(ConnectorState::Ready));
}

// It has nowhere else to go.
TEST(waits_without_looking_around) {
  {
    Board board("");
    board.hub.key = "";
    board.add(Home, board.hub);
    board.connector.begin();
    CHECK(board.reach(ConnectorState::Waiting));
    board.pass(300000);
    CHECK_EQUAL(board.hub.connections, 1);
  }
  {
    Board board; // it was deleted
    board.add(Home, board.hub);
    board.connector.begin();
    CHECK(board.reach(ConnectorState::Ready));
    board.hub.key = "";
    board.hang();
    CHECK(board.reach(ConnectorState::Waiting));
    board.pass(300000);
    CHECK_EQUAL(board.hub.connections, 2);
  }
  Board board; // the address was given
  board.hub.key = "";
  board.beginAt();
  CHECK(board.reach(ConnectorState::Waiting));
  board.pass(300000);
  CHECK_EQUAL(board.hub.connections, 1);
}

// With a key, and nobody there for whom it has it.
TEST(offers_itself_to_nobody_while_it_waits_for_one) {
  Board board;
  board.add(Other, board.other);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting, 300000));
  ScriptedHub third("third");
  board.add("192.168.1.30:8123", third);
  board.remove(Other);
  board.pass(600000);
  CHECK(third.connections > 3);
  CHECK(!third.isWaiting);
  CHECK(third.connections < 30);
  board.add(Other, board.other);
  CHECK(board.reach(ConnectorState::Waiting, 70000));
  CHECK_EQUAL(board.other.heard.back(), "proof");
}

TEST(stays_where_it_waits_while_that_restarts) {
  Board board("");
  board.hub.key = "";
  board.add(Home, board.hub);
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  board.add(Other, board.other);
  board.remove(Home);
  board.pass(120000);
  CHECK_EQUAL(board.other.connections, 0);
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Waiting, 70000));
  CHECK_EQUAL(board.hub.heard.back(), "proof");
}

TEST(secret_finds_the_one_that_gave_it) {
  Board board("");
  board.hub.key = "";
  board.hub.secret = "wyjxtkn2qkm988k4c49mmkrrjn";
  board.add(Other, board.other);
  board.add(Home, board.hub);
  board.connector.setSecret("wyjxtkn2qkm988k4c49mmkrrjn");
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.isVouched);
  CHECK(!board.other.isWaiting);
}

TEST(secret_is_good_for_a_board_with_an_old_key) {
  Board board;
  board.hub.key = "";
  board.hub.secret = "wyjxtkn2qkm988k4c49mmkrrjn";
  board.add(Home, board.hub);
  board.connector.setSecret("wyjxtkn2qkm988k4c49mmkrrjn");
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.isVouched);
}

TEST(secret_finds_the_one_that_comes_later) {
  Board board("");
  board.hub.key = "";
  board.hub.secret = "wyjxtkn2qkm988k4c49mmkrrjn";
  board.add(Other, board.other);
  board.connector.setSecret("wyjxtkn2qkm988k4c49mmkrrjn");
  board.connector.begin();
  CHECK(board.until([&] { return board.says("The secret in the sketch is not"); }));
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Waiting));
  CHECK(board.hub.isVouched);
  CHECK(!board.other.isWaiting);
}

TEST(secret_of_nobody_here) {
  Board board("");
  board.hub.key = "";
  board.add(Other, board.other);
  board.add(Home, board.hub);
  board.connector.setSecret("wyjxtkn2qkm988k4c49mmkrrjn");
  board.connector.begin();
  CHECK(board.reach(ConnectorState::Waiting, 60000));
  CHECK(board.connector.code() != nullptr);
}

// There is room for four of those that answer. All get their turn.
TEST(many_answers) {
  Board board;
  for (int i = 30; i < 40; i++) {
    board.add("192.168.1." + std::to_string(i) + ":8123", board.other);
  }
  board.other.error = "board_ignored";
  board.other.close = 4403;
  board.connector.begin();
  board.pass(60000);
  CHECK(board.tried().size() >= 4);
  board.pass(3600000);
  std::map<std::string, int> times;
  for (const std::string &place : board.tried()) {
    times[place]++;
  }
  CHECK_EQUAL(times.size(), 10u);
  for (const auto &one : times) {
    CHECK(one.second >= 2);
  }
}

// The one that knows the board comes home, also if it is the last of many to answer.
TEST(last_of_many_answers) {
  for (int others : {4, 5, 9, 15}) {
    Board board;
    for (int i = 0; i < others; i++) {
      board.add("192.168.1." + std::to_string(30 + i) + ":8123", board.other);
    }
    board.add(Home, board.hub);
    board.connector.begin();
    CHECK(board.reach(ConnectorState::Ready, 120000));
    CHECK_EQUAL(board.hub.connections, 1);
  }
}

TEST(two_with_one_id) {
  Board board;
  board.beginAt();
  CHECK(board.reach(ConnectorState::Ready));
  board.hub.fail("replaced", 4409, "A newer connection is used.");
  CHECK(board.reach(ConnectorState::Connecting));
  // In Home Assistant's words while the connection was ready: the conversation's part.
  CHECK(board.came.back() == MessageType::Error);
  CHECK(board.says("are there two with the same"));
  CHECK(!board.says("A newer connection is used."));
  board.pass(59000);
  CHECK_EQUAL(board.hub.connections, 1);
  board.pass(4000);
  CHECK_EQUAL(board.hub.connections, 2);
}

TEST(sent_away) {
  struct {
    const char *error;
    uint16_t close;
    uint32_t least;
  } cases[] = {{"board_disabled", 4401, 60},
               {"board_ignored", 4403, 60},
               {"already_connected", 4408, 60},
               {"too_many_waiting", 4413, 180},
               {"handshake_timeout", 4410, 1},
               {"invalid_hello", 4410, 1},
               {"stops", 1001, 1}};
  for (const auto &one : cases) {
    Board board;
    board.hub.error = one.error;
    board.hub.close = one.close;
    board.beginAt();
    CHECK(board.until([&] { return board.hub.connections == 1; }));
    const uint32_t since = now();
    CHECK(board.until([&] { return board.hub.connections == 2; }, 300000));
    const uint32_t pause = now() - since;
    CHECK(pause >= 1000 * one.least);
    CHECK(pause <= 1000 * one.least + 3000);
    CHECK(board.says("Home Assistant: That is why.\r\n"));
    CHECK(board.says("has ended the connection (" + std::to_string(one.close) + ")"));
    CHECK(board.came.empty());
  }
}

TEST(disabled_board_does_not_go_elsewhere) {
  Board board;
  board.hub.error = "board_disabled";
  board.hub.close = 4401;
  board.add(Home, board.hub);
  board.add(Other, board.other);
  board.connector.begin();
  board.pass(900000);
  CHECK(board.hub.connections > 5);
  CHECK(!board.other.isWaiting);
  CHECK(chip().stored == 0);
}

TEST(not_home_assistant) {
  struct {
    int status;
    const char *words;
    bool isSeldom;
  } cases[] = {{404, "Install and add the integration Arduino Sensor", false},
               {403, "ip_bans.yaml", true},
               {503, "is starting, stopping or too busy", false},
               {502, "answers with HTTP 502", true},
               {301, "answers with HTTP 301", true}};
  for (const auto &one : cases) {
    Board board;
    board.status = one.status;
    board.beginAt();
    board.pass(50000);
    CHECK_EQUAL(board.tried().size() == 1, one.isSeldom);
    board.pass(150000);
    CHECK_EQUAL(board.count(one.words), 1u);
    CHECK_EQUAL(board.count("\r\n"), 1u); // nothing else
    board.status = 0;
    CHECK(board.reach(ConnectorState::Ready, 130000));
    CHECK_EQUAL(board.count("Connected to Home Assistant at 192.168.1.10:8123."), 1u);
  }
}

// It takes requests before it has loaded the integration.
TEST(home_assistant_that_starts) {
  Board board;
  board.beginAt();
  CHECK(board.reach(ConnectorState::Ready));
  board.status = 404;
  board.hang();
  board.pass(10000);
  board.status = 0;
  CHECK(board.reach(ConnectorState::Ready, 20000));
}

TEST(hangs_up) {
  Board board;
  board.isHungUp = true;
  board.beginAt();
  board.pass(10000);
  CHECK(board.says("192.168.1.10:8123 has ended the connection at once. If the browser "
                   "needs https://"));
}

TEST(takes_connections_and_says_nothing) {
  Board board;
  board.beginAt();
  board.loop(0);
  board.network.client_.incoming.clear();
  board.network.client_.hub = nullptr;
  board.pass(9000);
  CHECK(!board.says("does not answer"));
  board.pass(3000);
  CHECK(board.says("192.168.1.10:8123 takes the connection, but does not answer."));
}

TEST(odd_hosts) {
  for (const char *host : {"http://192.168.1.10", "192.168.1.10:8123", "a/b"}) {
    newChip(Key);
    NetworkedBoard board;
    board.connector.setAddress(host, 8123);
    board.connector.begin();
    CHECK(board.says("is wanted without http://"));
  }
  newChip(Key);
  NetworkedBoard board;
  board.connector.setAddress("homeassistant.local", 8123);
  board.connector.begin();
  board.pass(1000);
  CHECK(board.says("Nobody answers at homeassistant.local:8123."));
  CHECK(board.says("give the IP address"));
  // No host is none.
  NetworkedBoard searching;
  searching.connector.setAddress("", 8123);
  searching.connector.begin();
  searching.pass(1000);
  CHECK_EQUAL(searching.connector.state(), ConnectorState::Searching);
}

TEST(network_that_is_not_there) {
  Board board;
  board.network.up = false;
  board.beginAt();
  board.pass(5000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::NoNetwork);
  CHECK(board.tried().empty());
  CHECK_EQUAL(board.out.text, "");
  board.network.why = F("No Wi-Fi named \"attic\" is in reach.");
  board.pass(60000);
  CHECK_EQUAL(board.out.text, "SensorBoard: No Wi-Fi named \"attic\" is in reach.\r\n");
  board.network.why = F("The Wi-Fi does not take this password.");
  board.pass(60000);
  CHECK_EQUAL(board.count("does not take this password"), 1u);
  board.network.up = true;
  CHECK(board.reach(ConnectorState::Ready));
  // It goes, with all that was going on, and comes back.
  board.network.up = false;
  board.loop(10);
  CHECK_EQUAL(board.connector.state(), ConnectorState::NoNetwork);
  CHECK(!board.network.client_.isUp);
  CHECK(board.count("does not take this password") == 2);
  board.network.up = true;
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.came.size(), 2u);
}

TEST(network_goes_during_the_handshake) {
  Board board;
  board.hub.isMute = true;
  board.beginAt();
  CHECK(board.reach(ConnectorState::Proving));
  board.network.up = false;
  board.loop(100);
  board.hub.isMute = false;
  board.network.up = true;
  CHECK(board.reach(ConnectorState::Ready, 500));
}

TEST(network_goes_during_the_search) {
  Board board;
  board.connector.begin();
  board.pass(500);
  CHECK(board.network.udp_.port != 0);
  board.network.up = false;
  board.loop(100);
  CHECK_EQUAL(board.network.udp_.port, 0);
  board.network.up = true;
  board.add(Home, board.hub);
  CHECK(board.reach(ConnectorState::Ready));
}

TEST(address_of_its_own) {
  Board board("");
  board.beginAt("/api/arduino_sensor/ws/abc");
  board.hub.isMute = true;
  CHECK(board.until([&] { return board.said.size() == 1; }));
  CHECK_EQUAL(board.request.substr(0, 36), "GET /api/arduino_sensor/ws/abc HTTP/");
  CHECK_EQUAL(member(board.said[0], "id"), chip().id);
  CHECK_EQUAL(member(board.said[0], "nonce"), "");
  CHECK_EQUAL(board.connector.state(), ConnectorState::Proving);
  board.hub.send("{\"type\":\"welcome\",\"time\":5,\"interval\":7}");
  CHECK(board.reach(ConnectorState::Ready));
  CHECK_EQUAL(board.came.size(), 1u);
  CHECK_EQUAL(board.latest.interval(), 7);
  board.hub.send("{\"type\":\"set\",\"id\":3,\"key\":\"led\",\"value\":true}");
  board.hub.send("{\"type\":\"rotate\"}");
  board.pass(1000);
  CHECK_EQUAL(board.came.size(), 3u);
  CHECK(board.came[1] == MessageType::Set);
  board.hub.fail("wrong_type", 0, "'temp' takes a number.");
  board.pass(1000);
  CHECK(board.came[3] == MessageType::Error);
  CHECK(!board.says("'temp' takes a number.")); // that is for the conversation
  CHECK_EQUAL(board.said.size(), 1u);           // no pairing here
  CHECK_EQUAL(chip().stored, 0);
}

TEST(address_of_its_own_without_a_welcome) {
  Board board("");
  board.beginAt("/ws/sensor/");
  board.hub.isMute = true;
  CHECK(board.reach(ConnectorState::Proving));
  board.pass(4500);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Proving);
  board.pass(1000);
  CHECK_EQUAL(board.connector.state(), ConnectorState::Ready);
  CHECK_EQUAL(board.came.size(), 1u);
  CHECK(board.latest.type == MessageType::Welcome);
  CHECK_EQUAL(board.latest.time(), 0u);
  CHECK_EQUAL(board.latest.message, "");
}

TEST(wrong_address_of_its_own) {
  Board board("");
  board.hub.error = "unknown_address";
  board.hub.close = 4401;
  board.beginAt("/api/arduino_sensor/ws/abc");
  board.pass(10000);
  CHECK(board.says("Home Assistant: That is why."));
  CHECK_EQUAL(board.hub.connections, 1);
  board.pass(55000);
  CHECK_EQUAL(board.hub.connections, 2);
  CHECK_EQUAL(board.count("That is why."), 1u);
}

TEST(says_nothing_without_a_place_for_it) {
  Board board("");
  board.hub.key = "";
  board.connector.setMessages(nullptr);
  board.beginAt();
  CHECK(board.reach(ConnectorState::Waiting));
  board.hub.accept();
  CHECK(board.reach(ConnectorState::Ready));
  board.remove(Home);
  board.pass(100000);
  CHECK_EQUAL(board.out.text, "");
}

TEST(asks_whether_all_has_arrived) {
  Board board;
  board.beginAt();
  CHECK(!board.connector.ask());
  CHECK(board.reach(ConnectorState::Ready));
  CHECK(board.connector.canMiss());
  CHECK(!board.connector.isAnswered());
  CHECK(board.connector.ask());
  CHECK(!board.connector.isAnswered());
  board.pass(300);
  CHECK(board.connector.isAnswered());
  CHECK(board.connector.ask());
  CHECK(!board.connector.isAnswered());
  board.hang();
  CHECK(board.reach(ConnectorState::Ready));
  board.pass(300);
  CHECK(!board.connector.isAnswered());
}

TEST(ends_in_good_order) {
  Board board;
  board.beginAt();
  CHECK(board.reach(ConnectorState::Ready));
  const uint32_t since = now();
  board.connector.end(); // nobody answers: the hub comes to its turn later
  CHECK(now() - since <= 2100);
  CHECK(!board.network.client_.isUp);
  CHECK(board.connector.state() != ConnectorState::Ready);
  const std::vector<Frame> sent = framesIn(board.network.client_.sent);
  CHECK_EQUAL(sent.size(), 1u);
  CHECK_EQUAL(sent[0].first, Last | Close);
  // A board that did not sleep after all comes back.
  board.network.client_.sent.clear();
  CHECK(board.reach(ConnectorState::Ready));
  // It does not wait for longer than it has to.
  board.network.client_.incoming = closeFrame(1001, "");
  const uint32_t begun = now();
  board.connector.end();
  CHECK(now() - begun <= 10);
  NetworkedBoard idle;
  idle.connector.end();
  idle.connector.end();
}

TEST(plain_network) {
  std::map<std::string, ScriptedHub *> nobody;
  NetworkedClient client(nobody);
  FakeUdp udp;
  sensorboard::PlainNetwork network(client, &udp), withoutSearch(client);
  network.begin();
  CHECK(network.isUp());
  CHECK(&network.client() == &client);
  CHECK(network.udp() == &udp);
  CHECK(withoutSearch.udp() == nullptr);
}
