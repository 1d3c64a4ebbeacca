// Stand-in for ESP-IDF.

#ifndef SENSORBOARD_CORES_ESP32_ESP_SLEEP_H
#define SENSORBOARD_CORES_ESP32_ESP_SLEEP_H

#include <stdint.h>

extern "C" {
void esp_deep_sleep(uint64_t time_in_us) __attribute__((__noreturn__));
}

#endif
