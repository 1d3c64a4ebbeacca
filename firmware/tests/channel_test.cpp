// What is said about channels, and how their values are written.

#include <math.h>

#include "sketch.h"

namespace {

const char *const End = "{\"type\":\"channels\",\"channels\":[],\"final\":true}|";

float warm() { return 21.5f; }
const char *mode() { return "idle"; }
void act(bool) {}
void act(float) {}
void act(uint8_t) {}
void act(uint8_t, uint8_t, uint8_t) {}
void act() {}
void act(const char *) {}

double value;
double given() { return value; }

// What a board says of its channels at first.
std::string descriptions(CabledSketch &sketch) {
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  return sketch.said().of("channels");
}

// A description of one channel, and the end of all.
std::string one(const std::string &members) {
  return "{\"type\":\"channels\",\"channels\":[{" + members + "}]}|" + End;
}

// How numbers are written.
struct Numbers {
  Numbers() { sketch.start(); }

  // With so many decimals, or with nothing said about that.
  template <typename Number> std::string shown(Number number, int decimals = -1) {
    // It is begun anew each time.
    sensorboard::SensorSetup sensor = sketch.board.sensor("x");
    if (decimals >= 0) {
      sensor.precision(static_cast<uint8_t>(decimals));
    }
    sketch.board.set("x", number);
    sketch.pass(300);
    const std::string reading = sketch.said().all();
    CHECK_EQUAL(reading.substr(0, 5), "{\"x\":");
    return reading.substr(5, reading.size() - 7);
  }

  CabledSketch sketch;
};

} // namespace

// A channel whose name says everything is not described, and the list has an end.
TEST(nothing_to_describe) {
  CabledSketch sketch;
  sketch.board.sensor("temp", warm).deadband(0.2f).every(10);
  sketch.board.input("red", 5).debounce(50);
  sketch.board.input("green", 6).pullup();
  sketch.board.watch("sensor.outdoor", static_cast<void (*)(bool)>(act));
  sketch.board.set("told", 3);
  CHECK_EQUAL(descriptions(sketch), End);
}

// All that can be said about a sensor is said in the protocol's words.
TEST(sensor_is_described) {
  CabledSketch sketch;
  sketch.board.sensor("t", warm)
      .name("Oven \"2\"")
      .unit("°C")
      .precision(1)
      .icon("mdi:stove")
      .deviceClass("temperature")
      .stateClass("measurement")
      .diagnostic()
      .hidden();
  CHECK_EQUAL(descriptions(sketch),
              one("\"key\":\"t\",\"kind\":\"sensor\",\"precision\":1,\"enabled\":false,"
                  "\"name\":\"Oven \\\"2\\\"\",\"unit\":\"°C\",\"icon\":\"mdi:stove\","
                  "\"device_class\":\"temperature\",\"state_class\":\"measurement\","
                  "\"category\":\"diagnostic\""));
}

// One word about a channel is enough for it to be described.
TEST(each_word_is_described) {
  CabledSketch sketch;
  sketch.board.sensor("a").precision(0);
  sketch.board.sensor("b").hidden();
  sketch.board.sensor("c").config();
  const std::string head = "{\"type\":\"channels\",\"channels\":[{\"key\":\"";
  CHECK_EQUAL(descriptions(sketch),
              head + "a\",\"kind\":\"sensor\",\"precision\":0}]}|" + head +
                  "b\",\"kind\":\"sensor\",\"enabled\":false}]}|" + head +
                  "c\",\"kind\":\"sensor\",\"category\":\"config\"}]}|" + End);
}

// Texts are described as such: by their function, with options, or because it is said.
TEST(texts_are_described) {
  CabledSketch sketch;
  sketch.board.sensor("f", mode).name("F");
  sketch.board.sensor("o").options("idle|heating");
  sketch.board.sensor("t").text().name("T");
  const std::string head = "{\"type\":\"channels\",\"channels\":[{\"key\":\"",
                    text = "\"kind\":\"sensor\",\"type\":\"text\",";
  CHECK_EQUAL(descriptions(sketch),
              head + "f\"," + text + "\"name\":\"F\"}]}|" + head + "o\"," + text +
                  "\"options\":[\"idle\",\"heating\"]}]}|" + head + "t\"," + text +
                  "\"name\":\"T\"}]}|" + End);
}

// What can be operated is always described, with its kind.
TEST(operated_channels_are_described) {
  CabledSketch sketch;
  sketch.board.input("door", 5).deviceClass("door");
  sketch.board.on("led", static_cast<void (*)(bool)>(act));
  sketch.board.on("fan", static_cast<void (*)(float)>(act))
      .range(-0.5f, 50, 0.25f)
      .unit("%");
  sketch.board.on("dim", static_cast<void (*)(uint8_t)>(act));
  sketch.board.on("lamp", static_cast<void (*)(uint8_t, uint8_t, uint8_t)>(act));
  sketch.board.on("go", static_cast<void (*)()>(act)).deviceClass("identify");
  sketch.board.on("mode", static_cast<void (*)(const char *)>(act)).options("auto|off");
  sketch.board.event("bell", "press|double_press").icon("mdi:bell");
  const std::string head = "{\"type\":\"channels\",\"channels\":[{\"key\":\"";
  CHECK_EQUAL(descriptions(sketch),
              head + "door\",\"kind\":\"binary_sensor\",\"device_class\":\"door\"}]}|" +
                  head + "led\",\"kind\":\"switch\"}]}|" + head +
                  "fan\",\"kind\":\"number\",\"min\":-0.5,\"max\":50,\"step\":0.25,"
                  "\"unit\":\"%\"}]}|" +
                  head + "dim\",\"kind\":\"light\",\"color\":\"brightness\"}]}|" +
                  head + "lamp\",\"kind\":\"light\",\"color\":\"rgb\"}]}|" + head +
                  "go\",\"kind\":\"button\",\"device_class\":\"identify\"}]}|" + head +
                  "mode\",\"kind\":\"select\",\"options\":[\"auto\",\"off\"]}]}|" +
                  head +
                  "bell\",\"kind\":\"event\",\"options\":[\"press\",\"double_press\"],"
                  "\"icon\":\"mdi:bell\"}]}|" +
                  End);
}

// Ranges and steps are told as they were meant, however small or large.
TEST(ranges) {
  CabledSketch sketch;
  sketch.board.on("a", static_cast<void (*)(float)>(act)).range(0, 1, 0.0004f);
  sketch.board.on("b", static_cast<void (*)(float)>(act)).range(-21.3f, 1e9f, 1e-6f);
  sketch.board.on("c", static_cast<void (*)(float)>(act)).range(0.3f, 1234.56f, 50.3f);
  const std::string head =
      "{\"type\":\"channels\",\"channels\":[{\"key\":\"%\",\"kind\":\"number\",";
  const auto range = [&](char key, const std::string &words) {
    std::string one = head + words + "}]}|";
    one[one.find('%')] = key;
    return one;
  };
  CHECK_EQUAL(descriptions(sketch),
              range('a', "\"min\":0,\"max\":1,\"step\":0.0004") +
                  range('b', "\"min\":-21.3,\"max\":1000000000,\"step\":0.000001") +
                  range('c', "\"min\":0.3,\"max\":1234.56,\"step\":50.3") + End);
}

// There is room for as many words as there are channels times four, also if those are
// as many as Home Assistant takes.
TEST(sixty_four_channels) {
  struct Large : sensorboard::Board {
    Large() : Board("Large", channels, 64, notes, 256) {}
    sensorboard::Channel channels[64];
    sensorboard::Note notes[256];
  } board;
  static char line[100], keys[64][4];
  ScriptedPort port;
  sensorboard::About about = {"Large", nullptr, 5, false};
  sensorboard::SerialConnector connector(port, about, line, sizeof(line));
  setClock(0);
  for (int i = 0; i < 64; i++) {
    snprintf(keys[i], sizeof(keys[i]), "c%d", i);
    board.sensor(keys[i], warm).unit("K").name("Oven").icon("mdi:stove").deadband(1);
  }
  board.messages(port);
  board.begin(connector);
  for (int i = 0; i < 50; i++) {
    board.loop();
    advanceClock(10);
  }
  CHECK_EQUAL(port.sent.find("no room"), std::string::npos);
  CHECK(port.sent.find("{\"key\":\"c63\",\"kind\":\"sensor\",\"unit\":\"K\",\"name\":"
                       "\"Oven\",\"icon\":\"mdi:stove\"}") != std::string::npos);
  CHECK(port.sent.find("\"c63\":21.5}") != std::string::npos);
}

// Descriptions come before the first reading.
TEST(descriptions_come_first) {
  CabledSketch sketch;
  sketch.board.sensor("t", warm).unit("K");
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  const std::string all = sketch.said().all();
  const size_t end = all.find("final"), reading = all.find("{\"t\":21.5}|");
  CHECK(end != std::string::npos && reading != std::string::npos && end < reading);
}

// A number has two decimals at most, and no zeros that say nothing.
TEST(numbers_are_short) {
  Numbers numbers;
  CHECK_EQUAL(numbers.shown(25.5), "25.5");
  CHECK_EQUAL(numbers.shown(21.0f), "21");
  CHECK_EQUAL(numbers.shown(0.1f), "0.1");
  CHECK_EQUAL(numbers.shown(1.005f), "1");
  CHECK_EQUAL(numbers.shown(2.346), "2.35");
  CHECK_EQUAL(numbers.shown(-2.346), "-2.35");
  CHECK_EQUAL(numbers.shown(0.004), "0");
  CHECK_EQUAL(numbers.shown(-0.004), "0");
  CHECK_EQUAL(numbers.shown(100), "100");
}

// A float has no more digits than it was written with, however many there is room for.
TEST(floats) {
  Numbers numbers;
  CHECK_EQUAL(numbers.shown(21.3f, 6), "21.300000");
  CHECK_EQUAL(numbers.shown(-0.1f, 6), "-0.100000");
  CHECK_EQUAL(numbers.shown(1234.567f, 6), "1234.567000");
  CHECK_EQUAL(numbers.shown(1e-6f, 6), "0.000001");
  CHECK_EQUAL(numbers.shown(16777216.0f), "16777216");
}

// With a precision, a number always has so many decimals.
TEST(numbers_are_precise) {
  Numbers numbers;
  CHECK_EQUAL(numbers.shown(21.0, 1), "21.0");
  CHECK_EQUAL(numbers.shown(21.25, 1), "21.3");
  CHECK_EQUAL(numbers.shown(-21.25, 1), "-21.3");
  CHECK_EQUAL(numbers.shown(0.5, 0), "1");
  CHECK_EQUAL(numbers.shown(1.0 / 3, 6), "0.333333");
  CHECK_EQUAL(numbers.shown(0.000001, 6), "0.000001");
}

// What is no number, or none that JSON can write, is null.
TEST(not_a_number) {
  Numbers numbers;
  CHECK_EQUAL(numbers.shown(NAN), "null");
  CHECK_EQUAL(numbers.shown(INFINITY), "null");
  CHECK_EQUAL(numbers.shown(-INFINITY, 2), "null");
}

// Large numbers keep the digits that they have.
TEST(large_numbers) {
  Numbers numbers;
  CHECK_EQUAL(numbers.shown(101325.25), "101325.25");
  CHECK_EQUAL(numbers.shown(4294967295ul), "4294967295");
  CHECK_EQUAL(numbers.shown(-2147483647l - 1), "-2147483648");
  CHECK_EQUAL(numbers.shown(1e15), "1000000000000000");
  CHECK_EQUAL(numbers.shown(static_cast<uint8_t>(255)), "255");
  const double most = strtod(numbers.shown(-1.5e300).c_str(), nullptr);
  CHECK(fabs(most + 1.5e300) < 1e286);
}

// Functions of every type that a number can have, each with its largest.
TEST(functions_of_numbers) {
  CabledSketch sketch;
  sketch.board.sensor(
      "f", +[]() -> float { return 0.25f; });
  sketch.board.sensor(
      "d", +[]() -> double { return 1e9; });
  sketch.board.sensor(
      "i", +[]() -> int { return -32768; });
  sketch.board.sensor(
      "u", +[]() -> unsigned int { return 65535u; });
  sketch.board.sensor(
      "l", +[]() -> long { return -2147483647l - 1; });
  sketch.board.sensor(
      "ul", +[]() -> unsigned long { return 4294967295ul; });
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"f\":0.25,\"d\":1000000000,\"i\":-32768,\"u\":65535,"
              "\"l\":-2147483648,\"ul\":4294967295}|");
}

// A text is sent as it is, a text that is not there as null.
TEST(texts) {
  static const char *text = "a \"b\"\n°";
  CabledSketch sketch;
  sketch.board
      .sensor(
          "m", +[]() -> const char * { return text; })
      .every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(), "{\"m\":\"a \\\"b\\\"\\u000a°\"}|");
  text = nullptr;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"m\":null}|");
  text = "";
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"m\":\"\"}|");
}

// A text that changes where it is, is seen to have changed; the same elsewhere is not.
TEST(texts_that_change_in_place) {
  static char text[8], other[8];
  static const char *given = text;
  strcpy(text, "one");
  strcpy(other, "two");
  CabledSketch sketch;
  sketch.board
      .sensor(
          "m", +[]() -> const char * { return given; })
      .every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(), "{\"m\":\"one\"}|");
  strcpy(text, "two");
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"m\":\"two\"}|");
  given = other;
  sketch.pass(2000);
  CHECK_EQUAL(sketch.said().readings(), "");
}

// The first value that is told says what a channel is, without anything before.
TEST(told_without_a_word) {
  CabledSketch sketch;
  sketch.start();
  sketch.board.set("temp", 25.5);
  sketch.board.set("door", true);
  sketch.board.set("state", "open");
  char text[] = "mine";
  sketch.board.set("other", text);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"temp\":25.5,\"door\":true,\"state\":\"open\",\"other\":\"mine\"}|");
}

// A value of another type does not change what a channel is.
TEST(values_of_another_type) {
  CabledSketch sketch;
  sketch.board.sensor(
      "t", +[] { return 1.5f; });
  sketch.board.set("state", "open");
  sketch.board.set("door", true);
  sketch.board.on("lamp", static_cast<void (*)(uint8_t, uint8_t, uint8_t)>(act));
  sketch.start();
  sketch.board.set("t", "warm");
  sketch.board.set("state", 3);
  sketch.board.set("state", false);
  sketch.board.set("door", "ajar");
  sketch.board.set("lamp", 3);
  sketch.board.set("lamp", true);
  sketch.board.set("t", 1, 2, 3);
  sketch.pass(4000);
  CHECK_EQUAL(sketch.said().readings(), "");
  // Numbers and what is on or off are told apart generously.
  sketch.board.set("door", 0);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(), "{\"door\":false}|");
}

// A number goes out when it has changed by the deadband since it was sent the last
// time.
TEST(deadband) {
  CabledSketch sketch;
  value = 20;
  sketch.board.sensor("t", given).deadband(0.5f).every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(500);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":20}|");
  // It creeps: each step is small, but not all of them together.
  std::string readings;
  for (int i = 1; i <= 10; i++) {
    value = 20 + i * 0.2;
    sketch.pass(1000);
    readings += sketch.said().readings();
  }
  CHECK_EQUAL(readings, "{\"t\":20.6}|{\"t\":21.2}|{\"t\":21.8}|");
  value = 21.31;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "");
  value = 21.3;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":21.3}|");
  // That there is none any more, and that there is one again, is always worth it.
  value = NAN;
  sketch.pass(2000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":null}|");
  value = 21.3;
  sketch.pass(2000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":21.3}|");
}

// A deadband is the same for numbers that have no room for their decimals.
TEST(deadband_of_large_numbers) {
  CabledSketch sketch;
  value = 1e15;
  sketch.board.sensor("t", given).deadband(5).every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(500);
  sketch.said();
  value = 1e15 + 4;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "");
  value = 1e15 + 5;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":1000000000000005}|");
}

// What is noisy goes out with every measurement, so that those that are the same can be
// counted: a deadband must not hide that something moves.
TEST(noisy) {
  CabledSketch sketch;
  value = 20;
  sketch.board.sensor("t", given).deadband(0.5f).noisy().every(1);
  sketch.board.sensor("u", given).noisy(600).every(1);
  sketch.board.sensor("v", given).every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(500);
  const std::string head = "{\"type\":\"channels\",\"channels\":[{\"key\":\"";
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("channels"),
              head + "t\",\"kind\":\"sensor\",\"noisy\":120}]}|" + head +
                  "u\",\"kind\":\"sensor\",\"noisy\":600}]}|" + End);
  CHECK_EQUAL(said.readings(), "{\"t\":20,\"u\":20,\"v\":20}|");
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":20,\"u\":20}|");
  value = 20.1;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":20.1,\"u\":20.1,\"v\":20.1}|");
  value = NAN;
  sketch.pass(1000);
  sketch.said();
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":null,\"u\":null}|");
}

// Without a deadband, a number goes out when other digits are shown.
TEST(without_a_deadband) {
  CabledSketch sketch;
  value = 20;
  sketch.board.sensor("t", given).precision(1).every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(500);
  sketch.said();
  value = 20.04;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "");
  value = 20.06;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":20.1}|");
}
