// Host stand-in for the Arduino core's header of the same name.

#ifndef SENSORBOARD_STUBS_PRINTABLE_H
#define SENSORBOARD_STUBS_PRINTABLE_H

#include <stddef.h>

class Print;

class Printable {
public:
  virtual size_t printTo(Print &p) const = 0;
};

#endif
