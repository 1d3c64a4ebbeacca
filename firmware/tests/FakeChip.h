// The chip of a test: its key store and its randomness are the test's.

#ifndef SENSORBOARD_TESTS_FAKE_CHIP_H
#define SENSORBOARD_TESTS_FAKE_CHIP_H

#include <string>
#include <vector>

struct FakeChip {
  std::string id = "esp32-a0b1c2d3e4f5";
  std::string reset; // why it has started; empty: it cannot tell
  std::string key;   // 32 bytes, or none
  bool canStore = true;
  int stored = 0; // times

  bool canSleep = false;
  long slept = 0; // seconds, of the last time
  int restarts = 0;

  // What comes out before random numbers do: each is for one call.
  std::vector<std::string> random;
};

// The one that there is now.
FakeChip &chip();

#endif
