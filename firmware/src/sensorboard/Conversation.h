// What is said, and when: the descriptions, the readings, the answers.

#ifndef SENSORBOARD_CONVERSATION_H
#define SENSORBOARD_CONVERSATION_H

#include <Arduino.h>

#include "Channels.h"
#include "Commands.h"
#include "Config.h"
#include "Connector.h"
#include "Hello.h"
#include "Keeper.h"
#include "SerialConnector.h"

namespace sensorboard {

class Conversation;

enum class ConversationStep : uint8_t {
  Away,        // nobody listens
  Describing,  // what the channels are
  HandingOver, // what was measured before
  Live,
};

// Plain values, which are zero at first, all at once.
struct ConversationState {
  AnyConnector *connector_;
  SENSORBOARD_ONLY Keeper *keeper_;
  SENSORBOARD_ONLY Print *messages_;
  SENSORBOARD_ONLY bool (*sendEvents_)(Conversation &);
  Channel *described_; // the next one

  uint32_t clock_;                    // millis() at the tick
  uint32_t tick_;                     // tenths of a second since the start
  SENSORBOARD_ONLY uint32_t epoch_;   // seconds since 1970, or 0,
  SENSORBOARD_ONLY uint32_t epochAt_; // at this tick
  SENSORBOARD_ONLY int32_t offset_;   // of the local time, in seconds
  uint16_t sentAt_;                   // these are ticks, too: the last reading,
  uint16_t allAt_;                    // all values,
  uint16_t triedAt_;   // the last try of something that the link did not take,
  uint16_t lateSince_; // and since when it is time to measure something
  uint16_t interval_;
  uint16_t wish_; // in seconds
  uint16_t rejected_;
  ConversationStep step_;
  bool isHeld_; // triedAt_ counts
  bool isLate_; // lateSince_ counts
  bool isBusy_; // loop() is running
};

class Conversation : private ConversationState {
public:
  Conversation(Channels &channels, const About &about)
      : ConversationState(), channels_(channels), about_(about), commands_(channels) {}

  void begin(AnyConnector &connector, Keeper *keeper);

  // Where Home Assistant's complaints are printed, or nullptr.
  void setMessages(Print *out) { messages_ = out; }

  // To be called often: all else happens here.
  SENSORBOARD_APART void loop();

  // Events are sent: only then that is in the program.
  void useEvents() { sendEvents_ = sendEvents; }

  // Messages of a person's own are told to the sketch: only then that is in the
  // program.
  void useMessages(AnyFunction function, Tell *tell, Reply &reply) {
    commands_.useMessages(function, tell, reply);
#if SENSORBOARD_IS_SMALL
    Message::isPersonalUsed = true;
#endif
  }
  Reply *reply() { return commands_.reply(); }

  void refuse(const char *why) { commands_.refuse(why); }

  // Tells that something has happened. It is dropped if it cannot be told within 10 s.
  void fire(const char *key, const char *event);

  // Seconds since 1970; 0 if that is not known.
  uint32_t time() const;
  int32_t offset() const { return offset_; }

  // Seconds between two readings, as Home Assistant wishes it, or as the sketch says.
  uint16_t interval() const { return wish_ > 0 ? wish_ : about_.interval; }

  // Whether all values have been sent over this connection.
  bool hasReported() const;

  // Tenths of a second since the board's start.
  uint32_t tick() const { return tick_; }

  AnyConnector *connector() const { return connector_; }

  // A board that is so small has no network.
  Keeper *keeper() const { return SENSORBOARD_IS_SMALL ? nullptr : keeper_; }

  // How many things Home Assistant could not use.
  uint16_t rejected() const { return rejected_; }

private:
  typedef ConversationStep Step;

  SENSORBOARD_APART void look();
  void keepTime();
  void converse();
  void take(const Message &message);
  SENSORBOARD_APART void takeSettings(const Message &message);
  void start(bool takesBacklog);
  void end();
  SENSORBOARD_APART void measure();
  void speak();
  SENSORBOARD_APART bool say();
  SENSORBOARD_APART bool describe();
  bool handOver();
  bool sendReadings();
  bool sendReading();
  void putAside();
  uint16_t shortTick() const { return static_cast<uint16_t>(tick_); }

  static bool sendEvents(Conversation &conversation);
  static void writeDescription(Print &out, void *context);

  Channels &channels_;
  const About &about_;
  Commands commands_;
};

} // namespace sensorboard

#endif
