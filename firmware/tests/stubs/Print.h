// Host stand-in for the Arduino core's header of the same name. There is no String.

#ifndef SENSORBOARD_STUBS_PRINT_H
#define SENSORBOARD_STUBS_PRINT_H

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "Printable.h"

#define DEC 10
#define HEX 16
#define OCT 8
#define BIN 2

class __FlashStringHelper;

class Print {
public:
  Print() : writeError_(0) {}

  int getWriteError() { return writeError_; }
  void clearWriteError() { setWriteError(0); }

  virtual size_t write(uint8_t) = 0;
  size_t write(const char *text) {
    return text == nullptr ? 0 : write(text, strlen(text));
  }
  virtual size_t write(const uint8_t *buffer, size_t size);
  size_t write(const char *buffer, size_t size) {
    return write(reinterpret_cast<const uint8_t *>(buffer), size);
  }

  virtual int availableForWrite() { return 0; }
  virtual void flush() {}

  size_t print(const __FlashStringHelper *);
  size_t print(const char[]);
  size_t print(char);
  size_t print(unsigned char, int = DEC);
  size_t print(int, int = DEC);
  size_t print(unsigned int, int = DEC);
  size_t print(long, int = DEC);
  size_t print(unsigned long, int = DEC);
  size_t print(double, int = 2);
  size_t print(const Printable &);

  size_t println(const __FlashStringHelper *);
  size_t println(const char[]);
  size_t println(char);
  size_t println(unsigned char, int = DEC);
  size_t println(int, int = DEC);
  size_t println(unsigned int, int = DEC);
  size_t println(long, int = DEC);
  size_t println(unsigned long, int = DEC);
  size_t println(double, int = 2);
  size_t println(const Printable &);
  size_t println();

protected:
  void setWriteError(int error = 1) { writeError_ = error; }

private:
  size_t printNumber(unsigned long value, int base);

  int writeError_;
};

#endif
