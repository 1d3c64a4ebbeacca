// A board of which tests/firmware/test_links.py is the other end, over a real socket.
//
//   socket_test PORT PATH echo      sends back what comes, and ends with the connection
//   socket_test PORT PATH silence   the same, and expects a sign of life every 0.2 s
//   socket_test PORT PATH flood     sends until nothing goes out any more
//   socket_test PORT PATH goodbye   sends a message, closes, and waits for the end
//
// Prints what happens, a line each.

#include <sensorboard/WebSocketLink.h>

#include <stdio.h>
#include <sys/random.h>

#include <string>

#include "PosixClient.h"

using sensorboard::LinkEnd;
using sensorboard::WebSocketLink;

namespace {

constexpr uint32_t MostTime = 20000; // ms

void realRandom(uint8_t *bytes, size_t size) {
  if (getrandom(bytes, size, 0) != static_cast<ssize_t>(size)) {
    abort();
  }
}

const char *word(LinkEnd end) {
  switch (end) {
  case LinkEnd::None:
    return "None";
  case LinkEnd::NoConnection:
    return "NoConnection";
  case LinkEnd::NoAnswer:
    return "NoAnswer";
  case LinkEnd::Refused:
    return "Refused";
  case LinkEnd::NotWebSocket:
    return "NotWebSocket";
  case LinkEnd::PeerClosed:
    return "PeerClosed";
  case LinkEnd::Lost:
    return "Lost";
  case LinkEnd::Silent:
    return "Silent";
  case LinkEnd::Stuck:
    return "Stuck";
  case LinkEnd::ProtocolError:
    return "ProtocolError";
  case LinkEnd::Closed:
    return "Closed";
  }
  return "?";
}

void printText(Print &out, void *context) {
  WebSocketLink *link = static_cast<WebSocketLink *>(context);
  out.write(link->text(), link->length());
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 4) {
    return 2;
  }
  const std::string mode = argv[3];
  PosixClient client;
  static char buffer[5000];
  WebSocketLink link(client, realRandom, buffer, sizeof(buffer));
  if (mode == "silence") {
    link.setSilence(200, 200);
  }
  link.open("127.0.0.1", static_cast<uint16_t>(atoi(argv[1])), argv[2]);

  bool isToldOpen = false, isClosing = false;
  uint32_t begin = static_cast<uint32_t>(millis());
  while (!link.isClosed() && static_cast<uint32_t>(millis()) - begin < MostTime) {
    bool isThere = link.poll();
    if (link.isOpen() && !isToldOpen) {
      isToldOpen = true;
      printf("open\n");
      fflush(stdout);
    }
    if (isThere && !link.send(printText, &link)) {
      printf("could not send %zu bytes\n", link.length());
    }
    if (link.isOpen() && mode == "flood") {
      link.send([](Print &out, void *) { out.print(std::string(4000, 'x').c_str()); },
                nullptr);
    } else if (link.isOpen() && mode == "goodbye" && !isClosing) {
      link.send([](Print &out, void *) { out.print(F("{\"last\":true}")); }, nullptr);
      link.close(1000);
      isClosing = true;
    } else if (!isThere) {
      delay(1);
    }
  }
  printf("%s %u %s\n", link.isClosed() ? word(link.ended()) : "no end", link.code(),
         link.reason());
  return 0;
}
