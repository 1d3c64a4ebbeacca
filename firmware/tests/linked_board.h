// A board with its link to a scripted peer.

#ifndef SENSORBOARD_TESTS_LINKED_BOARD_H
#define SENSORBOARD_TESTS_LINKED_BOARD_H

#include <sensorboard/WebSocketLink.h>

#include <stubs/FakeClock.h>

#include <memory>

#include "ScriptedClient.h"
#include "check.h"
#include "frames.h"

using sensorboard::Link;
using sensorboard::LinkEnd;
using sensorboard::WebSocketLink;

namespace sensorboard {

// For the checks' messages.
inline std::ostream &operator<<(std::ostream &out, LinkEnd end) {
  return out << "end " << static_cast<int>(end);
}

} // namespace sensorboard

const std::string Request = "GET /ws/sensor/ HTTP/1.1\r\n"
                            "Host: ha.local:8123\r\n"
                            "Upgrade: websocket\r\n"
                            "Connection: Upgrade\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            "Sec-WebSocket-Version: 13\r\n"
                            "\r\n";

// RFC 6455, section 1.3.
const std::string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const std::string Answer = "HTTP/1.1 101 Switching Protocols\r\n"
                           "Upgrade: websocket\r\n"
                           "Connection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: " +
                           Accept + "\r\n\r\n";

inline uint32_t now() { return static_cast<uint32_t>(millis()); }

inline uint32_t &seed() {
  static uint32_t value;
  return value;
}

// The nonce of RFC 6455, section 1.3, for the key; for the masks four bytes that are
// never the same.
inline void someRandom(uint8_t *bytes, size_t size) {
  if (size == 16) {
    memcpy(bytes, "the sample nonce", size);
    return;
  }
  for (size_t i = 0; i < size; i++) {
    seed() = seed() * 1664525 + 1013904223;
    bytes[i] = static_cast<uint8_t>(seed() >> 24);
  }
}

struct LinkedBoard {
  explicit LinkedBoard(size_t size = 200)
      : buffer(new char[size]), link(client, someRandom, buffer.get(), size) {
    // The clock wraps soon.
    setClock(0xfffff000);
    seed() = 1;
  }

  void open() {
    client.sent.clear();
    CHECK(link.open("ha.local", 8123, "/ws/sensor/"));
    CHECK_EQUAL(client.sent, Request);
    receive(Answer);
    CHECK(!link.poll());
    CHECK(link.isOpen());
    client.sent.clear();
    client.writes.clear();
  }

  void receive(const std::string &bytes) { client.incoming += bytes; }

  // All messages that come in the next polls, each with a bar behind it.
  std::string messages(int polls = 20) {
    std::string all;
    for (int i = 0; i < polls; i++) {
      if (link.poll()) {
        CHECK_EQUAL(strlen(link.text()), link.length());
        all +=
            std::string(link.text(), link.length()) + (link.isTooLong() ? "…|" : "|");
      }
    }
    return all;
  }

  bool send(const std::string &message) {
    bool isBegun = link.sendBegin(message.size());
    return isBegun && link.print(message.c_str()) == message.size() && link.sendEnd();
  }

  std::vector<Frame> sent() { return framesIn(client.sent); }

  ScriptedClient client;
  std::unique_ptr<char[]> buffer; // of its size, so that ASan watches its ends
  WebSocketLink link;
};

#endif
