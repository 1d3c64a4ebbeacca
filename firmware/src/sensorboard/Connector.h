// How a board comes to somebody who listens, and stays with them.

#ifndef SENSORBOARD_CONNECTOR_H
#define SENSORBOARD_CONNECTOR_H

#include <Arduino.h>

#include "Link.h"
#include "Message.h"

namespace sensorboard {

enum class ConnectorState : uint8_t {
  NoNetwork,  // the Wi-Fi is not there, or does not let the board in
  Searching,  // for Home Assistant in this network
  Connecting, // or waiting before it is tried again
  Proving,    // who is who
  Waiting,    // for the person to type the code, or to accept the board
  Ready,      // what is said now counts
};

// There are two: one for a serial line, where the cable is the trust, and one for a
// network, where both sides prove who they are before anything counts.
class Connector {
public:
  // The first thing that is called, once.
  virtual void begin() = 0;

  // Does what there is to do, within bounds: to be called often. True when there is a
  // message for the conversation; it is good until the next call. What concerns the
  // connection alone (challenge, pair …) does not come out here. A conversation begins
  // anew with each Welcome that comes out: over a network it has been proven. Over a
  // serial line it begins with a Hello, which is Home Assistant's request for one; a
  // welcome comes out as Settings there.
  virtual bool poll(Message &message) = 0;

  virtual Link &link() = 0;
  virtual ConnectorState state() const = 0;
  bool isReady() const { return state() == ConnectorState::Ready; }

  // Whether it shows when nobody listens: only then is it of use to keep readings.
  virtual bool canMiss() const = 0;

  // Asks for a sign that everything sent before has arrived, and tells whether it has
  // come since. A link that cannot know never has an answer.
  virtual bool ask() { return false; }
  virtual bool isAnswered() { return false; }

  // Home Assistant wants the key replaced, and so on: messages of the conversation's
  // time that are the connector's business are taken inside poll().

  // Whether nothing is on its way out that would disturb what is timed to the
  // microsecond: an echo is measured too short while a serial port sends.
  virtual bool isQuiet() { return true; }

  // Ends the connection in good order, before the board sleeps or restarts. Bounded:
  // 2 s at most.
  virtual void end() = 0;
};

} // namespace sensorboard

#endif
