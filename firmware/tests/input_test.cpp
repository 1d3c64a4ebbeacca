// What is on or off: pins and functions that are looked at all the time.

#include "sketch.h"

namespace {

constexpr uint8_t Pin = 5;

// A board with an input, of which it has said at first that it is off.
struct Inputs : CabledSketch {
  Inputs() { fakePins[Pin] = FakePin{99, LOW}; }

  // What it says when the pin is at this level for so long, and a while after.
  std::string at(uint8_t level, uint32_t ms, uint8_t then) {
    fakePins[Pin].level = level;
    pass(ms, 1);
    fakePins[Pin].level = then;
    pass(300, 1);
    return said().readings();
  }
};

bool isOpen;
int isPressed;

} // namespace

// A pin is read as it is, a pin that is pulled up is on while it is low, and both are
// possible the other way round.
TEST(pins) {
  Inputs sketch;
  fakePins[6] = fakePins[7] = FakePin{99, HIGH};
  fakePins[8] = FakePin{99, LOW};
  sketch.board.input("red", Pin);
  sketch.board.input("button", 6).pullup();
  sketch.board.input("door", 7).pullup().inverted();
  sketch.board.input("wet", 8).inverted();
  CHECK_EQUAL(fakePins[Pin].mode, INPUT);
  CHECK_EQUAL(fakePins[7].mode, INPUT_PULLUP);
  CHECK_EQUAL(fakePins[8].mode, INPUT);
  CHECK_EQUAL(fakePins[6].mode, INPUT_PULLUP);
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"red\":false,\"button\":false,\"door\":true,\"wet\":true}|");
  fakePins[Pin].level = fakePins[8].level = HIGH;
  fakePins[6].level = fakePins[7].level = LOW;
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"red\":true,\"button\":true,\"door\":false,\"wet\":false}|");
}

// What is on from the start is said to be so at once, without waiting.
TEST(on_from_the_start) {
  Inputs sketch;
  fakePins[Pin].level = HIGH;
  sketch.board.input("red", Pin);
  sketch.board.begin(sketch.port);
  sketch.pass(200);
  CHECK_EQUAL(sketch.said().readings(), "{\"red\":true}|");
}

// Bounces that are shorter than 30 ms are not seen, a real press is.
TEST(debounced) {
  Inputs sketch;
  sketch.board.input("red", Pin);
  sketch.start();
  CHECK_EQUAL(sketch.at(HIGH, 1, LOW), "");
  CHECK_EQUAL(sketch.at(HIGH, 29, LOW), "");
  CHECK_EQUAL(sketch.at(HIGH, 32, HIGH), "{\"red\":true}|");
  CHECK_EQUAL(sketch.at(LOW, 29, HIGH), "");
  CHECK_EQUAL(sketch.at(LOW, 32, LOW), "{\"red\":false}|");
}

// A contact that bounces when it closes is seen once, after its last bounce.
TEST(bounces_before_it_rests) {
  Inputs sketch;
  sketch.board.input("red", Pin);
  sketch.start();
  for (int i = 0; i < 40; i++) {
    fakePins[Pin].level = i % 2 == 0 ? HIGH : LOW;
    sketch.pass(10, 1);
  }
  sketch.pass(200);
  CHECK_EQUAL(sketch.said().readings(), "");
  CHECK_EQUAL(sketch.at(HIGH, 200, HIGH), "{\"red\":true}|");
}

// How long it has to be the same can be said: also not at all, for what never bounces.
TEST(own_debounce) {
  Inputs sketch;
  sketch.board.input("red", Pin).debounce(500);
  fakePins[6] = FakePin{0, LOW};
  sketch.board.input("fast", 6).debounce(0);
  sketch.start();
  CHECK_EQUAL(sketch.at(HIGH, 499, LOW), "");
  CHECK_EQUAL(sketch.at(HIGH, 503, HIGH), "{\"red\":true}|");
  fakePins[6].level = HIGH;
  sketch.pass(101, 1);
  CHECK_EQUAL(sketch.said().readings(), "{\"fast\":true}|");
}

// What belongs to a pin does nothing to an input that has none: neither to it, nor to a
// pin that happens to have the number of something else.
TEST(no_pin) {
  Inputs sketch;
  for (FakePin &pin : fakePins) {
    pin = FakePin{99, LOW};
  }
  isOpen = true;
  sketch.board
      .input(
          "door", +[]() -> bool { return isOpen; })
      .pullup();
  sketch.board
      .input(
          "gate", +[]() -> bool { return isOpen; })
      .inverted();
  sketch.board.input("told").pullup().inverted();
  for (const FakePin &pin : fakePins) {
    CHECK_EQUAL(pin.mode, 99);
  }
  sketch.board.set("told", true);
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(), "{\"door\":true,\"gate\":true,\"told\":true}|");
}

// In a sketch with a slow loop, one look decides.
TEST(slow_loop) {
  Inputs sketch;
  sketch.board.input("red", Pin);
  sketch.start();
  sketch.pass(400, 200);
  fakePins[Pin].level = HIGH;
  sketch.loop(200);
  CHECK_EQUAL(sketch.said().readings(), "{\"red\":true}|");
  fakePins[Pin].level = LOW;
  sketch.loop(200);
  CHECK_EQUAL(sketch.said().readings(), "{\"red\":false}|");
}

// A function is looked at like a pin; what it gives besides 0 is on.
TEST(functions) {
  Inputs sketch;
  isOpen = false;
  isPressed = 0;
  sketch.board.input(
      "door", +[]() -> bool { return isOpen; });
  sketch.board.input(
      "button", +[]() -> int { return isPressed; });
  sketch.start();
  isOpen = true;
  sketch.pass(20, 1);
  isOpen = false;
  sketch.pass(300, 1);
  CHECK_EQUAL(sketch.said().readings(), "");
  isOpen = true;
  isPressed = 256;
  sketch.pass(300, 1);
  CHECK_EQUAL(sketch.said().readings(), "{\"door\":true,\"button\":true}|");
  isPressed = -1;
  sketch.pass(300, 1);
  CHECK_EQUAL(sketch.said().readings(), "");
}

// An input without a function is what it was told to be, as soon as it was.
TEST(told) {
  Inputs sketch;
  sketch.board.input("door");
  sketch.start();
  sketch.pass(6000);
  CHECK_EQUAL(sketch.said().readings(), "{}|");
  sketch.board.set("door", true);
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().readings(), "{\"door\":true}|");
  sketch.board.set("door", digitalRead(Pin));
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().readings(), "{\"door\":false}|");
}

// Many inputs at once go in one message.
TEST(many) {
  Inputs sketch;
  static char keys[20][4];
  std::string all = "{";
  for (uint8_t i = 0; i < 20; i++) {
    snprintf(keys[i], sizeof(keys[i]), "i%d", i);
    fakePins[10 + i].level = LOW;
    sketch.board.input(keys[i], 10 + i);
    all += std::string(i > 0 ? "," : "") + '"' + keys[i] + "\":true";
  }
  sketch.start();
  for (uint8_t i = 0; i < 20; i++) {
    fakePins[10 + i].level = HIGH;
  }
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(), all + "}|");
}

// An Uno waits until its port takes everything.
#if !SENSORBOARD_IS_SMALL

// A press that comes while the port takes nothing is told afterwards.
TEST(pressed_while_the_port_is_full) {
  Inputs sketch;
  sketch.board.input("red", Pin);
  sketch.start();
  sketch.port.room = 0;
  CHECK_EQUAL(sketch.at(HIGH, 100, HIGH), "");
  sketch.port.room = 10000;
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().readings(), "{\"red\":true}|");
}

#endif
