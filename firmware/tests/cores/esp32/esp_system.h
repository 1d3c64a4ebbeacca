// Stand-in for ESP-IDF. Version 4 has the random numbers in here.

#ifndef SENSORBOARD_CORES_ESP32_ESP_SYSTEM_H
#define SENSORBOARD_CORES_ESP32_ESP_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1

// Version 5.2 has more of them.
typedef enum {
  ESP_RST_UNKNOWN,
  ESP_RST_POWERON,
  ESP_RST_EXT,
  ESP_RST_SW,
  ESP_RST_PANIC,
  ESP_RST_INT_WDT,
  ESP_RST_TASK_WDT,
  ESP_RST_WDT,
  ESP_RST_DEEPSLEEP,
  ESP_RST_BROWNOUT,
  ESP_RST_SDIO,
} esp_reset_reason_t;

extern "C" esp_reset_reason_t esp_reset_reason(void);

#endif
