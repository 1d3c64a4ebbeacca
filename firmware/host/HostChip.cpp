// What the chip brings, where the chip is a program. Its key is in the file that
// SENSORBOARD_KEY_FILE names; without one it is kept only until the program ends.

#include <Arduino.h>

#include <sensorboard/Chip.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "Bench.h"

namespace sensorboard {

namespace {

void complain(const char *what) {
  fprintf(stderr, "Error: %s: %s\n", what, strerror(errno));
}

} // namespace

const __FlashStringHelper *manufacturer() { return nullptr; }
const __FlashStringHelper *model() { return F("Program"); }

// What SENSORBOARD_RESET says; after a restart by the sketch it is "software".
const __FlashStringHelper *resetReason() {
  return reinterpret_cast<const __FlashStringHelper *>(setting("RESET"));
}

void boardId(char (&id)[MaxIdSize + 1]) {
  snprintf(id, sizeof(id), "%s", setting("ID", "host-board"));
}

void randomBytes(uint8_t *bytes, size_t size) {
  static FILE *source = fopen("/dev/urandom", "rb");
  // A board that goes on without randomness has keys that anybody can guess.
  if (source == nullptr || fread(bytes, 1, size, source) != size) {
    complain("/dev/urandom");
    abort();
  }
}

bool loadKey(uint8_t (&key)[KeySize]) {
  const char *path = setting("KEY_FILE");
  FILE *file = path != nullptr ? fopen(path, "r") : nullptr;
  if (file == nullptr) {
    return false;
  }
  char text[2 * KeySize];
  bool isRead = fread(text, 1, sizeof(text), file) == sizeof(text);
  fclose(file);
  bool isKey = isRead && fromHex(text, sizeof(text), key);
  wipe(text, sizeof(text));
  return isKey;
}

bool storeKey(const uint8_t (&key)[KeySize]) {
  const char *path = setting("KEY_FILE");
  if (path == nullptr) {
    return true;
  }
  // The new one takes the place of the old when it is complete, for its owner alone.
  char unfinished[1024];
  int length = snprintf(unfinished, sizeof(unfinished), "%s.new", path);
  if (length < 0 || static_cast<size_t>(length) >= sizeof(unfinished)) {
    return false;
  }
  unlink(unfinished);
  int file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0) {
    complain(unfinished);
    return false;
  }
  char text[2 * KeySize + 1];
  toHex(key, text);
  text[2 * KeySize] = '\n';
  bool isWritten =
      write(file, text, sizeof(text)) == static_cast<ssize_t>(sizeof(text)) &&
      fsync(file) == 0;
  wipe(text, sizeof(text));
  bool isStored = close(file) == 0 && isWritten && rename(unfinished, path) == 0;
  if (!isStored) {
    complain(path);
  }
  return isStored;
}

bool deepSleep(uint32_t) { return false; }

void restart() {
  setenv("SENSORBOARD_RESET", "software", 1);
  restartProgram();
}

} // namespace sensorboard
