// A board whose chip's memory is in this one's, and whose power can go at any time.

#ifndef SENSORBOARD_CORES_BOARD_H
#define SENSORBOARD_CORES_BOARD_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <map>
#include <string>
#include <vector>

namespace board {

// What Core.cpp of each core says.

// What its id begins with, and how long it is.
extern const char *const prefix;
extern const size_t idSize;

// Whether its key is in a single sector.
extern const bool hasOneSector;

// Why it can have started, as the core or the chip says it, and the word for that.
struct Reset {
  int what;
  const char *word; // nullptr: nothing is said
};
extern const std::vector<Reset> resets;

// The word that is said after such a start.
const char *wordAfter(int what);

// Makes the board as it comes from the factory.
void reset();

// What stays when the power goes, by names of the core's own; flash is not in it.
typedef std::map<std::string, std::string> Memory;
extern Memory memory;

// All that stays, with the flash.
Memory save();
void restore(const Memory &all);

// The power: it goes when so many steps of writing were done; never, if that is -1.
extern long stepsLeft;
extern bool hasErased; // since it was last set to false

// Does something, until it ends or the power goes: false.
bool run(void (*what)());

// What Core.cpp calls for each step that changes memory. Does not come back if the
// power has gone; the step is half done then.
void step(void (*half)(void *), void *context);

// Flash as chips have it: writing can only clear bits, a page is written at once, and
// what is erased is a sector. There can be one.
class Flash {
public:
  Flash(uint8_t *bytes, size_t size, size_t page, size_t sector);

  void reset();
  void read(size_t at, void *data, size_t size) const;
  void write(size_t at, const void *data, size_t size);
  void erase(size_t at);

  std::string save() const;
  void restore(const std::string &bytes);

private:
  uint8_t *const bytes_;
  const size_t size_;
  const size_t page_;
  const size_t sector_;
};

// Something that is never twice the same, for what measures noise.
uint32_t noise();

} // namespace board

#endif
