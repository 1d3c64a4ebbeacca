// Readings that Home Assistant is not known to have, oldest first, in a ring of bytes.

#ifndef SENSORBOARD_BACKLOG_H
#define SENSORBOARD_BACKLOG_H

#include <Arduino.h>

#include "Bytes.h"
#include "Channel.h"
#include "Decimal.h"
#include "Json.h"

namespace sensorboard {

// Every reading goes in when it is taken. One that is sent stays until it is known to
// have arrived, and to be in a database: a connection that breaks shows that only after
// a while, and Home Assistant writes what it has every few seconds. What was not sent,
// or got lost, is handed over in batches, and goes when Home Assistant has read it
// back. When there is no room, the oldest goes, and is counted.
//
// Times are in tenths of a second since the board's start, which go on for 13 years;
// milliseconds would begin anew after 50 days.
class Backlog {
public:
  // A ring of 0 bytes keeps nothing.
  Backlog(uint8_t *ring, size_t size);

  // One reading: begin, its values by the number of their channel, end. What is no
  // number is what a sensor gives that has failed; nullptr is a text that there is not
  // just now. Numbers are kept as they would be written, and of a text 255 bytes. A
  // reading without values is not kept, unless it has nothing: it says that the board
  // was there.
  void begin(uint32_t now);
  void add(uint8_t channel, const Decimal &value);
  void add(uint8_t channel, double value) = delete; // which is no bool either
  void add(uint8_t channel, bool value);
  void add(uint8_t channel, const char *value);
  void addColor(uint8_t channel, uint32_t value); // 0xrrggbb
  void addNothing();
  void end(bool isSent);

  // Remembers which have been sent until now; arrived() says that those have arrived.
  // They go with the arrived() after that, 10 s later: Home Assistant's recorder writes
  // to its database every 5 s, unless a person has chosen another time.
  void mark();
  void arrived();

  // The connection has broken: what was sent and is not safe is to be handed over.
  void lost();

  // Whether any has been sent that is not known to have arrived.
  bool isUncertain() const {
    return sent_ + marked_ + arrived_ + goneSent_ + goneMarked_ > 0;
  }

  // Whether any waits to be handed over.
  bool isWaiting() const { return waiting_ + inBatch_ > 0; }

  // Sets apart the oldest that wait, as many as are written in this many bytes, as one
  // batch. One that is set apart stays the same until it is delivered, also when it is
  // sent over another connection: Home Assistant may have it already, and must know it
  // again. Only its ages change; and if there is no room in the ring, its oldest go.
  // One reading that is longer than a batch can be, will never arrive: it goes, and is
  // counted. False if there is nothing to hand over.
  SENSORBOARD_CHECK bool prepare(size_t room, const Channel *channels);

  // The number of the batch: another one has another.
  uint32_t batch() const { return batch_; }

  // Writes the batch as the value of "readings": a list of objects with "age" in
  // seconds and the values by their keys.
  void write(JsonWriter &json, uint32_t now, const Channel *channels) const;

  // Home Assistant has the batch; or it will never take it.
  void delivered();
  void refused();

  // How many wait, how many were dropped since the start, and how many minutes of
  // readings like those of late would fit (0 if that cannot be said yet).
  uint16_t count() const;
  uint16_t dropped() const { return dropped_; }
  uint16_t minutes() const;

private:
  // Of a record, which is a reading in the ring.
  enum class State : uint8_t {
    Begun,   // the newest
    Waiting, // to be handed over
    Batch,   // in the batch
    Sent,
    Marked,  // sent before mark()
    Gone,    // only takes up room
    Arrived, // but perhaps not in a database
  };

  // Of a value.
  enum class Type : uint8_t {
    Null,
    False,
    True,
    Number, // with any other number of decimals
    Color,
    Text,
    Whole,      // a number without decimals
    Hundredths, // one with two
  };

  // Where a record is. Places in the ring are counted from its oldest byte.
  struct Record {
    size_t begin;
    size_t values;
    size_t end;
    uint32_t time;
    State state;
  };

  bool first(Record &record) const;
  bool next(Record &record) const;
  void setState(const Record &record, State state);
  void changeAll(State from, State to);
  void drop(const Record &record);
  void collect();

  // For the reading that is taken.
  void cancel();
  void addValue(uint8_t channel, Type type, const void *bytes, uint8_t size);
  bool open();
  bool append(const uint8_t *bytes, size_t size);

  // Drops the oldest until there are so many bytes. False if that is not possible.
  bool makeRoom(size_t size);
  void squeeze();

  void writeReading(JsonWriter &json, double age, const Record &record,
                    const Channel *channels) const;
  void writeValue(JsonWriter &json, size_t &place, Type type,
                  const Channel &channel) const;
  Decimal takeNumber(size_t &place, Type type) const;

  uint8_t &at(size_t place) const {
    size_t untilEnd = size_ - first_;
    return ring_[place < untilEnd ? first_ + place : place - untilEnd];
  }
  void put(size_t place, const void *bytes, size_t size);
  void take(size_t &place, void *bytes, size_t size) const;
  uint32_t takeTime(size_t &place) const;
  void putHeader(size_t place, State state, size_t length);

  uint8_t *const ring_;
  const size_t size_;
  size_t first_;      // index of the oldest byte
  size_t used_;       // bytes
  size_t gone_;       // of those, the bytes of records that are Gone
  size_t begun_;      // where the record is of the reading that is taken
  uint32_t begunAt_;  // its time
  uint32_t time_;     // of the oldest record
  uint32_t lastTime_; // of the newest that is complete
  bool isBegun_;
  bool isFailed_; // there is no room for it

  // Records in these states,
  size_t waiting_, inBatch_, sent_, marked_, arrived_;
  // and those that had to go before it was known whether they arrived.
  uint16_t goneSent_, goneMarked_;
  uint16_t dropped_;

  uint32_t batch_;

  // So many bytes came in so much time, of late.
  uint32_t rateBytes_, rateTime_;
  uint32_t ratedAt_;
  bool isRated_;
};

} // namespace sensorboard

#endif
