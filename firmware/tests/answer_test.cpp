// Messages of a person's own: what the sketch answers.

#include "messages.h"

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
  const std::string complaint =
      refused("Its answer is too long. It may have done it all the same.");
  for (size_t more : {1, 2, 500}) {
    length = most + more;
    CHECK_EQUAL(sketch.send("0"), hint + "\r|" + complaint);
  }
  length = 1;
  CHECK_EQUAL(sketch.send("0"), done("\"x\""));
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
