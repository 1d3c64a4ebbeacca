// Stand-in for the "Adafruit BMP085 Library", with the signatures of 1.2.4
// (Adafruit_BMP085.h), but for the I2C that begin() can be given.

#ifndef ADAFRUIT_BMP085_H
#define ADAFRUIT_BMP085_H

#include <Arduino.h>

#define BMP085_ULTRAHIGHRES 3

class Adafruit_BMP085 {
public:
  Adafruit_BMP085() {}
  bool begin(uint8_t mode = BMP085_ULTRAHIGHRES) {
    (void)mode;
    return isThere;
  }
  float readTemperature(void) { return temperatureNow; }
  int32_t readPressure(void) { return pressureNow; }

  // What a test makes it measure.
  bool isThere = true;
  float temperatureNow = 20.5f;
  int32_t pressureNow = 101325;
};

#endif
