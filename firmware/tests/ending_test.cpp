// How a connection ends, or a peer is given up.

#include "linked_board.h"

TEST(silent_peer_is_pinged_and_given_up) {
  LinkedBoard board;
  board.open();
  board.link.setSilence(30000, 10000);
  advanceClock(29999);
  CHECK_EQUAL(board.messages(), "");
  CHECK_EQUAL(board.client.sent, "");
  advanceClock(1);
  CHECK_EQUAL(board.messages(), "");
  CHECK_EQUAL(board.sent().size(), 1u); // one ping, in twenty polls
  CHECK_EQUAL(board.sent()[0].first, Last | Ping);
  CHECK_EQUAL(board.sent()[0].payload, "");
  advanceClock(9999);
  CHECK_EQUAL(board.messages(), "");
  CHECK(board.link.isOpen());
  advanceClock(1);
  CHECK_EQUAL(board.messages(), "");
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Silent);
  CHECK(!board.client.isUp);
}

TEST(peer_that_answers_is_kept) {
  LinkedBoard board;
  board.open();
  board.link.setSilence(30000, 10000);
  for (int i = 1; i <= 5; i++) {
    advanceClock(30000);
    CHECK_EQUAL(board.messages(), "");
    CHECK_EQUAL(board.sent().size(), static_cast<size_t>(i));
    advanceClock(9999);
    board.receive(frame(Last | Pong, ""));
    CHECK_EQUAL(board.messages(), "");
  }
  CHECK(board.link.isOpen());
}

TEST(peer_that_freezes_amid_a_frame) {
  for (const std::string &bytes :
       {std::string("\x81"), std::string("\x81\x7e\x01"), text("hello").substr(0, 4),
        frame(Last | Ping, "hello").substr(0, 4)}) {
    LinkedBoard board;
    board.open();
    board.link.setSilence(30000, 10000);
    board.receive(bytes);
    board.messages();
    advanceClock(30000);
    board.messages();
    advanceClock(10000);
    CHECK_EQUAL(board.messages(), "");
    CHECK_EQUAL(board.link.ended(), LinkEnd::Silent);
  }
}

// With delay(60000) in the sketch's own loop the answer has come before it is asked
// for.
TEST(sketch_that_sleeps_keeps_its_connection) {
  LinkedBoard board;
  board.open();
  board.link.setSilence(30000, 10000);
  for (int i = 0; i < 5; i++) {
    advanceClock(60000);
    board.messages(1);
    board.receive(frame(Last | Pong, ""));
  }
  CHECK(board.link.isOpen());
  CHECK_EQUAL(board.messages(), "");
}

TEST(this_side_closes) {
  LinkedBoard board;
  board.open();
  CHECK(board.send("{\"last\":1}"));
  board.link.close(1000);
  CHECK(!board.link.isOpen());
  CHECK(!board.link.isClosed());
  CHECK(!board.send("{}"));
  CHECK_EQUAL(board.sent().size(), 2u);
  CHECK_EQUAL(board.sent()[1].first, Last | Close);
  CHECK_EQUAL(board.sent()[1].payload, closeFrame(1000, "").substr(2));
  board.receive(text("too late") + frame(Last | Ping, "too") + frame(Last | Ping, ""));
  CHECK_EQUAL(board.messages(), "");
  CHECK_EQUAL(board.sent().size(), 2u);
  board.receive(closeFrame(1000, ""));
  CHECK_EQUAL(board.messages(), "");
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Closed);
  CHECK_EQUAL(board.sent().size(), 2u);
  CHECK_EQUAL(board.link.reason(), "");
}

TEST(this_side_closes_and_the_peer_does_not) {
  LinkedBoard board;
  board.open();
  board.link.close(1000);
  advanceClock(1999);
  board.messages();
  CHECK(!board.link.isClosed());
  advanceClock(1);
  board.messages();
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Closed);

  board.open();
  board.link.close(1000);
  board.client.isUp = false;
  board.messages();
  CHECK_EQUAL(board.link.ended(), LinkEnd::Closed);
}

TEST(this_side_closes_while_half_a_frame_is_sent) {
  LinkedBoard board;
  for (int i = 0; i < 2; i++) {
    board.open();
    board.client.room = 5;
    CHECK(board.send(std::string(504, 'm')));
    board.link.close(1001);
    board.messages();
    CHECK_EQUAL(board.client.sent.size(), 5u);
    board.client.room = 1000;
    board.messages();
    CHECK_EQUAL(board.sent().size(), 2u);
    CHECK_EQUAL(board.sent()[0].payload, std::string(504, 'm'));
    CHECK_EQUAL(board.sent()[1].payload, closeFrame(1001, "").substr(2));
  }
}

TEST(this_side_closes_while_a_ping_comes) {
  LinkedBoard board;
  board.open();
  std::string ping = frame(Last | Ping, "12345678");
  board.receive(ping.substr(0, 6));
  board.messages();
  board.link.close(1000);
  board.receive(ping.substr(6) + closeFrame(1000, ""));
  board.messages();
  CHECK_EQUAL(board.sent().size(), 1u);
  CHECK_EQUAL(board.sent()[0].first, Last | Close);
  CHECK_EQUAL(board.link.ended(), LinkEnd::Closed);
}

TEST(closing_what_is_not_open) {
  LinkedBoard board;
  board.link.close(1000);
  board.link.drop();
  CHECK_EQUAL(board.link.ended(), LinkEnd::None);
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  board.link.close(1000);
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Closed);
  CHECK_EQUAL(board.client.sent, Request);
}

TEST(dropping) {
  LinkedBoard board;
  board.open();
  board.link.drop();
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Closed);
  CHECK_EQUAL(board.client.sent, "");
  CHECK(!board.client.isUp);
}

// Nothing of the old connection is left over in the new one.
TEST(opened_again) {
  for (const std::string &before :
       {frame(Text, "half a mess"), text("half").substr(0, 4),
        std::string("\x81\x7e\x01"), frame(Last | Ping, "").substr(0, 1),
        closeFrame(4401, "gone"), frame(Text, std::string(300, 'x')),
        frame(Last | 0x3, "")}) {
    LinkedBoard board;
    board.open();
    board.client.room = 9;
    CHECK(board.send("{\"old\":1}"));
    board.receive(before);
    board.messages();
    board.client.room = 100000;
    board.client.sent.clear();
    board.open();
    CHECK_EQUAL(board.link.ended(), LinkEnd::None);
    board.receive(text("new"));
    CHECK_EQUAL(board.messages(), "new|");
    CHECK(board.send("{\"new\":1}"));
    CHECK_EQUAL(board.sent().size(), 1u);
    CHECK_EQUAL(board.sent()[0].payload, "{\"new\":1}");
  }
}

TEST(client_is_asked_only_so_often) {
  LinkedBoard board;
  board.open();
  board.link.setPollInterval(50);
  advanceClock(50);
  board.client.calls = 0;
  for (int i = 0; i < 100; i++) {
    board.link.poll();
    advanceClock(1);
  }
  CHECK_EQUAL(board.client.calls, 4); // available() and connected(), twice
  board.receive(text("a") + text("b"));
  std::string got;
  for (int i = 0; i < 150; i++) {
    got += board.messages(1);
    advanceClock(1);
  }
  CHECK_EQUAL(got, "a|b|");
}
