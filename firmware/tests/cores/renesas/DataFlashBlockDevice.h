// Stand-in for ArduinoCore-renesas: libraries/BlockDevices. What returns an int gives 0
// when all is well.

#ifndef SENSORBOARD_CORES_RENESAS_DATA_FLASH_H
#define SENSORBOARD_CORES_RENESAS_DATA_FLASH_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t bd_addr_t;
typedef uint64_t bd_size_t;

class DataFlashBlockDevice {
public:
  static DataFlashBlockDevice &getInstance();
  DataFlashBlockDevice(DataFlashBlockDevice const &) = delete;
  void operator=(DataFlashBlockDevice const &) = delete;
  virtual ~DataFlashBlockDevice();
  virtual int program(const void *buffer, bd_addr_t addr, bd_size_t size);
  virtual int read(void *buffer, bd_addr_t addr, bd_size_t size);
  virtual int erase(bd_addr_t addr, bd_size_t size);
  virtual bd_size_t size() const;

private:
  DataFlashBlockDevice();
};

#endif
