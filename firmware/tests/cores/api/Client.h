// ArduinoCore-API has this under its old name (api/deprecated).

#ifndef SENSORBOARD_CORES_API_CLIENT_H
#define SENSORBOARD_CORES_API_CLIENT_H

#include <Arduino.h>

#endif
