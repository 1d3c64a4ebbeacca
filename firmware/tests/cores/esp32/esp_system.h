// Stand-in for ESP-IDF. Version 4 has the random numbers in here.

#ifndef SENSORBOARD_CORES_ESP32_ESP_SYSTEM_H
#define SENSORBOARD_CORES_ESP32_ESP_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1

#endif
