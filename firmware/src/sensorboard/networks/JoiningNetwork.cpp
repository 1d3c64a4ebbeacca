#include "JoiningNetwork.h"

#include <string.h>

namespace sensorboard {

namespace {

// What IEEE 802.11 allows, in bytes. 64 are those of a key in hexadecimal digits.
constexpr size_t MaxName = 32;
constexpr size_t MinPassword = 8;
constexpr size_t MaxPassword = 64;

bool isName(const char *name) {
  return name != nullptr && *name != '\0' && strlen(name) <= MaxName;
}

bool isPassword(const char *password) {
  if (password == nullptr) {
    return true;
  }
  size_t length = strlen(password);
  return length >= MinPassword && length <= MaxPassword;
}

} // namespace

JoiningNetwork::JoiningNetwork(const char *name, const char *password,
                               uint16_t lookInterval)
    : name_(name),
      password_(password != nullptr && *password != '\0' ? password : nullptr),
      lookInterval_(lookInterval), state_(JoinState::Trying), wasUp_(false),
      isPatient_(true), downSince_(0), joinedAt_(0), lookedAt_(0), pause_(FirstPause) {}

void JoiningNetwork::begin() {
  if (isName(name_) && isPassword(password_)) {
    join();
  }
  // That may have taken a while.
  downSince_ = joinedAt_ = lookedAt_ = now();
}

bool JoiningNetwork::isUp() {
  uint32_t time = now();
  if (time - lookedAt_ < lookInterval_ || !isName(name_) || !isPassword(password_)) {
    return state_ == JoinState::Up;
  }
  lookedAt_ = time;
  bool isLost = state_ == JoinState::Up;
  state_ = look();
  if (state_ == JoinState::Up) {
    wasUp_ = true;
    isPatient_ = true;
    pause_ = FirstPause;
    joinedAt_ = time;
    return true;
  }
  if (isLost) {
    downSince_ = time;
  }
  if (time - downSince_ >= Patience) {
    isPatient_ = false;
  }
  if (time - joinedAt_ >= pause_) {
    pause_ = pause_ * 2 < LastPause ? pause_ * 2 : LastPause;
    join();
    joinedAt_ = lookedAt_ = now();
  }
  return false;
}

const __FlashStringHelper *JoiningNetwork::trouble() {
  if (!isName(name_)) {
    return F("The name of a Wi-Fi has 1 to 32 characters: see begin() in the sketch.");
  }
  if (!isPassword(password_)) {
    return F("The password of a Wi-Fi has 8 to 64 characters: see begin() in the "
             "sketch.");
  }
  if (state_ == JoinState::Up) {
    return nullptr;
  }
  if (state_ == JoinState::NoRadio) {
    return F("The board's Wi-Fi module does not answer. Its firmware can be updated in "
             "the Arduino IDE: Tools, Firmware Updater.");
  }
  if (isPatient_) {
    return nullptr;
  }
  if (wasUp_) {
    return F("The Wi-Fi is gone. Trying to join it again.");
  }
  if (state_ == JoinState::NotFound) {
    return F(
        "No Wi-Fi of this name is in reach: check the name in begin(). Most boards "
        "see only those at 2.4 GHz.");
  }
  if (state_ == JoinState::Refused) {
    return F("The Wi-Fi does not let the board in: check the password in begin().");
  }
  return F("The Wi-Fi does not answer: check its name and password in begin(), and "
           "whether it is in reach. Most boards see only those at 2.4 GHz.");
}

} // namespace sensorboard
