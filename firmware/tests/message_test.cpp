// Messages of a person's own: what the sketch is told.

#include "messages.h"

namespace {

void tellText(const char *text) { told += std::string(text) + '|'; }

} // namespace

// Who sends a message to a sketch that takes none is told so at once.
TEST(nobody_takes_messages) {
  Messages sketch;
  sketch.board.on(
      "led", +[](bool) { told += "led|"; });
  sketch.start();
  for (const char *data : {"{\"melody\":\"alarm\"}", "5", "[1,[2]]", "null", "\"x\""}) {
    CHECK_EQUAL(sketch.send(data), refused("Its sketch takes no messages."));
  }
  CHECK_EQUAL(taken(), "");
  // And goes on as before.
  CHECK_EQUAL(sketch.command("led", "true"),
              "{\"type\":\"result\",\"id\":1,\"ok\":true}|{\"led\":true}|");
}

// The members of an object are what their names say, whatever their order.
TEST(members) {
  Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    told += std::string(data.text("melody")) + ' ' +
            std::to_string(data.integer("times")) + ' ' +
            std::to_string(data.number("level")) + (data.isOn("loud") ? " loud|" : "|");
  });
  sketch.start();
  CHECK_EQUAL(
      sketch.send(
          "{\"melody\":\"al\\\"arm°\",\"times\":3,\"level\":-2.5,\"loud\":true}"),
      done());
  CHECK_EQUAL(
      sketch.send(
          "{ \"loud\" : false , \"level\" : 1e2, \"times\": -7, \"melody\":\"\"}"),
      done());
  CHECK_EQUAL(taken(), "al\"arm° 3 -2.500000 loud| -7 100.000000|");
}

// What is missing, or of another kind, is what the sketch says otherwise.
TEST(missing_members) {
  Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    told += std::string(data.text("a")) + ' ' + data.text("a", "none") + ' ' +
            std::to_string(data.integer("a")) + ' ' +
            std::to_string(data.integer("a", 7)) + ' ' +
            (isnan(data.number("a")) ? "nan" : "number") + ' ' +
            std::to_string(data.number("a", 0.5)) + (data.isOn("a") ? " on" : " off") +
            (data.isOn("a", true) ? " on" : " off") + (data.has("a") ? " has|" : "|");
  });
  sketch.start();
  const std::string nothing = " none 0 7 nan 0.500000 off on";
  sketch.send("{}");
  CHECK_EQUAL(taken(), nothing + "|");
  for (const char *value : {"null", "[]", "{\"a\":1}", "[1,{\"a\":\"]\"}]", "1e999"}) {
    sketch.send("{\"b\":1,\"a\":" + std::string(value) + ",\"c\":2}");
    CHECK_EQUAL(taken(), nothing + " has|");
  }
  sketch.send("{\"a\":\"5\"}");
  CHECK_EQUAL(taken(), "5 5 0 7 nan 0.500000 off on has|");
  sketch.send("{\"a\":true}");
  CHECK_EQUAL(taken(), " none 0 7 nan 0.500000 on on has|");
  sketch.send("{\"a\":5}");
  CHECK_EQUAL(taken(), " none 5 5 number 5.000000 off on has|");
}

// Whole numbers are rounded, and have 32 bits.
TEST(whole_numbers) {
  Messages sketch;
  sketch.board.onMessage(
      +[](Data &data) { told += std::to_string(data.integer("a", 99)) + '|'; });
  sketch.start();
  for (const char *number : {"1.5", "-1.5", "0.4", "2147483647", "-2147483648",
                             "2147483648", "-2147483649", "1e300"}) {
    sketch.send("{\"a\":" + std::string(number) + "}");
  }
  CHECK_EQUAL(taken(), "2|-2|0|2147483647|-2147483648|99|99|99|");
}

// A value alone has no name.
TEST(value_alone) {
  Messages sketch;
  sketch.board.onMessage(+[](Data &data) {
    told += std::string(data.text()) + ' ' + std::to_string(data.integer()) + ' ' +
            (isnan(data.number()) ? "nan" : "number") + (data.isOn() ? " on" : " off") +
            (data.has("a") ? " a|" : "|");
  });
  sketch.start();
  for (const char *data : {"\"Hello\"", "-42", "2.5", "true", "null", "[1,\"a\"]"}) {
    CHECK_EQUAL(sketch.send(data), done());
  }
  CHECK_EQUAL(taken(), "Hello 0 nan off| -42 number off| 3 number off| 0 nan on|"
                       " 0 nan off| 0 nan off|");
}

// A sketch that takes a text gets texts as they are, and all else as JSON.
TEST(as_text) {
  Messages sketch;
  sketch.board.onMessage(tellText);
  sketch.start();
  for (const char *data :
       {"\"Hello\"", "\"a\\\"b\\\\\"", "-4.50", "true", "null", "[1,{\"b\":\"]\\\"\"}]",
        "{\"a\": {\"b\":\"c\"} }", "\"\""}) {
    CHECK_EQUAL(sketch.send(data), done());
  }
  CHECK_EQUAL(taken(), "Hello|a\"b\\|-4.50|true|null|[1,{\"b\":\"]\\\"\"}]|"
                       "{\"a\": {\"b\":\"c\"} }||");
}

// Where the members of the message stand does not matter.
TEST(other_order) {
  Messages sketch;
  sketch.board.onMessage(tellText);
  sketch.start();
  CHECK_EQUAL(
      sketch.ask("{\"data\":{\"a\":[1]},\"more\":1, \"id\":1,\"type\":\"message\"}")
          .all(),
      done());
  CHECK_EQUAL(sketch.ask("{\"data\":\"x\" ,\"id\":2,\"type\":\"message\"}").size(), 1u);
  CHECK_EQUAL(sketch.ask("{\"data\":17 ,\"id\":3,\"type\":\"message\"}").size(), 1u);
  CHECK_EQUAL(taken(), "{\"a\":[1]}|x|17|");
}

// An object with more members than there is room for is not half taken.
TEST(too_many_members) {
  Messages sketch;
  sketch.board.onMessage(
      +[](Data &data) { told += data.text("a") + std::string("|"); });
  sketch.start();
  const int most = SENSORBOARD_IS_SMALL ? 8 : 16;
  std::string data = "{\"a\":\"x\"";
  for (int i = 1; i < most; i++) {
    data += std::string(",\"") + static_cast<char>('a' + i) + "\":1";
  }
  CHECK_EQUAL(sketch.send(data + "}"), done());
  CHECK_EQUAL(taken(), "x|");
  CHECK_EQUAL(sketch.send(data + ",\"z\":1}"),
              refused("The message has too many members for it."));
  CHECK_EQUAL(taken(), "");
}

// What does not fit into the buffer is refused, and not half taken.
TEST(too_long) {
  Messages sketch;
  sketch.board.onMessage(tellText);
  sketch.start();
  const std::string rest = "{\"type\":\"message\",\"id\":1001,\"data\":\"\"}";
  const std::string fits(SENSORBOARD_LINE - 1 - rest.size(), 'x');
  CHECK_EQUAL(sketch.send("\"" + fits + "\""), done());
  CHECK_EQUAL(taken(), fits + "|");
  CHECK_EQUAL(sketch.send("\"" + fits + "x\""), TooLong);
  CHECK_EQUAL(sketch.send("\"" + fits + "}\""), TooLong);
  CHECK_EQUAL(sketch.send("{\"a\":[\"" + std::string(3000, 'x') + "\"]}"), TooLong);
  CHECK_EQUAL(sketch.send("\"x\"" + std::string(3000, ' ')), TooLong);
  CHECK_EQUAL(taken(), "");
  // Nothing else that is too long is taken for a message.
  const std::string much = "\"data\":\"" + std::string(1000, 'x') + "\"}";
  CHECK_EQUAL(sketch.ask("{\"type\":\"set\",\"id\":5," + much).all(), "");
  CHECK_EQUAL(sketch.ask("{\"id\":6," + much).all(), "");
  CHECK_EQUAL(sketch.ask(std::string(1000, '{')).all(), "");
  CHECK_EQUAL(sketch.send("5"), done());
  CHECK_EQUAL(taken(), "5|");
}

// What was damaged on its way is as if it had not come: it comes again.
TEST(damaged) {
  Messages sketch;
  sketch.board.onMessage(
      +[](Data &data) { told += data.text("a") + std::string("|"); });
  sketch.board.interval(600);
  sketch.start();
  for (const char *data : {"{\"a\":\"x\"",
                           "{\"a\":\"x}",
                           "{\"a\" \"x\"}",
                           "{\"a\":\"x\",}",
                           "{a:1}",
                           "{",
                           "\"a",
                           "[1",
                           "{\"a\":\"x\",\"b\":tru}",
                           "{\"a\":\"x\",\"a\":\"y\"}",
                           "",
                           "tru",
                           "1.2.3",
                           "{\"a\":1.2.3}",
                           "1-2",
                           "1e",
                           "1e5.3",
                           "1e5-3",
                           "truefalse",
                           "{\"a\":\"x\"}}",
                           "{\"a\":\"x\"},\"data\":1",
                           "{\"a\":\"x\"},\"value\":1"}) {
    CHECK_EQUAL(sketch.send(data), "");
    CHECK_EQUAL(taken(), "");
  }
  CHECK_EQUAL(sketch.ask("{\"type\":\"message\",\"id\":1}").all(), "");
  CHECK_EQUAL(sketch.ask("{\"type\":\"message\",\"id\":1,\"dat\":5}").all(), "");
  CHECK_EQUAL(sketch.send("{\"a\":tru,\"a\":}"), "");
  CHECK_EQUAL(sketch.again("{\"a\":\"x\"}").empty(), false);
  CHECK_EQUAL(taken(), "x|");
}

// Every piece that is lost of a message makes it none, or it still has all that it
// says: no text is cut short at its end, and no member is without its value.
TEST(pieces_lost) {
  Messages sketch;
  sketch.board.onMessage(tellText);
  sketch.start();
  const std::string whole =
      "{\"type\":\"message\",\"id\":7,\"data\":{\"a\":\"xy\",\"b\":[1]}}";
  for (size_t length = 0; length < whole.size(); length++) {
    CHECK_EQUAL(sketch.ask(whole.substr(0, length)).of("result"), "");
    CHECK_EQUAL(taken(), "");
  }
}

// A set with data, or a message with a value, was two messages.
TEST(two_in_one) {
  Messages sketch;
  sketch.board.onMessage(tellText);
  sketch.board.on(
      "led", +[](bool) { told += "led|"; });
  sketch.start();
  CHECK_EQUAL(
      sketch.ask("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"data\":true}").all(),
      "");
  CHECK_EQUAL(
      sketch.ask("{\"type\":\"message\",\"id\":1,\"data\":1,\"value\":true}").all(),
      "");
  CHECK_EQUAL(taken(), "");
}
