// Stand-in for arduino-esp32: libraries/WiFi and Network.

#ifndef SENSORBOARD_CORES_ESP32_WIFI_H
#define SENSORBOARD_CORES_ESP32_WIFI_H

#include <Arduino.h>

#include <Client.h>
#include <IPAddress.h>

#define WIFI_OFF WIFI_MODE_NULL
#define WIFI_STA WIFI_MODE_STA

typedef enum {
  WL_NO_SHIELD = 255,
  WL_STOPPED = 254,
  WL_IDLE_STATUS = 0,
  WL_NO_SSID_AVAIL = 1,
  WL_SCAN_COMPLETED = 2,
  WL_CONNECTED = 3,
  WL_CONNECT_FAILED = 4,
  WL_CONNECTION_LOST = 5,
  WL_DISCONNECTED = 6,
} wl_status_t;
typedef enum { WIFI_MODE_NULL = 0, WIFI_MODE_STA, WIFI_MODE_AP } wifi_mode_t;
typedef enum {
  WPA2_AUTH_TLS = 0,
  WPA2_AUTH_PEAP = 1,
  WPA2_AUTH_TTLS = 2
} wpa2_auth_method_t;

class WiFiClass {
public:
  void persistent(bool persistent);
  static bool mode(wifi_mode_t);
  wl_status_t begin(const char *ssid, const char *passphrase = NULL,
                    int32_t channel = 0, const uint8_t *bssid = NULL,
                    bool connect = true);
  wl_status_t begin(const char *wpa2_ssid, wpa2_auth_method_t method,
                    const char *wpa2_identity = NULL, const char *wpa2_username = NULL,
                    const char *wpa2_password = NULL, const char *ca_pem = NULL,
                    const char *client_crt = NULL, const char *client_key = NULL,
                    int32_t channel = 0, const uint8_t *bssid = 0, bool connect = true);
  bool disconnect(bool wifioff = false, bool eraseap = false);
  bool setAutoReconnect(bool autoReconnect);
  wl_status_t status();
  uint8_t *macAddress(uint8_t *mac);
  IPAddress localIP();
  int8_t RSSI();
};

extern WiFiClass WiFi;

class WiFiClient : public Client {
public:
  WiFiClient();
  ~WiFiClient();
  int connect(IPAddress ip, uint16_t port) override;
  int connect(IPAddress ip, uint16_t port, int32_t timeout_ms);
  int connect(const char *host, uint16_t port) override;
  int connect(const char *host, uint16_t port, int32_t timeout_ms);
  size_t write(uint8_t data) override;
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
