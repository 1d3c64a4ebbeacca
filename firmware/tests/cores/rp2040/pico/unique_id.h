// Stand-in for the Pico's SDK.

#ifndef SENSORBOARD_CORES_RP2040_PICO_UNIQUE_ID_H
#define SENSORBOARD_CORES_RP2040_PICO_UNIQUE_ID_H

#include <stdint.h>

#define PICO_UNIQUE_BOARD_ID_SIZE_BYTES 8

typedef struct {
  uint8_t id[PICO_UNIQUE_BOARD_ID_SIZE_BYTES];
} pico_unique_board_id_t;

extern "C" void pico_get_unique_board_id(pico_unique_board_id_t *id_out);

#endif
