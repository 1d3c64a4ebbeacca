// Boards that sleep deeply between two readings.

#include "sketch.h"

namespace {

int measured;

// A board that sleeps for five minutes, as soon as it has started.
struct Sleepy : OnlineSketch {
  explicit Sleepy(bool canSleep = true) {
    chip().canSleep = canSleep;
    measured = 0;
    board.sensor(
        "t", +[] {
          measured++;
          return 21.5f;
        });
    board.sleepBetween(300);
  }

  // Goes on until it sleeps, and gives after how many ms: the chip is off then.
  uint32_t sleeps(uint32_t most = 700000) {
    CHECK(until([] { return chip().slept > 0; }, most));
    return now();
  }
};

} // namespace

// It says in hello that it sleeps, sends its values, and sleeps as soon as they have
// arrived; the end is a proper one.
TEST(sleeps_when_all_has_arrived) {
  Sleepy sketch;
  sketch.begin();
  const uint32_t awake = sketch.sleeps();
  const Said said = sketch.said();
  CHECK(said.of("hello").find("\"interval\":300,\"sleeps\":true") != std::string::npos);
  CHECK_EQUAL(said.readings(), "{\"t\":21.5}|");
  CHECK_EQUAL(chip().slept, 300);
  CHECK(awake >= 500);
  CHECK(awake < 3000);
  CHECK(!sketch.client.isUp);
  CHECK(sketch.server.closeCode != 0 ||
        framesIn(sketch.client.sent).back().first == (Last | Close));
}

// Before it sleeps, it hears what Home Assistant has to say: a command is done and
// answered, a wish for another interval counts.
TEST(listens_before_it_sleeps) {
  static bool isOn;
  isOn = false;
  Sleepy sketch;
  sketch.board.on(
      "led", +[](bool on) { isOn = on; });
  sketch.welcome = "{\"type\":\"welcome\",\"interval\":60}";
  sketch.begin();
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }));
  sketch.pass(200);
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}");
  sketch.sleeps();
  CHECK(isOn);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("result"), "{\"type\":\"result\",\"id\":1,\"ok\":true}|");
  CHECK(said.readings().find("\"led\":true") != std::string::npos);
  CHECK_EQUAL(chip().slept, 60);
}

// It does not sleep before Home Assistant has answered, but it does not wait for ever.
TEST(waits_until_it_has_arrived) {
  Sleepy sketch;
  sketch.server.isAnswering = false;
  sketch.begin();
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }));
  const uint32_t begun = now();
  const uint32_t awake = sketch.sleeps() - begun;
  CHECK(awake >= 4500);
  CHECK(awake < 12000);
  CHECK_EQUAL(chip().slept, 300);
}

// A slow sensor is waited for: nothing sleeps before it was measured.
TEST(waits_for_its_own_values) {
  Sleepy sketch;
  sketch.board.sensor(
      "slow", +[] {
        delay(2000);
        return 7.0f;
      });
  sketch.begin();
  sketch.sleeps();
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":21.5,\"slow\":7}|");
}

// What was missed while it was awake is handed over before it sleeps.
TEST(hands_over_before_it_sleeps) {
  Sleepy sketch;
  sketch.welcome = "{\"type\":\"welcome\",\"backlog\":true}";
  sketch.client.connectResult = 0;
  sketch.begin();
  sketch.pass(3000);
  sketch.comeBack();
  sketch.sleeps();
  const Said said = sketch.said();
  CHECK(!said.of("backlog").empty());
  CHECK(!said.readings().empty());
  CHECK_EQUAL(sketch.board.status().backlog, 0);
}

// Where nobody is there, it sleeps nevertheless, after half a minute.
TEST(nobody_is_there) {
  Sleepy sketch;
  sketch.client.connectResult = 0;
  sketch.begin();
  const uint32_t awake = sketch.sleeps();
  CHECK(awake >= 25000);
  CHECK(awake < 35000);
  CHECK_EQUAL(chip().slept, 300);
}

// Where somebody is there who never says welcome or takes anything, it sleeps, too.
TEST(somebody_is_there_who_is_stuck) {
  Sleepy sketch;
  sketch.begin();
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }));
  sketch.client.room = 0;
  CHECK(sketch.sleeps() < 40000);
}

// A channel that changes all the time does not keep it awake for ever.
TEST(something_always_changes) {
  Sleepy sketch;
  static int number;
  sketch.board
      .sensor(
          "fast", +[] { return ++number; })
      .every(0.1f);
  sketch.begin();
  CHECK(sketch.sleeps() < 40000);
}

// While a person is to type the code, it stays awake, but not longer than a code is
// good.
TEST(awake_while_it_pairs) {
  NetworkedBoard network;
  ScriptedHub hub;
  SensorBoard board("Kitchen");
  chip() = FakeChip();
  chip().canSleep = true;
  setClock(0);
  board.sleepBetween(300);
  network.add("192.168.1.10:8123", hub);
  board.begin(network.connector);
  auto loop = [&] {
    board.loop();
    network.exchange();
    advanceClock(100);
  };
  while (now() < 200000) {
    loop();
  }
  CHECK(hub.isWaiting);
  CHECK_EQUAL(chip().slept, 0);
  while (now() < 700000 && chip().slept == 0) {
    loop();
  }
  CHECK(now() >= 590000);
  CHECK(now() < 620000);
}

// A chip that cannot sleep goes on as if nothing had been said, connected.
TEST(chip_that_cannot_sleep) {
  Sleepy sketch(false);
  sketch.board.on(
      "led", +[](bool) {});
  sketch.begin();
  sketch.pass(60000);
  CHECK_EQUAL(chip().slept, 0);
  CHECK(sketch.board.isConnected());
  CHECK_EQUAL(
      sketch.command("led", "true").find("{\"type\":\"result\",\"id\":1,\"ok\":true}"),
      0u);
  const int before = measured;
  sketch.pass(600000, 100);
  CHECK(measured >= before + 2);
  CHECK(measured <= before + 4);
}

// A board at a cable sleeps when it has said everything and the port has sent it.
TEST(at_a_cable) {
  CabledSketch sketch;
  chip().canSleep = true;
  sketch.board.sensor(
      "t", +[] { return 21.5f; });
  sketch.board.sleepBetween(10);
  sketch.board.begin(sketch.port);
  CHECK(sketch.until([] { return chip().slept > 0; }, 7000));
  CHECK_EQUAL(chip().slept, 10);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":21.5}|");
  CHECK(sketch.port.flushes > 0);
}
