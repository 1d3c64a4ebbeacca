// Stand-in for ArduinoOTA as the cores for ESP32, ESP8266 and Pico W bring it, with
// their signatures (ArduinoOTA.h). They take any std::function: what compiles with a
// pointer to a function compiles there, too.

#ifndef __ARDUINO_OTA_H
#define __ARDUINO_OTA_H

#include <Arduino.h>

class ArduinoOTAClass {
public:
  typedef void (*THandlerFunction)();

  void setPort(uint16_t port) { (void)port; }
  void setHostname(const char *hostname) { (void)hostname; }
  void setPassword(const char *password) { (void)password; }
  void onStart(THandlerFunction fn) { (void)fn; }
  void onEnd(THandlerFunction fn) { (void)fn; }
#if defined(ARDUINO_ARCH_ESP32)
  void begin() { begun++; }
#else
  void begin(bool useMDNS = true) { (void)useMDNS, begun++; }
#endif
  void end() {}
  void handle() { handled++; }

  // How often a test has seen them called.
  int begun = 0;
  int handled = 0;
};

// The real one is defined in the library's own source.
static ArduinoOTAClass ArduinoOTA;

#endif
