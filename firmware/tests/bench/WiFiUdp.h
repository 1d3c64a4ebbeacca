// See WiFi.h.

#include <WiFi.h>
