// What a sketch does with its board: SensorBoard, without the room that it needs.

#ifndef SENSORBOARD_BOARD_H
#define SENSORBOARD_BOARD_H

#include <Arduino.h>

#include "Channels.h"
#include "Connector.h"
#include "Conversation.h"
#include "Hello.h"
#include "Keeper.h"
#include "Setup.h"
#include "Task.h"
#include "Ways.h"

namespace sensorboard {

// How the board is doing.
struct Status {
  ConnectorState state;
  bool isConnected;        // and Home Assistant listens
  uint16_t backlog;        // readings that wait to be delivered
  uint16_t backlogMinutes; // how long it can go on without Home Assistant
  uint16_t dropped;        // readings for which there was no room
  uint16_t rejected;       // things that Home Assistant could not use
};

// nullptr at first.
struct BoardState {
  SENSORBOARD_ONLY const char *secret_;
  SENSORBOARD_ONLY Print *messages_;
  SENSORBOARD_ONLY Task *task_;
};

// All texts that it is given stay where they are: literals, mostly. A channel that
// there is no room for is left out, and a message says what to do.
class Board : private BoardState {
public:
  // A number that a function gives. It is called when it is time, see interval(); NaN
  // means that there is no value just now.
  SensorSetup sensor(const char *key, float (*read)()) {
    return {channels_, add(key, ChannelKind::Sensor, read, measure<float>)};
  }
  SensorSetup sensor(const char *key, double (*read)()) {
    return {channels_, add(key, ChannelKind::Sensor, read, measure<double>)};
  }
  SensorSetup sensor(const char *key, int (*read)()) {
    return {channels_, add(key, ChannelKind::Sensor, read, measure<int>)};
  }
  SensorSetup sensor(const char *key, unsigned int (*read)()) {
    return {channels_, add(key, ChannelKind::Sensor, read, measure<unsigned int>)};
  }
  SensorSetup sensor(const char *key, long (*read)()) {
    return {channels_, add(key, ChannelKind::Sensor, read, measure<long>)};
  }
  SensorSetup sensor(const char *key, unsigned long (*read)()) {
    return {channels_, add(key, ChannelKind::Sensor, read, measure<unsigned long>)};
  }

  // A text that a function gives; nullptr means that there is none just now.
  SensorSetup sensor(const char *key, const char *(*read)()) {
    return {channels_, add(key, ChannelKind::Text, read, measureText)};
  }

  // A number (or with text(): a text) that set() tells.
  SensorSetup sensor(const char *key) {
    return {channels_, channels_.add(key, ChannelKind::Sensor)};
  }

  // What is on or off: a pin, or a function, which is called in each loop; or what
  // set() tells.
  InputSetup input(const char *key, int pin) {
    return {channels_, channels_.addPin(key, static_cast<uint8_t>(pin),
                                        reinterpret_cast<AnyFunction>(lookAtPin))};
  }
  InputSetup input(const char *key, bool (*read)()) {
    return {channels_, add(key, ChannelKind::Contact, read, look<bool>)};
  }
  InputSetup input(const char *key, int (*read)()) {
    return {channels_, add(key, ChannelKind::Contact, read, look<int>)};
  }
  InputSetup input(const char *key) {
    return {channels_, channels_.add(key, ChannelKind::Contact)};
  }

  // What can be operated in Home Assistant, by what the function takes: a switch,
  SwitchSetup on(const char *key, void (*act)(bool)) {
    return {channels_, add(key, ChannelKind::Switch, act, actSwitch)};
  }
  // a number, with a range,
  NumberSetup on(const char *key, void (*act)(float)) {
    return {channels_, add(key, ChannelKind::Number, act, actNumber)};
  }
  NumberSetup on(const char *key, void (*act)(int)) {
    return {channels_, add(key, ChannelKind::Number, act, actInteger)};
  }
  // a light, by its brightness, 0 is off,
  LightSetup on(const char *key, void (*act)(uint8_t)) {
    return {channels_, add(key, ChannelKind::Brightness, act, actBrightness)};
  }
  // or by red, green and blue,
  LightSetup on(const char *key, void (*act)(uint8_t, uint8_t, uint8_t)) {
    channels_.useColors();
    return {channels_, add(key, ChannelKind::Color, act, actColor)};
  }
  // a button,
  ButtonSetup on(const char *key, void (*act)()) {
    return {channels_, add(key, ChannelKind::Button, act, actButton)};
  }
  // or one of some texts. What the function gets is gone when it returns.
  SelectSetup on(const char *key, void (*act)(const char *)) {
    return {channels_, add(key, ChannelKind::Select, act, actSelect)};
  }

  // In such a function: it cannot be done. The person is told why, in 120 characters at
  // most.
  void refuse(const char *why) { conversation_.refuse(why); }

  // In a function for messages: what the board answers, as the members of an object, or
  // as a value alone, or any JSON. Without, the person only hears that it was done.
  void answer(const char *key, const Value &value);
  void answer(const Value &value);
  void answerJson(const char *json);

  // Something that happens, such as "press|double_press", and that it has happened. It
  // is told at once. If nobody listens, or the line is full, it waits for 10 s, and
  // only the latest of each key.
  EventSetup event(const char *key, const char *events);
  void fire(const char *key, const char *event = nullptr) {
    conversation_.fire(key, event);
  }

  // A value of Home Assistant's that a person has chosen in the board's options: a
  // number (NaN if it is unknown), whether something is on, or a text, which is gone
  // when the function returns ("" if it is unknown).
  void watch(const char *entity, void (*take)(float)) {
    add(entity, ChannelKind::Watch, take, tellNumber);
  }
  void watch(const char *entity, void (*take)(bool)) {
    add(entity, ChannelKind::Watch, take, tellState);
  }
  void watch(const char *entity, void (*take)(const char *)) {
    add(entity, ChannelKind::Watch, take, tellText);
  }

  // Tells a value: of a sensor or an input without a function, or of a switch that was
  // switched otherwise. What is on or off, and texts, are sent at once, numbers when it
  // is time.
  template <typename Value> void set(const char *key, Value value) {
    setNumber(key, meant(value));
  }
  void set(const char *key, bool value);
  void set(const char *key, const char *text);
  void set(const char *key, char *text) { set(key, static_cast<const char *>(text)); }
  // No text in F(), since it is read later on, as one in RAM; nor any other address.
  template <typename Other> void set(const char *key, Other *) = delete;
  void set(const char *key, uint8_t red, uint8_t green, uint8_t blue);

  // The seconds between two readings (5; 1 at least), unless Home Assistant wishes
  // others.
  void interval(uint16_t seconds) { about_.interval = seconds > 0 ? seconds : 1; }

  // The version of the sketch.
  void firmware(const char *version) { about_.firmware = version; }

  // That of "Add several boards": then no code is typed. Before begin().
  void secret(const char *text) { secret_ = text; }

  // Where it says what is wrong, and shows the code.
  void messages(Print &out) {
    messages_ = &out;
    conversation_.setMessages(&out);
  }

  // For a connector of your own.
  void begin(AnyConnector &connector, Keeper *keeper = nullptr);

  // To be called in each loop().
  void loop();

  Status status() const;
  bool isConnected() const;

  // Seconds since 1970, as in Greenwich and as on the wall; 0 if not known yet.
  uint32_t time() const { return conversation_.time(); }
  uint32_t localTime() const;

protected:
  Board(const char *name, Channel *channels, uint8_t size, Note *notes, uint16_t room);

  const About &about() const { return about_; }
  Print *messages() const { return messages_; }
  const char *secret() const { return secret_; }
  Conversation &conversation() { return conversation_; }

  void sleep(uint16_t seconds, Task &sleeper);

private:
  template <typename Function, typename Way>
  Channel *add(const char *key, ChannelKind kind, Function *function, Way *way) {
    return channels_.add(key, kind, reinterpret_cast<AnyFunction>(function),
                         reinterpret_cast<AnyFunction>(way));
  }

  Channel *told(const char *key);
  void check(const Reply &reply);
  void setNumber(const char *key, double value);

  About about_;
  Channels channels_;
  Conversation conversation_;
  bool hasComplained_; // that there is no room
};

} // namespace sensorboard

#endif
