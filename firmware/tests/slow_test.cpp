// Sketches whose own loop takes five seconds: everything works, only later.

#include "sketch.h"

namespace {

constexpr uint32_t Slow = 5000;

int number;
int counted() { return ++number; }

bool isLedOn;
int presses;

const std::string Command =
                      "{\"type\":\"set\",\"id\":9,\"key\":\"led\",\"value\":true}",
                  Answer = "{\"type\":\"result\",\"id\":9,\"ok\":true}|";

// What such a sketch does.
template <typename Kind> struct SlowSketch : Kind {
  SlowSketch() {
    number = 0;
    isLedOn = false;
    presses = 0;
    fakePins[5].level = LOW;
    Kind::board.sensor("n", counted).unit("1");
    Kind::board.input("red", 5);
    Kind::board.on(
        "led", +[](bool on) {
          isLedOn = on;
          presses++;
        });
    Kind::board.set("door", false);
  }

  // loop() { board.loop(); delay(5000); }
  void loops(int count) {
    for (int i = 0; i < count; i++) {
      Kind::board.loop();
      Kind::exchange();
      delay(Slow);
    }
  }

  Said after(int count) {
    loops(count);
    return Kind::said();
  }
};

// What a board says while it is left alone for four minutes: a reading in each loop,
// not more and not less.
void checkReadings(const Said &said, int loops) {
  int last = 0, readings = 0;
  for (const std::string &message : said.messages()) {
    CHECK(!Said::isOf(message, ""));
    const size_t at = message.find("\"n\":");
    CHECK(at != std::string::npos);
    if (at != std::string::npos) {
      const int next = atoi(message.c_str() + at + 4);
      CHECK(last == 0 || next == last + 1);
      last = next;
    }
    readings++;
  }
  CHECK_EQUAL(readings, loops);
}

} // namespace

// At a cable: descriptions and all values come within a few loops, then each change.
TEST(readings_over_a_cable) {
  SlowSketch<CabledSketch> sketch;
  sketch.board.begin(sketch.port);
  const Said first = sketch.after(3);
  CHECK(first.of("channels").find("\"final\":true") != std::string::npos);
  CHECK_EQUAL(first.readings().find("\"red\":false,\"led\":false,\"door\":false}") !=
                  std::string::npos,
              true);
  sketch.after(2);
  checkReadings(sketch.after(48), 48);
  fakePins[5].level = HIGH;
  sketch.board.set("door", true);
  const std::string changed = sketch.after(1).readings();
  CHECK(changed.find("\"red\":true") != std::string::npos);
  CHECK(changed.find("\"door\":true") != std::string::npos);
}

// At a cable: a command is answered with the next loop. Home Assistant repeats it
// meanwhile, and it is done once.
TEST(commands_over_a_cable) {
  SlowSketch<CabledSketch> sketch;
  sketch.board.begin(sketch.port);
  sketch.after(5);
  sketch.tell(Command);
  sketch.tell(Command);
  const Said said = sketch.after(1);
  CHECK_EQUAL(said.of("result"), Answer + Answer);
  CHECK_EQUAL(presses, 1);
  CHECK(isLedOn);
  CHECK(said.readings().find("\"led\":true") != std::string::npos);
  // Several at once.
  for (int i = 0; i < 5; i++) {
    sketch.tell("{\"type\":\"set\",\"id\":" + std::to_string(20 + i) +
                ",\"key\":\"led\",\"value\":false}");
  }
  sketch.after(1);
  CHECK_EQUAL(presses, 6);
  CHECK(!isLedOn);
}

// At a cable: a board with nothing new gives a sign of life in each interval, also if
// that is no whole number of loops.
TEST(signs_of_life_over_a_cable) {
  CabledSketch sketch;
  sketch.board.interval(12);
  sketch.board.begin(sketch.port);
  sketch.pass(30000, Slow);
  sketch.said();
  sketch.pass(300000, Slow);
  const size_t signs = sketch.said().size();
  CHECK(signs >= 20);
  CHECK(signs <= 25);
}

// At a cable: who asks for a hello gets it with the next loop, and the rest after it.
TEST(hello_over_a_cable) {
  SlowSketch<CabledSketch> sketch;
  sketch.board.begin(sketch.port);
  sketch.after(5);
  sketch.tell("{\"type\":\"hello\"}");
  CHECK(!sketch.after(1).of("hello").empty());
  const std::string all = sketch.after(2).readings();
  CHECK(all.find("\"n\":") != std::string::npos);
  CHECK(all.find("\"door\":false") != std::string::npos);
}

#if !SENSORBOARD_IS_SMALL

// In a network: it comes in, describes, sends readings and answers commands.
TEST(in_a_network) {
  SlowSketch<OnlineSketch> sketch;
  sketch.begin();
  const Said first = sketch.after(8);
  CHECK(sketch.board.isConnected());
  CHECK(first.of("channels").find("\"final\":true") != std::string::npos);
  CHECK(first.readings().find("\"door\":false") != std::string::npos);
  sketch.after(2);
  checkReadings(sketch.after(48), 48);
  sketch.tell(Command);
  sketch.tell(Command);
  const Said said = sketch.after(1);
  CHECK_EQUAL(said.of("result"), Answer + Answer);
  CHECK_EQUAL(presses, 1);
  CHECK(isLedOn);
  sketch.after(500);
  CHECK_EQUAL(sketch.hellos, 1); // it was there all the time
}

// In a network: signs of life come, and what was missed is handed over afterwards.
TEST(missed_in_a_network) {
  SlowSketch<OnlineSketch> sketch;
  sketch.welcome = "{\"type\":\"welcome\",\"backlog\":true}";
  sketch.begin();
  sketch.after(10);
  sketch.goAway();
  sketch.after(12);
  sketch.comeBack();
  const Said said = sketch.after(24);
  CHECK(sketch.board.isConnected());
  CHECK(!said.of("backlog").empty());
  CHECK_EQUAL(sketch.board.status().backlog, 0);
  const std::string all = said.all();
  CHECK(all.find("backlog") < all.find(said.readings().substr(0, 10)));
}

// In a network, with a key: pairing, readings, a command, and the connection holds.
TEST(paired_in_a_network) {
  NetworkedBoard network;
  ScriptedHub hub;
  SensorBoard board("Kitchen");
  chip() = FakeChip();
  setClock(0);
  number = presses = 0;
  board.sensor("n", counted).unit("1");
  board.on(
      "led", +[](bool) { presses++; });
  network.add("192.168.1.10:8123", hub);
  board.begin(network.connector);
  auto loops = [&](int count) {
    for (int i = 0; i < count; i++) {
      board.loop();
      network.exchange();
      delay(Slow);
    }
  };
  loops(20);
  CHECK(hub.isWaiting);
  CHECK_EQUAL(board.status().state, ConnectorState::Waiting);
  hub.accept();
  loops(8);
  CHECK(hub.isWelcome);
  CHECK(board.isConnected());
  CHECK_EQUAL(board.time() > 1795255140u, true);
  network.said.clear();
  // The hub wishes a reading each 10 s, which is every second loop.
  loops(40);
  CHECK(network.said.size() >= 18);
  CHECK(network.said.size() <= 21);
  for (const std::string &message : network.said) {
    CHECK_EQUAL(message.find("{\"n\":"), 0u);
  }
  hub.send(Command);
  network.said.clear();
  loops(3);
  CHECK_EQUAL(presses, 1);
  CHECK(!network.said.empty() && network.said[0] + '|' == Answer);
  loops(200);
  CHECK_EQUAL(hub.connections, 1);
}

#endif
