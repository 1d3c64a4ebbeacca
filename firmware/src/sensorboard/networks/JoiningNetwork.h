// What joining a Wi-Fi has in common on all boards: to look whether it has worked out,
// to try again, and to tell a person why it does not.

#ifndef SENSORBOARD_NETWORKS_JOINING_NETWORK_H
#define SENSORBOARD_NETWORKS_JOINING_NETWORK_H

#include <Arduino.h>

#include "../Network.h"

namespace sensorboard {

enum class JoinState : uint8_t {
  Up,
  Trying,   // or nobody can tell why it is not
  NotFound, // no Wi-Fi has this name
  Refused,  // it does not let the board in
  NoRadio,  // the module does not answer
};

class JoiningNetwork : public Network {
public:
  void begin() override;
  bool isUp() override;
  const __FlashStringHelper *trouble() override;

protected:
  // The texts stay where they are. Looked at only so often (in ms).
  JoiningNetwork(const char *name, const char *password, uint16_t lookInterval);

  // Begins to join, from the beginning.
  virtual void join() = 0;
  virtual JoinState look() = 0;

  const char *name() const { return name_; }

  // nullptr for an open network.
  const char *password() const { return password_; }

private:
  // All in ms. The cores join again by themselves at first: they get that much time,
  // and those that wait in begin() do not do so all the time.
  static constexpr uint32_t FirstPause = 20000;
  static constexpr uint32_t LastPause = 60000;
  // Within which it is not worth a word that it is not up.
  static constexpr uint32_t Patience = 10000;

  static uint32_t now() { return static_cast<uint32_t>(millis()); }

  const char *const name_;
  const char *const password_;
  const uint16_t lookInterval_;

  JoinState state_;
  bool wasUp_;
  bool isPatient_; // it is not up for so short that this is no trouble yet
  uint32_t downSince_;
  uint32_t joinedAt_; // it was last tried, or was last up
  uint32_t lookedAt_;
  uint32_t pause_; // until it is tried again
};

} // namespace sensorboard

#endif
