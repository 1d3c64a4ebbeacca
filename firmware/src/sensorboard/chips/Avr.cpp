// ATmega328P (Uno, Nano), 2560 (Mega), 32U4 (Leonardo, Micro) and their like. Nothing
// in here takes RAM unless random bytes are asked for, which only a network does.

#if defined(__AVR__) && !defined(ARDUINO_ARCH_MEGAAVR)

#include <Arduino.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "../Chip.h"
#include "AvrMemory.h"
#include "RandomPool.h"

#if !defined(WDTCSR) || !defined(WDIE)
#error "SensorBoard does not know this chip: its watchdog cannot do without a reset."
#endif

namespace sensorboard {

namespace {

constexpr uint8_t WatchdogChange = 1 << WDCE | 1 << WDE;
constexpr uint8_t WatchdogBits =
    1 << WDIE | 1 << WDE | 1 << WDP3 | 1 << WDP2 | 1 << WDP1 | 1 << WDP0;

// How long the watchdog's 16 ms are, in turns of a loop. It has an oscillator of its
// own that is not steady against the crystal: the last bits are noise. (That of a
// ceramic resonator is even less steady.)
//
// Interrupts are off meanwhile, or one would be called when the time is up. The
// sketch's own use of the watchdog goes on afterwards.
uint16_t jitter() {
  uint8_t status = SREG;
  cli();
  uint8_t before = WDTCSR & WatchdogBits;
  wdt_reset();
  WDTCSR = WatchdogChange;
  WDTCSR = 1 << WDIF | 1 << WDIE;
  uint16_t turns = 0;
  // The counter begins anew should the watchdog not do what it is expected to.
  while (!(WDTCSR & 1 << WDIF) && ++turns != 0) {
  }
  wdt_reset();
  WDTCSR = WatchdogChange;
  WDTCSR = static_cast<uint8_t>(1 << WDIF | before);
  SREG = status;
  return turns;
}

// Takes 1.5 s, once in the board's life.
void makeUp(AvrNumber &number) {
  uint16_t sum = 0;
  for (uint8_t i = 0; i < sizeof(number.bytes); i += 2) {
    for (uint8_t round = 0; round < 32; round++) {
      uint16_t noise[2] = {sum, jitter()};
      sum = checkSum(noise, sizeof(noise));
    }
    memcpy(number.bytes + i, &sum, sizeof(sum));
  }
  number.seal();
}

} // namespace

const __FlashStringHelper *manufacturer() { return F("Arduino"); }

// As boards.txt of the core calls them; clones are sold under their names.
const __FlashStringHelper *model() {
#if defined(ARDUINO_AVR_UNO)
  return F("Uno");
#elif defined(ARDUINO_AVR_NANO)
  return F("Nano");
#elif defined(ARDUINO_AVR_MEGA2560)
  return F("Mega 2560");
#elif defined(ARDUINO_AVR_LEONARDO)
  return F("Leonardo");
#elif defined(ARDUINO_AVR_MICRO)
  return F("Micro");
#elif defined(ARDUINO_AVR_MINI)
  return F("Mini");
#elif defined(ARDUINO_AVR_PRO)
  return F("Pro Mini");
#elif defined(ARDUINO_AVR_ETHERNET)
  return F("Ethernet");
#elif defined(ARDUINO_AVR_YUN)
  return F("Yún");
#else
  return nullptr;
#endif
}

// The chip knows, but the boot loaders clear what it knows before the sketch begins.
const __FlashStringHelper *resetReason() { return nullptr; }

// The chip has no number that can be relied on, so it gets one when it starts for the
// first time. It is written before it is used: one that was cut short is none.
void boardId(char (&id)[MaxIdSize + 1]) {
  AvrNumber number;
  AvrMemory::read(number);
  if (!number.isWhole()) {
    makeUp(number);
    AvrMemory::write(number);
  }
  memcpy_P(id, PSTR("avr-"), 4);
  toHex(number.bytes, sizeof(number.bytes), id + 4);
}

void randomBytes(uint8_t *bytes, size_t size) {
  static RandomPool pool;
  if (!pool.isFilled()) {
    // 2 s, before the first connection. If one bit of each is noise, that is enough.
    for (uint8_t round = 0; round < 128; round++) {
      uint16_t noise = jitter();
      pool.add(&noise, sizeof(noise));
    }
  }
  pool.fill(bytes, size);
}

bool loadKey(uint8_t (&key)[KeySize]) {
  AvrMemory memory;
  return KeyLog<AvrMemory>(memory).load(key);
}

bool storeKey(const uint8_t (&key)[KeySize]) {
  AvrMemory memory;
  return KeyLog<AvrMemory>(memory).store(key);
}

bool deepSleep(uint32_t) { return false; }

// A reset by the watchdog would be a real one, but the boot loader of older Nanos
// leaves it running, and resets for ever. So everything is switched off by hand, and
// the program begins again, as it does after its boot loader.
void restart() {
  cli();
  wdt_disable();
  for (uint16_t address = __SFR_OFFSET; address < RAMSTART; address++) {
    // Those of the processor itself are left alone, and so is what was measured in the
    // factory.
    if (address != _SFR_MEM_ADDR(SPL) && address != _SFR_MEM_ADDR(SPH) &&
        address != _SFR_MEM_ADDR(OSCCAL)) {
      _SFR_MEM8(address) = 0;
    }
  }
#if defined(__AVR_HAVE_JMP_CALL__)
  asm volatile("jmp 0");
#else
  asm volatile("rjmp 0");
#endif
  __builtin_unreachable();
}

} // namespace sensorboard

#endif
