// What Home Assistant wants done, and the answers.

#ifndef SENSORBOARD_COMMANDS_H
#define SENSORBOARD_COMMANDS_H

#include <Arduino.h>

#include "Channels.h"
#include "Config.h"
#include "Link.h"
#include "Message.h"

namespace sensorboard {

// Zero at first.
struct CommandsState {
  int32_t id_;                       // of the last command
  const __FlashStringHelper *wrong_; // nothing was, if neither this
  const char *why_;                  // nor this is there
  SENSORBOARD_ONLY void (*after_)();
  bool isAnswering_;
  bool isActing_;
};

class Commands : private CommandsState {
public:
  explicit Commands(Channels &channels) : CommandsState(), channels_(channels) {}

  // Does what a Set asks for, or tells the sketch a Value that it watches. A command
  // that comes again, since its answer got lost, is not done twice, but answered once
  // more: also over another connection.
  SENSORBOARD_APART void take(const Message &message);

  // By a function of the sketch, while it is called for a command: the person is told
  // why, in 120 characters at most. The text stays where it is.
  void refuse(const char *why) {
    if (isActing_) {
      why_ = why;
    }
  }

  // What is done when the answer was sent, if the sketch has not refused. The
  // connection is ended before.
  void setAfter(void (*act)()) {
    if (why_ == nullptr) {
      after_ = act;
    }
  }

  // Sends the answer if there is one to send. False if the link cannot take it now.
  template <typename AnyLink> SENSORBOARD_CHECK bool answer(AnyLink &link) {
    if (isAnswering_ && link.send(write, this)) {
      isAnswering_ = false;
    }
    return !isAnswering_;
  }

  // The connection over which the answer was to go is no more.
  void forget() { isAnswering_ = false; }

  // What is to be done now that the answer was sent, or nullptr.
  void (*after() const)() { return isAnswering_ ? nullptr : after_; }

  Channels &channels() { return channels_; }

private:
  bool isRefused() const { return wrong_ != nullptr || why_ != nullptr; }
  static void write(Print &out, void *context);

  Channels &channels_;
};

} // namespace sensorboard

#endif
