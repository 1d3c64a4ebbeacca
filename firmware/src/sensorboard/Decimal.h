// Numbers as they are written: 21.50 is 2150, with 2 of its digits behind the point.

#ifndef SENSORBOARD_DECIMAL_H
#define SENSORBOARD_DECIMAL_H

#include <Arduino.h>

namespace sensorboard {

struct Decimal {
#if defined(__AVR__)
  typedef int32_t Mantissa;
  typedef uint32_t Magnitude;
  typedef int8_t Point; // a double has 32 bits
  static constexpr Point NoNumber = INT8_MAX;
#else
  typedef int64_t Mantissa;
  typedef uint64_t Magnitude;
  typedef int16_t Point;
  static constexpr Point NoNumber = INT16_MAX;
#endif

  // Rounds to so many decimals (6 at most), or fewer if the digits are too many: a
  // negative point stands for zeros. What is infinite is no number.
  void set(double value, Point decimals);
  static Decimal from(double value, Point decimals) {
    Decimal result;
    result.set(value, decimals);
    return result;
  }

  // All that a float tells: fewer decimals than 6 where it is large, so that 0.3 is not
  // 0.300000012.
  static Decimal of(float value);

  bool isNumber() const { return point != NoNumber; }

  // NaN if it is no number.
  double value() const;

  // Without the zeros at its end that say nothing; with as many as if it had been
  // rounded to so many decimals.
  void shorten();
  void lengthen(Point decimals);

  Mantissa mantissa;
  Point point;
};

// What a sketch means by a number: a float is as short as it was written, 21.3 and not
// 21.299999.
template <typename Number> double meant(Number value) {
  return static_cast<double>(value);
}
#if !defined(__AVR__) // there, a double is none but a float
template <> inline double meant(float value) { return Decimal::of(value).value(); }
#endif

} // namespace sensorboard

#endif
