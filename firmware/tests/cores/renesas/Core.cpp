#include <Arduino.h>
#include <DataFlashBlockDevice.h>
#include <sensorboard/Chip.h>

#include "../../check.h"
#include "../board.h"

namespace board {

const char *const prefix = "unor4-";
const size_t idSize = 6 + 12;
const bool hasOneSector = false;

// RSTSR0 and, eight bits higher, RSTSR1.
const std::vector<Reset> resets = {
    {0x000, nullptr},
    {0x001, "power_on"},
    {0x101, "watchdog"},
    {0x201, "watchdog"},
    {0x401, "software"},
    {0x400, "software"},
    {0x100, "watchdog"},
    {0x002, "brownout"},
    {0x004, "brownout"},
    {0x008, "brownout"},
    // Both were there, and nobody knows which was the last.
    {0x003, nullptr},
    {0x501, nullptr},
    {0x600, nullptr},
    {0x104, nullptr},
};

const char *wordAfter(int what) {
  systemRegisters.RSTSR0 = static_cast<uint8_t>(what);
  systemRegisters.RSTSR1 = static_cast<uint16_t>(what >> 8);
  return reinterpret_cast<const char *>(sensorboard::resetReason());
}

namespace {

uint8_t bytes[8192];
Flash flash(bytes, sizeof(bytes), 1024, 1024);

} // namespace

void reset() { flash.reset(); }

} // namespace board

R_SYSTEM_Type systemRegisters;

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
