#include "Sleeper.h"

#include "Chip.h"

namespace sensorboard {

namespace {

// In tenths of a second since the start.
constexpr uint32_t MaxAwake = 300;    // without anybody who listens
constexpr uint32_t MaxPairing = 6000; // as long as a code is good
constexpr uint32_t MaxAsking = 50;    // whether it has arrived
constexpr uint32_t Listening = 5;     // for what Home Assistant has to say

} // namespace

Sleeper::Sleeper(Conversation &conversation)
    : conversation_(conversation), since_(0), isDone_(false), isAsking_(false),
      isUnable_(false) {}

void Sleeper::loop() {
  AnyConnector *connector = conversation_.connector();
  if (connector == nullptr || isUnable_) {
    return;
  }
  uint32_t tick = conversation_.tick();
  // All has been handed over before it has reported, to whoever takes that.
  if (!conversation_.hasReported()) {
    isDone_ = false;
    bool isPairing = connector->state() == ConnectorState::Waiting;
    if (tick >= (isPairing ? MaxPairing : MaxAwake)) {
      sleep();
    }
    return;
  }
  if (!isDone_) {
    isDone_ = true;
    since_ = tick;
    isAsking_ = connector->ask();
  }
  uint32_t passed = tick - since_;
  if (passed >= MaxAsking ||
      (passed >= Listening && (!isAsking_ || connector->isAnswered()))) {
    sleep();
  }
}

void Sleeper::sleep() {
  conversation_.connector()->end();
  // Back only where it cannot be done: then the board goes on as if it never slept.
  isUnable_ = !deepSleep(conversation_.interval());
}

} // namespace sensorboard
