// Sends a board to sleep when it has said everything.

#ifndef SENSORBOARD_SLEEPER_H
#define SENSORBOARD_SLEEPER_H

#include <Arduino.h>

#include "Conversation.h"
#include "Task.h"

namespace sensorboard {

// It sleeps when Home Assistant has its values, or when that takes too long. While it
// waits for a person to type its code, it stays awake for a while.
class Sleeper : public Task {
public:
  explicit Sleeper(Conversation &conversation);

  void loop() override;

private:
  void sleep();

  Conversation &conversation_;
  uint32_t since_; // ticks: when it was done
  bool isDone_;    // everything was sent
  bool isAsking_;  // whether it has arrived
  bool isUnable_;  // this chip cannot sleep
};

} // namespace sensorboard

#endif
