// What Home Assistant wants done, and the answers.

#ifndef SENSORBOARD_COMMANDS_H
#define SENSORBOARD_COMMANDS_H

#include <Arduino.h>

#include "Channels.h"
#include "Config.h"
#include "Link.h"
#include "Message.h"
#include "Reply.h"

namespace sensorboard {

// Tells the sketch a message of a person's own; one for each kind of function is in
// Ways.h. False if it is damaged: then it is as if it had not come.
typedef bool Tell(AnyFunction function, const Message &message,
                  const __FlashStringHelper *&wrong);

class Commands;

// What is done with messages, if anything is. These are two structs for the sake of
// small boards: the linker leaves out what nobody has set, if only one function looks
// at it, and it is not of the same type as something else that nobody has set.
struct Inbox {
  AnyFunction function; // of the sketch
  Tell *tell;
  Reply *reply;
};
struct Outbox {
  void (*write)(const Commands &commands, Print &out);
};

// Zero at first.
struct CommandsState {
  int32_t id_;                       // of the last command
  const __FlashStringHelper *wrong_; // nothing was, if neither this
  const char *why_;                  // nor this is there
  SENSORBOARD_ONLY void (*after_)();
  SENSORBOARD_ONLY Inbox inbox_;
  SENSORBOARD_ONLY Outbox outbox_;
  bool isAnswering_;
  bool isActing_;
};

class Commands : private CommandsState {
public:
  explicit Commands(Channels &channels) : CommandsState(), channels_(channels) {}

  // Messages are for this function of the sketch, which is told of them in a way.
  void useMessages(AnyFunction function, Tell *tell, Reply &reply) {
    inbox_ = {function, tell, &reply};
    outbox_.write = writeReply;
  }

  // Does what a Set asks for, or tells the sketch a message, or a Value that it
  // watches. A command that comes again, since its answer got lost, is not done twice,
  // but answered once more: also over another connection.
  SENSORBOARD_APART void take(const Message &message);

  // By a function of the sketch, while it is called for a command: the person is told
  // why, in 120 characters at most. The text stays where it is.
  void refuse(const char *why) {
    if (isActing_) {
      why_ = why;
    }
  }

  // To be filled by the sketch's function, while it is called for a message; else
  // nullptr.
  Reply *reply() {
    return inbox_.reply != nullptr && inbox_.reply->isOpen() ? inbox_.reply : nullptr;
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
  void deliver(const Message &message);
  bool isRefused() const { return wrong_ != nullptr || why_ != nullptr; }
  static void write(Print &out, void *context);
  static void writeReply(const Commands &commands, Print &out);

  Channels &channels_;
};

} // namespace sensorboard

#endif
