#include <Arduino.h>
#include <DataFlashBlockDevice.h>

#include "../../check.h"
#include "../board.h"

namespace board {

const char *const prefix = "unor4-";
const size_t idSize = 6 + 12;
const bool hasOneSector = false;

namespace {

uint8_t bytes[8192];
Flash flash(bytes, sizeof(bytes), 1024, 1024);

} // namespace

void reset() { flash.reset(); }

} // namespace board

DataFlashBlockDevice &DataFlashBlockDevice::getInstance() {
  static DataFlashBlockDevice device;
  return device;
}
DataFlashBlockDevice::DataFlashBlockDevice() {}
DataFlashBlockDevice::~DataFlashBlockDevice() {}

int DataFlashBlockDevice::program(const void *buffer, bd_addr_t addr, bd_size_t size) {
  board::flash.write(addr, buffer, size);
  return 0;
}
int DataFlashBlockDevice::read(void *buffer, bd_addr_t addr, bd_size_t size) {
  board::flash.read(addr, buffer, size);
  return 0;
}
int DataFlashBlockDevice::erase(bd_addr_t addr, bd_size_t size) {
  CHECK_EQUAL(size, 1024U);
  board::flash.erase(addr);
  return 0;
}
bd_size_t DataFlashBlockDevice::size() const { return 8192; }

const bsp_unique_id_t *R_BSP_UniqueIdGet() {
  static const bsp_unique_id_t id = {{0x39303533, 0x32543454, 0x32323730, 0x17453032}};
  return &id;
}
void NVIC_SystemReset() { abort(); }

extern "C" {
fsp_err_t HW_SCE_McuSpecificInit(void) { return FSP_SUCCESS; }
fsp_err_t HW_SCE_RNG_Read(uint32_t *words) {
  for (int i = 0; i < 4; i++) {
    words[i] = board::noise() << 16 ^ board::noise();
  }
  return FSP_SUCCESS;
}
}
