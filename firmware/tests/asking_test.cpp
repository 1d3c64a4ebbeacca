// A question whether all that was sent before has been read.

#include "linked_board.h"

TEST(answered) {
  LinkedBoard board;
  CHECK(!board.link.ask());
  board.open();
  CHECK(!board.link.isAnswered());
  CHECK(board.send("{\"temp\":1}"));
  CHECK(board.link.ask());
  const std::vector<Frame> sent = board.sent();
  CHECK_EQUAL(sent.size(), 2u);
  CHECK_EQUAL(sent[1].first, Last | Ping);
  CHECK_EQUAL(sent[1].payload.size(), 4u);
  board.messages();
  CHECK(!board.link.isAnswered());
  // It can come in pieces, between messages.
  const std::string pong = frame(Last | Pong, sent[1].payload);
  board.receive(text("a") + pong.substr(0, 4));
  CHECK_EQUAL(board.messages(), "a|");
  CHECK(!board.link.isAnswered());
  board.receive(pong.substr(4) + text("b"));
  CHECK_EQUAL(board.messages(), "b|");
  CHECK(board.link.isAnswered());
  // The next question begins anew, and an old answer is none to it.
  CHECK(board.link.ask());
  CHECK(!board.link.isAnswered());
  board.receive(pong);
  board.messages();
  CHECK(!board.link.isAnswered());
  board.receive(frame(Last | Pong, board.sent()[2].payload));
  board.messages();
  CHECK(board.link.isAnswered());
}

TEST(other_pongs) {
  LinkedBoard board;
  board.open();
  // Before there was a question.
  board.receive(frame(Last | Pong, std::string(4, '\0')));
  board.messages();
  CHECK(!board.link.isAnswered());
  CHECK(board.link.ask());
  const std::string payload = board.sent()[0].payload;
  std::string other = payload;
  other[3] = static_cast<char>(other[3] ^ 1);
  for (const std::string &one : {std::string(), other, payload.substr(0, 3),
                                 payload + "x", std::string(125, 'x')}) {
    board.receive(frame(Last | Pong, one));
    board.messages();
    CHECK(!board.link.isAnswered());
  }
  board.receive(frame(Last | Ping, payload));
  board.messages();
  CHECK(!board.link.isAnswered());
  board.receive(frame(Last | Pong, payload));
  board.messages();
  CHECK(board.link.isAnswered());
}

TEST(not_while_something_else_goes) {
  LinkedBoard board;
  board.open();
  board.client.room = 3;
  CHECK(board.send("{}")); // not all of it is gone
  CHECK(!board.link.ask());
  board.client.room = 1000;
  CHECK(board.link.ask());
  CHECK(board.link.sendBegin(10));
  CHECK(!board.link.ask());
  board.link.print("0123456789");
  CHECK(board.link.sendEnd());
  CHECK_EQUAL(board.sent().size(), 3u);
  for (const Frame &one : board.sent()) {
    CHECK(one.first != 0);
  }
}

TEST(ends_with_the_connection) {
  LinkedBoard board;
  board.open();
  CHECK(board.link.ask());
  const std::string payload = board.sent()[0].payload;
  board.receive(frame(Last | Pong, payload));
  board.messages();
  CHECK(board.link.isAnswered());
  board.link.drop();
  CHECK(!board.link.isAnswered());
  board.open();
  board.receive(frame(Last | Pong, payload));
  board.messages();
  CHECK(!board.link.isAnswered());
}

// With a question each ten seconds the peer need not be pinged besides, and one that
// does not answer is still noticed.
TEST(signs_of_life) {
  LinkedBoard board;
  board.open();
  board.link.setSilence(30000, 10000);
  for (int i = 0; i < 10; i++) {
    CHECK(board.link.ask());
    board.receive(frame(Last | Pong, board.sent().back().payload));
    board.messages();
    advanceClock(10000);
  }
  CHECK_EQUAL(board.sent().size(), 10u);
  for (int i = 0; i < 5; i++) {
    board.link.ask();
    board.messages();
    advanceClock(10000);
  }
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Silent);
}
