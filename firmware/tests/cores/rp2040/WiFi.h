// Stand-in for arduino-pico: libraries/WiFi.

#ifndef SENSORBOARD_CORES_RP2040_WIFI_H
#define SENSORBOARD_CORES_RP2040_WIFI_H

#include <Arduino.h>

#include <Client.h>
#include <IPAddress.h>

typedef enum {
  WL_NO_SHIELD = 255,
  WL_NO_MODULE = WL_NO_SHIELD,
  WL_IDLE_STATUS = 0,
  WL_NO_SSID_AVAIL,
  WL_SCAN_COMPLETED,
  WL_CONNECTED,
  WL_CONNECT_FAILED,
  WL_CONNECTION_LOST,
  WL_DISCONNECTED,
  WL_AP_LISTENING,
  WL_AP_CONNECTED,
  WL_AP_FAILED
} wl_status_t;
enum WiFiMode_t { WIFI_OFF = 0, WIFI_STA = 1, WIFI_AP = 2, WIFI_AP_STA = 3 };

class WiFiClass {
public:
  void mode(WiFiMode_t m);
  int begin(const char *ssid);
  int begin(const char *ssid, const char *passphrase, const uint8_t *bssid = nullptr);
  bool connected();
  int disconnect(bool wifi_off = false);
  uint8_t *macAddress(uint8_t *mac);
  IPAddress localIP();
  int32_t RSSI();
  uint8_t status();
  void setTimeout(unsigned long timeout);
};

extern WiFiClass WiFi;

class WiFiClient : public Client {
public:
  WiFiClient();
  int connect(IPAddress ip, uint16_t port) override;
  int connect(const char *host, uint16_t port) override;
  size_t write(uint8_t) override;
  size_t write(const uint8_t *buf, size_t size) override;
  int available() override;
  int read() override;
  int read(uint8_t *buf, size_t size) override;
  int peek() override;
  void flush() override;
  void stop() override;
  uint8_t connected() override;
  operator bool() override;
  using Print::write;
};

#endif
