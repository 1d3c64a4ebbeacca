// ArduinoCore-API has this under its old name (api/deprecated).

#ifndef SENSORBOARD_CORES_API_PRINT_H
#define SENSORBOARD_CORES_API_PRINT_H

#include <Arduino.h>

#endif
