// Stand-in for ESP-IDF.

#ifndef SENSORBOARD_CORES_ESP32_ESP_RANDOM_H
#define SENSORBOARD_CORES_ESP32_ESP_RANDOM_H

#include <stddef.h>
#include <stdint.h>

extern "C" {
uint32_t esp_random(void);
void esp_fill_random(void *buf, size_t len);
}

#endif
