// What is wrong, and what to do, in plain words for the person at the Serial Monitor.

#ifndef SENSORBOARD_TROUBLE_H
#define SENSORBOARD_TROUBLE_H

#include <Arduino.h>

#include "Place.h"

namespace sensorboard {

// At most 32: which have been said is kept as bits.
enum class Words : uint8_t {
  NoSearch,
  NotFound,
  OddHost,
  Nobody,
  NoAnswer,
  HungUp,
  NotWebSocket,
  NoIntegration,
  Banned,
  Busy,
  OtherStatus,
  Unknown,
  UnknownForNow,
  Untrusted,
  Unvouched,
  OtherSecret,
  NoSecret,
  Broken,
  TwoOfThem,
  Closed,
  Lost,
  Silent,
  NotStored,
};

class Trouble {
public:
  Trouble() : out_(nullptr), network_(nullptr), since_(0), said_(0), told_(0) {}

  void setOutput(Print *out) { out_ = out; }

  // Says something, but not again in the next minutes.
  void say(Words words, const Place &place, uint16_t code = 0);

  // The same for what a network says of itself (nullptr: nothing),
  void say(const __FlashStringHelper *network);

  // and for a sentence of Home Assistant's.
  void tell(const char *sentence);

  // Says each time what a person is to do: type the code, or (nullptr) accept the
  // board;
  void waits(const char *code, const Place &place);

  // that the board has a key now,
  void paired(const Place &place);

  // and that all is well: what is wrong from now on is new.
  void welcomed(const Place &place);

private:
  bool isNew(bool isSaid);
  void begin();
  void end() { out_->println(); }
  void name(const Place &place);
  void put(Words words, const Place &place, uint16_t code);

  Print *out_;
  const __FlashStringHelper *network_;
  uint32_t since_; // what was said is remembered
  uint32_t said_;
  uint16_t told_;
};

} // namespace sensorboard

#endif
