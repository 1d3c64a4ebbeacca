// How a connection becomes a WebSocket, or does not.

#include <sensorboard/Bytes.h>
#include <sensorboard/Sha1.h>

#include "linked_board.h"

namespace {

std::string digest(const std::string &data) {
  uint8_t bytes[sensorboard::Sha1Size];
  sensorboard::sha1(reinterpret_cast<const uint8_t *>(data.data()), data.size(), bytes);
  char text[2 * sensorboard::Sha1Size + 1];
  sensorboard::toHex(bytes, text);
  return text;
}

} // namespace

// FIPS 180 and RFC 3174, and one for each place where the padding begins anew.
TEST(sha1) {
  CHECK_EQUAL(digest("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK_EQUAL(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK_EQUAL(digest(std::string(55, 'a')), "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  CHECK_EQUAL(digest(std::string(63, 'a')), "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
  CHECK_EQUAL(digest(std::string(64, 'a')), "0098ba824b5c16427bd7a1122a5a442a25ec644d");
  CHECK_EQUAL(digest(std::string(1000000, 'a')),
              "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(request_is_one_write) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  CHECK_EQUAL(board.client.connectedTo, "ha.local");
  CHECK_EQUAL(board.client.connectedPort, 8123);
  CHECK_EQUAL(board.client.sent, Request);
  CHECK_EQUAL(board.client.writes.size(), 1u);
  CHECK(!board.link.isOpen());
  CHECK(!board.link.isClosed());
}

TEST(request_to_an_address) {
  LinkedBoard board;
  CHECK(board.link.open(IPAddress(192, 168, 1, 10), 80, "/a"));
  CHECK_EQUAL(board.client.connectedTo, "192.168.1.10");
  CHECK(board.client.sent.find("GET /a HTTP/1.1\r\nHost: 192.168.1.10:80\r\n") == 0);
}

TEST(request_that_is_longer_than_the_stage) {
  LinkedBoard board;
  board.client.mostPerWrite = 100;
  std::string path = "/" + std::string(900, 'x');
  CHECK(board.link.open("ha.local", 8123, path.c_str()));
  while (board.client.sent.find("\r\n\r\n") == std::string::npos &&
         board.client.writes.size() < 50) {
    board.link.poll();
  }
  CHECK(board.client.sent.find("GET " + path + " HTTP/1.1\r\n") == 0);
  CHECK_EQUAL(board.client.sent.size(), Request.size() - 11 + path.size());
}

TEST(request_that_nobody_takes) {
  LinkedBoard board;
  board.client.room = 10;
  uint32_t before = now();
  CHECK(!board.link.open("ha.local", 8123, ("/" + std::string(900, 'x')).c_str()));
  CHECK_EQUAL(board.link.ended(), LinkEnd::Stuck);
  CHECK(now() - before < 2100);
}

TEST(no_connection) {
  for (int i = 0; i < 4; i++) {
    LinkedBoard board;
    board.client.connectResult = i < 2 ? 0 : -1; // Ethernet's errors are negative
    CHECK(i % 2 ? !board.link.open("ha.local", 8123, "/")
                : !board.link.open(IPAddress(10, 0, 0, 1), 8123, "/"));
    CHECK(board.link.isClosed());
    CHECK_EQUAL(board.link.ended(), LinkEnd::NoConnection);
    CHECK(!board.link.poll());
    CHECK(!board.send("{}"));
    CHECK_EQUAL(board.client.sent, "");
  }
}

TEST(answer_byte_by_byte) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  for (size_t i = 0; i < Answer.size(); i++) {
    CHECK(!board.link.isOpen());
    board.receive(Answer.substr(i, 1));
    CHECK(!board.link.poll());
  }
  CHECK(board.link.isOpen());
  CHECK_EQUAL(board.link.ended(), LinkEnd::None);
}

TEST(answer_with_a_message_behind_it) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  board.receive(Answer + text("one") + text("two"));
  CHECK_EQUAL(board.messages(), "one|two|");
}

TEST(answer_in_other_words) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  board.receive("HTTP/1.1 101 Go On\nserver: " + std::string(5000, 's') +
                "\nCONNECTION:keep-alive, upgrade\nupgrade: \t WebSocket\n"
                "X-Sec-WebSocket-Protocol: not this one\n"
                "SEC-WebSocket-ACCEPT: \t " +
                Accept + " \t\n\n");
  board.messages();
  CHECK(board.link.isOpen());
}

TEST(answers_that_are_wrong) {
  const std::string Status = "HTTP/1.1 101 Switching Protocols\r\n";
  const std::string Upgrade = "Upgrade: websocket\r\n";
  const std::string Connection = "Connection: Upgrade\r\n";
  const std::string Key = "Sec-WebSocket-Accept: " + Accept + "\r\n";
  std::string otherKey = Key;
  otherKey[30] = static_cast<char>(otherKey[30] ^ 0x20); // another case
  for (const std::string &answer : {
           Status + Upgrade + Connection,
           Status + Upgrade + Key,
           Status + Connection + Key,
           Status + Upgrade + Connection + otherKey,
           Status + Upgrade + Connection + "Sec-WebSocket-Accept: \r\n",
           Status + Upgrade + Connection + Key.substr(0, Key.size() - 3) + "\r\n",
           Status + Upgrade + Connection + Key.substr(0, Key.size() - 2) + "x\r\n",
           Status + "Upgrade: h2c\r\n" + Connection + Key,
           Status + Upgrade + "Connection: close\r\n" + Key,
           Status + Upgrade + Connection + Key + "Sec-WebSocket-Extensions: x\r\n",
           Status + Upgrade + Connection + Key + "Sec-WebSocket-Protocol: x\r\n",
           std::string("SSH-2.0-OpenSSH_9.2\r\n"),
           std::string("HTTP/1.\r\n"),
           std::string("HTTP/1.1\r\n"),
           std::string("HTTP/1.1 what\r\n"),
           std::string("HTTP/2 101\r\n"),
           std::string("\r\n"),
           std::string("\n"),
       }) {
    LinkedBoard board;
    CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
    board.receive(answer + "\r\n" + text("evil"));
    CHECK_EQUAL(board.messages(), "");
    CHECK(board.link.isClosed());
    if (board.link.ended() != LinkEnd::NotWebSocket) {
      CHECK_EQUAL(answer, "NotWebSocket");
    }
    CHECK(!board.client.isUp);
    CHECK_EQUAL(board.client.sent, Request);
  }
}

TEST(refused_with_a_status) {
  for (int status : {200, 301, 403, 404, 426, 503}) {
    LinkedBoard board;
    CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
    board.receive("HTTP/1.1 " + std::to_string(status) +
                  " No\r\nContent-Type: text/html\r\n\r\n<h1>" +
                  std::string(9000, 'x'));
    CHECK_EQUAL(board.messages(), "");
    CHECK(board.link.isClosed());
    CHECK_EQUAL(board.link.ended(), LinkEnd::Refused);
    CHECK_EQUAL(board.link.code(), status);
    CHECK_EQUAL(board.client.sent, Request); // no frame into an HTTP stream
    CHECK(!board.client.isUp);
  }
}

TEST(closed_anywhere_in_the_answer) {
  for (size_t size = 0; size < Answer.size(); size++) {
    LinkedBoard board;
    CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
    board.receive(Answer.substr(0, size));
    board.client.isUp = false;
    CHECK_EQUAL(board.messages(), "");
    CHECK(board.link.isClosed());
    CHECK_EQUAL(board.link.ended(), LinkEnd::Lost);
  }
}

TEST(no_answer) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  advanceClock(9999);
  CHECK(!board.link.poll());
  CHECK(!board.link.isClosed());
  advanceClock(1);
  CHECK(!board.link.poll());
  CHECK(board.link.isClosed());
  CHECK_EQUAL(board.link.ended(), LinkEnd::NoAnswer);
}

TEST(answer_that_never_ends) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  board.receive("HTTP/1.1 101 Switching Protocols\r\n");
  for (int i = 0; i < 1000 && !board.link.isClosed(); i++) {
    board.receive("X-Header: dribbles\r\n");
    advanceClock(100);
    board.link.poll();
  }
  CHECK_EQUAL(board.link.ended(), LinkEnd::NoAnswer);
}

// A sketch whose own loop takes long: what came in time counts.
TEST(answer_seen_late) {
  LinkedBoard board;
  CHECK(board.link.open("ha.local", 8123, "/ws/sensor/"));
  board.receive(Answer + text("late"));
  advanceClock(60000);
  CHECK_EQUAL(board.messages(), "late|");
  CHECK(board.link.isOpen());
}
