// A sketch with its board, and what the board says: at the end of a cable, or in a
// network, under a clock that the test moves. There is one in each case.

#ifndef SENSORBOARD_TESTS_SKETCH_H
#define SENSORBOARD_TESTS_SKETCH_H

#include <SensorBoard.h>

#include <stubs/FakePins.h>

#include <string>
#include <vector>

#include "FakeChip.h"
#include "check.h"

// A program that is compiled as for an Uno has no network.
#if !SENSORBOARD_IS_SMALL
#include "networked_board.h"
#include "websocket_server.h"
#else
#include <stubs/FakeClock.h>

inline uint32_t now() { return static_cast<uint32_t>(millis()); }
#endif

// What a board has said, message for message.
class Said {
public:
  void add(const std::string &message) {
    // Empty lines do not matter.
    if (!message.empty()) {
      messages_.push_back(message);
    }
  }

  // All of it, each with a bar behind it.
  std::string all() const {
    return those([](const std::string &) { return true; });
  }

  // What has no type.
  std::string readings() const {
    return those([](const std::string &message) { return !isOf(message, ""); });
  }

  // What has this one.
  std::string of(const std::string &type) const {
    return those([&](const std::string &message) { return isOf(message, type + '"'); });
  }

  static bool isOf(const std::string &message, const std::string &type) {
    return message.find("{\"type\":\"" + type) == 0;
  }

  std::vector<std::string> messages() const { return messages_; }
  size_t size() const { return messages_.size(); }

private:
  template <typename Condition> std::string those(Condition isOne) const {
    std::string found;
    for (const std::string &message : messages_) {
      found += isOne(message) ? message + '|' : "";
    }
    return found;
  }

  std::vector<std::string> messages_;
};

// A serial port with a computer at the other end.
class ScriptedPort : public Stream {
public:
  void begin(unsigned long baud) { speed = baud; }
  int available() override { return static_cast<int>(incoming.size()); }
  int read() override {
    if (incoming.empty()) {
      return -1;
    }
    const uint8_t byte = static_cast<uint8_t>(incoming[0]);
    incoming.erase(0, 1);
    return byte;
  }
  int peek() override { return incoming.empty() ? -1 : incoming[0]; }
  size_t write(uint8_t byte) override {
    if (room == 0) {
      tries++;
      return 0;
    }
    room--;
    sent += static_cast<char>(byte);
    return 1;
  }
  using Print::write;
  int availableForWrite() override { return free; }
  void flush() override { flushes++; }

  unsigned long speed = 0;
  std::string incoming; // what the board has not read yet
  std::string sent;
  size_t room = 10000000; // what it takes until it is full
  int free = 0;           // what it says about that
  int flushes = 0;
  int tries = 0; // to write while it was full
};

// Once around the loop and more, for a board wherever it is.
template <typename Self> struct Sketch {
  Sketch() : board("Kitchen") {
    setClock(0);
    chip() = FakeChip();
  }

  // What the sketch's loop does, and how long it takes.
  void loop(uint32_t ms = 10) {
    board.loop();
    self().exchange();
    advanceClock(ms);
  }

  void pass(uint32_t ms, uint32_t step = 10) {
    for (uint32_t passed = 0; passed < ms; passed += step) {
      loop(step);
    }
  }

  // Goes on until something is so, or for so long. Gives whether it came so.
  template <typename Condition>
  bool until(Condition condition, uint32_t most = 20000, uint32_t step = 10) {
    for (uint32_t passed = 0; passed <= most && !condition(); passed += step) {
      loop(step);
    }
    return condition();
  }

  // Has the board take a message, and gives what it says within so long.
  Said ask(const std::string &message, uint32_t ms = 250) {
    self().said();
    self().tell(message);
    pass(ms);
    return self().said();
  }

  // Has it take a command, and gives its answers and readings.
  std::string command(const std::string &key, const std::string &value,
                      const std::string &id = "1") {
    return ask("{\"type\":\"set\",\"id\":" + id + ",\"key\":\"" + key +
               "\",\"value\":" + value + "}")
        .all();
  }

  SensorBoard board;

private:
  Self &self() { return *static_cast<Self *>(this); }
};

// At a cable.
struct CabledSketch : Sketch<CabledSketch> {
  // Begins, and lets it say what it says at first.
  void start() {
    board.begin(port);
    pass(300);
    said();
  }

  void tell(const std::string &message) { port.incoming += message + "\n"; }
  void exchange() {}

  // The whole lines that came since the last time.
  Said said() {
    Said all;
    for (size_t end; (end = port.sent.find('\n')) != std::string::npos;) {
      all.add(port.sent.substr(0, end));
      port.sent.erase(0, end + 1);
    }
    return all;
  }

  ScriptedPort port;
};

#if !SENSORBOARD_IS_SMALL

// In a network, at an address of its own: what a Home Assistant says is scripted.
struct OnlineSketch : Sketch<OnlineSketch> {
  OnlineSketch() { board.messages(out); }

  void begin() { board.begin(client, "ha.local", 8123, "/api/arduino_sensor/ws/abc"); }

  // Begins, and goes on until it is welcome, and has said what it says at first.
  void start() {
    begin();
    CHECK(until([&] { return board.isConnected(); }));
    pass(300);
    said();
  }

  void tell(const std::string &message) { client.incoming += text(message); }

  // What Home Assistant does.
  void exchange() {
    server.serve(client);
    for (const std::string &message : server.received) {
      said_.add(message);
      if (Said::isOf(message, "hello\"")) {
        hellos++;
        if (!welcome.empty()) {
          tell(welcome);
        }
      } else if (Said::isOf(message, "backlog\"") && isAcknowledging) {
        acknowledge(message);
      }
    }
    server.received.clear();
  }

  void acknowledge(const std::string &message) {
    const std::string name = "\"batch\":\"";
    const size_t begin = message.find(name) + name.size();
    tell("{\"type\":\"ack\",\"batch\":\"" +
         message.substr(begin, message.find('"', begin) - begin) + "\"}");
  }

  // The network goes, and comes back.
  void goAway() {
    client.isUp = false;
    client.incoming.clear();
    client.sent.clear();
    server.half.clear();
    client.connectResult = 0;
  }
  void comeBack() { client.connectResult = 1; }

  Said said() {
    const Said all = said_;
    said_ = Said();
    return all;
  }

  ScriptedClient client;
  WebSocketServer server;
  StringPrint out;
  std::string welcome = "{\"type\":\"welcome\"}";
  bool isAcknowledging = true;
  int hellos = 0;

private:
  Said said_;
};

#endif

#endif
