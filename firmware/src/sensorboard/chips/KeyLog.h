// Keeps the key in memory that the power can leave while it is written: a new key never
// takes the place of the one that counts.

#ifndef SENSORBOARD_CHIPS_KEY_LOG_H
#define SENSORBOARD_CHIPS_KEY_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../Bytes.h"
#include "../Keys.h"
#include "CheckSum.h"

namespace sensorboard {

struct KeyRecord {
  uint8_t mark;
  uint8_t number; // one more than that of the record before; 0 follows 255
  uint8_t key[KeySize];
  uint16_t check;
};

static_assert(sizeof(KeyRecord) == 36, "what is in the memory of boards is as it is");

// Records in slots, one after the other. The one with the highest number counts: there
// are so few slots that numbers that begin anew are no riddle.
//
// The memory is a class with
//
//   static constexpr uint8_t Sectors; // that are erased as a whole
//   static constexpr uint8_t Slots;   // in a sector
//   bool read(uint8_t slot, KeyRecord &record);
//   bool write(uint8_t slot, const KeyRecord &record); // into an erased one
//   bool erase(uint8_t sector); // all bits are set then; or nothing needs to be done
//
// where slots are counted from the first sector on. With two sectors, the power may go
// at any time. With only one, it must not while that is erased, which is each time that
// all its slots are full.
template <typename Memory> class KeyLog {
  static_assert(Memory::Sectors * Memory::Slots < 128, "or numbers are ambiguous");

public:
  explicit KeyLog(Memory &memory) : memory_(memory) {}

  SENSORBOARD_CHECK bool load(uint8_t (&key)[KeySize]) {
    KeyRecord record;
    bool isFound = find(record) >= 0;
    if (isFound) {
      memcpy(key, record.key, KeySize);
    }
    wipe(&record, sizeof(record));
    return isFound;
  }

  // False if it could not be written, or is not what was written when it is read again.
  SENSORBOARD_CHECK bool store(const uint8_t (&key)[KeySize]) {
    KeyRecord record;
    int16_t last = find(record);
    bool isStored = last >= 0 && sameSecret(record.key, key);
    if (!isStored) {
      record.number = static_cast<uint8_t>(last < 0 ? 0 : record.number + 1);
      record.mark = Mark;
      memcpy(record.key, key, KeySize);
      record.check = sum(record);
      isStored = append(last, record);
    }
    wipe(&record, sizeof(record));
    return isStored;
  }

private:
  static constexpr uint8_t Mark = 0x4b;
  static constexpr int16_t Count = Memory::Sectors * Memory::Slots;

  static uint16_t sum(const KeyRecord &record) {
    return checkSum(&record, offsetof(KeyRecord, check));
  }

  // Gives the newest record and its slot, or -1.
  int16_t find(KeyRecord &newest) {
    int16_t found = -1;
    KeyRecord record;
    for (int16_t slot = 0; slot < Count; slot++) {
      if (memory_.read(static_cast<uint8_t>(slot), record) && record.mark == Mark &&
          record.check == sum(record) &&
          (found < 0 || static_cast<int8_t>(record.number - newest.number) > 0)) {
        newest = record;
        found = slot;
      }
    }
    wipe(&record, sizeof(record));
    return found;
  }

  bool isBlank(uint8_t slot) {
    KeyRecord record;
    if (!memory_.read(slot, record)) {
      return false;
    }
    const uint8_t *bytes = reinterpret_cast<const uint8_t *>(&record);
    for (size_t i = 0; i < sizeof(record); i++) {
      if (bytes[i] != 0xff) {
        return false;
      }
    }
    return true;
  }

  // Puts a record behind the one in this slot, or into the next sector.
  bool append(int16_t last, const KeyRecord &record) {
    uint8_t sector = static_cast<uint8_t>(last < 0 ? 0 : last / Memory::Slots);
    int16_t end = static_cast<int16_t>((sector + 1) * Memory::Slots);
    for (int16_t slot = static_cast<int16_t>(last + 1); slot < end; slot++) {
      if (isBlank(static_cast<uint8_t>(slot))) {
        return write(static_cast<uint8_t>(slot), record);
      }
    }
    if (last >= 0) {
      sector = static_cast<uint8_t>((sector + 1) % Memory::Sectors);
    }
    return memory_.erase(sector) &&
           write(static_cast<uint8_t>(sector * Memory::Slots), record);
  }

  bool write(uint8_t slot, const KeyRecord &record) {
    KeyRecord written;
    bool isRight = memory_.write(slot, record) && memory_.read(slot, written) &&
                   memcmp(&written, &record, sizeof(record)) == 0;
    wipe(&written, sizeof(written));
    return isRight;
  }

  Memory &memory_;
};

} // namespace sensorboard

#endif
