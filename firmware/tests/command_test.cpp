// What Home Assistant wants done.

#include "sketch.h"

namespace {

// What the sketch's functions were called with, each with a bar behind it.
std::string called;

void note(const std::string &what) { called += what + '|'; }

std::string taken() {
  const std::string all = called;
  called.clear();
  return all;
}

const std::string Done = "{\"type\":\"result\",\"id\":1,\"ok\":true}|";

std::string refused(const std::string &why, int id = 1) {
  return "{\"type\":\"result\",\"id\":" + std::to_string(id) +
         ",\"ok\":false,\"message\":\"" + why + "\"}|";
}

const std::string OtherType = refused("The value is of another type."),
                  OutOfRange = refused("The value is out of range."),
                  NoOption = refused("That is none of the options."),
                  NoSuch = refused("The board has nothing of that name to operate.");

// Ids are those of other commands each time, or they would be answered from memory.
struct Commands : CabledSketch {
  // The answer to a command, as if it had the id 1, and what is read then.
  std::string set(const std::string &key, const std::string &value) {
    const std::string id = std::to_string(++ids_);
    std::string said = command(key, value, id);
    const size_t at = said.find("\"id\":" + id + ',');
    CHECK(at != std::string::npos);
    return at == std::string::npos ? said : said.replace(at + 5, id.size(), "1");
  }

private:
  int ids_ = 1000;
};

} // namespace

// A switch is switched, and the new value goes out as a reading after the answer.
TEST(switches) {
  Commands sketch;
  sketch.board.on(
      "led", +[](bool on) { note(on ? "on" : "off"); });
  sketch.start();
  CHECK_EQUAL(sketch.set("led", "true"), Done + "{\"led\":true}|");
  CHECK_EQUAL(taken(), "on|");
  CHECK_EQUAL(sketch.set("led", "false"), Done + "{\"led\":false}|");
  CHECK_EQUAL(taken(), "off|");
  // Also if it is the same: Home Assistant may think otherwise.
  CHECK_EQUAL(sketch.set("led", "false"), Done + "{\"led\":false}|");
  CHECK_EQUAL(taken(), "off|");
}

// What is not on or off is refused, and the function is not called.
TEST(switches_take_nothing_else) {
  Commands sketch;
  sketch.board.on(
      "led", +[](bool on) { note(on ? "on" : "off"); });
  sketch.start();
  for (const char *value : {"1", "\"on\"", "null", "{}", "[true]", "1e999"}) {
    CHECK_EQUAL(sketch.set("led", value), OtherType);
  }
  CHECK_EQUAL(taken(), "");
  CHECK_EQUAL(sketch.ask("{\"type\":\"set\",\"id\":1,\"key\":\"led\"}").all(),
              OtherType);
  CHECK_EQUAL(taken(), "");
}

// A number is taken within its range, which has edges.
TEST(numbers) {
  Commands sketch;
  sketch.board
      .on(
          "fan", +[](float value) { note(std::to_string(value)); })
      .range(-10, 10.5f, 0.5f);
  sketch.start();
  CHECK_EQUAL(sketch.set("fan", "10.5"), Done + "{\"fan\":10.5}|");
  CHECK_EQUAL(sketch.set("fan", "-10"), Done + "{\"fan\":-10}|");
  CHECK_EQUAL(sketch.set("fan", "0.5e1"), Done + "{\"fan\":5}|");
  CHECK_EQUAL(taken(), "10.500000|-10.000000|5.000000|");
  CHECK_EQUAL(sketch.set("fan", "10.51"), OutOfRange);
  CHECK_EQUAL(sketch.set("fan", "-10.01"), OutOfRange);
  CHECK_EQUAL(sketch.set("fan", "1e300"), OutOfRange);
  CHECK(sketch.set("fan", "1e999").find("\"ok\":false") != std::string::npos);
  CHECK_EQUAL(sketch.set("fan", "\"5\""), OtherType);
  CHECK_EQUAL(sketch.set("fan", "true"), OtherType);
  CHECK_EQUAL(taken(), "");
}

// Without a range, a number goes from 0 to 100, and for an int it is rounded.
TEST(numbers_without_a_range) {
  Commands sketch;
  sketch.board.on(
      "fan", +[](int value) { note(std::to_string(value)); });
  sketch.start();
  CHECK_EQUAL(sketch.set("fan", "0"), Done + "{\"fan\":0}|");
  CHECK_EQUAL(sketch.set("fan", "100"), Done + "{\"fan\":100}|");
  CHECK_EQUAL(sketch.set("fan", "100.1"), OutOfRange);
  CHECK_EQUAL(sketch.set("fan", "-1"), OutOfRange);
  sketch.set("fan", "9.6");
  CHECK_EQUAL(taken(), "0|100|10|");
}

// A range can be wider than an int: what does not fit into one is refused.
TEST(numbers_beyond_an_int) {
  Commands sketch;
  sketch.board
      .on(
          "far", +[](int value) { note(std::to_string(value)); })
      .range(-1e12f, 1e12f);
  sketch.start();
  CHECK_EQUAL(sketch.set("far", "-70000"), Done + "{\"far\":-70000}|");
  CHECK_EQUAL(taken(), "-70000|");
  CHECK_EQUAL(sketch.set("far", "5e9"), OutOfRange);
  CHECK_EQUAL(sketch.set("far", "-5e9"), OutOfRange);
  CHECK_EQUAL(taken(), "");
}

// A number with small steps is read back as it was set.
TEST(numbers_with_small_steps) {
  Commands sketch;
  sketch.board
      .on(
          "gain", +[](float) {})
      .range(0, 1, 0.001f);
  sketch.start();
  CHECK_EQUAL(sketch.set("gain", "0.125"), Done + "{\"gain\":0.125}|");
}

// What is not known of a number or a select before anybody has set it, is said so.
TEST(nobody_knows_yet) {
  Commands sketch;
  sketch.board.on(
      "fan", +[](float) {});
  sketch.board
      .on(
          "mode", +[](const char *) {})
      .options("auto|off");
  sketch.board.on(
      "dim", +[](uint8_t) {});
  sketch.board.on(
      "lamp", +[](uint8_t, uint8_t, uint8_t) {});
  sketch.board.on(
      "go", +[]() {});
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(),
              "{\"fan\":null,\"mode\":null,\"dim\":0,\"lamp\":\"#000000\"}|");
}

// A light takes its brightness.
TEST(brightness) {
  Commands sketch;
  sketch.board.on(
      "dim", +[](uint8_t value) { note(std::to_string(value)); });
  sketch.start();
  CHECK_EQUAL(sketch.set("dim", "255"), Done + "{\"dim\":255}|");
  CHECK_EQUAL(sketch.set("dim", "0"), Done + "{\"dim\":0}|");
  CHECK_EQUAL(taken(), "255|0|");
  CHECK_EQUAL(sketch.set("dim", "256"), OutOfRange);
  CHECK_EQUAL(sketch.set("dim", "-1"), OutOfRange);
  CHECK_EQUAL(sketch.set("dim", "true"), OtherType);
  CHECK_EQUAL(taken(), "");
  // What a person does at the board is told at once, too.
  sketch.board.set("dim", 40);
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().readings(), "{\"dim\":40}|");
}

// A light takes its color, in digits of either case.
TEST(colors) {
  Commands sketch;
  sketch.board.on(
      "lamp", +[](uint8_t red, uint8_t green, uint8_t blue) {
        note(std::to_string(red) + ' ' + std::to_string(green) + ' ' +
             std::to_string(blue));
      });
  sketch.start();
  CHECK_EQUAL(sketch.set("lamp", "\"#ff8000\""), Done + "{\"lamp\":\"#ff8000\"}|");
  CHECK_EQUAL(sketch.set("lamp", "\"#00FFab\""), Done + "{\"lamp\":\"#00ffab\"}|");
  CHECK_EQUAL(taken(), "255 128 0|0 255 171|");
  for (const char *value :
       {"\"ff8000\"", "\"#ff80\"", "\"#ff800000\"", "\"#ff80zz\"", "\"\"", "255"}) {
    CHECK_EQUAL(sketch.set("lamp", value), OtherType);
  }
  CHECK_EQUAL(taken(), "");
  sketch.board.set("lamp", 1, 2, 3);
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().readings(), "{\"lamp\":\"#010203\"}|");
}

// A button is pressed. It has no value.
TEST(buttons) {
  Commands sketch;
  sketch.board
      .on(
          "open", +[]() { note("open"); })
      .deviceClass("identify");
  sketch.start();
  CHECK_EQUAL(sketch.ask("{\"type\":\"set\",\"id\":1,\"key\":\"open\"}").all(), Done);
  CHECK_EQUAL(taken(), "open|");
  CHECK_EQUAL(chip().restarts, 0);
}

// A restart that the sketch refuses does not happen.
TEST(restart_refused) {
  static Commands sketch;
  sketch.board
      .on(
          "again", +[]() { sketch.board.refuse("Not now."); })
      .deviceClass("restart");
  sketch.start();
  CHECK_EQUAL(sketch.set("again", "null"), refused("Not now."));
  sketch.pass(1000);
  CHECK_EQUAL(chip().restarts, 0);
}

// A select takes one of its options, and not what only looks like one.
TEST(selects) {
  Commands sketch;
  sketch.board
      .on(
          "mode", +[](const char *option) { note(option); })
      .options("auto|heat|°");
  sketch.start();
  CHECK_EQUAL(sketch.set("mode", "\"heat\""), Done + "{\"mode\":\"heat\"}|");
  CHECK_EQUAL(sketch.set("mode", "\"auto\""), Done + "{\"mode\":\"auto\"}|");
  CHECK_EQUAL(sketch.set("mode", "\"°\""), Done + "{\"mode\":\"°\"}|");
  CHECK_EQUAL(taken(), "heat|auto|°|");
  for (const char *value : {"\"hea\"", "\"heats\"", "\"auto|heat\"", "\"\"", "\"|\""}) {
    CHECK_EQUAL(sketch.set("mode", value), NoOption);
  }
  CHECK_EQUAL(sketch.set("mode", "1"), OtherType);
  CHECK_EQUAL(taken(), "");
  sketch.board.set("mode", "heat");
  sketch.board.set("mode", "none");
  sketch.pass(150);
  CHECK_EQUAL(sketch.said().readings(), "{\"mode\":\"heat\"}|");
}

// What is not there, or cannot be operated, is refused.
TEST(nothing_to_operate) {
  Commands sketch;
  sketch.board.sensor(
      "t", +[] { return 1.0f; });
  sketch.board.input("red", 5);
  sketch.board.watch(
      "sensor.x", +[](float) { note("watch"); });
  sketch.board.event("bell", "press");
  sketch.start();
  for (const char *key : {"led", "t", "red", "sensor.x", ""}) {
    CHECK_EQUAL(sketch.set(key, "true"), NoSuch);
  }
  CHECK(sketch.set("bell", "true").find("\"ok\":false") != std::string::npos);
  CHECK_EQUAL(taken(), "");
}

// The sketch can refuse, with its own words, and then nothing has happened.
TEST(sketch_refuses) {
  static Commands sketch;
  static bool isLocked = true;
  sketch.board.on(
      "led", +[](bool) {
        if (isLocked) {
          sketch.board.refuse("The door is open.");
        }
      });
  sketch.start();
  CHECK_EQUAL(sketch.set("led", "true"), refused("The door is open."));
  sketch.tell("{\"type\":\"hello\"}");
  sketch.pass(1500);
  CHECK_EQUAL(sketch.said().readings(), "{\"led\":false}|");
  isLocked = false;
  CHECK_EQUAL(sketch.set("led", "true"), Done + "{\"led\":true}|");
}

// A refusal that is longer than Home Assistant shows is cut, between two characters.
TEST(long_refusal) {
  static Commands sketch;
  static std::string why;
  sketch.board.on(
      "led", +[](bool) { sketch.board.refuse(why.c_str()); });
  sketch.start();
  for (int i = 0; i < 130; i++) {
    why += i % 2 == 0 ? "x" : "°";
  }
  CHECK_EQUAL(sketch.set("led", "true"), refused(why.substr(0, 180)));
  why = why.substr(0, 180);
  CHECK_EQUAL(sketch.set("led", "true"), refused(why));
}

// Outside of a command there is nothing to refuse: neither the one before, nor the
// next.
TEST(refusal_outside_of_a_command) {
  static Commands sketch;
  sketch.board.on(
      "led", +[](bool on) { note(on ? "on" : "off"); });
  sketch.board.watch(
      "sensor.x", +[](float) { sketch.board.refuse("Too warm."); });
  sketch.start();
  const std::string done = "{\"type\":\"result\",\"id\":7,\"ok\":true}|";
  CHECK_EQUAL(sketch.command("led", "true", "7"), done + "{\"led\":true}|");
  sketch.ask("{\"type\":\"value\",\"key\":\"sensor.x\",\"value\":5}");
  CHECK_EQUAL(sketch.command("led", "true", "7"), done);
  sketch.board.refuse("Not now.");
  CHECK_EQUAL(sketch.command("led", "true", "7"), done);
  CHECK_EQUAL(sketch.command("led", "false", "8"),
              "{\"type\":\"result\",\"id\":8,\"ok\":true}|{\"led\":false}|");
  CHECK_EQUAL(taken(), "on|off|");
}

// A function can set another value than the one that was asked for.
TEST(another_value) {
  static Commands sketch;
  sketch.board.on(
      "fan", +[](float) { sketch.board.set("fan", 30); });
  sketch.start();
  CHECK_EQUAL(sketch.set("fan", "75"), Done + "{\"fan\":30}|");
}

// A function can use the board: set another channel, fire, and even loop.
TEST(functions_use_the_board) {
  static Commands sketch;
  sketch.board.on(
      "led", +[](bool on) {
        note("called");
        sketch.board.set("mirror", on);
        for (int i = 0; i < 30; i++) {
          sketch.board.loop();
          advanceClock(10);
        }
      });
  sketch.start();
  CHECK_EQUAL(sketch.set("led", "true"), Done + "{\"led\":true,\"mirror\":true}|");
  CHECK_EQUAL(taken(), "called|");
}

// A command that comes again, with the same id, is answered again and not done again.
TEST(same_command_again) {
  static Commands sketch;
  sketch.board.on(
      "led", +[](bool on) { note(on ? "on" : "off"); });
  sketch.board.on(
      "door", +[]() { sketch.board.refuse("Locked."); });
  sketch.start();
  CHECK_EQUAL(sketch.command("led", "true", "2147483647"),
              "{\"type\":\"result\",\"id\":2147483647,\"ok\":true}|{\"led\":true}|");
  CHECK_EQUAL(sketch.command("led", "true", "2147483647"),
              "{\"type\":\"result\",\"id\":2147483647,\"ok\":true}|");
  CHECK_EQUAL(taken(), "on|");
  CHECK_EQUAL(sketch.command("door", "null", "7"), refused("Locked.", 7));
  CHECK_EQUAL(sketch.command("door", "null", "7"), refused("Locked.", 7));
  CHECK_EQUAL(sketch.command("led", "1", "8"),
              refused("The value is of another type.", 8));
  CHECK_EQUAL(sketch.command("led", "true", "8"),
              refused("The value is of another type.", 8));
  CHECK_EQUAL(taken(), "");
}

// Several commands that came while the sketch was busy are all done, in their order.
TEST(several_at_once) {
  Commands sketch;
  sketch.board.on(
      "a", +[](bool on) { note(on ? "a on" : "a off"); });
  sketch.board.on(
      "b", +[](bool on) { note(on ? "b on" : "b off"); });
  sketch.start();
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"a\",\"value\":true}");
  sketch.tell("{\"type\":\"set\",\"id\":2,\"key\":\"b\",\"value\":true}");
  sketch.tell("{\"type\":\"set\",\"id\":3,\"key\":\"a\",\"value\":false}");
  sketch.pass(300);
  CHECK_EQUAL(taken(), "a on|b on|a off|");
  CHECK_EQUAL(sketch.said().all(), "{\"type\":\"result\",\"id\":1,\"ok\":true}|"
                                   "{\"type\":\"result\",\"id\":2,\"ok\":true}|"
                                   "{\"type\":\"result\",\"id\":3,\"ok\":true}|"
                                   "{\"a\":false,\"b\":true}|");
}

// A person can type a command at the Serial Monitor, without an id.
TEST(typed_by_a_person) {
  Commands sketch;
  sketch.board.on(
      "led", +[](bool) { note("called"); });
  sketch.start();
  for (int i = 0; i < 2; i++) {
    sketch.ask("{\"type\":\"set\",\"key\":\"led\",\"value\":true}");
    CHECK_EQUAL(taken(), "called|");
  }
}

// An Uno waits until its port takes everything.
#if !SENSORBOARD_IS_SMALL

// A button that restarts the board does so when the answer has left.
TEST(restart) {
  Commands sketch;
  sketch.board
      .on(
          "again", +[]() { note("again"); })
      .deviceClass("restart");
  sketch.start();
  sketch.port.room = 0;
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"again\"}");
  sketch.pass(300);
  CHECK_EQUAL(taken(), "again|");
  CHECK_EQUAL(chip().restarts, 0);
  sketch.port.room = 10000;
  CHECK(sketch.until([] { return chip().restarts > 0; }));
  CHECK_EQUAL(sketch.said().of("result"), Done);
  CHECK(sketch.port.flushes > 0);
}

// An answer that the port does not take now is given later, and only once.
TEST(answer_waits) {
  Commands sketch;
  sketch.board.on(
      "led", +[](bool) { note("called"); });
  sketch.start();
  sketch.port.room = 0;
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}");
  sketch.pass(1000);
  sketch.port.room = 10000;
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().all(), Done + "{\"led\":true}|");
  CHECK_EQUAL(taken(), "called|");
}

#endif
