// Host stand-in for the Arduino core's header of the same name, without the methods
// that wait for input: the library must not use them.

#ifndef SENSORBOARD_STUBS_STREAM_H
#define SENSORBOARD_STUBS_STREAM_H

#include "Print.h"

class Stream : public Print {
public:
  virtual int available() = 0;
  virtual int read() = 0;
  virtual int peek() = 0;

  void setTimeout(unsigned long timeout) { timeout_ = timeout; }
  unsigned long getTimeout() { return timeout_; }

private:
  unsigned long timeout_ = 1000;
};

#endif
