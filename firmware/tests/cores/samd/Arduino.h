// Stand-in for ArduinoCore-samd: cores/arduino, and what it includes of CMSIS.

#ifndef SENSORBOARD_CORES_SAMD_ARDUINO_H
#define SENSORBOARD_CORES_SAMD_ARDUINO_H

#include "../api/Sketch.h"

#define interrupts() static_cast<void>(0)
#define noInterrupts() static_cast<void>(0)
#define digitalPinToInterrupt(P) (P)
#define F(text) (reinterpret_cast<const __FlashStringHelper *>(PSTR(text)))

static const uint8_t A0 = 14;
static const uint8_t LED_BUILTIN = 13;

class Serial_ : public SerialPort {};
extern Serial_ SerialUSB;
#define Serial SerialUSB

void NVIC_SystemReset(void) __attribute__((__noreturn__));

#define FLASH_ADDR (0x00000000U)
#define FLASH_SIZE (0x00040000UL)

// component/adc.h, nvmctrl.h and sysctrl.h: the registers that are used. Here they are
// objects, so that the tests see what is done with them.
struct AdcInput {
  uint32_t reg;
};
struct AdcRange {
  uint8_t reg;
};
struct AdcControl {
  uint16_t reg;
};
struct AdcEnable {
  struct {
    uint8_t ENABLE;
  } bit;
};
struct AdcTrigger {
  struct {
    uint8_t START;
  } bit;
};
struct AdcFlags {
  uint8_t reg;
  struct {
    uint8_t RESRDY;
  } bit;
};
struct AdcStatus {
  struct {
    uint8_t SYNCBUSY;
  } bit;
};
struct AdcResult {
  // Each time that it is read, there is another one.
  struct Register {
    operator uint16_t() const;
  } reg;
};
struct Adc {
  AdcEnable CTRLA;
  AdcRange REFCTRL;
  AdcControl CTRLB;
  AdcTrigger SWTRIG;
  AdcInput INPUTCTRL;
  AdcFlags INTFLAG;
  AdcStatus STATUS;
  AdcResult RESULT;
};
extern Adc adc;
#define ADC (&adc)
#define ADC_CTRLB_PRESCALER_DIV32 (0x3ul << 8)
#define ADC_CTRLB_RESSEL_12BIT (0x0ul << 4)
#define ADC_INPUTCTRL_GAIN_1X (0x0ul << 24)
#define ADC_INPUTCTRL_MUXNEG_GND (0x18ul << 8)
#define ADC_INPUTCTRL_MUXPOS_TEMP (0x18ul << 0)
#define ADC_INTFLAG_RESRDY (0x1ul << 0)
#define ADC_REFCTRL_REFSEL_INT1V (0x0ul << 0)

struct Sysctrl {
  struct {
    uint32_t reg;
  } VREF;
};
extern Sysctrl sysctrl;
#define SYSCTRL (&sysctrl)
#define SYSCTRL_VREF_TSEN (0x1ul << 1)

// component/pm.h.
struct Pm {
  struct {
    uint8_t reg;
  } RCAUSE;
};
extern Pm pm;
#define PM (&pm)
#define PM_RCAUSE_POR (0x1ul << 0)
#define PM_RCAUSE_BOD12 (0x1ul << 1)
#define PM_RCAUSE_BOD33 (0x1ul << 2)
#define PM_RCAUSE_EXT (0x1ul << 4)
#define PM_RCAUSE_WDT (0x1ul << 5)
#define PM_RCAUSE_SYST (0x1ul << 6)

struct Nvmctrl {
  // What is written here is done at once.
  struct Command {
    struct Register {
      void operator=(uint16_t command);
    } reg;
  } CTRLA;
  struct {
    struct {
      uint32_t MANW;
    } bit;
  } CTRLB;
  struct {
    struct {
      uint8_t READY;
    } bit;
  } INTFLAG;
  struct {
    uint32_t reg;
  } ADDR;
};
extern Nvmctrl nvmctrl;
#define NVMCTRL (&nvmctrl)
#define NVMCTRL_CTRLA_CMDEX_KEY (0xa5ul << 8)
#define NVMCTRL_CTRLA_CMD_ER (0x2ul << 0)
#define NVMCTRL_CTRLA_CMD_WP (0x4ul << 0)
#define NVMCTRL_CTRLA_CMD_PBC (0x44ul << 0)

#endif
