// What a board is in: a Wi-Fi, or a cable. One class for each family of boards.

#ifndef SENSORBOARD_NETWORK_H
#define SENSORBOARD_NETWORK_H

#include <Arduino.h>
#include <Client.h>
#include <IPAddress.h>
#include <Udp.h>

namespace sensorboard {

class Network {
public:
  // Begins to join. Called once.
  virtual void begin() = 0;

  // Whether a connection can be tried. Called in each loop: joins again where the core
  // does not do that by itself, and never waits longer than the core forces it to.
  virtual bool isUp() = 0;

  // A connection to Home Assistant is made with this one.
  virtual Client &client() = 0;

  // For the search; nullptr if there is none.
  virtual UDP *udp() = 0;

  // Six bytes. False if it is not known.
  virtual bool macAddress(uint8_t (&)[6]) { return false; }

  // Why it is not up, and what to do, for the person at the Serial Monitor; nullptr if
  // there is nothing to say yet.
  virtual const __FlashStringHelper *trouble() { return nullptr; }

  // How often the client may be looked at, in ms: every look takes long on boards whose
  // radio is another processor.
  virtual uint16_t pollInterval() const { return 0; }
};

} // namespace sensorboard

#endif
