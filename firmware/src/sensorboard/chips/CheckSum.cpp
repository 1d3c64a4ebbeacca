#include "CheckSum.h"

namespace sensorboard {

uint16_t checkSum(const void *data, size_t size) {
  const uint8_t *byte = static_cast<const uint8_t *>(data);
  uint16_t sum = 0x5342;
  while (size-- > 0) {
    sum = static_cast<uint16_t>(sum ^ *byte++ << 8);
    for (uint8_t bit = 0; bit < 8; bit++) {
      bool isSet = sum & 0x8000;
      sum = static_cast<uint16_t>(sum << 1);
      if (isSet) {
        sum ^= 0x1021;
      }
    }
  }
  return sum;
}

} // namespace sensorboard
