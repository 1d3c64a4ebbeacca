#include "Hubs.h"

namespace sensorboard {

constexpr uint8_t Hubs::Most;
constexpr uint8_t Hubs::MostMet;

void Place::printTo(Print &out) const {
  if (host != nullptr) {
    out.print(host);
  } else {
    for (uint8_t i = 0; i < sizeof(address); i++) {
      if (i > 0) {
        out.print('.');
      }
      out.print(static_cast<unsigned int>(address[i]));
    }
  }
  out.print(':');
  out.print(static_cast<unsigned int>(port));
}

void Hubs::set(const Place &place) {
  hubs_[0] = {place, 0};
  count_ = 1;
  current_ = 0;
}

void Hubs::beginSearch() {
  unmark(Seen);
  isFull_ = false;
}

void Hubs::add(const Place &place) {
  for (uint8_t i = 0; i < count_; i++) {
    if (hubs_[i].place == place) {
      hubs_[i].marks |= Seen;
      return;
    }
  }
  // One that is not there any more makes room, or one that was tried in vain.
  const bool isNew = !isMet(place);
  uint8_t at = 0;
  while (at < count_ && ((hubs_[at].marks & (Ours | Waits)) != 0 ||
                         ((hubs_[at].marks & Seen) != 0 &&
                          !(count_ == Most && isNew && isMet(hubs_[at].place))))) {
    at++;
  }
  if (at == Most) {
    isFull_ = true;
    return;
  }
  hubs_[at] = {place, Seen};
  if (at == count_) {
    count_++;
  }
}

void Hubs::endSearch() {
  uint8_t kept = 0;
  for (uint8_t i = 0; i < count_; i++) {
    if ((hubs_[i].marks & (Seen | Ours | Waits)) != 0) {
      hubs_[kept++] = hubs_[i];
    }
  }
  count_ = kept;
  current_ = 0;
  bool isAnyNew = false;
  for (uint8_t i = 0; i < count_; i++) {
    isAnyNew = isAnyNew || !isMet(hubs_[i].place);
  }
  if (isFull_ && !isAnyNew) {
    metCount_ = 0;
  }
}

bool Hubs::isMet(const Place &place) const {
  for (uint8_t i = 0; i < metCount_; i++) {
    if (met_[i] == place) {
      return true;
    }
  }
  return false;
}

void Hubs::meet(const Place &place) {
  if (isMet(place)) {
    return;
  }
  if (metCount_ == MostMet) {
    metCount_ = 0;
  }
  met_[metCount_++] = place;
}

void Hubs::beginRound() {
  unmark(Tried);
  unmark(Refused);
}

bool Hubs::next(bool isWaitingLast) {
  return goTo(Ours, Tried) || (!isWaitingLast && goTo(Waits, Tried)) ||
         goTo(0, Tried | Waits) || goTo(0, Tried);
}

bool Hubs::nextRefused() {
  if (!goTo(Refused, 0)) {
    return false;
  }
  hubs_[current_].marks &= static_cast<uint8_t>(~Refused);
  return true;
}

bool Hubs::goTo(uint8_t wanted, uint8_t unwanted) {
  for (uint8_t i = 0; i < count_; i++) {
    const uint8_t at = static_cast<uint8_t>((start_ + i) % count_);
    const uint8_t marks = hubs_[at].marks;
    if ((marks & wanted) == wanted && (marks & unwanted) == 0) {
      current_ = at;
      hubs_[at].marks |= Tried;
      meet(hubs_[at].place);
      return true;
    }
  }
  return false;
}

void Hubs::markAlone(Mark mark_) {
  unmark(mark_);
  mark(mark_);
}

bool Hubs::any(Mark mark) const {
  for (uint8_t i = 0; i < count_; i++) {
    if (hubs_[i].marks & mark) {
      return true;
    }
  }
  return false;
}

void Hubs::unmark(Mark mark) {
  for (uint8_t i = 0; i < count_; i++) {
    hubs_[i].marks &= static_cast<uint8_t>(~mark);
  }
}

} // namespace sensorboard
