// Stand-in for arduino-pico: cores/rp2040.

#ifndef SENSORBOARD_CORES_RP2040_ARDUINO_H
#define SENSORBOARD_CORES_RP2040_ARDUINO_H

#include "../api/Sketch.h"

extern "C" {
void interrupts();
void noInterrupts();
}
#define digitalPinToInterrupt(pin) (pin)
#define F(text) (reinterpret_cast<const __FlashStringHelper *>(PSTR(text)))

static const uint8_t A0 = 26;
static const uint8_t LED_BUILTIN = 64;

class SerialUSB : public SerialPort {};
extern SerialUSB Serial;

// RP2040Support.h.
class RP2040 {
public:
  void idleOtherCore();
  void resumeOtherCore();
  void reboot();
  uint32_t hwrand32();

  enum resetReason_t {
    UNKNOWN_RESET,
    PWRON_RESET,
    RUN_PIN_RESET,
    SOFT_RESET,
    WDT_RESET,
    DEBUG_RESET,
    GLITCH_RESET,
    BROWNOUT_RESET
  };
  resetReason_t getResetReason(void);
};

extern RP2040 rp2040;

#endif
