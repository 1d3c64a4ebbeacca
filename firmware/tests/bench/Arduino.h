// A bench for sketches: the pins of a board, whose voltages a test sets. The names are
// those of Arduino's cores, as many as the examples use; bench.cpp is behind them.

#ifndef SENSORBOARD_BENCH_ARDUINO_H
#define SENSORBOARD_BENCH_ARDUINO_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOW 0
#define HIGH 1
#define INPUT 0
#define OUTPUT 1
#define INPUT_PULLUP 2
#define FALLING 2
#define LED_BUILTIN 13

enum : uint8_t { A0 = 50 };

// The pins that have a name of their own on a NodeMCU, by the chip's numbers.
enum : uint8_t { D1 = 5, D2 = 4, D5 = 14, D6 = 12, D7 = 13 };

#if defined(ARDUINO_ARCH_ESP32)
#define RTC_NOINIT_ATTR __attribute__((section("kept")))
#define IRAM_ATTR
#endif

unsigned long millis();
void delay(unsigned long ms);
void delayMicroseconds(unsigned int us);
void pinMode(int pin, int mode);
void digitalWrite(int pin, int level);
int digitalRead(int pin);
void analogWrite(int pin, int value);
unsigned long pulseIn(int pin, int level, unsigned long timeout);
void attachInterrupt(int interrupt, void (*act)(), int mode);
inline int digitalPinToInterrupt(int pin) { return pin; }
void noInterrupts();
void interrupts();

// Only what the board has: a sketch that reads an ESP32's ADC like an Uno's does not
// compile here.
#if defined(ARDUINO_ARCH_ESP32)
uint32_t analogReadMilliVolts(uint8_t pin);
#else
int analogRead(int pin);
#endif

struct SerialPort {
  void begin(unsigned long) {}
  template <typename... Values> void printf(const char *format, Values... values) {
    ::fprintf(stderr, format, values...);
  }
  void print(char c) { ::fputc(c, stderr); }
  void println(const char *text = "") { ::fprintf(stderr, "%s\n", text); }
};
inline SerialPort Serial;

#endif
