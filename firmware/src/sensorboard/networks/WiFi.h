// Joins a Wi-Fi, on the boards that have one: sensorboard::WiFiNetwork, where
// SENSORBOARD_HAS_WIFI is defined.
//
// A sketch that does not use the board's Wi-Fi says so before it includes SensorBoard.h
// with SENSORBOARD_NO_WIFI: then the core's Wi-Fi library is not compiled either.
//
// The class has two constructors. Texts stay where they are; a password of nullptr or
// "" is that of an open network.
//
//   WiFiNetwork(const char *ssid, const char *password);
//
//   // Connections are made with this client in place of a plain one: with one for TLS
//   // to which the sketch has given its certificate authority, for instance.
//   WiFiNetwork(const char *ssid, const char *password, Client &client);

#ifndef SENSORBOARD_NETWORKS_WIFI_H
#define SENSORBOARD_NETWORKS_WIFI_H

#include <Arduino.h>

#if defined(SENSORBOARD_NO_WIFI)

#elif defined(ARDUINO_ARCH_ESP32)
#define SENSORBOARD_HAS_WIFI
#include "Esp32WiFi.h"

#elif defined(ARDUINO_ARCH_ESP8266)
#define SENSORBOARD_HAS_WIFI
#include "Esp8266WiFi.h"

#elif defined(ARDUINO_UNOR4_WIFI)
#define SENSORBOARD_HAS_WIFI
#include "UnoR4WiFi.h"

#elif defined(ARDUINO_SAMD_NANO_33_IOT) || defined(ARDUINO_SAMD_MKRWIFI1010) ||        \
    defined(ARDUINO_SAMD_MKRVIDOR4000)
#define SENSORBOARD_HAS_WIFI
#include "NinaWiFi.h"

#elif defined(ARDUINO_ARCH_RP2040) && defined(PICO_CYW43_SUPPORTED)
#define SENSORBOARD_HAS_WIFI
#include "PicoWiFi.h"
#endif

#endif
