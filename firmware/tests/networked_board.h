// A board in a network of scripted Home Assistants, under a clock that the test moves.

#ifndef SENSORBOARD_TESTS_NETWORKED_BOARD_H
#define SENSORBOARD_TESTS_NETWORKED_BOARD_H

#include <sensorboard/NetworkConnector.h>
#include <sensorboard/Sha1.h>

#include <stubs/FakeClock.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "FakeChip.h"
#include "ScriptedClient.h"
#include "ScriptedHub.h"
#include "check.h"
#include "frames.h"
#include "json.h"

using sensorboard::About;
using sensorboard::ConnectorState;
using sensorboard::Message;
using sensorboard::MessageType;
using sensorboard::Network;
using sensorboard::NetworkConnector;

namespace sensorboard {

// For the checks' messages.
inline std::ostream &operator<<(std::ostream &out, ConnectorState state) {
  return out << "state " << static_cast<int>(state);
}

} // namespace sensorboard

inline uint32_t now() { return static_cast<uint32_t>(millis()); }

inline std::string base64(const std::string &bytes) {
  const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; j++) {
      const uint8_t byte =
          i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0;
      group = group << 8 | byte;
    }
    for (size_t j = 0; j < 4; j++) {
      text += i + j > bytes.size() ? '=' : digits[group >> (18 - 6 * j) & 63];
    }
  }
  return text;
}

// The answer to a request for a WebSocket.
inline std::string accepted(const std::string &request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const std::string key = request.substr(request.find(name) + name.size(), 24) +
                          "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  uint8_t digest[sensorboard::Sha1Size];
  sensorboard::sha1(reinterpret_cast<const uint8_t *>(key.data()), key.size(), digest);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
         "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
         base64(std::string(reinterpret_cast<char *>(digest), sizeof(digest))) +
         "\r\n\r\n";
}

// A name in DNS, from one with dots.
inline std::string dnsName(const std::string &name) {
  std::string bytes;
  for (size_t at = 0; at < name.size();) {
    const size_t end = name.find('.', at);
    const std::string part = name.substr(at, end - at);
    bytes += static_cast<char>(part.size()) + part;
    at = end == std::string::npos ? name.size() : end + 1;
  }
  return bytes + std::string(1, '\0');
}

inline std::string in16Bits(uint16_t value) {
  return std::string(1, static_cast<char>(value >> 8)) + static_cast<char>(value);
}

inline std::string record(const std::string &name, uint16_t type,
                          const std::string &data, uint16_t lifetime = 120) {
  return name + in16Bits(type) + in16Bits(0x8001) + in16Bits(0) + in16Bits(lifetime) +
         in16Bits(static_cast<uint16_t>(data.size())) + data;
}

constexpr uint16_t AType = 1, PtrType = 12, TxtType = 16, SrvType = 33;

inline std::string service(uint16_t port, const std::string &target) {
  return in16Bits(0) + in16Bits(0) + in16Bits(port) + target;
}

// An answer of these records.
inline std::string answer(uint16_t id, const std::vector<std::string> &records) {
  std::string packet = in16Bits(id) + in16Bits(0x8400) + in16Bits(0) +
                       in16Bits(static_cast<uint16_t>(records.size())) + in16Bits(0) +
                       in16Bits(0);
  for (const std::string &one : records) {
    packet += one;
  }
  return packet;
}

const std::string ServiceName = "_home-assistant._tcp.local";

struct Packet {
  std::string bytes;
  IPAddress from;
};

class FakeUdp : public UDP {
public:
  uint8_t begin(uint16_t port_) override {
    CHECK_EQUAL(port, 0); // not a second time
    port = port_;
    return 1;
  }
  uint8_t beginMulticast(IPAddress, uint16_t port_) override {
    if (canMulticast) {
      port = port_;
      isMulticast = true;
    }
    return canMulticast;
  }
  void stop() override {
    port = 0;
    isMulticast = false;
    incoming.clear();
  }
  int beginPacket(IPAddress ip, uint16_t port_) override {
    CHECK(ip == IPAddress(224, 0, 0, 251));
    CHECK_EQUAL(port_, 5353);
    packet_.clear();
    return 1;
  }
  int beginPacket(const char *, uint16_t) override { return 0; }
  int endPacket() override {
    questions.push_back(packet_);
    return 1;
  }
  size_t write(uint8_t byte) override { return write(&byte, 1); }
  size_t write(const uint8_t *data, size_t size) override {
    packet_.append(reinterpret_cast<const char *>(data), size);
    return size;
  }
  int parsePacket() override {
    if (incoming.empty()) {
      return 0;
    }
    current_ = incoming.front();
    incoming.erase(incoming.begin());
    return static_cast<int>(current_.bytes.size());
  }
  int available() override { return static_cast<int>(current_.bytes.size()); }
  int read() override { return -1; }
  int read(unsigned char *buffer, size_t size) override {
    const size_t count = current_.bytes.copy(reinterpret_cast<char *>(buffer), size);
    const size_t all = current_.bytes.size();
    current_.bytes.erase(0, count);
    return static_cast<int>(tellsAll ? all : count);
  }
  int read(char *buffer, size_t size) override {
    return read(reinterpret_cast<unsigned char *>(buffer), size);
  }
  int peek() override { return -1; }
  void flush() override {}
  IPAddress remoteIP() override { return current_.from; }
  uint16_t remotePort() override { return 5353; }

  std::vector<std::string> questions;
  std::vector<Packet> incoming;
  uint16_t port = 0;
  bool canMulticast = false;
  bool tellsAll = false; // how long a packet is, whatever was read of it
  bool isMulticast = false;

private:
  std::string packet_;
  Packet current_;
};

// Connects to those that are there.
class NetworkedClient : public ScriptedClient {
public:
  explicit NetworkedClient(std::map<std::string, ScriptedHub *> &hubs) : hubs_(hubs) {}

  int connect(IPAddress address, uint16_t port) override {
    StringPrint text;
    text.print(address);
    return connectTo(text.text, port, ScriptedClient::connect(address, port));
  }
  int connect(const char *host, uint16_t port) override {
    return connectTo(host, port, ScriptedClient::connect(host, port));
  }

  std::vector<std::string> tried;
  ScriptedHub *hub = nullptr; // to which it is connected

private:
  int connectTo(const std::string &host, uint16_t port, int) {
    const std::string place = host + ":" + std::to_string(port);
    tried.push_back(place);
    auto found = hubs_.find(place);
    hub = found == hubs_.end() ? nullptr : found->second;
    isUp = hub != nullptr;
    sent.clear();
    incoming.clear();
    return isUp;
  }

  std::map<std::string, ScriptedHub *> &hubs_;
};

class FakeNetwork : public Network {
public:
  explicit FakeNetwork(std::map<std::string, ScriptedHub *> &hubs) : client_(hubs) {}

  void begin() override { begun++; }
  bool isUp() override { return up; }
  Client &client() override { return client_; }
  UDP *udp() override { return hasUdp ? &udp_ : nullptr; }
  bool macAddress(uint8_t (&mac)[6]) override {
    memcpy(mac, "\xa0\xb1\xc2\xd3\xe4\xf5", 6);
    return true;
  }
  const __FlashStringHelper *trouble() override { return why; }

  NetworkedClient client_;
  FakeUdp udp_;
  int begun = 0;
  bool up = true;
  bool hasUdp = true;
  const __FlashStringHelper *why = nullptr;
};

struct NetworkedBoard {
  // A board that was just started, with the chip as it is.
  explicit NetworkedBoard(size_t size = 512)
      : network(hubs), about{"Kitchen", "1.2.0", 5, false}, buffer(new char[size]),
        connector(network, about, buffer.get(), size) {
    // The clock wraps soon.
    setClock(0xffff8000);
    connector.setMessages(&out);
  }

  // Puts a Home Assistant into the network, which answers the search.
  void add(const std::string &place, ScriptedHub &hub, bool isAnnounced = true) {
    hubs[place] = &hub;
    if (isAnnounced) {
      announced.push_back(place);
    }
  }
  void remove(const std::string &place) {
    hubs.erase(place);
    for (size_t i = 0; i < announced.size(); i++) {
      if (announced[i] == place) {
        announced.erase(announced.begin() + static_cast<long>(i));
      }
    }
    if (network.client_.hub != nullptr && network.client_.tried.back() == place) {
      hang();
    }
  }

  // The connection breaks off, and both sides see it.
  void hang() {
    breakOff();
    loop(1);
    CHECK(connector.state() != ConnectorState::Ready);
    CHECK(connector.state() != ConnectorState::Waiting);
  }
  void breakOff() {
    if (network.client_.hub != nullptr) {
      network.client_.hub->ended();
    }
    network.client_.hub = nullptr;
    network.client_.isUp = false;
    network.client_.incoming.clear();
  }

  // Once around the sketch's loop, which takes so long. Gives the types of what came
  // out for the conversation.
  void loop(uint32_t ms) {
    Message message;
    if (connector.poll(message)) {
      came.push_back(message.type);
      latest = message;
    }
    exchange();
    advanceClock(ms);
  }

  // Goes on until something is so, or for so long. Gives whether it came so.
  template <typename Condition>
  bool until(Condition condition, uint32_t most = 20000, uint32_t step = 100) {
    for (uint32_t passed = 0; passed <= most; passed += step) {
      if (condition()) {
        return true;
      }
      loop(step);
    }
    return condition();
  }
  bool reach(ConnectorState state, uint32_t most = 20000, uint32_t step = 100) {
    return until([&] { return connector.state() == state; }, most, step);
  }
  void pass(uint32_t ms, uint32_t step = 100) {
    for (uint32_t passed = 0; passed < ms; passed += step) {
      loop(step);
    }
  }

  // What the network and the others in it do.
  void exchange() {
    for (; answeredQuestions < network.udp_.questions.size(); answeredQuestions++) {
      askedAt = now();
      isLate = false;
      tell(announced);
    }
    if (answeredQuestions > 0 && network.udp_.port != 0 && !isLate &&
        now() - askedAt >= 600) {
      isLate = true;
      tell(slow);
    }
    serve();
  }

  // Answers the latest question.
  void tell(const std::vector<std::string> &places) {
    {
      const std::string &question = network.udp_.questions.back();
      const uint16_t id = static_cast<uint16_t>(static_cast<uint8_t>(question[0]) << 8 |
                                                static_cast<uint8_t>(question[1]));
      for (const std::string &place : places) {
        unsigned a, b, c, d, port;
        CHECK_EQUAL(sscanf(place.c_str(), "%u.%u.%u.%u:%u", &a, &b, &c, &d, &port), 5);
        const std::string address = {static_cast<char>(a), static_cast<char>(b),
                                     static_cast<char>(c), static_cast<char>(d)};
        const std::string instance = dnsName("Home." + ServiceName);
        const std::string target = dnsName(place.substr(0, place.find('.')) + ".local");
        network.udp_.incoming.push_back(
            {answer(id, {record(dnsName(ServiceName), PtrType, instance),
                         record(instance, SrvType,
                                service(static_cast<uint16_t>(port), target)),
                         record(target, AType, address)}),
             IPAddress(static_cast<uint8_t>(a), static_cast<uint8_t>(b),
                       static_cast<uint8_t>(c), static_cast<uint8_t>(d))});
      }
    }
  }

  void serve() {
    NetworkedClient &client = network.client_;
    if (client.hub == nullptr) {
      return;
    }
    if (!client.isUp) {
      client.hub->ended();
      client.hub = nullptr;
      return;
    }
    const size_t end = client.sent.find("\r\n\r\n");
    if (client.sent.compare(0, 4, "GET ") == 0 && end != std::string::npos) {
      request = client.sent.substr(0, end);
      client.sent.erase(0, end + 4);
      if (status != 0) {
        client.incoming += "HTTP/1.1 " + std::to_string(status) + " No\r\n\r\n";
        return;
      }
      client.incoming += isHungUp ? "" : accepted(request);
      if (isHungUp) {
        breakOff();
        return;
      }
      client.hub->connected();
    }
    for (const Frame &one : framesIn(client.sent)) {
      CHECK(one.first != 0);
      if (one.first == (Last | Text)) {
        said.push_back(one.payload);
        client.hub->receive(one.payload);
      } else if (one.first == (Last | Ping)) {
        client.incoming += frame(Last | Pong, one.payload);
      } else if (one.first == (Last | Close)) {
        client.incoming += frame(Last | Close, one.payload);
      }
    }
    client.sent.clear();
    deliver();
  }

  void deliver() {
    NetworkedClient &client = network.client_;
    if (client.hub == nullptr) {
      return;
    }
    for (const std::string &message : client.hub->outgoing) {
      client.incoming += text(message);
    }
    client.hub->outgoing.clear();
    if (client.hub->closing != 0) {
      client.incoming += closeFrame(client.hub->closing, "");
      client.hub->closing = 0;
    }
  }

  bool says(const std::string &words) const {
    return out.text.find(words) != std::string::npos;
  }
  size_t count(const std::string &words) const {
    size_t found = 0;
    for (size_t at = 0; (at = out.text.find(words, at)) != std::string::npos; at++) {
      found++;
    }
    return found;
  }
  const std::vector<std::string> &tried() const { return network.client_.tried; }

  std::map<std::string, ScriptedHub *> hubs;
  std::vector<std::string> announced;
  std::vector<std::string> slow; // to answer the search
  uint32_t askedAt = 0;
  bool isLate = false; // they have answered
  size_t answeredQuestions = 0;
  FakeNetwork network;
  About about;
  std::unique_ptr<char[]> buffer; // of its size, so that ASan watches its ends
  NetworkConnector connector;
  StringPrint out;
  std::vector<MessageType> came;
  Message latest;
  std::vector<std::string> said; // messages of the board
  std::string request;
  int status = 0; // in place of 101
  bool isHungUp = false;
};

#endif
