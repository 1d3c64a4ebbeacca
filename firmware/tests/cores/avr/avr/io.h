// Stand-in for avr-libc: an ATmega328P.

#ifndef SENSORBOARD_CORES_AVR_IO_H
#define SENSORBOARD_CORES_AVR_IO_H

#include <stdint.h>

#define __AVR_HAVE_JMP_CALL__ 1

#define E2END 0x3FF
#define RAMSTART 0x100

#define WDP0 0
#define WDP1 1
#define WDP2 2
#define WDE 3
#define WDCE 4
#define WDP3 5
#define WDIE 6
#define WDIF 7

// The watchdog's register: its time is up after a while that is never quite the same.
struct WatchdogRegister {
  void operator=(uint8_t value);
  operator uint8_t();
};
extern WatchdogRegister watchdogRegister;
#define WDTCSR watchdogRegister

extern volatile uint8_t statusRegister;
#define SREG statusRegister

// All others are memory.
extern uint8_t registers[RAMSTART];
#define __SFR_OFFSET 0x20
#define _SFR_MEM8(address) (registers[address])
#define _SFR_MEM_ADDR(name) (name)
#define SPL 0x5d
#define SPH 0x5e
#define OSCCAL 0x66

#endif
