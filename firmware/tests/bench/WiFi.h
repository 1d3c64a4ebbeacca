// The Wi-Fi of the bench: there at once, and as strong as it gets.

#ifndef SENSORBOARD_BENCH_WIFI_H
#define SENSORBOARD_BENCH_WIFI_H

#include <Arduino.h>

enum { WL_NO_SSID_AVAIL = 1, WL_CONNECTED = 3, WL_CONNECT_FAILED = 4 };
enum { WIFI_STA = 1 };
enum wpa2_auth_method_t { WPA2_AUTH_PEAP = 1 };

struct WiFiClass {
  void mode(int) {}
  void begin(const char *, const char *) {}
  void begin(const char *, wpa2_auth_method_t, const char *, const char *, const char *,
             const char *) {}
  int status() { return WL_CONNECTED; }
  int RSSI() { return -42; }
};
inline WiFiClass WiFi;

struct WiFiClient {};
struct WiFiUDP {};

#endif
