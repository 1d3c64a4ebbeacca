#include "Bench.h"

#include <Arduino.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

HostSerial Serial;

namespace {

constexpr size_t Pins = 64;
// A centimetre there and back takes an echo so many microseconds.
constexpr double EchoPerCentimetre = 2 / 0.0343;

char **program = nullptr;

double voltages[Pins]; // mV
double steps[Pins];    // each time that it is read
double tops[Pins];
int levels[Pins];  // that they are held at
int outputs[Pins]; // what the sketch has made of them
int shown[Pins];
bool isHeld[Pins];
bool isPulledUp[Pins];
double echo = 0; // cm
bool isWiFiThere = true;
bool isWatched = false;
bool isAsked = false;
bool isRestartDue = false;

char line[100];
size_t lineLength = 0;

bool isPin(int pin) { return pin >= 0 && pin < static_cast<int>(Pins); }

// False if the program is to end.
bool obey(const char *command) {
  int pin, value;
  double number, top;
  if (sscanf(command, "adc %d %lf", &pin, &number) == 2 && isPin(pin)) {
    voltages[pin] = number;
  } else if (sscanf(command, "step %d %lf %lf", &pin, &number, &top) == 3 &&
             isPin(pin)) {
    steps[pin] = number;
    tops[pin] = top;
  } else if (sscanf(command, "pin %d %d", &pin, &value) == 2 && isPin(pin)) {
    levels[pin] = value != 0;
    isHeld[pin] = true;
  } else if (sscanf(command, "echo %lf", &number) == 1) {
    echo = number;
  } else if (sscanf(command, "wifi %d", &value) == 1) {
    isWiFiThere = value != 0;
  } else if (sscanf(command, "watch %d", &value) == 1) {
    isWatched = value != 0;
  } else if (strcmp(command, "restart") == 0) {
    isRestartDue = true;
  } else if (strcmp(command, "status") == 0) {
    isAsked = true;
  } else if (strcmp(command, "quit") == 0) {
    return false;
  } else if (*command != '\0') {
    fprintf(stderr, "The bench knows no \"%s\".\n", command);
  }
  return true;
}

bool obeyLines(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] != '\n') {
      // What is too long is none, whatever it begins with.
      if (lineLength < sizeof(line)) {
        line[lineLength++] = text[i];
      }
      continue;
    }
    bool fits = lineLength < sizeof(line);
    line[fits ? lineLength : 0] = '\0';
    lineLength = 0;
    if (!obey(line)) {
      return false;
    }
  }
  return true;
}

void output(uint8_t pin, int value) {
  if (isPin(pin)) {
    outputs[pin] = value;
  }
}

// Adds to a text, as far as there is room.
template <size_t Size, typename... Values>
void add(char (&text)[Size], size_t &length, const char *format, Values... values) {
  int count = snprintf(text + length, Size - length, format, values...);
  length = count < 0 ? length : length + static_cast<size_t>(count);
  length = length < Size ? length : Size - 1;
}

// Not what was only a pulse.
void showOutputs() {
  for (size_t pin = 0; pin < Pins; pin++) {
    if (outputs[pin] != shown[pin]) {
      shown[pin] = outputs[pin];
      printf("pin %zu %d\n", pin, shown[pin]);
      fflush(stdout);
    }
  }
}

} // namespace

bool tendBench(int ms) {
  showOutputs();
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, ms) <= 0) {
    return true;
  }
  char text[500];
  ssize_t count = read(STDIN_FILENO, text, sizeof(text));
  bool goesOn = (count < 0 && errno == EINTR) ||
                (count > 0 && obeyLines(text, static_cast<size_t>(count)));
  if (goesOn && isRestartDue) {
    setenv("SENSORBOARD_RESET", "external", 1);
    restartProgram();
  }
  return goesOn;
}

bool isStatusWanted() {
  bool was = isAsked;
  isAsked = false;
  return was;
}

bool hasWiFi() { return isWiFiThere; }

void prepareBench(char **arguments) {
  program = arguments;
  for (const char *start = setting("BENCH", ""); *start != '\0';) {
    size_t length = strcspn(start, "\n");
    obeyLines(start, length);
    obeyLines("\n", 1);
    start += length + (start[length] != '\0');
  }
}

void restartProgram() {
  fflush(stdout);
  char lines[Pins * 100] = "";
  size_t length = 0;
  for (size_t pin = 0; pin < Pins; pin++) {
    if (voltages[pin] > 0) {
      add(lines, length, "adc %zu %f\n", pin, voltages[pin]);
    }
    if (tops[pin] > 0) {
      add(lines, length, "step %zu %f %f\n", pin, steps[pin], tops[pin]);
    }
    if (isHeld[pin]) {
      add(lines, length, "pin %zu %d\n", pin, levels[pin]);
    }
  }
  add(lines, length, "echo %f\nwifi %d\nwatch %d\n", echo, isWiFiThere, isWatched);
  setenv("SENSORBOARD_BENCH", lines, 1);
  execv("/proc/self/exe", program);
  perror("Error: the program does not start anew");
  exit(1);
}

const char *setting(const char *name, const char *otherwise) {
  char whole[50];
  snprintf(whole, sizeof(whole), "SENSORBOARD_%s", name);
  const char *value = getenv(whole);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

long settingNumber(const char *name, long otherwise) {
  const char *value = setting(name);
  return value != nullptr ? atol(value) : otherwise;
}

size_t HostSerial::write(const uint8_t *bytes, size_t size) {
  size_t written = fwrite(bytes, 1, size, stdout);
  if (size > 0 && bytes[size - 1] == '\n') {
    fflush(stdout);
  }
  return written;
}

void pinMode(uint8_t pin, uint8_t mode) {
  if (isPin(pin)) {
    isPulledUp[pin] = mode == INPUT_PULLUP;
  }
}

void digitalWrite(uint8_t pin, uint8_t value) { output(pin, value ? 1 : 0); }

void analogWrite(uint8_t pin, int value) { output(pin, value); }

int digitalRead(uint8_t pin) {
  return isPin(pin) ? isHeld[pin] ? levels[pin] : isPulledUp[pin] : 0;
}

uint32_t analogReadMilliVolts(uint8_t pin) {
  if (!isPin(pin)) {
    return 0;
  }
  uint32_t value = static_cast<uint32_t>(voltages[pin] + 0.5);
  if (isWatched) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    printf("read %u %u at %lld.%03ld\n", pin, value, static_cast<long long>(now.tv_sec),
           now.tv_nsec / 1000000);
    fflush(stdout);
  }
  if (tops[pin] > 0) {
    voltages[pin] = fmod(voltages[pin] + steps[pin], tops[pin]);
  }
  return value;
}

unsigned long pulseIn(uint8_t, uint8_t, unsigned long timeout) {
  unsigned long length = static_cast<unsigned long>(echo * EchoPerCentimetre + 0.5);
  return length < timeout ? length : 0;
}

void delayMicroseconds(unsigned int) {}
