#include <Arduino.h>
#include <sensorboard/Chip.h>
#include <sys/mman.h>

#include "../../check.h"
#include "../board.h"
#if __has_include(<WiFiNINA.h>)
#include <WiFiNINA.h>
#endif

namespace board {

const char *const prefix = "samd-";
const size_t idSize = 5 + 12;
const bool hasOneSector = false;

const std::vector<Reset> resets = {
    {0x01, "power_on"}, {0x02, "brownout"}, {0x04, "brownout"}, {0x10, "external"},
    {0x20, "watchdog"}, {0x40, "software"}, {0x00, nullptr},
};

const char *wordAfter(int what) {
  pm.RCAUSE.reg = static_cast<uint8_t>(what);
  return reinterpret_cast<const char *>(sensorboard::resetReason());
}

namespace {

// What is at an address of the chip's is there here, too.
uint8_t *map(uintptr_t address) {
  void *page = mmap(reinterpret_cast<void *>(address), 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (page != reinterpret_cast<void *>(address)) {
    perror("mmap");
    abort();
  }
  return static_cast<uint8_t *>(page);
}

uint8_t *const serialNumber = map(0x0080a000);

#if !__has_include(<WiFiNINA.h>)
constexpr uintptr_t Begin = 0x3f000;
Flash flash(map(Begin), 4096, 64, 256);
std::string pageBefore;
#endif

} // namespace

void reset() {
  memory.clear();
#if !__has_include(<WiFiNINA.h>)
  flash.reset();
  nvmctrl.INTFLAG.bit.READY = 1;
#endif
  adc.INTFLAG.bit.RESRDY = 1;
  memcpy(serialNumber + 0x0c, "\x31\x8e\x0d\xd4", 4);
  memcpy(serialNumber + 0x40, "\x51\x50\x35\x36\x36\x2e\x33\x20\xff\x10\x2b\x19", 12);
}

} // namespace board

Adc adc;
Sysctrl sysctrl;
Pm pm;
Nvmctrl nvmctrl;

AdcResult::Register::operator uint16_t() const {
  return static_cast<uint16_t>(1800 + board::noise() % 4);
}
void NVIC_SystemReset() { abort(); }

#if __has_include(<WiFiNINA.h>)

// The module appends what is written, wherever.
WiFiStorageClass WiFiStorage;

WiFiStorageFile WiFiStorageClass::open(const char *name) {
  CHECK_EQUAL(std::string(name).substr(0, 4), "/fs/");
  CHECK(strlen(name) <= 32);
  return WiFiStorageFile(name);
}
WiFiStorageFile::operator bool() {
  auto found = board::memory.find(filename);
  length =
      found == board::memory.end() ? 0 : static_cast<uint32_t>(found->second.size());
  return found != board::memory.end();
}
uint32_t WiFiStorageFile::read(void *buf, uint32_t size) {
  if (offset + size > length) {
    size = length - offset;
  }
  memcpy(buf, board::memory[filename].data() + offset, size);
  offset += size;
  return size;
}
uint32_t WiFiStorageFile::write(const void *buf, uint32_t size) {
  std::string &file = board::memory[filename];
  for (uint32_t i = 0; i < size; i++) {
    board::step([](void *) {}, nullptr);
    file += static_cast<const char *>(buf)[i];
  }
  offset += size;
  return size;
}
void WiFiStorageFile::erase() {
  offset = 0;
  board::step([](void *) {}, nullptr);
  board::memory.erase(filename);
}

#else

asm(".globl __etext\n.set __etext, 0x21000\n"
    ".globl __data_start__\n.set __data_start__, 0x20000000\n"
    ".globl __data_end__\n.set __data_end__, 0x20001000\n");

// What the program writes into a page goes to a buffer of the chip's, and there to the
// flash: here it is taken out again, and then written as that is.
void Nvmctrl::Command::Register::operator=(uint16_t command) {
  using namespace board;
  CHECK_EQUAL(command & 0xff00, 0xa500);
  switch (command & 0x7f) {
  case 0x44:
    pageBefore = flash.save();
    break;
  case 0x04: {
    // Not on the stack: it would never be freed when the power goes.
    static std::string written;
    written = flash.save();
    flash.restore(pageBefore);
    for (size_t at = 0; at < written.size(); at += 64) {
      if (written.compare(at, 64, pageBefore, at, 64) != 0) {
        flash.write(at, &written[at], 64);
      }
    }
    break;
  }
  case 0x02:
    flash.erase(nvmctrl.ADDR.reg * 2 - Begin);
    break;
  default:
    CHECK(!"a command that is known");
  }
}

#endif
