// What comes from a peer that does everything wrong that a peer can do.

#include "linked_board.h"

namespace {

void checkFailed(LinkedBoard &board, uint16_t code) {
  CHECK_EQUAL(board.messages(), "");
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::ProtocolError);
  CHECK_EQUAL(board.link.code(), code);
  CHECK(!board.client.isUp);
  CHECK_EQUAL(board.sent().size(), 1u);
  CHECK_EQUAL(board.sent()[0].first, Last | Close);
  CHECK_EQUAL(board.sent()[0].payload, closeFrame(code, "").substr(2));
}

} // namespace

TEST(messages_of_all_sizes) {
  LinkedBoard board(70000);
  board.open();
  for (size_t size : {0, 1, 125, 126, 127, 255, 256, 1023, 4096, 65535}) {
    std::string message;
    for (size_t i = 0; i < size; i++) {
      message += static_cast<char>('a' + i * 7 % 26);
    }
    board.receive(text(message));
    CHECK_EQUAL(board.messages(100), message + "|");
  }
  CHECK_EQUAL(board.link.skipped(), 0);
}

TEST(messages_in_every_split) {
  const std::string bytes = text("first") + frame(Text, "to") +
                            frame(Last | Ping, "hi") + frame(Continuation, "") +
                            frame(Last, "gether") + text(std::string(130, 'x'));
  const std::string wanted = "first|together|" + std::string(130, 'x') + "|";
  for (size_t size = 1; size < bytes.size(); size++) {
    LinkedBoard board;
    board.open();
    std::string got;
    for (size_t at = 0; at < bytes.size(); at += size) {
      board.receive(bytes.substr(at, size));
      got += board.messages(3);
    }
    CHECK_EQUAL(got + board.messages(), wanted);
    CHECK_EQUAL(board.sent().size(), 1u);
    CHECK_EQUAL(board.sent()[0].payload, "hi");
  }
}

// Some cores tell of and give less than there is.
TEST(client_that_gives_little_at_a_time) {
  for (int whenEmpty : {-1, 0}) {
    for (size_t window : {1, 3, 1000}) {
      LinkedBoard board;
      board.open();
      board.client.whenEmpty = whenEmpty;
      board.client.window = window;
      board.client.mostPerRead = 2;
      board.receive(text("one") + frame(Last | Ping, "0123456789") +
                    text(std::string(150, 'y')));
      CHECK_EQUAL(board.messages(), "one|" + std::string(150, 'y') + "|");
      CHECK_EQUAL(board.sent()[0].payload, "0123456789");
    }
  }
}

// There is nothing to read although available() said that there is.
TEST(client_that_promises_too_much) {
  struct Liar : ScriptedClient {
    int available() override { return 5; }
  };
  for (int whenEmpty : {-1, 0}) {
    Liar client;
    client.whenEmpty = whenEmpty;
    char buffer[100];
    WebSocketLink link(client, someRandom, buffer, sizeof(buffer));
    CHECK(link.open("ha.local", 8123, "/ws/sensor/"));
    std::string got;
    for (char byte : Answer + text("message") + text("another")) {
      client.incoming += byte;
      for (int i = 0; i < 3; i++) {
        got += link.poll() ? std::string(link.text()) + "|" : "";
      }
    }
    CHECK_EQUAL(got, "message|another|");
  }
}

TEST(message_that_just_fits) {
  LinkedBoard board(100);
  board.open();
  board.receive(text(std::string(99, 'f')) + text(std::string(100, 't')) +
                text("next"));
  CHECK_EQUAL(board.messages(),
              std::string(99, 'f') + "|" + std::string(99, 't') + "…|next|");
  CHECK_EQUAL(board.link.skipped(), 1);
}

// Of texts there is the beginning.
TEST(oversized_messages) {
  LinkedBoard board(100);
  board.open();
  board.receive(text(std::string(16384, 'x')));
  board.receive(text("one"));
  board.receive(frame(Text, std::string(60, 'x')) + frame(Last | Ping, "in between") +
                frame(Continuation, std::string(39, 'x')) + frame(Continuation, "x") +
                frame(Last | Continuation, "and more"));
  board.receive(text("two"));
  board.receive(frame(Text, std::string(100, 'x')) + frame(Last | Continuation, ""));
  board.receive(frame(Last | Binary, "bin") + frame(Binary, "a") + frame(Last, "ry"));
  board.receive(text("three"));
  const std::string begun = std::string(99, 'x') + "…|";
  CHECK_EQUAL(board.messages(60), begun + "one|" + begun + "two|" + begun + "three|");
  CHECK_EQUAL(board.link.skipped(), 5);
  CHECK_EQUAL(board.sent().size(), 1u);
  CHECK(board.link.isOpen());
}

TEST(one_poll_reads_only_so_much) {
  LinkedBoard board(65536);
  board.open();
  board.receive(text(std::string(60000, 'x')));
  size_t before = board.client.incoming.size();
  CHECK(!board.link.poll());
  size_t read = before - board.client.incoming.size();
  CHECK(read > 100 && read <= 1024);
}

TEST(one_message_at_a_time) {
  LinkedBoard board;
  board.open();
  board.receive(text("one") + text("two"));
  CHECK(board.link.poll());
  CHECK_EQUAL(board.link.text(), "one");
  board.link.text()[0] = 'O'; // it may be changed
  CHECK(board.link.poll());
  CHECK_EQUAL(board.link.text(), "two");
  CHECK(!board.link.poll());
  CHECK_EQUAL(board.link.length(), 0u);
}

TEST(message_with_a_zero_in_it) {
  LinkedBoard board;
  board.open();
  board.receive(text(std::string("a\0b", 3)));
  CHECK(board.link.poll());
  CHECK_EQUAL(std::string(board.link.text(), board.link.length()),
              std::string("a\0b", 3));
}

TEST(ping_gets_its_pong) {
  for (size_t size : {0, 1, 4, 124, 125}) {
    LinkedBoard board;
    board.open();
    std::string payload(size, 'p');
    board.receive(frame(Last | Ping, payload));
    CHECK_EQUAL(board.messages(1), "");
    CHECK_EQUAL(board.sent().size(), 1u);
    CHECK_EQUAL(board.sent()[0].first, Last | Pong);
    CHECK_EQUAL(board.sent()[0].payload, payload);
    CHECK_EQUAL(board.client.writes.size(), 1u);
  }
}

TEST(pong_is_ignored) {
  LinkedBoard board;
  board.open();
  board.receive(frame(Last | Pong, std::string(125, 'p')) + frame(Last | Pong, "") +
                text("on"));
  CHECK_EQUAL(board.messages(), "on|");
  CHECK_EQUAL(board.client.sent, "");
}

TEST(ping_waits_for_what_is_being_sent) {
  for (const std::string &payload : {std::string(), std::string(125, 'p')}) {
    LinkedBoard board;
    board.open();
    board.client.room = 5;
    const std::string message(504, 'm'); // fills the stage, and stays in it
    CHECK(board.send(message));
    CHECK_EQUAL(board.client.sent.size(), 5u);
    board.receive(frame(Last | Ping, payload) + frame(Last | Ping, "two") +
                  text("next"));
    CHECK_EQUAL(board.messages(), "");
    CHECK(!board.send("{}"));
    board.client.room = 1000;
    CHECK_EQUAL(board.messages(), "next|");
    CHECK_EQUAL(board.sent().size(), 3u);
    CHECK_EQUAL(board.sent()[0].payload, message);
    CHECK_EQUAL(board.sent()[1].payload, payload);
    CHECK_EQUAL(board.sent()[2].payload, "two");
  }
}

TEST(message_waits_for_the_ping_that_comes) {
  LinkedBoard board;
  board.open();
  std::string ping = frame(Last | Ping, "12345678");
  board.receive(ping.substr(0, 6));
  CHECK_EQUAL(board.messages(), "");
  CHECK(!board.send("{}"));
  board.receive(ping.substr(6));
  CHECK_EQUAL(board.messages(), "");
  CHECK(board.send("{}"));
  CHECK_EQUAL(board.sent().size(), 2u);
  CHECK_EQUAL(board.sent()[0].payload, "12345678");
  CHECK_EQUAL(board.sent()[1].payload, "{}");
}

TEST(no_ping_of_its_own_amid_another) {
  LinkedBoard board;
  board.open();
  board.link.setSilence(5000, 10000);
  std::string ping = frame(Last | Ping, "12345678");
  board.receive(ping.substr(0, 6));
  board.messages();
  advanceClock(5000);
  board.messages();
  CHECK_EQUAL(board.client.sent, "");
  board.receive(ping.substr(6));
  board.messages();
  CHECK_EQUAL(board.sent().size(), 1u);
  CHECK_EQUAL(board.sent()[0].payload, "12345678");

  board.client.room = 0;
  CHECK(board.send(std::string(504, 'm')));
  advanceClock(5000);
  board.messages();
  board.client.room = 1000;
  board.messages();
  CHECK_EQUAL(board.sent().size(), 2u);
  CHECK_EQUAL(board.sent()[1].payload, std::string(504, 'm'));
  // The time runs nevertheless.
  advanceClock(10000);
  board.messages();
  CHECK_EQUAL(board.link.ended(), LinkEnd::Silent);
}

TEST(peer_closes) {
  LinkedBoard board;
  board.open();
  board.receive(text("last") + closeFrame(4409, "A newer connection has taken over.") +
                text("evil"));
  CHECK_EQUAL(board.messages(), "last|");
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::PeerClosed);
  CHECK_EQUAL(board.link.code(), 4409);
  CHECK_EQUAL(board.link.reason(), "A newer connection has taken over.");
  CHECK_EQUAL(board.sent().size(), 1u);
  CHECK_EQUAL(board.sent()[0].first, Last | Close);
  CHECK_EQUAL(board.sent()[0].payload, closeFrame(4409, "").substr(2));
  CHECK(!board.client.isUp);
  CHECK(!board.send("{}"));
}

TEST(peer_closes_without_a_code) {
  LinkedBoard board;
  board.open();
  board.receive(frame(Last | Close, ""));
  board.messages();
  CHECK_EQUAL(board.link.ended(), LinkEnd::PeerClosed);
  CHECK_EQUAL(board.link.code(), sensorboard::NoCloseCode);
  CHECK_EQUAL(board.link.reason(), "");
  CHECK_EQUAL(board.sent()[0].payload, "");
}

TEST(peer_closes_with_a_reason_that_is_longer_than_the_buffer) {
  LinkedBoard board(64);
  board.open();
  std::string bytes = closeFrame(1000, std::string(123, 'r'));
  for (char byte : bytes) {
    board.receive(std::string(1, byte));
    board.messages(1);
  }
  CHECK_EQUAL(board.link.ended(), LinkEnd::PeerClosed);
  CHECK_EQUAL(board.link.reason(), std::string(63, 'r'));
}

TEST(peer_closes_amid_a_message) {
  LinkedBoard board;
  board.open();
  board.receive(frame(Text, "half of it") + closeFrame(1001, "bye"));
  CHECK_EQUAL(board.messages(), "");
  CHECK_EQUAL(board.link.code(), 1001);
  CHECK_EQUAL(board.link.reason(), "bye");
}

TEST(peer_closes_while_half_a_frame_is_sent) {
  LinkedBoard board;
  board.open();
  board.client.room = 5;
  CHECK(board.send("{\"temp\":25}"));
  board.receive(closeFrame(1001, ""));
  board.messages();
  CHECK_EQUAL(board.link.ended(), LinkEnd::PeerClosed);
  CHECK_EQUAL(board.client.sent.size(), 5u); // no close frame amid another
}

TEST(what_the_protocol_forbids) {
  const std::string masked = "\x81\x85"
                             "abcd"
                             "hello";
  for (const std::string &bytes : {
           masked,
           frame(Last | 0x40 | Text, "reserved bit"),
           frame(Last | 0x20 | Text, ""),
           frame(Last | 0x10 | Ping, ""),
           frame(Last | 0x3, "reserved opcode"),
           frame(Last | 0x7, ""),
           frame(Last | 0xb, ""),
           frame(Last | 0xf, ""),
           frame(Last | Ping, std::string(126, 'p')),
           frame(Last | Close, std::string(126, 'p')),
           frame(Ping, "in fragments"),
           frame(Close, ""),
           frame(Last | Close, "1"),
           frame(Last, "continues nothing"),
           frame(Continuation, ""),
           frame(Text, "a") + frame(Text, "b"),
           frame(Text, "a") + frame(Last | Text, "b"),
           frame(Text, "a") + frame(Last | Binary, "b"),
           frame(Text, "a") + frame(Last, "b").replace(1, 1, "\x81"),
           std::string("\x89\x7f\0\0\0\0\0\0\0\1", 10),
       }) {
    LinkedBoard board;
    board.open();
    board.receive(bytes + text("evil"));
    int before = check::failures();
    checkFailed(board, 1002);
    if (check::failures() > before) {
      printf("  for %s\n", check::shown(bytes).c_str());
    }
  }
}

TEST(length_in_64_bits) {
  LinkedBoard board;
  board.open();
  board.receive(std::string("\x81\x7f\0\0\0\0\0\0\0\1x", 11));
  checkFailed(board, 1009);
}

// Wherever it breaks off, the link notices, and does not give half a message.
TEST(connection_that_breaks_anywhere) {
  const std::string bytes = text("whole") + frame(Last | Ping, "hi") +
                            text(std::string(150, 'x')) + closeFrame(1000, "end");
  for (size_t size = 0; size < bytes.size(); size++) {
    LinkedBoard board;
    board.open();
    board.receive(bytes.substr(0, size));
    board.client.isUp = false;
    std::string wanted = size >= 7 ? "whole|" : "";
    wanted += size >= 7 + 4 + 154 ? std::string(150, 'x') + "|" : "";
    CHECK_EQUAL(board.messages(), wanted);
    CHECK(board.link.isClosed());
    CHECK_EQUAL(board.link.ended(), LinkEnd::Lost);
  }
}
