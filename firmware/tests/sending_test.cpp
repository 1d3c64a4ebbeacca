// What goes out, also over a Client that does not take it all.

#include "linked_board.h"

TEST(frames_are_masked_and_each_anew) {
  LinkedBoard board;
  board.open();
  CHECK(board.send("{\"temp\":25.5}"));
  CHECK(board.send("{\"temp\":25.5}"));
  CHECK(board.send(""));
  std::vector<Frame> sent = board.sent();
  CHECK_EQUAL(sent.size(), 3u);
  CHECK_EQUAL(sent[0].first, Last | Text);
  CHECK_EQUAL(sent[0].payload, "{\"temp\":25.5}");
  CHECK_EQUAL(sent[1].payload, "{\"temp\":25.5}");
  CHECK_EQUAL(sent[2].payload, "");
  CHECK(sent[0].mask != sent[1].mask);
  CHECK(sent[0].mask != std::string(4, '\0'));
  CHECK_EQUAL(board.client.writes.size(), 3u); // header and payload in one
}

TEST(messages_of_all_sizes_are_sent) {
  for (size_t size : {1, 125, 126, 500, 504, 505, 512, 4096, 65535}) {
    for (size_t most : {1, 7, 100000}) {
      LinkedBoard board;
      board.open();
      board.client.mostPerWrite = most;
      std::string message;
      for (size_t i = 0; i < size; i++) {
        message += static_cast<char>(' ' + i * 11 % 90);
      }
      CHECK(board.send(message));
      for (int i = 0; i < 600; i++) {
        board.link.poll();
      }
      CHECK_EQUAL(board.sent().size(), 1u);
      CHECK_EQUAL(board.sent()[0].payload, message);
      if (most == 100000) {
        CHECK_EQUAL(board.client.writes.size(),
                    (size + (size < 126 ? 6 : 8) + 511) / 512);
      }
    }
  }
}

TEST(messages_that_cannot_be_sent) {
  LinkedBoard board;
  CHECK(!board.send("{}"));
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  CHECK(!board.send("{}"));
  CHECK_EQUAL(board.link.print("x"), 0u);
  CHECK_EQUAL(board.client.sent, Request);
  board.client.stop();
  board.open();
  CHECK(!board.link.sendBegin(65536));
  CHECK_EQUAL(board.link.print("x"), 0u);
  CHECK(!board.link.sendEnd());
  CHECK_EQUAL(board.client.sent, "");
}

TEST(message_of_another_length_than_announced) {
  LinkedBoard board;
  board.open();
  CHECK(board.link.sendBegin(5));
  CHECK_EQUAL(board.link.print("{}"), 2u);
  CHECK(board.link.sendEnd());
  CHECK(board.link.sendBegin(5));
  CHECK_EQUAL(board.link.print("{\"a\":1}"), 5u);
  CHECK(!board.link.sendEnd());
  CHECK(board.send("[]"));
  CHECK_EQUAL(board.sent().size(), 3u);
  CHECK_EQUAL(board.sent()[0].payload, "{}   ");
  CHECK_EQUAL(board.sent()[1].payload, "{\"a\":");
  CHECK_EQUAL(board.sent()[2].payload, "[]");
}

TEST(message_by_a_function) {
  LinkedBoard board;
  board.open();
  const char *name = "red";
  CHECK(board.link.send(
      [](Print &out, void *context) {
        out.print(F("{\""));
        out.print(static_cast<const char *>(context));
        out.print(F("\":"));
        out.print(1.5, 1);
        out.print('}');
      },
      const_cast<char *>(name)));
  CHECK_EQUAL(board.sent()[0].payload, "{\"red\":1.5}");
  board.link.drop();
  CHECK(!board.link.send([](Print &out, void *) { out.print("{}"); }, nullptr));
}

TEST(poll_amid_a_message_does_nothing) {
  LinkedBoard board;
  board.open();
  CHECK(board.link.sendBegin(4));
  board.link.print("{}");
  board.receive(frame(Last | Ping, "now"));
  CHECK(!board.link.poll());
  CHECK(!board.link.sendBegin(2));
  board.link.print("  ");
  CHECK(board.link.sendEnd());
  board.messages();
  CHECK_EQUAL(board.sent().size(), 2u);
  CHECK_EQUAL(board.sent()[0].payload, "{}  ");
  CHECK_EQUAL(board.sent()[1].payload, "now");
}

// A message that fits into the stage never waits.
TEST(client_that_is_full_for_a_while) {
  LinkedBoard board;
  board.open();
  board.client.room = 0;
  uint32_t before = now();
  CHECK(board.send("{\"temp\":25.5}"));
  CHECK(!board.send("{\"temp\":25.6}"));
  CHECK_EQUAL(board.messages(), "");
  CHECK_EQUAL(now(), before);
  CHECK(board.link.isOpen());
  board.client.room = 3;
  CHECK_EQUAL(board.messages(), "");
  board.client.room = 100;
  CHECK(board.send("{\"temp\":25.7}"));
  CHECK_EQUAL(board.sent().size(), 2u);
  CHECK_EQUAL(board.sent()[0].payload, "{\"temp\":25.5}");
  CHECK_EQUAL(board.sent()[1].payload, "{\"temp\":25.7}");
}

TEST(client_that_stays_full) {
  LinkedBoard board;
  board.open();
  board.link.setSilence(30000, 10000);
  board.client.room = 5;
  CHECK(board.send("{\"temp\":25.5}"));
  advanceClock(9999);
  board.receive(text("here I am")); // that the peer is alive does not help
  CHECK_EQUAL(board.messages(), "here I am|");
  advanceClock(1);
  CHECK_EQUAL(board.messages(), "");
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Stuck);
}

TEST(client_that_fills_up_amid_a_message) {
  LinkedBoard board;
  board.open();
  board.client.room = 700;
  uint32_t before = now();
  CHECK(!board.send(std::string(4000, 'x')));
  uint32_t waited = now() - before;
  CHECK(waited >= 2000 && waited < 2100);
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::Stuck);
  CHECK(!board.client.isUp);
}

TEST(client_that_drains_slowly) {
  struct Slow : ScriptedClient {
    size_t write(const uint8_t *data, size_t size) override {
      bool hasRoom = now() - last >= 50;
      last = hasRoom ? now() : last;
      return hasRoom ? ScriptedClient::write(data, size) : 0;
    }
    uint32_t last = 0;
  } client;
  setClock(1000);
  client.mostPerWrite = 200;
  char buffer[100];
  WebSocketLink link(client, someRandom, buffer, sizeof(buffer));
  CHECK(link.open("ha.local", 8123, "/ws/sensor/"));
  client.incoming = Answer;
  for (int i = 0; i < 100; i++) {
    link.poll();
    advanceClock(1);
  }
  CHECK(link.isOpen());
  client.sent.clear();
  CHECK(link.sendBegin(3000));
  for (int i = 0; i < 3000; i++) {
    CHECK_EQUAL(link.print('x'), 1u);
  }
  CHECK(link.sendEnd());
  for (int i = 0; i < 500; i++) {
    link.poll();
    advanceClock(1);
  }
  CHECK_EQUAL(framesIn(client.sent).size(), 1u);
  CHECK_EQUAL(framesIn(client.sent)[0].payload, std::string(3000, 'x'));
}

TEST(connection_that_breaks_amid_a_message) {
  LinkedBoard board;
  board.open();
  CHECK(board.link.sendBegin(2000));
  board.link.print(std::string(600, 'x').c_str());
  board.client.isUp = false;
  uint32_t before = now();
  CHECK_EQUAL(board.link.print(std::string(1000, 'x').c_str()) < 1000, true);
  CHECK_EQUAL(board.link.print("more"), 0u);
  CHECK(!board.link.sendEnd());
  CHECK_EQUAL(now(), before);
  CHECK_EQUAL(board.link.ended(), LinkEnd::Lost);
}
