#include "Decimal.h"

#include <float.h>

namespace sensorboard {

namespace {

constexpr uint8_t MaxDecimals = 6; // what Home Assistant takes as a precision

// The largest mantissa that is a double, too, and the largest with which a double still
// tells one from the next. On AVR a double is a float.
constexpr double Largest =
    sizeof(Decimal::Mantissa) == sizeof(int32_t) ? 2147483520.0 : 9223372036854774784.0;
constexpr double LargestExact = 1 / (sizeof(Decimal::Mantissa) == sizeof(int32_t)
                                         ? static_cast<double>(FLT_EPSILON)
                                         : static_cast<double>(DBL_EPSILON));

} // namespace

void Decimal::set(double value, Point decimals) {
  mantissa = 0;
  point = NoNumber;
  if (!isfinite(value)) {
    return;
  }
  double magnitude = fabs(value);
  Point decimal = 0;
  for (; magnitude > Largest; decimal--) {
    magnitude /= 10;
  }
  for (; decimal >= 0 && decimal < decimals && decimal < MaxDecimals &&
         magnitude <= LargestExact / 10;
       decimal++) {
    magnitude *= 10;
  }
  point = decimal;
  // Adding a half would round twice where a double has no halves any more.
  mantissa =
      static_cast<Mantissa>((static_cast<Magnitude>(magnitude + magnitude) + 1) >> 1);
  if (value < 0) {
    mantissa = -mantissa;
  }
}

Decimal Decimal::of(float value) {
  Point decimals = MaxDecimals;
#if !defined(__AVR__) // there, a double is none but a float
  constexpr float largest = 1 / static_cast<float>(FLT_EPSILON); // that is exact
  for (float magnitude = fabsf(value) * 1e6f; decimals > 0 && magnitude > largest;
       decimals--) {
    magnitude /= 10;
  }
#endif
  return from(static_cast<double>(value), decimals);
}

void Decimal::shorten() {
  while (point > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    point--;
  }
}

void Decimal::lengthen(Point decimals) {
  while (point >= 0 && point < decimals && point < MaxDecimals &&
         fabs(static_cast<double>(mantissa)) <= LargestExact / 10) {
    mantissa *= 10;
    point++;
  }
}

double Decimal::value() const {
  if (!isNumber()) {
    return NAN;
  }
  double power = 1;
  for (int i = point < 0 ? -point : point; i > 0; i--) {
    power *= 10;
  }
  double number = static_cast<double>(mantissa);
  return point < 0 ? number * power : number / power;
}

} // namespace sensorboard
