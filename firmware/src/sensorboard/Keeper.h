// Keeps readings until they have arrived. Only a board in a network has one: over a
// cable nothing shows whether somebody listens.

#ifndef SENSORBOARD_KEEPER_H
#define SENSORBOARD_KEEPER_H

#include <Arduino.h>

#include "Channels.h"
#include "Connector.h"
#include "SerialConnector.h"

namespace sensorboard {

// Virtual, so that a sketch without a network is not linked with all of it. Ticks are
// tenths of a second since the board's start.
class Keeper {
public:
  // Keeps the channels up to this one, those of them that are due, as one reading.
  virtual void keep(uint32_t tick, const Channels &channels, const Channel *end,
                    bool isSent) = 0;

  // A conversation begins, or has ended.
  virtual void begun(uint32_t tick, bool takesBacklog) = 0;
  virtual void ended() = 0;

  // Does what there is to do while the connector is ready. True if what is new is to
  // wait, since older readings are being handed over.
  virtual bool handOver(uint32_t tick, AnyConnector &connector,
                        const Channels &channels) = 0;

  // Home Assistant has a batch of readings.
  virtual void acknowledged(uint32_t tick, const char *batch) = 0;

  // It cannot use a batch, and never will.
  virtual void refused(const char *batch) = 0;

  // How many readings wait, how many minutes of them fit, how many did not.
  virtual uint16_t count() const = 0;
  virtual uint16_t minutes() const = 0;
  virtual uint16_t dropped() const = 0;
};

} // namespace sensorboard

#endif
