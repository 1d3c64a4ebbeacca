// Messages as lines of text.

#include <sensorboard/SerialLink.h>

#include <memory>

#include "ScriptedClient.h"
#include "check.h"

using sensorboard::SerialLink;

namespace {

struct Port {
  explicit Port(size_t size = 50)
      : buffer(new char[size]), link(port, buffer.get(), size) {
    port.isUp = true;
  }

  std::string lines(const std::string &bytes) {
    port.incoming += bytes;
    std::string all;
    for (int i = 0; i < 20; i++) {
      if (link.poll()) {
        CHECK_EQUAL(link.length(), strlen(link.text()));
        all += std::string(link.text()) + (link.isTooLong() ? "…|" : "|");
      }
    }
    return all;
  }

  ScriptedClient port;
  std::unique_ptr<char[]> buffer;
  SerialLink link;
};

} // namespace

TEST(lines_are_messages) {
  Port port;
  CHECK(port.link.isOpen());
  CHECK_EQUAL(port.lines("{\"a\":1}\n{\"b\":2}\r\n\r\n\n"), "{\"a\":1}|{\"b\":2}|");
  CHECK_EQUAL(port.lines("half "), "");
  CHECK_EQUAL(port.lines("a line\n"), "half a line|");
  CHECK_EQUAL(port.link.skipped(), 0);
}

// Of those, there is the beginning.
TEST(lines_that_are_too_long) {
  Port port(10);
  CHECK_EQUAL(port.lines("123456789\n1234567890\nnext\n"),
              "123456789|123456789…|next|");
  CHECK_EQUAL(port.link.skipped(), 1);
  CHECK_EQUAL(port.lines(std::string(1000, 'x')), "");
  CHECK_EQUAL(port.lines("\r\nnext\n"), "xxxxxxxxx…|next|");
  CHECK_EQUAL(port.link.skipped(), 2);
}

TEST(port_that_promises_too_much) {
  struct Liar : ScriptedClient {
    int available() override { return 5; }
  } port;
  char buffer[50];
  SerialLink link(port, buffer, sizeof(buffer));
  port.incoming = "hal";
  CHECK(!link.poll());
  port.incoming = "f\n";
  CHECK(link.poll());
  CHECK_EQUAL(link.text(), "half");
}

TEST(lines_in_a_flood) {
  Port port;
  port.port.incoming = std::string(100000, 'x');
  CHECK(!port.link.poll());
  CHECK(port.port.incoming.size() >= 100000 - 300);
}

TEST(lines_are_dropped_on_closing) {
  Port port;
  CHECK_EQUAL(port.lines("half a line"), "");
  port.link.close(1000);
  CHECK_EQUAL(port.lines("whole\n"), "whole|");
}

TEST(lines_are_sent) {
  Port port;
  CHECK(port.link.sendBegin(7));
  CHECK_EQUAL(port.link.print("{\"a\":1}"), 7u);
  CHECK(port.link.sendEnd());
  CHECK_EQUAL(port.port.sent, "{\"a\":1}\n");
  CHECK(port.link.send([](Print &out, void *) { out.print("{}"); }, nullptr));
  CHECK_EQUAL(port.port.sent, "{\"a\":1}\n{}\n");
}

TEST(lines_that_the_port_does_not_take) {
  Port port;
  port.port.room = 3;
  CHECK(port.link.sendBegin(7));
  CHECK_EQUAL(port.link.print("{\"a\":1}"), 3u);
  CHECK(!port.link.sendEnd());
  port.port.room = 100;
  CHECK(port.link.sendBegin(2));
  port.link.print("{}");
  CHECK(port.link.sendEnd());
}
