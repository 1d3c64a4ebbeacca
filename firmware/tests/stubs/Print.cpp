#include "Arduino.h"

#include <math.h>

size_t Print::write(const uint8_t *buffer, size_t size) {
  size_t written = 0;
  while (written < size && write(buffer[written]) == 1) {
    written++;
  }
  return written;
}

size_t Print::print(const __FlashStringHelper *text) { return write(fromFlash(text)); }

size_t Print::print(const char text[]) { return write(text); }

size_t Print::print(char c) { return write(static_cast<uint8_t>(c)); }

size_t Print::print(unsigned char value, int base) {
  return print(static_cast<unsigned long>(value), base);
}

size_t Print::print(int value, int base) {
  return print(static_cast<long>(value), base);
}

size_t Print::print(unsigned int value, int base) {
  return print(static_cast<unsigned long>(value), base);
}

size_t Print::print(long value, int base) {
  if (base != DEC || value >= 0) {
    return printNumber(static_cast<unsigned long>(value), base);
  }
  return print('-') + printNumber(0UL - static_cast<unsigned long>(value), base);
}

size_t Print::print(unsigned long value, int base) { return printNumber(value, base); }

// As on the boards: what is too large for 32 bits is not printed as a number.
size_t Print::print(double value, int digits) {
  if (isnan(value)) {
    return print("nan");
  }
  if (isinf(value)) {
    return print("inf");
  }
  if (fabs(value) > 4294967040.0) {
    return print("ovf");
  }
  size_t size = 0;
  if (value < 0) {
    size += print('-');
    value = -value;
  }
  double half = 0.5;
  for (int i = 0; i < digits; i++) {
    half /= 10;
  }
  value += half;
  unsigned long whole = static_cast<unsigned long>(value);
  size += print(whole);
  if (digits > 0) {
    size += print('.');
  }
  for (double rest = value - static_cast<double>(whole); digits > 0; digits--) {
    rest *= 10;
    int digit = static_cast<int>(rest);
    size += print(digit);
    rest -= digit;
  }
  return size;
}

size_t Print::print(const Printable &value) { return value.printTo(*this); }

size_t Print::println() { return write("\r\n"); }
size_t Print::println(const __FlashStringHelper *v) { return print(v) + println(); }
size_t Print::println(const char v[]) { return print(v) + println(); }
size_t Print::println(char v) { return print(v) + println(); }
size_t Print::println(unsigned char v, int base) { return print(v, base) + println(); }
size_t Print::println(int v, int base) { return print(v, base) + println(); }
size_t Print::println(unsigned int v, int base) { return print(v, base) + println(); }
size_t Print::println(long v, int base) { return print(v, base) + println(); }
size_t Print::println(unsigned long v, int base) { return print(v, base) + println(); }
size_t Print::println(double v, int digits) { return print(v, digits) + println(); }
size_t Print::println(const Printable &v) { return print(v) + println(); }

size_t Print::printNumber(unsigned long value, int base) {
  char digits[8 * sizeof(value)];
  size_t count = 0;
  do {
    char digit = static_cast<char>(value % static_cast<unsigned>(base));
    digits[count++] = static_cast<char>(digit < 10 ? '0' + digit : 'A' + digit - 10);
    value /= static_cast<unsigned>(base);
  } while (value > 0);
  size_t size = 0;
  while (count > 0) {
    size += print(digits[--count]);
  }
  return size;
}
