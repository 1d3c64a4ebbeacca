// SensorBoard on the bench: it remembers what the sketch has, for a test to use it.

#ifndef SENSORBOARD_BENCH_SENSOR_BOARD_H
#define SENSORBOARD_BENCH_SENSOR_BOARD_H

#include <Arduino.h>
#if !defined(ARDUINO_ARCH_AVR)
#include <WiFi.h>
#endif

#include <functional>
#include <map>
#include <sstream>
#include <string>

struct Part {
  std::function<double()> read;
  std::function<void(int, int, int)> act;
  int pin = -1;
  bool isInverted = false;

  Part &name(const char *) { return *this; }
  Part &icon(const char *) { return *this; }
  Part &diagnostic() { return *this; }
  Part &precision(int) { return *this; }
  Part &deadband(float) { return *this; }
  Part &every(float) { return *this; }
  Part &pullup() {
    pinMode(pin, INPUT_PULLUP);
    isInverted = true;
    return *this;
  }
};

namespace sensorboard {

// What is sent to the sketch, as texts.
struct Data {
  const char *text(const char *key, const char *otherwise = "") const {
    return members.count(key) ? members.at(key).c_str() : otherwise;
  }
  long integer(const char *key, long otherwise = 0) const {
    return members.count(key) ? std::stol(members.at(key)) : otherwise;
  }

  std::map<std::string, std::string> members;
};

} // namespace sensorboard

class SensorBoard {
public:
  explicit SensorBoard(const char *) {}

  template <typename Number> Part &sensor(const char *key, Number (*read)()) {
    parts[key].read = [read]() { return static_cast<double>(read()); };
    return parts[key];
  }
  Part &input(const char *key, int pin) {
    Part &part = parts[key];
    part.pin = pin;
    part.read = [&part]() { return digitalRead(part.pin) == part.isInverted ? 0 : 1; };
    return part;
  }
  Part &on(const char *key, void (*act)(bool)) {
    parts[key].act = [act](int on, int, int) { act(on != 0); };
    return parts[key];
  }
  Part &on(const char *key, void (*act)(uint8_t, uint8_t, uint8_t)) {
    parts[key].act = [act](int red, int green, int blue) {
      act(static_cast<uint8_t>(red), static_cast<uint8_t>(green),
          static_cast<uint8_t>(blue));
    };
    return parts[key];
  }
  void onMessage(void (*act)(sensorboard::Data &)) { told = act; }
  void refuse(const char *why) { answered = why; }
  template <typename Value> void answer(const char *key, Value value) {
    std::ostringstream text;
    text << key << '=' << value << ' ';
    answered += text.str();
  }
  void firmware(const char *) {}
  void sleepBetween(uint16_t seconds) { sleeps = seconds; }
  void loop() {}

  void begin(SerialPort &, unsigned long speed) { begun = std::to_string(speed); }
#if !defined(ARDUINO_ARCH_AVR)
  void begin(const char *ssid, const char *) { begun = ssid; }
  void begin(WiFiClient &, WiFiUDP &) { begun = "client"; }
#endif

  std::map<std::string, Part> parts;
  void (*told)(sensorboard::Data &) = nullptr;
  std::string answered;
  std::string begun;
  int sleeps = 0;
};

#endif
