// Messages of a person's own: what the sketch answers.

#include "messages.h"

#include <limits.h>

#include <type_traits>

using sensorboard::Value;

// What the sketch answers is in the result: members, in their order.
TEST(answers) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    sketch.board.answer("playing", data.text("melody"));
    sketch.board.answer("times", 3);
    sketch.board.answer("on", true);
    sketch.board.answer("level", 21.3f);
  });
  sketch.start();
  CHECK_EQUAL(sketch.send("{\"melody\":\"a\\\"b\"}"),
              done("{\"playing\":\"a\\\"b\",\"times\":3,\"on\":true,\"level\":21.3}"));
}

// A value alone, of whatever type, or JSON of the sketch's own: the last one counts.
TEST(answers_alone) {
  static Messages sketch;
  static int which;
  sketch.board.onMessage(+[](Data &) {
    char text[] = "text";
    switch (which) {
    case 0:
      return sketch.board.answer("text");
    case 1:
      return sketch.board.answer(-5L);
    case 2:
      return sketch.board.answer(4000000000UL);
    case 3:
      return sketch.board.answer(0.125);
    case 4:
      return sketch.board.answer(false);
    case 5:
      return sketch.board.answer(static_cast<float>(NAN));
    case 6:
      return sketch.board.answer(static_cast<const char *>(nullptr));
    case 7:
      return sketch.board.answerJson("[1,\n [2]]");
    case 8:
      sketch.board.answer("a", 1);
      sketch.board.answer("text");
      return sketch.board.answer(text);
    case 9:
      sketch.board.answer(5);
      return sketch.board.answer("a", static_cast<uint8_t>(1));
    case 10:
      sketch.board.answerJson("{}");
      return sketch.board.answer("a", 1);
    case 11:
      sketch.board.answerJson("{\"b\":[]}");
      return sketch.board.answer("a", text);
    }
  });
  sketch.start();
  for (const char *wanted :
       {"\"text\"", "-5", "4000000000", "0.125", "false", "null", "null", "[1,  [2]]",
        "\"text\"", "{\"a\":1}", "{\"a\":1}", "{\"b\":[],\"a\":\"text\"}"}) {
    CHECK_EQUAL(sketch.send("0"), done(wanted));
    which++;
  }
}

// A text in flash is written as another one is.
TEST(answers_in_flash) {
  static Messages sketch;
  static std::string text;
  static const __FlashStringHelper *flash;
  sketch.board.onMessage(+[](Data &data) {
    if (data.isOn()) {
      sketch.board.answer("state", F("play\"ing\""));
    }
    sketch.board.answer("unit", flash);
  });
  sketch.start();
  flash = F("°C");
  CHECK_EQUAL(sketch.send("true"),
              done("{\"state\":\"play\\\"ing\\\"\",\"unit\":\"°C\"}"));
  flash = nullptr;
  CHECK_EQUAL(sketch.send("false"), done("{\"unit\":null}"));
  flash = F("");
  CHECK_EQUAL(sketch.send("false"), done("{\"unit\":\"\"}"));
  sketch.board.messages(sketch.out);
  for (size_t length : {255, 256, 1000}) {
    text = std::string(length, 'x');
    flash = reinterpret_cast<const __FlashStringHelper *>(PSTR(text.c_str()));
    const bool fits = length == 255 && SENSORBOARD_ANSWER > 270;
    CHECK_EQUAL(sketch.send("false"),
                fits ? done("{\"unit\":\"" + text + "\"}") : AnswerTooLong);
  }
}

// An address of something else is no value: it would be `true`.
TEST(no_values) {
  CHECK((std::is_convertible<const char *, Value>::value));
  CHECK((std::is_convertible<char *, Value>::value));
  CHECK((std::is_convertible<decltype(nullptr), Value>::value));
  CHECK((std::is_convertible<uint8_t, Value>::value));
  CHECK(!(std::is_convertible<uint8_t *, Value>::value));
  CHECK(!(std::is_convertible<const void *, Value>::value));
  CHECK(!(std::is_convertible<volatile char *, Value>::value));
  CHECK(!(std::is_convertible<Messages *, Value>::value));
  CHECK(!(std::is_convertible<float (*)(), Value>::value));
}

// Whole numbers of any type. What an Uno cannot write exactly is not another number.
TEST(long_numbers) {
  static Messages sketch;
  static long long number;
  static unsigned long long positive;
  sketch.board.onMessage(+[](Data &data) {
    data.isOn() ? sketch.board.answer(positive) : sketch.board.answer(number);
  });
  sketch.start();
  for (long long each : {0LL, 5LL, -5LL, 2147483647LL, -2147483648LL}) {
    number = each;
    CHECK_EQUAL(sketch.send("false"), done(std::to_string(each)));
  }
  for (unsigned long long each : {0ULL, 5ULL, 4294967295ULL}) {
    positive = each;
    CHECK_EQUAL(sketch.send("true"), done(std::to_string(each)));
  }
  number = -5000000000LL;
  positive = 1ULL << 63;
#if SENSORBOARD_IS_SMALL
  CHECK_EQUAL(sketch.send("false"), done("-500000000e1"));
  CHECK_EQUAL(sketch.send("true"), done("922337204e10"));
#else
  CHECK_EQUAL(sketch.send("false"), done("-5000000000"));
  CHECK_EQUAL(sketch.send("true"), done("9223372036854775808"));
  number = LLONG_MIN;
  positive = ULLONG_MAX;
  CHECK_EQUAL(sketch.send("false"), done("-9223372036854775808"));
  CHECK_EQUAL(sketch.send("true"), done("18446744073709551615"));
#endif
}

// JSON of the sketch's own can have spaces around it, and members behind it. What is
// none is not sent: the person hears it, and the sketch's author.
TEST(own_json) {
  static Messages sketch;
  static const char *json;
  sketch.board.onMessage(+[](Data &data) {
    sketch.board.answer("before", 1);
    sketch.board.answerJson(json);
    if (data.isOn()) {
      sketch.board.answer("a", 1);
    }
  });
  sketch.board.messages(sketch.out);
  sketch.board.interval(600);
  sketch.start();
  const char *const good[][3] = {
      {"{ }", "{ }", "{\"a\":1}"},
      {" \n{\t}\r\n", "{ }", "{\"a\":1}"},
      {"{\"x\":[1]}\n", "{\"x\":[1]}", "{\"x\":[1],\"a\":1}"},
      {"{\"x\":\"}\"\n \n}", "{\"x\":\"}\"   }", "{\"x\":\"}\",\"a\":1}"},
      {"[1, {}] ", "[1, {}]", "{\"a\":1}"},
      {" true\n", "true", "{\"a\":1}"},
      {"\" x \"", "\" x \"", "{\"a\":1}"},
      {"", "", "{\"a\":1}"},
      {" \n", "", "{\"a\":1}"},
  };
  for (const auto &each : good) {
    json = each[0];
    CHECK_EQUAL(sketch.send("false"), done(each[1]));
    CHECK_EQUAL(sketch.send("true"), done(each[2]));
  }
  CHECK_EQUAL(sketch.out.text, "");
  for (const char *bad : {"{", "[", "{\"x\":1", "{\"x\":\"}", "{\"x\":[1}", "{}}",
                          "{} {}", "[1],", "{\"x\":1} x"}) {
    json = bad;
    for (const char *more : {"false", "true"}) {
      CHECK_EQUAL(sketch.send(more),
                  refused("Its answer is no JSON. It may have done it all the same."));
      CHECK_EQUAL(sketch.out.text,
                  "SensorBoard: what answerJson() is given is no JSON\r\n");
      sketch.out.text.clear();
    }
  }
  json = "{}";
  CHECK_EQUAL(sketch.send("true"), done("{\"a\":1}"));
}

// The sketch can refuse, with its own words; what it has answered does not count then.
TEST(sketch_refuses) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &) {
    sketch.board.answer("a", 1);
    sketch.board.refuse("I know no such melody.");
  });
  sketch.start();
  CHECK_EQUAL(sketch.send("{}"), refused("I know no such melody."));
}

// A message that comes again is answered again, and the sketch is not told twice.
TEST(same_message_again) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    told += "told|";
    sketch.board.answer("a", data.text());
  });
  sketch.board.on(
      "led", +[](bool) { sketch.board.answer("b", 2); });
  sketch.start();
  CHECK_EQUAL(sketch.send("\"x\""), done("{\"a\":\"x\"}"));
  const std::string answer =
      "{\"type\":\"result\",\"id\":1001,\"ok\":true,\"data\":{\"a\":\"x\"}}|";
  CHECK_EQUAL(sketch.again("\"x\""), answer);
  CHECK_EQUAL(sketch.again("\"x\""), answer);
  CHECK_EQUAL(taken(), "told|");
  // A command has no data in its result.
  CHECK_EQUAL(sketch.command("led", "true"),
              "{\"type\":\"result\",\"id\":1,\"ok\":true}|{\"led\":true}|");
}

// An answer for which there is no room is none: the person hears it, and the sketch's
// author.
TEST(answer_without_room) {
  static Messages sketch;
  static size_t length;
  sketch.board.onMessage(
      +[](Data &) { sketch.board.answer(std::string(length, 'x').c_str()); });
  sketch.start();
  const size_t most = SENSORBOARD_ANSWER - 2 < 255 ? SENSORBOARD_ANSWER - 2 : 255;
  length = most;
  CHECK_EQUAL(sketch.send("0"), done('"' + std::string(length, 'x') + '"'));
  const std::string hint = "SensorBoard: no room for the answer, see "
                           "SENSORBOARD_ANSWER in firmware/README";
  for (size_t more : {1, 2, 500}) {
    length = most + more;
    CHECK_EQUAL(sketch.send("0"), hint + "\r|" + AnswerTooLong);
  }
  length = 1;
  CHECK_EQUAL(sketch.send("0"), done("\"x\""));
}

// The author hears it once for each message, however much there is to be answered.
TEST(answers_without_room) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    for (int i = 0; i < 200; i++) {
      sketch.board.answer("abcdefgh", i);
    }
    sketch.board.answer(1);
    sketch.board.answerJson("{");
    if (data.isOn()) {
      sketch.board.refuse("no");
    }
  });
  sketch.board.messages(sketch.out);
  sketch.start();
  const std::string hint = "SensorBoard: no room for the answer, see "
                           "SENSORBOARD_ANSWER in firmware/README\r\n";
  CHECK_EQUAL(sketch.send("false"), AnswerTooLong);
  CHECK_EQUAL(sketch.out.text, hint);
  CHECK_EQUAL(sketch.send("true"), refused("no"));
  CHECK_EQUAL(sketch.out.text, hint + hint);
}

// Without a message there is nothing to answer.
TEST(answer_to_nobody) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &) { told += "told|"; });
  sketch.start();
  sketch.board.answer("a", 1);
  CHECK_EQUAL(sketch.send("1"), done());
  sketch.board.answer("a", 1);
  CHECK_EQUAL(sketch.again("1"), "{\"type\":\"result\",\"id\":1001,\"ok\":true}|");
  CHECK_EQUAL(taken(), "told|");
}

// The function can use the board, and even loop.
TEST(functions_use_the_board) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    sketch.board.set("level", data.number("level"));
    sketch.board.loop();
    told += data.text("name") + std::string("|");
    sketch.board.answer(data.text("name"));
  });
  sketch.board.sensor("level");
  sketch.start();
  sketch.tell("{\"type\":\"message\",\"id\":1,\"data\":{\"level\":5,\"name\":\"a\"}}");
  sketch.tell("{\"type\":\"message\",\"id\":2,\"data\":{\"level\":6,\"name\":\"b\"}}");
  sketch.pass(300);
  CHECK_EQUAL(taken(), "a|b|");
  CHECK_EQUAL(sketch.said().of("result"),
              done("\"a\"") +
                  "{\"type\":\"result\",\"id\":2,\"ok\":true,\"data\":\"b\"}|");
}

// A sketch without anybody who could answer.
TEST(board_without_a_sketch) {
  SensorBoard board;
  board.answer("a", 1);
  board.answer(1);
  board.answerJson("{}");
}

// An Uno waits until its port takes everything, and has no network.
#if !SENSORBOARD_IS_SMALL

// An answer that the port does not take now is given later, and only once.
TEST(answer_waits) {
  static Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    told += "told|";
    sketch.board.answer("a", data.text());
  });
  sketch.start();
  sketch.port.room = 0;
  sketch.tell("{\"type\":\"message\",\"id\":1,\"data\":\"x\"}");
  sketch.pass(1000);
  sketch.port.room = 10000;
  sketch.pass(300);
  CHECK_EQUAL(sketch.said().all(), done("{\"a\":\"x\"}"));
  CHECK_EQUAL(taken(), "told|");
}

// Over a network: told, answered, and once more over another connection.
TEST(online) {
  static OnlineSketch sketch;
  sketch.board.onMessage(+[](Data &data) {
    told += data.text("a") + std::string("|");
    sketch.board.answer("a", data.text("a"));
  });
  sketch.start();
  const std::string message = "{\"type\":\"message\",\"id\":1,\"data\":{\"a\":\"x\"}}";
  CHECK_EQUAL(sketch.ask(message).of("result"), done("{\"a\":\"x\"}"));
  sketch.goAway();
  sketch.pass(1000);
  sketch.comeBack();
  CHECK(sketch.until([] { return sketch.board.isConnected(); }, 120000));
  CHECK_EQUAL(sketch.ask(message).of("result"), done("{\"a\":\"x\"}"));
  CHECK_EQUAL(taken(), "x|");
  const std::string much = "{\"a\":\"" + std::string(3000, 'x') + "\"}}";
  CHECK_EQUAL(
      sketch.ask("{\"type\":\"message\",\"id\":1,\"data\":" + much, 1000).of("result"),
      done("{\"a\":\"x\"}"));
  sketch.ask("{\"type\":\"message\",\"id\":0,\"data\":1}");
  CHECK_EQUAL(
      sketch.ask("{\"type\":\"message\",\"id\":1,\"data\":" + much, 1000).of("result"),
      TooLong);
}

#endif
