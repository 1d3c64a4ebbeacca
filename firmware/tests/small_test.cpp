// The library as it is on an Uno or a Nano, whose memory is small: compiled with
// SENSORBOARD_IS_SMALL, and a double instead of their float.

#include <SensorBoard.h>
#include <stubs/FakeClock.h>
#include <stubs/FakePins.h>

#include <memory>
#include <vector>

#include "FakeChip.h"
#include "check.h"

using sensorboard::Message;
using sensorboard::MessageType;
using sensorboard::SerialLink;

namespace {

// A message in a buffer that ends where it ends.
struct Read {
  explicit Read(const std::string &text) : buffer(new char[text.size() + 1]) {
    memcpy(buffer.get(), text.c_str(), text.size() + 1);
    isWhole = message.read(buffer.get(), text.size());
  }

  std::unique_ptr<char[]> buffer;
  Message message;
  bool isWhole;
};

bool isRead(const std::string &text) { return Read(text).isWhole; }

double number(const std::string &text) {
  Read read("{\"value\":" + text + "}");
  CHECK(read.isWhole);
  CHECK(read.message.isNumber());
  return read.message.number();
}

// A computer at the other end of the cable.
class Port : public Stream {
public:
  int available() override { return static_cast<int>(incoming.size()); }
  int read() override {
    if (incoming.empty()) {
      return -1;
    }
    const uint8_t byte = static_cast<uint8_t>(incoming[0]);
    incoming.erase(0, 1);
    return byte;
  }
  int peek() override { return incoming.empty() ? -1 : incoming[0]; }
  size_t write(uint8_t byte) override {
    sent += static_cast<char>(byte);
    return 1;
  }
  using Print::write;

  std::string said() {
    std::string all;
    all.swap(sent);
    return all;
  }

  std::string incoming, sent;
};

struct Sketch {
  Sketch() : board("Uno") {
    setClock(0);
    chip() = FakeChip();
  }

  void pass(uint32_t ms) {
    for (uint32_t passed = 0; passed < ms; passed += 10) {
      board.loop();
      advanceClock(10);
    }
  }

  // Begins, and gives what it says at first.
  std::string start() {
    board.begin(port);
    pass(300);
    return port.said();
  }

  std::string ask(const std::string &message) {
    port.incoming += message + "\n";
    pass(250);
    return port.said();
  }

  // Has it take a command, and gives its answer and its readings.
  std::string command(const std::string &key, const std::string &value,
                      const std::string &id = "1") {
    return ask("{\"type\":\"set\",\"id\":" + id + ",\"key\":\"" + key +
               "\",\"value\":" + value + "}");
  }

  Port port;
  SensorBoard board;
};

std::string answer(const std::string &id, const std::string &wrong = "") {
  return "{\"type\":\"result\",\"id\":" + id + ",\"ok\":" +
         (wrong.empty() ? "true}\n" : "false,\"message\":\"" + wrong + "\"}\n");
}

const char *const WrongType = "The value is of another type.";
const char *const OutOfRange = "The value is out of range.";

double temperature = 21.5;
float takenNumber = 0;
int calls = 0;
std::string takenText;

} // namespace

// All that a command has is found.
TEST(small_command) {
  Read read("{\"type\":\"set\",\"id\":2147483647,\"key\":\"led\",\"value\":true}");
  CHECK(read.isWhole);
  CHECK(read.message.type == MessageType::Set);
  CHECK_EQUAL(read.message.id(), 2147483647);
  CHECK_EQUAL(read.message.target(), "led");
  CHECK(read.message.isBoolean() && read.message.isOn());
  CHECK(!read.message.isNumber() && !read.message.isText());
  CHECK_EQUAL(read.message.valueText(), "");
}

// What a welcome says is found, and what is missing is nothing.
TEST(small_welcome) {
  Read read("{\"type\":\"welcome\",\"time\":4294967295,\"offset\":-18000,"
            "\"interval\":3600}");
  CHECK(read.isWhole);
  CHECK(read.message.type == MessageType::Welcome);
  CHECK_EQUAL(read.message.time(), 4294967295u);
  CHECK_EQUAL(read.message.offset(), -18000);
  CHECK_EQUAL(read.message.interval(), 3600);
  CHECK_EQUAL(read.message.id(), 0);
  CHECK_EQUAL(read.message.target(), "");
  CHECK(!read.message.isBoolean() && !read.message.isNumber() &&
        !read.message.isText());
}

// Every type has its name, and other messages have none.
TEST(small_types) {
  const char *const names[] = {"hello", "welcome", "settings", "set",
                               "value", "error",   "message"};
  for (size_t i = 0; i < 7; i++) {
    Read read("{\"type\":\"" + std::string(names[i]) + "\"}");
    CHECK(read.isWhole);
    CHECK_EQUAL(static_cast<size_t>(read.message.type), i + 1);
  }
  for (const char *other : {"\"\"", "\"he\"", "\"sets\"", "\"pair\"", "3", "null"}) {
    Read read("{\"type\":" + std::string(other) + "}");
    CHECK(read.isWhole);
    CHECK(read.message.type == MessageType::Unknown);
  }
}

// Numbers in all the forms that Home Assistant gives them.
TEST(small_numbers) {
  CHECK_EQUAL(number("0"), 0);
  CHECK_EQUAL(number("-12"), -12);
  CHECK_EQUAL(number("21.5"), 21.5);
  CHECK_EQUAL(number("-0.25"), -0.25);
  CHECK_EQUAL(number("1e3"), 1000);
  CHECK_EQUAL(number("1.5E+2"), 150);
  CHECK(fabs(number("125e-3") - 0.125) < 1e-12);
  CHECK(number("1e65537") > 1e90);
  CHECK(number("1e-99999999999") < 1e-90);
  CHECK(number(std::string(100, '9')) > 1e90);
}

// What is left of two numbers is none.
TEST(small_damaged_numbers) {
  for (const char *text : {"1.2.3", "1-2", "12-", "1+2", "1.5-", "1.5.e3"}) {
    CHECK(isnan(number(text)));
  }
}

// Texts are decoded where they are. Codes are more than such a board has room for.
TEST(small_texts) {
  Read read("{\"value\":\"a\\\"b\\\\c\\/d\\ne\\u00b0f°\"}");
  CHECK(read.isWhole);
  CHECK(read.message.isText());
  CHECK_EQUAL(read.message.valueText(), "a\"b\\c/d e?f°");
}

// What somebody types has spaces; what is not known is passed over, whatever it is.
TEST(small_generous) {
  Read read("  { \"type\" : \"set\" , \"a\" : [ 1 , { \"key\" : \"x]}\" } ] , "
            "\"b\" : { } , \"key\" : \"led\" , \"value\" : 5 }  ");
  CHECK(read.isWhole);
  CHECK(read.message.type == MessageType::Set);
  CHECK_EQUAL(read.message.target(), "led");
  CHECK_EQUAL(read.message.number(), 5);
}

// What is not a whole message is none.
TEST(small_damaged) {
  for (const char *text : {"",
                           " ",
                           "{",
                           "{}",
                           "}",
                           "[1]",
                           "null",
                           "5",
                           "\"x\"",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":,\"b\":1}",
                           "{\"a\":1,}",
                           "{\"a\":1}}",
                           "{\"a\":1} x",
                           "{\"a\":1]",
                           "{a:1}",
                           "{\"a\":tru}",
                           "{\"a\":truee}",
                           "{\"a\":falsee}",
                           "{\"a\":nul}",
                           "{\"a\":t}",
                           "{\"a\":-}",
                           "{\"a\":5O}",
                           "{\"a\":1x}",
                           "{\"a\":.5}",
                           "{\"a\":\"x\"y}",
                           "{\"a\":\"x}",
                           "{\"a\":\"x\\\"}",
                           "{\"a\":\"\\",
                           "{\"a\":\"\\u1",
                           "{\"a\":[1}",
                           "{\"a\":[}",
                           "{\"a\":]}",
                           "{\"a\":[\"]}",
                           "{\"a\":1 2}",
                           "{\"a\":1{\"b\":2}",
                           "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}"}) {
    CHECK_EQUAL(isRead(text) ? text : "", "");
  }
}

// Where a piece between two messages was lost, a member can stand twice, or in a
// message of another type.
TEST(small_joined) {
  for (const char *name :
       {"type", "value", "id", "time", "offset", "interval", "key", "unit"}) {
    const std::string member = '"' + std::string(name) + "\":";
    CHECK(isRead("{" + member + "1}"));
    CHECK(!isRead("{" + member + "1," + member + "\"x\"}"));
    CHECK(!isRead("{" + member + "\"\",\"other\":2," + member + "null}"));
  }
  CHECK(isRead("{\"other\":1,\"other\":2}"));
  CHECK(isRead("{\"type\":\"value\",\"key\":\"s.x\",\"value\":1,\"unit\":\"W\"}"));
  CHECK(!isRead("{\"type\":\"set\",\"key\":\"x\",\"value\":1,\"unit\":\"W\"}"));
}

// A hello with members is a board's own, which has come back.
TEST(small_hello) {
  CHECK(Read("{\"type\":\"hello\"}").message.type == MessageType::Hello);
  for (const char *member : {"\"v\":1", "\"id\":\"uno-1\"", "\"key\":null"}) {
    Read read(std::string("{\"type\":\"hello\",") + member + "}");
    CHECK(read.isWhole);
    CHECK(read.message.type == MessageType::Unknown);
  }
}

// A message that breaks off, or that lacks what was in its middle, is none, or is
// another whole one: nothing is read that is not there.
TEST(small_pieces) {
  const std::string whole =
      "{\"type\":\"set\",\"id\":17,\"key\":\"l\\\"ed\",\"value\":{\"a\":[true,1.5]}}";
  CHECK(isRead(whole));
  for (size_t from = 0; from < whole.size(); from++) {
    CHECK(!isRead(whole.substr(0, from)));
    for (size_t to = from + 1; to < whole.size(); to++) {
      Read(whole.substr(0, from) + whole.substr(to));
    }
  }
}

// Lines become messages; those that are too long, and empty ones, do not.
TEST(small_lines) {
  Port port;
  char buffer[10];
  SerialLink link;
  memset(&link, 0, sizeof(link)); // as all that is static
  link.use(port, buffer, sizeof(buffer));
  port.incoming =
      "\r\n123456789\r\n1234567890\n" + std::string(600, 'x') + "\nnext\nha";
  std::vector<std::string> lines;
  for (int i = 0; i < 10; i++) {
    if (link.poll()) {
      lines.push_back(link.text());
    }
  }
  CHECK_EQUAL(lines.size(), 2u);
  CHECK_EQUAL(lines[0], "123456789");
  CHECK_EQUAL(lines[1], "next");
  port.incoming = "lf\n";
  CHECK(link.poll());
  CHECK_EQUAL(link.text(), "half");
}

// Where messages of a person's own are taken, there is the beginning of those that are
// too long.
TEST(small_lines_begun) {
  Port port;
  char buffer[10];
  SerialLink link;
  memset(&link, 0, sizeof(link));
  link.use(port, buffer, sizeof(buffer));
  Message::isPersonalUsed = true;
  port.incoming = "1234567890\n" + std::string(200, 'x') + "\nnext\n";
  std::string lines;
  for (int i = 0; i < 10; i++) {
    if (link.poll()) {
      lines += link.text() + std::string(link.isTooLong() ? "…|" : "|");
    }
  }
  CHECK_EQUAL(lines, "123456789…|xxxxxxxxx…|next|");
  Message::isPersonalUsed = false;
}

// A flood without an end does not hold the sketch.
TEST(small_flood) {
  Port port;
  char buffer[10];
  SerialLink link;
  memset(&link, 0, sizeof(link));
  link.use(port, buffer, sizeof(buffer));
  port.incoming = std::string(1000, 'x');
  CHECK(!link.poll());
  CHECK(port.incoming.size() >= 700);
}

// It says who it is, what it has and what that is at, as any other board does.
TEST(small_start) {
  Sketch sketch;
  sketch.board.firmware("1.2");
  sketch.board
      .sensor(
          "temp", +[]() -> float { return 20.96f; })
      .name("A \"hot\"\toven")
      .unit("°C")
      .precision(1)
      .deadband(0.5f)
      .diagnostic()
      .hidden();
  sketch.board.sensor("bare");
  sketch.board.sensor("state").options("idle|heating");
  sketch.board.input("door", 5).pullup().deviceClass("door");
  sketch.board.on(
      "led", +[](bool) {});
  sketch.board.on(
      "lamp", +[](uint8_t, uint8_t, uint8_t) {});
  sketch.board
      .on(
          "fan", +[](float) {})
      .range(0, 100, 0.5f);
  sketch.board.set("bare", 1000);
  sketch.board.set("state", "idle");
  const std::string head = "{\"type\":\"channels\",\"channels\":[";
  CHECK_EQUAL(
      sketch.start(),
      "{\"type\":\"hello\",\"v\":1,\"id\":\"esp32-a0b1c2d3e4f5\",\"name\":\"Uno\","
      "\"manufacturer\":\"Espressif\",\"model\":\"ESP32-C3\",\"firmware\":\"1.2\","
      "\"interval\":5}\n" +
          head +
          "{\"key\":\"temp\",\"kind\":\"sensor\",\"precision\":1,\"enabled\":false,"
          "\"name\":\"A \\\"hot\\\" oven\",\"unit\":\"°C\","
          "\"category\":\"diagnostic\"}]}\n" +
          head +
          "{\"key\":\"state\",\"kind\":\"sensor\",\"type\":\"text\","
          "\"options\":[\"idle\",\"heating\"]}]}\n" +
          head +
          "{\"key\":\"door\",\"kind\":\"binary_sensor\","
          "\"device_class\":\"door\"}]}\n" +
          head + "{\"key\":\"led\",\"kind\":\"switch\"}]}\n" + head +
          "{\"key\":\"lamp\",\"kind\":\"light\",\"color\":\"rgb\"}]}\n" + head +
          "{\"key\":\"fan\",\"kind\":\"number\",\"min\":0,\"max\":100,"
          "\"step\":0.5}]}\n" +
          head +
          "],\"final\":true}\n"
          "{\"temp\":21.0,\"bare\":1000,\"state\":\"idle\",\"door\":true,"
          "\"led\":false,\"lamp\":\"#000000\",\"fan\":null}\n");
}

// Changes are sent, by the deadband and the precision; without any, a sign of life.
TEST(small_readings) {
  Sketch sketch;
  sketch.board
      .sensor(
          "t", +[]() -> double { return temperature; })
      .deadband(0.5f)
      .every(1);
  sketch.start();
  temperature = 21.9;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.port.said(), "");
  temperature = -1.25;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.port.said(), "{\"t\":-1.25}\n");
  temperature = NAN;
  sketch.pass(1000);
  CHECK_EQUAL(sketch.port.said(), "{\"t\":null}\n");
  sketch.pass(5000);
  CHECK_EQUAL(sketch.port.said(), "{}\n");
  sketch.board.set("door", true);
  sketch.pass(200);
  CHECK_EQUAL(sketch.port.said(), "{\"door\":true}\n");
}

// Home Assistant is answered, and what it wants is done, once.
TEST(small_commands) {
  Sketch sketch;
  sketch.board.on(
      "fan", +[](float value) {
        takenNumber = value;
        calls++;
      });
  sketch.board
      .on(
          "mode", +[](const char *value) { takenText = value; })
      .options("auto|heat");
  sketch.board.on(
      "lamp", +[](uint8_t red, uint8_t green, uint8_t blue) {
        takenNumber = static_cast<float>(red * 10000 + green * 100 + blue);
      });
  sketch.start();
  CHECK_EQUAL(sketch.command("fan", "42.5", "7"), answer("7") + "{\"fan\":42.5}\n");
  CHECK_EQUAL(sketch.command("fan", "42.5", "7"), answer("7"));
  CHECK_EQUAL(takenNumber, 42.5f);
  CHECK_EQUAL(calls, 1);
  CHECK_EQUAL(sketch.command("fan", "101", "8"), answer("8", OutOfRange));
  CHECK_EQUAL(sketch.command("fan", "true", "9"), answer("9", WrongType));
  CHECK_EQUAL(calls, 1);
  CHECK_EQUAL(sketch.command("mode", "\"heat\"", "10"),
              answer("10") + "{\"mode\":\"heat\"}\n");
  CHECK_EQUAL(takenText, "heat");
  CHECK_EQUAL(sketch.command("mode", "\"auto\"", "20"),
              answer("20") + "{\"mode\":\"auto\"}\n");
  CHECK_EQUAL(sketch.command("mode", "\"cool\"", "11"),
              answer("11", "That is none of the options."));
  CHECK_EQUAL(sketch.command("lamp", "\"#0a0B0c\"", "12"),
              answer("12") + "{\"lamp\":\"#0a0b0c\"}\n");
  CHECK_EQUAL(takenNumber, 101112.0f);
  CHECK_EQUAL(sketch.command("oven", "1", "13"),
              answer("13", "The board has nothing of that name to operate."));
}

// A button with that device class restarts the board, unless the sketch refuses.
TEST(small_restart) {
  Sketch sketch;
  sketch.board
      .on(
          "again", +[]() {})
      .deviceClass("restart");
  sketch.start();
  CHECK_EQUAL(sketch.command("again", "null"), answer("1"));
  CHECK_EQUAL(chip().restarts > 0, true);
}

TEST(small_restart_refused) {
  static Sketch *current;
  Sketch sketch;
  current = &sketch;
  sketch.board
      .on(
          "again", +[]() { current->board.refuse("Not \"now\"."); })
      .deviceClass("restart");
  sketch.start();
  CHECK_EQUAL(sketch.command("again", "null"), answer("1", "Not \\\"now\\\"."));
  CHECK_EQUAL(chip().restarts, 0);
}

// Events, values of Home Assistant's, the time and the interval.
TEST(small_rest) {
  Sketch sketch;
  sketch.board.event("bell", "press|hold");
  sketch.board.watch(
      "sensor.out", +[](float value) { takenNumber = value; });
  static bool isOn;
  sketch.board.watch(
      "sensor.day", +[](bool on) { isOn = on; });
  sketch.start();
  sketch.board.fire("bell", "hold");
  CHECK_EQUAL(sketch.port.said(),
              "{\"type\":\"event\",\"key\":\"bell\",\"event\":\"hold\"}\n");
  sketch.ask("{\"type\":\"value\",\"key\":\"sensor.out\",\"value\":-3.5}");
  CHECK_EQUAL(takenNumber, -3.5f);
  sketch.ask("{\"type\":\"value\",\"key\":\"sensor.out\",\"value\":null}");
  CHECK(isnan(takenNumber));
  sketch.ask("{\"type\":\"value\",\"key\":\"sensor.day\",\"value\":-3.5}");
  CHECK(isOn);
  // What is damaged is no number, and so is not more than nothing.
  sketch.ask("{\"type\":\"value\",\"key\":\"sensor.day\",\"value\":1.2.3}");
  CHECK(!isOn);
  sketch.ask(
      "{\"type\":\"welcome\",\"time\":1795255140,\"offset\":3600,\"interval\":1}");
  CHECK(sketch.board.time() >= 1795255140);
  CHECK_EQUAL(sketch.board.localTime(), sketch.board.time() + 3600);
  sketch.port.said();
  sketch.pass(3000);
  CHECK_EQUAL(sketch.port.said(), "{}\n{}\n{}\n");
  sketch.ask("{\"type\":\"error\",\"code\":\"x\",\"message\":\"y\"}");
  CHECK_EQUAL(sketch.board.status().rejected, 1);
}

// What is too much is said.
TEST(small_overfull) {
  Sketch sketch;
  const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
                              "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v",
                              "w", "x", "y", "z", "0", "1", "2", "3", "4", "5", "6"};
  static_assert(sizeof(keys) / sizeof(*keys) > SENSORBOARD_CHANNELS, "too few keys");
  for (const char *key : keys) {
    sketch.board.sensor(key).precision(1).every(5);
  }
  CHECK(sketch.start().find("no room") != std::string::npos);
}
