#include "Link.h"

namespace sensorboard {

bool Link::send(void (*writeTo)(Print &out, void *context), void *context) {
  CountingPrint counter;
  writeTo(counter, context);
  if (!sendBegin(counter.count())) {
    return false;
  }
  writeTo(*this, context);
  return sendEnd();
}

} // namespace sensorboard
