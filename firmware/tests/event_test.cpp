// What happens at the board, what happens elsewhere, and what Home Assistant says
// besides commands.

#include <math.h>

#include "sketch.h"

namespace {

std::string told;

std::string taken() {
  const std::string all = told;
  told.clear();
  return all;
}

const std::string Press = "{\"type\":\"event\",\"key\":\"bell\",\"event\":\"press\"}|";

// Has the board take a value of Home Assistant's, and gives what the sketch was told.
std::string value(CabledSketch &sketch, const std::string &entity,
                  const std::string &shown) {
  const Said said = sketch.ask("{\"type\":\"value\",\"key\":\"" + entity +
                               "\",\"value\":" + shown + ",\"unit\":\"°C\"}");
  CHECK_EQUAL(said.all(), ""); // no answer is expected
  return taken();
}

} // namespace

// An event goes out when it happens, each time, and is in no reading.
TEST(events) {
  CabledSketch sketch;
  sketch.board.event("bell", "press|double_press");
  sketch.start();
  sketch.board.fire("bell", "press");
  sketch.board.fire("bell", "double_press");
  sketch.board.fire("bell", "press");
  CHECK_EQUAL(sketch.said().all(),
              Press +
                  "{\"type\":\"event\",\"key\":\"bell\",\"event\":\"double_press\"}|" +
                  Press);
  sketch.pass(6000);
  CHECK_EQUAL(sketch.said().all(), "{}|");
}

// With only one kind of event, its name can be left out.
TEST(events_without_a_name) {
  CabledSketch sketch;
  sketch.board.event("bell", "press");
  sketch.start();
  sketch.board.fire("bell");
  CHECK_EQUAL(sketch.said().all(), "{\"type\":\"event\",\"key\":\"bell\"}|");
}

// What is no event does not happen; a name that is none of the event's is Home
// Assistant's to complain about.
TEST(events_that_are_none) {
  CabledSketch sketch;
  sketch.board.event("bell", "press");
  sketch.board.set("t", 20);
  sketch.start();
  sketch.board.fire("t", "press");
  sketch.board.fire("nobody", "press");
  sketch.board.fire("", "press");
  CHECK_EQUAL(sketch.said().all(), "");
  sketch.board.fire("bell", "shake");
  CHECK_EQUAL(sketch.said().all(),
              "{\"type\":\"event\",\"key\":\"bell\",\"event\":\"shake\"}|");
}

// A number of Home Assistant's comes as one; NaN is one that nobody knows.
TEST(watching_a_number) {
  CabledSketch sketch;
  sketch.board.watch(
      "sensor.outdoor", +[](float number) {
        told += isnan(number) ? "NaN|" : std::to_string(number) + '|';
      });
  sketch.start();
  CHECK_EQUAL(value(sketch, "sensor.outdoor", "12.3"), "12.300000|");
  CHECK_EQUAL(value(sketch, "sensor.outdoor", "-4"), "-4.000000|");
  CHECK_EQUAL(value(sketch, "sensor.outdoor", "null"), "NaN|");
  CHECK_EQUAL(value(sketch, "sensor.outdoor", "\"warm\""), "NaN|");
  CHECK_EQUAL(value(sketch, "sensor.indoor", "12.3"), "");
}

// Whether something is on, as Home Assistant words it.
TEST(watching_a_state) {
  CabledSketch sketch;
  sketch.board.watch(
      "light.desk", +[](bool on) { told += on ? "on|" : "off|"; });
  sketch.start();
  CHECK_EQUAL(value(sketch, "light.desk", "\"on\""), "on|");
  CHECK_EQUAL(value(sketch, "light.desk", "\"off\""), "off|");
  CHECK_EQUAL(value(sketch, "light.desk", "null"), "off|");
  CHECK_EQUAL(value(sketch, "light.desk", "\"one\""), "off|");
  CHECK_EQUAL(value(sketch, "light.desk", "1"), "on|");
  CHECK_EQUAL(value(sketch, "light.desk", "0"), "off|");
  CHECK_EQUAL(value(sketch, "light.desk", "true"), "on|");
}

// A text as it is, and none if nobody knows it.
TEST(watching_a_text) {
  CabledSketch sketch;
  sketch.board.watch(
      "sun.sun", +[](const char *text) { told += text + std::string("|"); });
  sketch.start();
  CHECK_EQUAL(value(sketch, "sun.sun", "\"below_horizon\""), "below_horizon|");
  CHECK_EQUAL(value(sketch, "sun.sun", "\"°\\\"\""), "°\"|");
  CHECK_EQUAL(value(sketch, "sun.sun", "null"), "|");
}

// A channel of the board's own is not what is watched.
TEST(values_for_nobody) {
  CabledSketch sketch;
  sketch.board.on(
      "led", +[](bool) { told += "called|"; });
  sketch.start();
  CHECK_EQUAL(value(sketch, "led", "true"), "");
}

// The time of a board at a cable, until after the year 2038.
TEST(time_at_a_cable) {
  CabledSketch sketch;
  sketch.start();
  sketch.tell("{\"type\":\"welcome\",\"time\":4294967000,\"offset\":0}");
  sketch.pass(100);
  CHECK_EQUAL(sketch.board.time(), 4294967000u);
  // Settings without a time leave it as it is.
  sketch.tell("{\"type\":\"settings\",\"interval\":10}");
  sketch.pass(2000);
  CHECK_EQUAL(sketch.board.time(), 4294967002u);
}

// What this version does not know, or what is no message at all, does nothing.
TEST(what_is_not_understood) {
  CabledSketch sketch;
  sketch.board.on(
      "led", +[](bool) { told += "called|"; });
  sketch.start();
  for (const char *message :
       {"{\"type\":\"new\",\"key\":\"led\",\"value\":true}", "{}", "[]", "text", "{",
        "{\"type\":7}", "{\"type\":\"set\",\"key\":\"led\",\"value\":true",
        "{\"temp\":20}"}) {
    CHECK_EQUAL(sketch.ask(message).all(), "");
  }
  CHECK_EQUAL(taken(), "");
  CHECK_EQUAL(sketch.board.status().rejected, 0);
}

// An Uno waits until its port takes everything.
#if !SENSORBOARD_IS_SMALL

// An event that the port does not take at once comes later, but not after 10 seconds.
TEST(events_wait_for_the_port) {
  CabledSketch sketch;
  sketch.board.event("bell", "press");
  sketch.start();
  sketch.port.room = 0;
  sketch.board.fire("bell", "press");
  sketch.pass(9000);
  sketch.port.room = 10000;
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().of("event"), Press);
  sketch.port.room = 0;
  sketch.board.fire("bell", "press");
  sketch.pass(11000);
  sketch.port.room = 10000;
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().of("event"), "");
}

#endif
