// ArduinoCore-API: the classes are in a namespace, and what pins can be are enums.

#ifndef SENSORBOARD_CORES_API_SKETCH_H
#define SENSORBOARD_CORES_API_SKETCH_H

// Outside of the namespace.
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PROGMEM
#define PGM_P const char *
#define PSTR(text) (text)
#define pgm_read_byte(address) (*reinterpret_cast<const uint8_t *>(address))

#define PI 3.1415926535897932384626433832795
#define SERIAL 0x0
#define DISPLAY 0x1
#define constrain(amt, low, high)                                                      \
  ((amt) < (low) ? (low) : ((amt) > (high) ? (high) : (amt)))
#define bit(b) (1UL << (b))
#define lowByte(w) ((uint8_t)((w)&0xff))
#define bitRead(value, bit) (((value) >> (bit)) & 0x01)

namespace arduino {

class __FlashStringHelper;

#include "../../stubs/Print.h"
#include "../../stubs/Printable.h"
// After those that it includes.
#include "../../stubs/Stream.h"

#include "../../stubs/IPAddress.h"

#include "../../stubs/Client.h"
#include "../../stubs/Udp.h"

} // namespace arduino

using namespace arduino;

typedef enum { LOW = 0, HIGH = 1, CHANGE = 2, FALLING = 3, RISING = 4 } PinStatus;
typedef enum {
  INPUT = 0x0,
  OUTPUT = 0x1,
  INPUT_PULLUP = 0x2,
  INPUT_PULLDOWN = 0x3,
  OUTPUT_OPENDRAIN = 0x4,
} PinMode;
typedef enum { LSBFIRST = 0, MSBFIRST = 1 } BitOrder;

typedef bool boolean;
typedef uint8_t byte;
typedef uint8_t pin_size_t;
typedef void (*voidFuncPtr)(void);

extern "C" {
unsigned long millis(void);
unsigned long micros(void);
void delay(unsigned long ms);
void yield(void);
void delayMicroseconds(unsigned int us);
void pinMode(pin_size_t pinNumber, PinMode pinMode);
void digitalWrite(pin_size_t pinNumber, PinStatus status);
PinStatus digitalRead(pin_size_t pinNumber);
int analogRead(pin_size_t pinNumber);
void analogWrite(pin_size_t pinNumber, int value);
void attachInterrupt(pin_size_t interruptNumber, voidFuncPtr callback, PinStatus mode);
void setup(void);
void loop(void);
}

// Compat.h.
namespace arduino {
inline void pinMode(pin_size_t pinNumber, int mode) {
  ::pinMode(pinNumber, static_cast<PinMode>(mode));
}
inline void digitalWrite(pin_size_t pinNumber, int status) {
  ::digitalWrite(pinNumber, static_cast<PinStatus>(status));
}
} // namespace arduino

unsigned long pulseIn(uint8_t pin, uint8_t state, unsigned long timeout = 1000000L);
long random(long);
long random(long, long);
long map(long, long, long, long, long);

// HardwareSerial of the API, and what the cores make of it.
class SerialPort : public Stream {
public:
  virtual void begin(unsigned long);
  virtual void begin(unsigned long baudrate, uint16_t config);
  virtual void end();
  int available() override;
  int read() override;
  int peek() override;
  int availableForWrite() override;
  size_t write(uint8_t) override;
  operator bool();
  using Print::write;
};

#endif
