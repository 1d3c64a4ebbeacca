// Whatever a peer says that has not shown who it is, the board obeys nothing, stores no
// key, and stays within its messages. For libFuzzer: run by fuzz.sh.

#include <sensorboard/Data.h>
#include <sensorboard/Handshake.h>

#include <stdlib.h>

#include <memory>
#include <string>

#include "FakeChip.h"

using sensorboard::Handshake;
using sensorboard::HandshakeEvent;
using sensorboard::Link;
using sensorboard::Message;

namespace {

void check(bool isRight) {
  if (!isRight) {
    abort();
  }
}

// Takes everything, sometimes.
class OpenLink : public Link {
public:
  OpenLink() : Link(nullptr, 1), isTaking(true), left(0) {}
  bool poll() override { return false; }
  bool isOpen() const override { return true; }
  bool sendBegin(size_t length) override {
    left = isTaking ? length : 0;
    return isTaking;
  }
  bool sendEnd() override {
    check(left == 0); // as long as it was announced
    return true;
  }
  void close(uint16_t) override {}
  size_t write(uint8_t) override {
    check(left > 0);
    left--;
    return 1;
  }
  bool isTaking;
  size_t left;
};

void checkText(const char *text, const char *begin, size_t size) {
  check(*text == '\0' || (text >= begin && text + strlen(text) < begin + size));
}

} // namespace

// The input is a line for each message; what is before the first one says how the board
// is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const uint8_t flags = data[0];
  const std::string key(flags & 1 ? 32 : 0, 'k');
  chip() = FakeChip();
  chip().key = key;
  Handshake handshake;
  handshake.begin();
  check(handshake.setSecret("wyjxtkn2qkm988k4c49mmkrrjn"));
  if (!(flags & 2)) {
    check(!handshake.setSecret("none"));
  }
  handshake.connected(flags & 4);
  OpenLink link;
  const sensorboard::About about = {"Kitchen", nullptr, 5, false};
  std::string lines(reinterpret_cast<const char *>(data) + 1, size - 1);
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at);
    const std::string line = lines.substr(at, end - at);
    at = end == std::string::npos ? lines.size() : end + 1;
    link.isTaking = !(flags & 8) || at % 3 != 0;
    handshake.send(link, about, nullptr);
    std::unique_ptr<char[]> buffer(new char[line.size() + 1]);
    memcpy(buffer.get(), line.data(), line.size());
    buffer[line.size()] = '\0';
    Message message;
    if (!message.read(buffer.get(), line.size(), flags & 128)) {
      continue;
    }
    for (const char *text :
         {message.key, message.code, message.message, message.unit, message.batch,
          message.nonce, message.proof, message.vouch, message.text}) {
      checkText(text, buffer.get(), line.size() + 1);
    }
    sensorboard::Data given;
    if (message.type == sensorboard::MessageType::Personal && given.read(message)) {
      checkText(given.text(), buffer.get(), line.size() + 1);
      checkText(given.text("a"), buffer.get(), line.size() + 1);
    }
    switch (handshake.take(message)) {
    case HandshakeEvent::Unknown:
      handshake.pair(flags & 16);
      break;
    case HandshakeEvent::Waiting:
      check(handshake.isPending());
      check(!(flags & 2) || !(flags & 16)); // it does not know the secret
      if (flags & 32) {
        handshake.connected(flags & 64);
      }
      break;
    // What only who has the key can bring about.
    case HandshakeEvent::Paired:
    case HandshakeEvent::Welcomed:
    case HandshakeEvent::Replaced:
      check(false);
      break;
    default:
      break;
    }
  }
  check(chip().stored == 0);
  check(handshake.hasKey() == !key.empty());
  return 0;
}
