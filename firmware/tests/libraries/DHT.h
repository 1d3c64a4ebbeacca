// Stand-in for Adafruit's "DHT sensor library", with the signatures of 1.4.6 (DHT.h).

#ifndef DHT_H
#define DHT_H

#include <Arduino.h>

static const uint8_t DHT11{11};
static const uint8_t DHT22{22};

class DHT {
public:
  DHT(uint8_t pin, uint8_t type, uint8_t count = 6) {
    (void)pin, (void)type, (void)count;
  }
  void begin(uint8_t usec = 55) { (void)usec; }
  float readTemperature(bool S = false, bool force = false) {
    (void)S, (void)force;
    return temperatureNow;
  }
  float readHumidity(bool force = false) {
    (void)force;
    return humidityNow;
  }

  // What a test makes it measure: NaN is what the library gives for a sensor that does
  // not answer.
  float temperatureNow = 21;
  float humidityNow = 40;
};

#endif
