// When readings are taken and sent.

#include <math.h>

#include <algorithm>

#include "sketch.h"

namespace {

double warm;
int asked;
double measured() {
  asked++;
  return warm;
}

double counted() { return ++asked; }

// How many times a board says something that begins so, while it is left alone.
size_t count(CabledSketch &sketch, const std::string &beginning, uint32_t ms,
             uint32_t step = 10) {
  sketch.said();
  sketch.pass(ms, step);
  size_t found = 0;
  for (const std::string &message : sketch.said().messages()) {
    found += message.find(beginning) == 0;
  }
  return found;
}

} // namespace

// All that is known goes out first, in one message; what is not known is left out.
TEST(first_reading_is_full) {
  CabledSketch sketch;
  warm = 21.5;
  fakePins[5].level = HIGH;
  sketch.board.sensor("t", measured);
  sketch.board.sensor(
      "text", +[]() -> const char * { return "idle"; });
  sketch.board.sensor("later");
  sketch.board.input("red", 5);
  sketch.board.on(
      "led", +[](bool) {});
  sketch.board.set("told", 3);
  sketch.board.begin(sketch.port);
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"t\":21.5,\"text\":\"idle\",\"red\":true,\"led\":false,\"told\":3}|");
}

// A function is called once in each interval: 5 seconds, if nobody says otherwise.
TEST(interval) {
  CabledSketch sketch;
  sketch.board.sensor("n", counted);
  sketch.start();
  asked = 100;
  CHECK_EQUAL(count(sketch, "{\"n\":", 50000), 10u);
  CHECK_EQUAL(asked, 110);
}

// A sketch has its own interval, and a channel its own in place of that.
TEST(intervals_of_the_sketch) {
  CabledSketch sketch;
  sketch.board.interval(2);
  sketch.board.sensor("n", counted);
  sketch.board
      .sensor(
          "fast", +[] { return 1.0f * static_cast<float>(millis()); })
      .every(0.5f);
  sketch.start();
  asked = 100;
  CHECK_EQUAL(count(sketch, "{\"fast\":", 20000), 30u); // without those with both
  CHECK_EQUAL(asked, 110);
}

// Channels that are due at the same time go in one message.
TEST(one_message_for_all_that_is_due) {
  CabledSketch sketch;
  sketch.board.sensor("a", counted);
  sketch.board.sensor("b", counted);
  sketch.board.sensor("c").every(1);
  sketch.start();
  sketch.pass(5000);
  const Said said = sketch.said();
  CHECK_EQUAL(said.size(), 1u);
  CHECK_EQUAL(said.readings().find("{\"a\":"), 0u);
  CHECK(said.readings().find(",\"b\":") != std::string::npos);
}

// Texts, inputs and what is switched go out at once, numbers when it is time for them.
TEST(at_once) {
  CabledSketch sketch;
  sketch.board.sensor("n");
  sketch.board.set("n", 1);
  sketch.board.set("text", "a");
  sketch.board.set("on", false);
  sketch.start();
  sketch.pass(1000);
  sketch.said();
  sketch.board.set("text", "b");
  sketch.pass(110);
  CHECK_EQUAL(sketch.said().all(), "{\"text\":\"b\"}|");
  sketch.board.set("on", true);
  sketch.pass(110);
  CHECK_EQUAL(sketch.said().all(), "{\"on\":true}|");
  sketch.board.set("n", 2);
  sketch.pass(1000);
  CHECK_EQUAL(sketch.said().all(), "");
  sketch.board.set("n", 3);
  sketch.pass(5000);
  CHECK_EQUAL(sketch.said().all(), "{\"n\":3}|");
}

// A sketch that changes something in each loop does not fill the line with that.
TEST(ten_readings_a_second_at_most) {
  CabledSketch sketch;
  sketch.start();
  size_t count = 0;
  for (int i = 0; i < 1000; i++) {
    sketch.board.set("on", i % 2 == 0);
    sketch.loop(1);
    count += sketch.said().size();
  }
  CHECK(count >= 5);
  CHECK(count <= 11);
}

// Nothing is said twice, but there is a sign of life in each interval.
TEST(signs_of_life) {
  CabledSketch sketch;
  sketch.board.sensor("t", measured);
  warm = 20;
  sketch.start();
  sketch.pass(25000);
  CHECK_EQUAL(sketch.said().all(), "{}|{}|{}|{}|{}|");
  // Readings are such signs.
  sketch.board.set("on", true);
  CHECK_EQUAL(count(sketch, "{", 4500), 1u);
}

// A board without any channel gives signs of life, too.
TEST(nothing_to_measure) {
  CabledSketch sketch;
  sketch.start();
  sketch.pass(20000);
  CHECK_EQUAL(sketch.said().all(), "{}|{}|{}|{}|");
}

// What Home Assistant wishes counts in place of the sketch's interval, until it has no
// wish any more.
TEST(interval_that_is_wished) {
  CabledSketch sketch;
  sketch.board.sensor("n", counted);
  sketch.board
      .sensor(
          "own", +[] { return static_cast<float>(millis()); })
      .every(2);
  sketch.start();
  sketch.tell("{\"type\":\"settings\",\"interval\":1}");
  sketch.pass(1000);
  CHECK_EQUAL(count(sketch, "{\"n\":", 10000), 10u);
  sketch.tell("{\"type\":\"settings\",\"interval\":20}");
  sketch.pass(20000);
  asked = 0;
  sketch.pass(60000);
  CHECK_EQUAL(asked, 3);
  CHECK(count(sketch, "{\"own\":", 10000) >= 4u);
  sketch.tell("{\"type\":\"settings\"}");
  sketch.pass(20000);
  asked = 0;
  sketch.pass(50000);
  CHECK_EQUAL(asked, 10);
}

// What was not measured while a sketch was busy is not made up for.
TEST(no_catching_up) {
  CabledSketch sketch;
  sketch.board.sensor("n", counted).every(1);
  sketch.start();
  asked = 0;
  sketch.pass(60000, 60000); // one loop
  CHECK_EQUAL(count(sketch, "{\"n\":", 4000), 4u);
  CHECK_EQUAL(asked, 4);
}

// Loops that take longer than the interval measure each time.
TEST(slower_than_the_interval) {
  CabledSketch sketch;
  sketch.board.sensor("n", counted).every(1);
  sketch.start();
  sketch.pass(3000, 3000);
  CHECK_EQUAL(count(sketch, "{\"n\":", 30000, 3000), 10u);
}

// Milliseconds that begin anew after 50 days change nothing.
TEST(clock_wraps) {
  CabledSketch sketch;
  setClock(0xffffffff - 20000);
  sketch.board.sensor("n", counted);
  sketch.board.input("red", 5);
  sketch.start();
  CHECK_EQUAL(count(sketch, "{\"n\":", 50000), 10u);
  CHECK(millis() < 60000);
  fakePins[5].level = HIGH;
  sketch.pass(250);
  CHECK_EQUAL(sketch.said().readings(), "{\"red\":true}|");
}

// Ticks in 16 bits begin anew after 109 minutes: nothing is measured too often or
// never.
TEST(ticks_wrap) {
  CabledSketch sketch;
  sketch.board.interval(60);
  sketch.board.sensor("n", counted);
  sketch.start();
  asked = 0;
  sketch.pass(4 * 3600000 + 1000, 500);
  CHECK_EQUAL(asked, 240);
}

// Nothing at a cable tells what got lost, so everything is said anew every minute.
TEST(said_again_every_minute) {
  CabledSketch sketch;
  warm = 20;
  sketch.board.sensor("t", measured);
  sketch.board.set("on", true);
  sketch.start();
  sketch.pass(59000);
  CHECK_EQUAL(sketch.said().all().find("t"), std::string::npos);
  sketch.pass(121000);
  std::string full;
  for (const std::string &message : sketch.said().messages()) {
    full += message != "{}" ? message + '|' : "";
  }
  CHECK_EQUAL(full, "{\"t\":20,\"on\":true}|{\"t\":20,\"on\":true}|"
                    "{\"t\":20,\"on\":true}|");
}

// A number that was told long ago, and changes again, is not late.
TEST(told_seldom) {
  CabledSketch sketch;
  sketch.board.set("n", 1);
  sketch.start();
  sketch.pass(7200000, 1000);
  sketch.said();
  sketch.board.set("n", 2);
  sketch.pass(5000);
  CHECK_EQUAL(sketch.said().readings(), "{\"n\":2}|");
}

// A function that sets another channel, or the board's own loop in a function, is no
// harm: each is called as often as it is time.
TEST(functions_that_use_the_board) {
  static CabledSketch sketch;
  sketch.board.sensor(
      "a", +[]() -> double {
        asked++;
        sketch.board.set("b", asked);
        sketch.board.set("c", asked % 2 == 0);
        for (int i = 0; i < 20; i++) {
          sketch.board.loop();
          advanceClock(10);
        }
        return asked;
      });
  asked = 0;
  sketch.board.begin(sketch.port);
  sketch.pass(1000);
  const int before = asked;
  sketch.said();
  sketch.pass(10000);
  CHECK_EQUAL(asked, before + 2);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"a\":2,\"b\":2,\"c\":true}|{\"a\":3,\"b\":3,\"c\":false}|");
}

// A number's function is one, whatever the sketch says about it or tells it: loop()
// comes back, and the function counts.
TEST(functions_of_another_type) {
  CabledSketch sketch;
  sketch.board
      .sensor(
          "a", +[]() -> int { return 1; })
      .options("idle|heating");
  sketch.board
      .sensor(
          "b", +[]() -> float { return 2; })
      .text();
  sketch.board.sensor(
      "c", +[]() -> float { return 3; });
  sketch.board.set("c", "no sensor");
  sketch.board.sensor(
      "d", +[]() -> int { return 4; });
  sketch.board.set("d", true);
  sketch.board
      .sensor(
          "e", +[]() -> const char * { return "five"; })
      .text();
  sketch.board.set("e", true);
  sketch.board.set("e", 7);
  sketch.board.begin(sketch.port);
  sketch.pass(6000);
  const std::string all = sketch.said().readings();
  for (const char *member :
       {"\"a\":1", "\"b\":2", "\"c\":3", "\"d\":4", "\"e\":\"five\""}) {
    CHECK(all.find(member) != std::string::npos);
  }
  CHECK_EQUAL(all.find("true"), std::string::npos);
  CHECK_EQUAL(all.find("no sensor"), std::string::npos);
}

// Between two functions that take long there is a look at commands and inputs. What was
// due together still goes out together.
TEST(between_slow_functions) {
  static CabledSketch *board;
  static int calls, callsBefore;
  static char keys[8][3];
  CabledSketch sketch;
  board = &sketch;
  calls = callsBefore = 0;
  fakePins[5].level = LOW;
  for (int i = 0; i < 8; i++) {
    snprintf(keys[i], sizeof(keys[i]), "s%d", i);
    sketch.board.sensor(
        keys[i], +[]() -> int {
          advanceClock(1000);
          if (++calls == 10) {
            board->tell("{\"type\":\"set\",\"id\":9,\"key\":\"led\",\"value\":true}");
            fakePins[5].level = HIGH;
          }
          return calls;
        });
  }
  sketch.board.input("door", 5);
  sketch.board.interval(60);
  sketch.board.on(
      "led", +[](bool) { callsBefore = calls; });
  sketch.start();
  CHECK(sketch.until([] { return calls >= 16; }, 90000));
  CHECK_EQUAL(callsBefore, 10);
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().all(),
              "{\"type\":\"result\",\"id\":9,\"ok\":true}|"
              "{\"s0\":9,\"s1\":10,\"s2\":11,\"s3\":12,\"s4\":13,\"s5\":14,\"s6\":15,"
              "\"s7\":16,\"door\":true,\"led\":true}|");
}

// Deadbands of numbers that are as large as they can be, of both signs.
TEST(deadband_of_huge_numbers) {
  static double huge;
  huge = 9e18;
  CabledSketch sketch;
  sketch.board
      .sensor(
          "n", +[]() -> double { return huge = -huge; })
      .precision(2)
      .deadband(1);
  sketch.board
      .sensor(
          "all", +[]() -> double { return huge; })
      .deadband(-1);
  sketch.start();
  sketch.pass(10000);
  const std::string all = sketch.said().readings();
  CHECK_EQUAL(std::count(all.begin(), all.end(), '{'), 2);
  CHECK(all.find("\"n\":-9") != std::string::npos);
  CHECK(all.find("\"n\":9") != std::string::npos);
  CHECK(all.find("\"all\":-9") != std::string::npos);
}

// What cannot be an interval is none: the board's own counts, or a second.
TEST(intervals_that_are_none) {
  CabledSketch sketch;
  sketch.board.interval(0);
  sketch.board.sensor("a", counted).every(-1);
  sketch.board
      .sensor(
          "b", +[] { return 2.0f; })
      .every(NAN);
  sketch.start();
  asked = 100;
  CHECK_EQUAL(count(sketch, "{\"a\":", 10000), 10u);
  CHECK_EQUAL(asked, 110);
}

// Ticks in 16 bits hold 6500 seconds: what is longer is as long as that.
TEST(longest_intervals) {
  for (bool isWished : {false, true}) {
    CabledSketch sketch;
    sensorboard::SensorSetup sensor = sketch.board.sensor("n", counted);
    if (!isWished) {
      sensor.every(10000);
    }
    sketch.start();
    if (isWished) {
      sketch.tell("{\"type\":\"settings\",\"interval\":10000}");
    }
    sketch.pass(6500000, 500);
    asked = 0;
    sketch.pass(6490000, 500);
    CHECK_EQUAL(asked, 1);
    sketch.pass(13000000, 500);
    CHECK_EQUAL(asked, 3);
  }
}

// Home Assistant takes 255 characters of a text, in however many bytes, and closes the
// connection at 4 KiB.
TEST(texts_that_are_too_long) {
  static std::string text, narrow(70000, 'x'), wide;
  for (int i = 0; i < 300; i++) {
    wide += i % 2 == 0 ? "°" : "\xf0\x9f\x94\xa5";
  }
  CabledSketch sketch;
  sketch.board.sensor(
      "log", +[]() -> const char * { return text.c_str(); });
  sketch.board.sensor("n", counted);
  text = narrow;
  sketch.start();
  text = "short";
  sketch.pass(5000);
  sketch.said();
  text = narrow;
  sketch.pass(5000);
  std::string said = sketch.said().readings();
  CHECK_EQUAL(said.substr(0, said.find(",\"n\"")),
              "{\"log\":\"" + narrow.substr(0, 255) + '"');
  text = wide;
  sketch.pass(5000);
  said = sketch.said().readings();
  CHECK_EQUAL(said.substr(0, said.find(",\"n\"")),
              "{\"log\":\"" + wide.substr(0, 127 * 6 + 2) + '"');
  text = std::string(5000, '\x01');
  sketch.pass(5000);
  CHECK(sketch.said().readings().size() < 2000);
}

// An Uno waits until its port takes everything, and has few channels.
#if !SENSORBOARD_IS_SMALL

// The longest and the shortest intervals are what they are.
TEST(intervals_at_the_edges) {
  CabledSketch sketch;
  sketch.board.sensor("n", counted);
  sketch.start();
  sketch.tell("{\"type\":\"settings\",\"interval\":3600}");
  sketch.pass(3600000, 1000);
  asked = 0;
  sketch.pass(3600000 * 5, 1000);
  CHECK_EQUAL(asked, 5);
  for (const char *wrong : {"-1", "65536", "99999999999", "\"7\"", "null", "1.5"}) {
    sketch.tell(std::string("{\"type\":\"settings\",\"interval\":") + wrong + "}");
    sketch.pass(10000, 100);
    asked = 0;
    sketch.pass(50000, 100);
    CHECK_EQUAL(asked, 10);
  }
}

// Many long texts go in as many messages as Home Assistant takes, none over 4 KiB.
TEST(too_much_for_one_message) {
  static std::string text(250, 'x');
  static char keys[30][4];
  CabledSketch sketch;
  for (int i = 0; i < 30; i++) {
    snprintf(keys[i], sizeof(keys[i]), "t%02d", i);
    sketch.board.sensor(
        keys[i], +[]() -> const char * { return text.c_str(); });
  }
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  const Said said = sketch.said();
  std::string all;
  for (const std::string &message : said.messages()) {
    CHECK(message.size() <= 4096);
    all += message;
  }
  for (int i = 0; i < 30; i++) {
    const std::string member = '"' + std::string(keys[i]) + "\":\"" + text + '"';
    const size_t at = all.find(member);
    CHECK(at != std::string::npos);
    CHECK_EQUAL(all.find(member, at + 1), std::string::npos);
  }
}

// A port that takes nothing for a while gets the newest of everything afterwards.
TEST(port_that_is_full) {
  CabledSketch sketch;
  sketch.board.sensor("t", measured).every(1);
  warm = 20;
  sketch.start();
  sketch.port.room = 0;
  sketch.board.set("on", true);
  warm = 21;
  sketch.pass(2000);
  warm = 22;
  sketch.pass(2000);
  CHECK_EQUAL(sketch.said().all(), "");
  sketch.port.room = 10000;
  sketch.pass(250);
  CHECK_EQUAL(sketch.said().readings(), "{\"t\":22,\"on\":true}|");
}

// A line that was cut, since the port was full, does not spoil the next one.
TEST(port_that_is_full_in_a_line) {
  CabledSketch sketch;
  sketch.board.set("on", false);
  sketch.start();
  sketch.port.room = 5;
  sketch.board.set("on", true);
  sketch.pass(200);
  sketch.port.room = 10000;
  sketch.pass(250);
  CHECK_EQUAL(sketch.said().all(), "{\"on\"|{\"on\":true}|");
}

// What a port does not take is tried again in each tenth of a second, not in each loop.
TEST(port_that_is_full_is_left_alone) {
  CabledSketch sketch;
  sketch.start();
  sketch.port.room = 0;
  sketch.board.set("on", true);
  sketch.pass(500);
  // How often it is tried shows in a line that is cut each time.
  sketch.port.tries = 0;
  sketch.pass(1000, 1);
  CHECK(sketch.port.tries >= 9);
  CHECK(sketch.port.tries <= 11);
}

#endif
