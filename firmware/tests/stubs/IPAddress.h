// Host stand-in for the Arduino core's header of the same name: IPv4, as on AVR.

#ifndef SENSORBOARD_STUBS_IPADDRESS_H
#define SENSORBOARD_STUBS_IPADDRESS_H

#include <stdint.h>
#include <string.h>

#include "Print.h"
#include "Printable.h"

class IPAddress : public Printable {
public:
  IPAddress() : IPAddress(0, 0, 0, 0) {}
  IPAddress(uint8_t first, uint8_t second, uint8_t third, uint8_t fourth)
      : bytes_{first, second, third, fourth} {}
  IPAddress(uint32_t address) { memcpy(bytes_, &address, sizeof(bytes_)); }
  IPAddress(const uint8_t *address) { memcpy(bytes_, address, sizeof(bytes_)); }

  // In the order of the network, whatever the processor's.
  operator uint32_t() const {
    uint32_t address;
    memcpy(&address, bytes_, sizeof(address));
    return address;
  }
  bool operator==(const IPAddress &other) const {
    return memcmp(bytes_, other.bytes_, sizeof(bytes_)) == 0;
  }
  uint8_t operator[](int index) const { return bytes_[index]; }
  uint8_t &operator[](int index) { return bytes_[index]; }

  size_t printTo(Print &p) const override {
    size_t size = p.print(bytes_[0]);
    for (int i = 1; i < 4; i++) {
      size += p.print('.') + p.print(bytes_[i]);
    }
    return size;
  }

private:
  friend class Client;

  uint8_t *raw_address() { return bytes_; }

  uint8_t bytes_[4];
};

#endif
