// ArduinoCore-API has this under its old name (api/deprecated).

#ifndef SENSORBOARD_CORES_API_IPADDRESS_H
#define SENSORBOARD_CORES_API_IPADDRESS_H

#include <Arduino.h>

#endif
