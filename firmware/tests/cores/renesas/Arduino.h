// Stand-in for ArduinoCore-renesas: cores/arduino, and what it includes of Renesas's
// FSP.

#ifndef SENSORBOARD_CORES_RENESAS_ARDUINO_H
#define SENSORBOARD_CORES_RENESAS_ARDUINO_H

#include "../api/Sketch.h"

#define interrupts() static_cast<void>(0)
#define noInterrupts() static_cast<void>(0)
pin_size_t digitalPinToInterrupt(pin_size_t pin);

#undef F
template <typename T1> auto F(T1 &&A) -> const arduino::__FlashStringHelper * {
  return (const arduino::__FlashStringHelper *)A;
}

static const uint8_t A0 = 14;
static const uint8_t LED_BUILTIN = 13;

class UART : public SerialPort {};
extern UART _UART1_;
#define Serial _UART1_

typedef enum { FSP_SUCCESS = 0, FSP_ERR_ASSERTION = 1 } fsp_err_t;

typedef union {
  uint32_t unique_id_words[4];
  uint8_t unique_id_bytes[16];
} bsp_unique_id_t;
const bsp_unique_id_t *R_BSP_UniqueIdGet(void);

// R7FA4M1AB.h: the flags of resets.
struct R_SYSTEM_Type {
  union {
    uint8_t RSTSR0;
    struct {
      uint8_t PORF : 1;
      uint8_t LVD0RF : 1;
      uint8_t LVD1RF : 1;
      uint8_t LVD2RF : 1;
      uint8_t : 3;
      uint8_t DPSRSTF : 1;
    } RSTSR0_b;
  };
  union {
    uint16_t RSTSR1;
    struct {
      uint16_t IWDTRF : 1;
      uint16_t WDTRF : 1;
      uint16_t SWRF : 1;
      uint16_t : 13;
    } RSTSR1_b;
  };
};
extern R_SYSTEM_Type systemRegisters;
#define R_SYSTEM (&systemRegisters)

void NVIC_SystemReset(void) __attribute__((__noreturn__));

#endif
