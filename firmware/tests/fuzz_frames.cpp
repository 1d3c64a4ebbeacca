// What a peer can send must never harm the links, nor make them send what is no frame.
// For libFuzzer: run by fuzz.sh.

#include <sensorboard/SerialLink.h>
#include <sensorboard/WebSocketLink.h>

#include <stdlib.h>

#include <memory>

#include "ScriptedClient.h"
#include "frames.h"

using sensorboard::Link;
using sensorboard::SerialLink;
using sensorboard::WebSocketLink;

namespace {

const char Answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\n"
                      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

void sampleRandom(uint8_t *bytes, size_t size) {
  const char nonce[] = "the sample nonce"; // for which the answer is the one above
  memcpy(bytes, nonce, size < sizeof(nonce) ? size : sizeof(nonce));
}

void check(bool isRight) {
  if (!isRight) {
    abort();
  }
}

void checkMessage(Link &link, size_t size) {
  check(link.length() < size);
  check(link.text()[link.length()] == '\0');
  memset(link.text(), 'x', link.length()); // it may be changed
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The first bytes say how the rest arrives.
  if (size < 4) {
    return 0;
  }
  const uint8_t flags = data[0];
  const size_t step = 1 + data[1], bufferSize = 64 + data[2], room = data[3] * 64u;
  std::string bytes(reinterpret_cast<const char *>(data) + 4, size - 4);

  ScriptedClient client;
  client.whenEmpty = flags & 1 ? 0 : -1;
  client.mostPerRead = flags & 2 ? 3 : 1000;
  client.mostPerWrite = flags & 4 ? 3 : 1000;
  std::unique_ptr<char[]> buffer(new char[bufferSize]);
  if (flags & 8) {
    client.isUp = true;
    SerialLink link(client, buffer.get(), bufferSize);
    for (size_t at = 0; at < bytes.size(); at += step) {
      client.incoming += bytes.substr(at, step);
      if (link.poll()) {
        checkMessage(link, bufferSize);
      }
    }
    return 0;
  }

  WebSocketLink link(client, sampleRandom, buffer.get(), bufferSize);
  check(link.open("host", 8123, "/"));
  while (client.sent.find("\r\n\r\n") == std::string::npos) {
    link.poll();
  }
  if (flags & 16) {
    client.incoming = Answer;
    for (int i = 0; i < 3; i++) {
      link.poll();
    }
    check(link.isOpen());
  }
  client.sent.clear();
  client.room = flags & 32 ? room : 100000;
  for (size_t at = 0; at < bytes.size(); at += step) {
    client.incoming += bytes.substr(at, step);
    delay(flags & 64 ? 1000 : 1);
    if (link.poll()) {
      checkMessage(link, bufferSize);
      if (link.sendBegin(600)) {
        link.print("{}");
        link.sendEnd();
      }
    }
    if (flags & 128 && at > bytes.size() / 2) {
      link.close(1000);
    }
  }
  // A client that takes only a part may have gone with the other.
  if (!(flags & (4 | 32))) {
    for (int i = 0; i < 30; i++) {
      link.poll();
    }
    for (const Frame &one : framesIn(client.sent)) {
      check(one.first != 0);
    }
  }
  client.isUp = false;
  for (int i = 0; i < 60; i++) {
    delay(1000);
    link.poll();
  }
  check(link.isClosed());
  return 0;
}
