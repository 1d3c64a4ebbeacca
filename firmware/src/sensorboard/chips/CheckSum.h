// Tells whether something that was kept is whole.

#ifndef SENSORBOARD_CHIPS_CHECK_SUM_H
#define SENSORBOARD_CHIPS_CHECK_SUM_H

#include <stddef.h>
#include <stdint.h>

namespace sensorboard {

// A CRC of 16 bits (that of CCITT, from 0x5342 on): all bits set, or none, as in memory
// that was never written or was wiped, do not fit together.
uint16_t checkSum(const void *data, size_t size);

} // namespace sensorboard

#endif
