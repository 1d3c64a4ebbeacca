// SensorBoard: what a board measures goes to Home Assistant, and Home Assistant
// operates what is at the board.
//
//   #include <SensorBoard.h>
//   SensorBoard board("Kitchen"); // its name, at first
//
//   float temperature() { return analogRead(A0) * 0.48876f - 50; } // a TMP36 at 5 V
//
//   void setup() {
//     board.sensor("temp", temperature).unit("°C").deadband(0.2);
//     board.input("red", 5);
//     board.on("led", [](bool on) { digitalWrite(13, on); });
//     board.begin(Serial); // or begin("wifi", "password")
//   }
//   void loop() { board.loop(); }
//
// All that a sketch can do is in sensorboard/Board.h and Setup.h; how much room there
// is for it, in Config.h. There is one SensorBoard in a sketch.

#ifndef SENSORBOARD_H
#define SENSORBOARD_H

#include <Arduino.h>

#include "sensorboard/Board.h"
#include "sensorboard/Config.h"
#include "sensorboard/SerialConnector.h"
#include "sensorboard/Sleeper.h"

// An Uno or a Nano is at a cable: what a network needs is not in its memory.
#if !SENSORBOARD_IS_SMALL
#include <Client.h>
#include <Udp.h>

#include "sensorboard/Delivery.h"
#include "sensorboard/NetworkConnector.h"
#include "sensorboard/PlainNetwork.h"
#include "sensorboard/networks/WiFi.h"
#endif

namespace sensorboard {

// Begins a serial port; one that has no begin() of that kind has been begun.
template <typename Port>
auto beginPort(Port &port, unsigned long baud, int)
    -> decltype(port.begin(baud), void()) {
  port.begin(baud);
}
template <typename Port> void beginPort(Port &, unsigned long, long) {}

// A serial port is a Stream, but no Client, although those are Streams, too.
struct Yes {
  char size[2];
};
Yes isPort(Stream *);
char isPort(void *);
#if !SENSORBOARD_IS_SMALL
char isPort(Client *);
#endif

template <bool isSo> struct VoidIf {};
template <> struct VoidIf<true> { typedef void Type; };

template <typename Port>
struct IfPort : VoidIf<sizeof(isPort(static_cast<Port *>(nullptr))) == sizeof(Yes)> {};

} // namespace sensorboard

class SensorBoard : public sensorboard::Board {
public:
  // With the name that it has at first in Home Assistant.
  explicit SensorBoard(const char *name = nullptr)
      : Board(name, channels_, SENSORBOARD_CHANNELS, notes_, SENSORBOARD_NOTES) {}

  using Board::begin;

  // Over a serial port, which is begun at this speed; or over any Stream that has been
  // begun.
  template <typename Port>
  typename sensorboard::IfPort<Port>::Type begin(Port &port,
                                                 unsigned long baud = 115200) {
    static char line[SENSORBOARD_LINE];
#if SENSORBOARD_IS_SMALL
    static_assert(SENSORBOARD_LINE <= 255, "A small board's lines are short");
    static sensorboard::SerialConnector connector;
    connector.use(port, about(), line, sizeof(line));
#else
    static sensorboard::SerialConnector connector(port, about(), line, sizeof(line));
#endif
    sensorboard::beginPort(port, baud, 0);
    if (messages() == nullptr) {
      messages(port);
    }
    Board::begin(connector);
  }

#if !SENSORBOARD_IS_SMALL
#if defined(SENSORBOARD_HAS_WIFI)
  // Over the board's Wi-Fi. It finds Home Assistant by itself, or is told where it is.
  // The path is that of a board with an address of its own.
  void begin(const char *ssid, const char *password, const char *host = nullptr,
             uint16_t port = 8123, const char *path = nullptr) {
    static sensorboard::WiFiNetwork network(ssid, password);
    begin(network, host, port, path);
  }
#endif

  // Over any network that the sketch has begun: with the client of an Ethernet shield,
  // or one for TLS.
  void begin(Client &client, const char *host, uint16_t port,
             const char *path = nullptr) {
    static sensorboard::PlainNetwork network(client);
    begin(network, host, port, path);
  }

  // With a UDP, it finds Home Assistant by itself.
  void begin(Client &client, UDP &udp) {
    static sensorboard::PlainNetwork network(client, &udp);
    begin(network);
  }

  // Over a network of your own.
  void begin(sensorboard::Network &network, const char *host = nullptr,
             uint16_t port = 8123, const char *path = nullptr) {
    static char message[SENSORBOARD_MESSAGE];
    static sensorboard::NetworkConnector connector(network, about(), message,
                                                   sizeof(message));
#if defined(ARDUINO)
    if (messages() == nullptr) {
      Serial.begin(115200);
      messages(Serial);
    }
#endif
    connector.setMessages(messages());
    if (host != nullptr) {
      connector.setAddress(host, port, path);
    }
    if (secret() != nullptr) {
      connector.setSecret(secret());
    }
#if SENSORBOARD_BACKLOG > 0
    static uint8_t ring[SENSORBOARD_BACKLOG];
    static sensorboard::Delivery delivery(ring, sizeof(ring));
    Board::begin(connector, &delivery);
#else
    Board::begin(connector);
#endif
  }
#endif

  // Messages of a person's own, or of an automation: the action "Send a message to a
  // board". The function takes what was sent apart,
  void onMessage(void (*act)(sensorboard::Data &)) {
    useMessages(reinterpret_cast<sensorboard::AnyFunction>(act), sensorboard::tellData);
  }
  // or it gets a text as it is, and all else as JSON. It is gone when the function
  // returns.
  void onMessage(void (*act)(const char *)) {
    useMessages(reinterpret_cast<sensorboard::AnyFunction>(act), sensorboard::tellJson);
  }

  // Sleeps deeply between two readings, for so many seconds, or as many as Home
  // Assistant wishes. The sketch begins anew after each. Before begin().
  void sleepBetween(uint16_t seconds) {
    static sensorboard::Sleeper sleeper(conversation());
    sleep(seconds, sleeper);
  }

private:
  static_assert(SENSORBOARD_ANSWER <= 4000, "Home Assistant takes no more");

  void useMessages(sensorboard::AnyFunction act, sensorboard::Tell *tell) {
    static char answer[SENSORBOARD_ANSWER];
    static sensorboard::Reply reply;
    reply.use(answer, sizeof(answer));
    conversation().useMessages(act, tell, reply);
  }

  static_assert(SENSORBOARD_CHANNELS <= 255 && SENSORBOARD_NOTES <= 65535,
                "They are counted in so many bits");

  sensorboard::Channel channels_[SENSORBOARD_CHANNELS];
  sensorboard::Note notes_[SENSORBOARD_NOTES];
};

#endif
