// What an AVR board keeps at the end of its EEPROM: sketches that use it begin at its
// other end. The last 8 bytes are the board's number, and the 72 before them are for
// its key, which only boards with a network have.

#ifndef SENSORBOARD_CHIPS_AVR_MEMORY_H
#define SENSORBOARD_CHIPS_AVR_MEMORY_H

#include <avr/eeprom.h>
#include <avr/io.h>

#include "CheckSum.h"
#include "KeyLog.h"

namespace sensorboard {

struct AvrNumber {
  uint8_t bytes[6];
  uint16_t check;

  bool isWhole() const { return check == checkSum(bytes, sizeof(bytes)); }
  void seal() { check = checkSum(bytes, sizeof(bytes)); }
};

class AvrMemory {
public:
  // A slot can be overwritten: nothing needs to be erased.
  static constexpr uint8_t Sectors = 2;
  static constexpr uint8_t Slots = 1;

  static bool read(uint8_t slot, KeyRecord &record) {
    eeprom_read_block(&record, keyAt(slot), sizeof(record));
    return true;
  }
  static bool write(uint8_t slot, const KeyRecord &record) {
    eeprom_update_block(&record, keyAt(slot), sizeof(record));
    return true;
  }
  static bool erase(uint8_t) { return true; }

  static void read(AvrNumber &number) {
    eeprom_read_block(&number, numberAt(), sizeof(number));
  }
  static void write(const AvrNumber &number) {
    eeprom_update_block(&number, numberAt(), sizeof(number));
  }

private:
  static constexpr uint16_t Size = E2END + 1;
  static constexpr uint16_t NumberAt = Size - sizeof(AvrNumber);
  static constexpr uint16_t KeysAt = NumberAt - Sectors * sizeof(KeyRecord);

  // An address in the EEPROM is a pointer for avr-libc.
  static void *numberAt() {
    return reinterpret_cast<void *>(static_cast<uintptr_t>(NumberAt));
  }
  static void *keyAt(uint8_t slot) {
    return reinterpret_cast<void *>(
        static_cast<uintptr_t>(KeysAt + slot * sizeof(KeyRecord)));
  }
};

} // namespace sensorboard

#endif
