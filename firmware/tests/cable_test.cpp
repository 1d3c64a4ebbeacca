// A board at the end of a cable: what it says at first, and what is special about
// lines.

#include "sketch.h"

namespace {

float warm() { return 21.5f; }

const std::string Hello =
    "{\"type\":\"hello\",\"v\":1,\"id\":\"esp32-a0b1c2d3e4f5\","
    "\"name\":\"Kitchen\",\"manufacturer\":\"Espressif\","
    "\"model\":\"ESP32-C3\",\"firmware\":\"1.2.0\",\"interval\":5}";

const std::string End = "{\"type\":\"channels\",\"channels\":[],\"final\":true}";

} // namespace

// It begins the port, and says hello in its first loop, its channels, and its values.
// Not before: a sketch can begin its port once more.
TEST(says_hello) {
  CabledSketch sketch;
  sketch.board.firmware("1.2.0");
  sketch.board.sensor("temp", warm);
  sketch.board.begin(sketch.port);
  CHECK_EQUAL(sketch.port.speed, 115200u);
  CHECK_EQUAL(sketch.port.sent, "");
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().all(), Hello + '|' + End + "|{\"temp\":21.5}|");
  CHECK(sketch.board.isConnected());
}

#if !SENSORBOARD_IS_SMALL

// It says why it has started, each time, if its chip can tell.
TEST(says_why_it_has_started) {
  CabledSketch sketch;
  chip().reset = "watchdog";
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  const std::string said = "\"interval\":5,\"reset\":\"watchdog\"}";
  CHECK(sketch.said().of("hello").find(said) != std::string::npos);
  sketch.pass(1000);
  CHECK(sketch.ask("{\"type\":\"hello\"}").of("hello").find(said) != std::string::npos);
}

#endif

// Another speed, if the sketch says so.
TEST(other_speed) {
  CabledSketch sketch;
  sketch.board.begin(sketch.port, 9600);
  CHECK_EQUAL(sketch.port.speed, 9600u);
}

// A stream that has no speed is taken as it is.
TEST(stream_that_was_begun) {
  struct Plain : Stream {
    int available() override { return 0; }
    int read() override { return -1; }
    int peek() override { return -1; }
    size_t write(uint8_t byte) override {
      sent += static_cast<char>(byte);
      return 1;
    }
    using Print::write;
    std::string sent;
  } stream;
  setClock(0);
  SensorBoard board;
  board.begin(stream);
  board.loop();
  CHECK_EQUAL(stream.sent.find("{\"type\":\"hello\""), 0u);
  CHECK_EQUAL(stream.sent.find("\"name\""), std::string::npos);
}

// Whoever opens the port asks for a hello, and hears everything as at the start.
TEST(hello_when_asked) {
  CabledSketch sketch;
  sketch.board.firmware("1.2.0");
  sketch.board.sensor("temp", warm);
  sketch.board.set("on", true);
  sketch.start();
  sketch.pass(1100);
  CHECK_EQUAL(sketch.ask("{\"type\":\"hello\"}").all(),
              Hello + '|' + End + "|{\"temp\":21.5,\"on\":true}|");
  sketch.pass(1100);
  sketch.said();
  // Also in the form that other programs write lines in.
  CHECK_EQUAL(sketch.ask(" {\"type\" : \"hello\"} \r").all(),
              Hello + '|' + End + "|{\"temp\":21.5,\"on\":true}|");
}

// Not more than one a second, however often it is asked; who asks is not forgotten.
TEST(hello_once_a_second) {
  CabledSketch sketch;
  sketch.start();
  sketch.pass(2000);
  int hellos = 0;
  for (int i = 0; i < 1000; i++) {
    sketch.tell("{\"type\":\"hello\"}");
    sketch.loop(10);
    for (const std::string &message : sketch.said().messages()) {
      hellos += Said::isOf(message, "hello\"");
    }
  }
  CHECK(hellos >= 7);
  CHECK(hellos <= 10);
  sketch.pass(3000);
  sketch.said();
  sketch.tell("{\"type\":\"hello\"}");
  CHECK(!sketch.ask("").of("hello").empty());
  CHECK_EQUAL(sketch.ask("{\"type\":\"hello\"}").all(), "");
  sketch.pass(1100);
  CHECK(!sketch.said().of("hello").empty());
}

// A line on which all that the board says comes back to it is no Home Assistant.
TEST(echo) {
  CabledSketch sketch;
  sketch.board.sensor("temp", warm).name("Oven");
  sketch.board.on(
      "led", +[](bool) {});
  sketch.board.event("bell", "press");
  sketch.board.begin(sketch.port);
  std::string all;
  for (int i = 0; i < 2000; i++) {
    sketch.loop(10);
    sketch.port.incoming += sketch.port.sent;
    all += sketch.said().all();
    if (i == 100) {
      sketch.board.fire("bell", "press");
    }
  }
  CHECK_EQUAL(all.find("\"type\":\"hello\""), all.rfind("\"type\":\"hello\""));
  CHECK_EQUAL(all.find("\"final\""), all.rfind("\"final\""));
  CHECK_EQUAL(all.find("\"result\""), std::string::npos);
  CHECK_EQUAL(sketch.board.status().rejected, 0);
}

// The answer to hello is no new beginning: nothing is said twice.
TEST(welcome_is_no_beginning) {
  CabledSketch sketch;
  sketch.board.sensor("temp", warm);
  sketch.start();
  CHECK_EQUAL(
      sketch.ask("{\"type\":\"welcome\",\"time\":1795255140,\"interval\":2}").all(),
      "");
  CHECK_EQUAL(sketch.board.time(), 1795255140u);
  sketch.pass(8100);
  CHECK_EQUAL(sketch.said().all(), "{}|{}|{}|{}|");
}

// Where nobody is there, the sketch is not held up, and who comes then hears
// everything.
TEST(nobody_is_there) {
  CabledSketch sketch;
  sketch.port.room = 0;
  sketch.board.sensor("temp", warm);
  sketch.board.begin(sketch.port);
  const uint32_t begun = now();
  for (int i = 0; i < 1000; i++) {
    sketch.board.loop();
  }
  CHECK_EQUAL(now(), begun); // no delay()
  sketch.pass(60000, 100);
  sketch.port.room = 10000;
  sketch.tell("{\"type\":\"hello\"}");
  sketch.pass(1000);
  const Said said = sketch.said();
  CHECK(!said.of("hello").empty());
  CHECK_EQUAL(said.of("channels"), End + '|');
  CHECK_EQUAL(said.readings(), "{\"temp\":21.5}|");
}

// What the sketch prints itself, in whole lines, stands between the messages.
TEST(prints_of_the_sketch) {
  CabledSketch sketch;
  sketch.board.on(
      "led", +[](bool) {});
  sketch.start();
  sketch.port.println("Measuring…");
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}");
  sketch.pass(50);
  sketch.port.println("Done.");
  sketch.pass(250);
  CHECK_EQUAL(sketch.said().all(),
              "Measuring…\r|{\"type\":\"result\",\"id\":1,\"ok\":true}|"
              "{\"led\":true}|Done.\r|");
}

// What is typed, echoed, or damaged on its way does nothing, and the next line counts.
TEST(other_lines) {
  CabledSketch sketch;
  sketch.board.on(
      "led", +[](bool) {});
  sketch.start();
  const std::string command =
      "{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}";
  for (const std::string &line :
       {std::string("hello?"), std::string("\xff\xfe\x80"), std::string("{\"led\":1}"),
        // Of two messages, a piece in between was lost.
        std::string("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":\"fan\","
                    "\"value\":true}"),
        std::string("{\"type\":\"set\",\"id\":1,\"type\":\"set\",\"key\":\"led\","
                    "\"value\":true}"),
        std::string("{\"type\":\"set\",\"id\":1,\"key\":\"fan\",\"key\":\"led\","
                    "\"value\":true}"),
        std::string("{\"type\":\"set\",\"id\":1,\"id\":2,\"key\":\"led\","
                    "\"value\":true}"),
        std::string("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true,"
                    "\"unit\":\"W\"}"),
        std::string(10000, 'x'), '{' + std::string(10000, ' ') + '}',
        command.substr(0, 30), std::string("\r\n\r\n")}) {
    CHECK_EQUAL(sketch.ask(line).all(), "");
  }
  CHECK_EQUAL(sketch.ask(command).all(),
              "{\"type\":\"result\",\"id\":1,\"ok\":true}|{\"led\":true}|");
}

// Functions that measure to the microsecond are called when the port has sent
// everything, but not never.
TEST(measures_while_the_port_is_quiet) {
  static int asked;
  asked = 0;
  CabledSketch sketch;
  sketch.port.free = 63;
  sketch.board
      .sensor(
          "echo", +[] { return ++asked; })
      .every(1);
  sketch.board.begin(sketch.port);
  sketch.pass(500);
  const int before = asked;
  sketch.port.free = 10;
  sketch.pass(850);
  CHECK_EQUAL(asked, before);
  sketch.port.free = 63;
  sketch.pass(20);
  CHECK_EQUAL(asked, before + 1);
  sketch.port.free = 10;
  sketch.pass(10000);
  CHECK(asked >= before + 6);
}

// Channels for which there is no room are left out, and a message says what to do.
TEST(no_room_for_channels) {
  static char keys[SENSORBOARD_CHANNELS + 5][4];
  CabledSketch sketch;
  for (size_t i = 0; i < SENSORBOARD_CHANNELS + 5; i++) {
    snprintf(keys[i], sizeof(keys[i]), "c%d", static_cast<int>(i));
    sketch.board.sensor(keys[i], warm).unit("K").precision(1).hidden().every(2);
  }
  sketch.board.input("more", 5).pullup().debounce(3);
  sketch.board.set("told", 7);
  sketch.board.set("told", true);
  sketch.board.set("told", "text");
  sketch.board.set("told", 1, 2, 3);
  sketch.board.begin(sketch.port);
  sketch.pass(20000, 100);
  const Said said = sketch.said();
  const std::string all = said.all();
  const size_t at = all.find("SENSORBOARD_CHANNELS");
  CHECK(at != std::string::npos);
  CHECK_EQUAL(all.find("SENSORBOARD_CHANNELS", at + 1), std::string::npos);
  const std::string last =
                        std::string("\"") + keys[SENSORBOARD_CHANNELS - 1] + "\":21.5",
                    first = std::string("\"") + keys[SENSORBOARD_CHANNELS] + "\"";
  CHECK(all.find(last) != std::string::npos);
  CHECK_EQUAL(all.find(first), std::string::npos);
  CHECK_EQUAL(all.find("more"), std::string::npos);
  CHECK_EQUAL(all.find("told"), std::string::npos);
}

// What is said about channels has its room, too; the channels work without it.
TEST(no_room_for_words) {
  CabledSketch sketch;
  sensorboard::SensorSetup sensor = sketch.board.sensor("t", warm);
  for (int i = 0; i <= SENSORBOARD_NOTES; i++) {
    sensor.name("T");
  }
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings().find("{\"t\":21.5}|") != std::string::npos,
              true);
}

// What the board is told before begin() is not lost, and loop() may come before, too.
TEST(before_it_begins) {
  CabledSketch sketch;
  sketch.board.set("early", 1);
  sketch.board.fire("early");
  sketch.pass(100);
  CHECK_EQUAL(sketch.port.sent, "");
  CHECK(!sketch.board.isConnected());
  CHECK_EQUAL(sketch.board.time(), 0u);
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().readings(), "{\"early\":1}|");
}

// An Uno has no room for these.
#if !SENSORBOARD_IS_SMALL

// Complaints of the board and of Home Assistant come as lines of their own.
TEST(messages_in_the_port) {
  CabledSketch sketch;
  sketch.start();
  CHECK_EQUAL(
      sketch.ask("{\"type\":\"error\",\"code\":\"x\",\"message\":\"No.\"}").all(),
      "Home Assistant: No.\r|");
}

// A channel that is begun a second time is another one: nothing of the first is left.
TEST(same_key_again) {
  CabledSketch sketch;
  sketch.board
      .sensor(
          "t", +[]() -> const char * { return "text"; })
      .name("First")
      .unit("K")
      .hidden();
  sketch.board.sensor("other").name("Other");
  sketch.board.sensor("t", warm).unit("°C");
  sketch.board.begin(sketch.port);
  sketch.pass(300);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("channels"),
              "{\"type\":\"channels\",\"channels\":[{\"key\":\"t\",\"kind\":\"sensor\","
              "\"unit\":\"°C\"}]}|"
              "{\"type\":\"channels\",\"channels\":[{\"key\":\"other\",\"kind\":"
              "\"sensor\",\"name\":\"Other\"}]}|" +
                  End + '|');
  CHECK_EQUAL(said.readings(), "{\"t\":21.5}|");
}

#endif
