// A board in a network that is there only now and then: events, the time, complaints,
// and how it is doing.

#include "sketch.h"

namespace {

const std::string Press = "{\"type\":\"event\",\"key\":\"bell\",\"event\":\"press\"}|";

} // namespace

// An event that happens just before Home Assistant is there is told, an old one is not.
TEST(events_without_a_connection) {
  OnlineSketch sketch;
  sketch.board.event("bell", "press");
  sketch.start();
  sketch.goAway();
  sketch.pass(30000);
  sketch.comeBack();
  sketch.board.fire("bell", "press");
  CHECK(sketch.until([&] { return sketch.hellos == 2; }, 70000));
  sketch.said();
  sketch.goAway();
  sketch.pass(1000);
  sketch.board.fire("bell", "press");
  sketch.pass(11000);
  sketch.comeBack();
  CHECK(sketch.until([&] { return sketch.hellos == 3; }, 70000));
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().of("event"), "");
}

// An event is told when the connection comes back within 10 seconds, after what the
// channels are.
TEST(events_right_before_the_connection) {
  OnlineSketch sketch;
  sketch.board.event("bell", "press");
  sketch.begin();
  sketch.board.fire("bell", "press");
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }, 5000));
  sketch.pass(500);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("event"), Press);
  CHECK(said.all().find("final") < said.all().find(Press));
}

// However long nobody was there: what happened before is over.
TEST(events_of_long_ago) {
  // Ticks have 16 bits: after so many ms they are the same again.
  constexpr uint32_t Round = 6553600;
  constexpr uint32_t Pause = 4000;
  static char keys[30][4];
  OnlineSketch sketch;
  for (int i = 0; i < 30; i++) {
    snprintf(keys[i], sizeof(keys[i]), "e%d", i);
    sketch.board.event(keys[i], "press");
  }
  sketch.start();
  sketch.goAway();
  sketch.pass(1000);
  const uint32_t begun = now();
  for (const char *key : keys) {
    sketch.board.fire(key, "press");
    sketch.pass(Pause);
  }
  sketch.pass(Round - (now() - begun), 100);
  sketch.comeBack();
  // While it is their time again.
  CHECK(sketch.until([&] { return sketch.hellos == 2; }, 29 * Pause));
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().of("event"), "");
}

// The time is that of Home Assistant, and goes on by itself.
TEST(time) {
  OnlineSketch sketch;
  CHECK_EQUAL(sketch.board.time(), 0u);
  CHECK_EQUAL(sketch.board.localTime(), 0u);
  sketch.welcome = "{\"type\":\"welcome\",\"time\":1795255140,\"offset\":-18000}";
  sketch.start();
  const uint32_t begun = sketch.board.time();
  CHECK(begun >= 1795255140u);
  CHECK(begun <= 1795255142u);
  CHECK_EQUAL(sketch.board.localTime(), begun - 18000);
  sketch.pass(3600000, 1000);
  CHECK(sketch.board.time() - begun >= 3599);
  CHECK(sketch.board.time() - begun <= 3601);
  // Also without it, and it is set right the next time.
  sketch.goAway();
  sketch.pass(3600000, 1000);
  CHECK(sketch.board.time() - begun >= 7199);
  CHECK(sketch.board.time() - begun <= 7201);
  sketch.welcome = "{\"type\":\"welcome\",\"time\":1795270000,\"offset\":3600}";
  sketch.comeBack();
  CHECK(sketch.until([&] { return sketch.board.time() >= 1795270000u; }, 120000));
  CHECK_EQUAL(sketch.board.localTime(), sketch.board.time() + 3600);
}

// What Home Assistant could not use is counted, and printed in its words.
TEST(errors) {
  OnlineSketch sketch;
  sketch.start();
  CHECK_EQUAL(sketch.board.status().rejected, 0);
  sketch.out.text.clear();
  sketch.tell(
      "{\"type\":\"error\",\"code\":\"wrong_type\",\"key\":\"temp\",\"message\":"
      "\"'temp' takes a number without quotes.\"}");
  sketch.pass(100);
  CHECK_EQUAL(sketch.out.text,
              "Home Assistant: 'temp' takes a number without quotes.\r\n");
  CHECK_EQUAL(sketch.board.status().rejected, 1);
  sketch.tell("{\"type\":\"error\",\"code\":\"not_known_yet\",\"message\":\"More.\"}");
  sketch.pass(100);
  CHECK_EQUAL(sketch.board.status().rejected, 2);
  CHECK(sketch.said().all().empty());
}

// How the board is doing, from before the beginning to the end of a connection.
TEST(status) {
  OnlineSketch sketch;
  CHECK(!sketch.board.isConnected());
  CHECK(!sketch.board.status().isConnected);
  sketch.client.connectResult = 0;
  sketch.begin();
  sketch.pass(500);
  CHECK_EQUAL(sketch.board.status().state, ConnectorState::Connecting);
  CHECK(!sketch.board.status().isConnected);
  sketch.comeBack();
  CHECK(sketch.until([&] { return sketch.board.status().isConnected; }, 70000));
  CHECK_EQUAL(sketch.board.status().state, ConnectorState::Ready);
  CHECK(sketch.board.isConnected());
  sketch.goAway();
  sketch.pass(500);
  CHECK(!sketch.board.status().isConnected);
}

// The status says how many readings wait, and for how many minutes more there is room.
TEST(status_of_the_backlog) {
  OnlineSketch sketch;
  static int number;
  sketch.welcome = "{\"type\":\"welcome\",\"backlog\":true}";
  sketch.board.sensor(
      "n", +[] { return ++number; });
  sketch.start();
  sketch.pass(30000);
  CHECK_EQUAL(sketch.board.status().backlog, 0);
  sketch.goAway();
  sketch.pass(60000);
  CHECK(sketch.board.status().backlog >= 12);
  CHECK_EQUAL(sketch.board.status().dropped, 0);
  const uint16_t minutes = sketch.board.status().backlogMinutes;
  CHECK(minutes > 5);
  CHECK(minutes < 100);
  sketch.pass((minutes + 10) * 60000, 500);
  CHECK(sketch.board.status().dropped > 0);
}
