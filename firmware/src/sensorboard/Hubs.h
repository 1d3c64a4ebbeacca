// Those Home Assistants in this network that a search has found, and which of them the
// board tries next.

#ifndef SENSORBOARD_HUBS_H
#define SENSORBOARD_HUBS_H

#include <stdint.h>

#include "Bytes.h"
#include "Place.h"

namespace sensorboard {

class Hubs {
public:
  static constexpr uint8_t Most = 4;
  static constexpr uint8_t MostMet = 16;

  enum Mark : uint8_t {
    Seen = 1,        // in the latest search
    Tried = 2,       // in this round
    Refused = 4,     // in this round: it does not know the board's key
    Ours = 8,        // it has welcomed the board since this was started
    Waits = 16,      // a person is to accept the board there
    Secretless = 32, // it does not know the board's enrolment secret
  };

  Hubs()
      : hubs_(), met_(), count_(0), current_(0), start_(0), metCount_(0),
        isFull_(false) {}

  // The only one, instead of a search.
  void set(const Place &place);

  // A search: those that it does not find go, except ours and the one where the board
  // waits. When there is no room, one that was not tried yet takes the place of one
  // that was in vain. When all of those that answer were tried, they begin anew.
  void beginSearch();
  void add(const Place &place);
  void endSearch();

  bool isEmpty() const { return count_ == 0; }
  uint8_t count() const { return count_; }

  // A round tries each of them once: ours first. Where the board waits comes next, or
  // last, if the board has a key that another one may know.
  void beginRound();
  SENSORBOARD_CHECK bool next(bool isWaitingLast);

  // Goes to one that has refused the board's key in this round, once to each.
  SENSORBOARD_CHECK bool nextRefused();

  // The other rounds begin with another one.
  void turn() { start_++; }

  // The one that is tried.
  const Place &place() const { return hubs_[current_].place; }
  bool is(Mark mark) const { return hubs_[current_].marks & mark; }
  void mark(Mark mark) { hubs_[current_].marks |= mark; }

  // Sets a mark that only one can have.
  void markAlone(Mark mark);

  bool any(Mark mark) const;
  void unmark(Mark mark);

private:
  struct Hub {
    Place place;
    uint8_t marks;
  };

  bool goTo(uint8_t wanted, uint8_t unwanted);
  bool isMet(const Place &place) const;
  void meet(const Place &place);

  Hub hubs_[Most];
  Place met_[MostMet]; // those that were tried
  uint8_t count_;
  uint8_t current_;
  uint8_t start_;
  uint8_t metCount_;
  bool isFull_; // somebody had to stay outside
};

} // namespace sensorboard

#endif
