// Finds the Home Assistants of this network: one question by mDNS (RFC 6762), which
// each of them answers with where it is.

#ifndef SENSORBOARD_SEARCH_H
#define SENSORBOARD_SEARCH_H

#include <Arduino.h>
#include <Udp.h>

#include "Bytes.h"
#include "Hubs.h"

namespace sensorboard {

// The question, in bytes.
constexpr size_t QuestionSize = 44;

// Writes the question. An answer to one that asks for unicast comes only to the asker
// even if that listens where everybody does.
void writeQuestion(uint16_t id, bool asksForUnicast, uint8_t (&packet)[QuestionSize]);

// Adds what an answer says. The sender's address is taken where that is one of the
// addresses, or none is given: a machine can have some that lead nowhere. False if it
// is no answer to the question, or says nothing of a Home Assistant; whatever else it
// is, nothing outside of it is read.
SENSORBOARD_CHECK bool readAnswer(const uint8_t *packet, size_t size, uint16_t id,
                                  const uint8_t (&sender)[4], Hubs &hubs);

class Search {
public:
  Search() : udp_(nullptr) {}

  // Asks. One that is hasty ends with the first answer; another one waits for more.
  void begin(UDP &udp, Hubs &hubs, bool isHasty);

  // Takes the answers that have come, by way of the buffer, and asks again if there are
  // none. False when the search is over.
  SENSORBOARD_CHECK bool poll(Hubs &hubs, char *buffer, size_t size);

  // Gives it up, if it is going on.
  void end();

  bool isGoingOn() const { return udp_ != nullptr; }

private:
  void ask();
  bool listen(bool asksEverybody);

  UDP *udp_;
  uint32_t since_;
  uint16_t id_;
  uint8_t asked_; // times
  bool isHasty_;
  bool isFound_;
};

} // namespace sensorboard

#endif
