// Hands over the readings that Home Assistant has missed.

#ifndef SENSORBOARD_DELIVERY_H
#define SENSORBOARD_DELIVERY_H

#include <Arduino.h>

#include "Backlog.h"
#include "Keeper.h"

// A batch of readings has so many bytes at most: Home Assistant takes 4096.
#if !defined(SENSORBOARD_BATCH)
#if defined(__AVR__)
#define SENSORBOARD_BATCH 1024
#else
#define SENSORBOARD_BATCH 4096
#endif
#endif

namespace sensorboard {

// One batch is on its way at a time. It is sent again until it is acknowledged, and
// known by its name: Home Assistant takes it once.
//
// What is new waits meanwhile, so that all comes in order, but not for longer than 30
// s, and not for a Home Assistant that does not answer.
class Delivery : public Keeper {
public:
  Delivery(uint8_t *ring, size_t size);

  void keep(uint32_t tick, const Channels &channels, const Channel *end,
            bool isSent) override;
  void begun(uint32_t tick, bool takesBacklog) override;
  void ended() override;
  bool handOver(uint32_t tick, Connector &connector, const Channels &channels) override;
  void acknowledged(uint32_t tick, const char *batch) override;
  void refused(const char *batch) override;
  uint16_t count() const override { return backlog_.count(); }
  uint16_t minutes() const override { return backlog_.minutes(); }
  uint16_t dropped() const override { return backlog_.dropped(); }

private:
  // Eight digits that tell this start of the board from others, and the number.
  static constexpr size_t NameSize = 8 + 1 + 10;

  bool isNamed(const char *batch) const;
  void nameBatch(char (&name)[NameSize + 1]) const;
  static void write(Print &out, void *context);

  Backlog backlog_;
  const Channels *channels_; // of the batch that is written
  uint32_t nonce_;           // 0: none yet
  uint32_t tick_;            // now
  uint32_t begunAt_;
  uint32_t sentAt_;
  uint32_t askedAt_;
  uint32_t keptAt_;
  uint8_t marks_; // in a row: that the board was there
  bool isThere_;  // there is a connection
  bool isTaken_;  // Home Assistant takes batches
  bool isOut_;    // a batch is on its way
  bool isLate_;   // and was not acknowledged in time
  bool isAsking_; // whether what was sent has arrived
};

} // namespace sensorboard

#endif
