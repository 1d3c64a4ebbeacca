// Something that only some sketches want to have done in each loop.

#ifndef SENSORBOARD_TASK_H
#define SENSORBOARD_TASK_H

namespace sensorboard {

class Task {
public:
  virtual void loop() = 0;
};

} // namespace sensorboard

#endif
