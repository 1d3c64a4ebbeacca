// An Arduino Uno without the Uno: an ATmega328P on libsimavr, in real time, with its USB
// port as a pseudo-terminal.
//
//   uno FIRMWARE.bin [--boot SECONDS] [--eeprom FILE] [--trigger PIN] [--echo PIN]
//
// It says on standard output, a line each:
//
//   port /dev/pts/4     where the USB port is
//   opened, closed      somebody has the port, or nobody any more
//   reset               the sketch begins anew (after --boot seconds, 1.6)
//   pin 13 1            a pin is driven high or low ("pin 13 -": not any more)
//   pwm 9 128           what analogWrite() has set
//   memory 1003         the answer to "memory": bytes of RAM that were never written
//   crashed             the program has run off the rails; the emulator ends
//   error …             a line that it could not use
//
// and takes on standard input:
//
//   adc 0 755           millivolts at A0
//   pin 5 1             something holds pin 5 high ("pin 5 -": nothing does)
//   echo 150.2          an HC-SR04 that sees something at so many centimeters
//                       ("echo far": nothing in sight; "echo -": it is not connected)
//   reset, memory, quit
//
// The end of standard input is the same as "quit": nothing is left behind.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_eeprom.h>
#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_time.h>

enum {
  Frequency = 16000000,
  CyclesPerSlice = Frequency / 1000, // a slice is 1 ms
  Flash = 32768 - 512,               // the boot loader has the rest
  RamStart = 0x100,
  RamSize = 2048,
  EepromSize = 1024,
  Pins = 20,
  // Registers of the ATmega328P, as addresses in its memory.
  Ucsr0a = 0xC0,
  Ucsr0b = 0xC1,
  Ubrr0 = 0xC4,
  Udr0 = 0xC6,
  Wdtcsr = 0x60,
  WatchdogFlag = 0x80,
  WatchdogVector = 6,
  // What RAM is filled with, to see how much of it is used.
  Fresh = 0xC5,
};

// The timers' outputs: where it is told that a pin has one, and how much of it.
static const struct {
  uint8_t pin, control, shift, compare;
} pwms[] = {
    {3, 0xB0, 4, 0xB4}, {5, 0x44, 4, 0x48},  {6, 0x44, 6, 0x47},
    {9, 0x80, 6, 0x88}, {10, 0x80, 4, 0x8A}, {11, 0xB0, 6, 0xB3},
};

static avr_t *avr;
static uint8_t program[Flash];
static uint32_t programSize;
static bool wasReset;     // by whatever: the pins and the boot loader are still to be done
static unsigned bootMs = 1600;
static unsigned bootLeft; // ms until the sketch begins

static void complain(const char *what) {
  printf("error %s\n", what);
  fflush(stdout);
}

// Pins

static avr_irq_t *pinIrqs[Pins];
static int8_t held[Pins];   // what holds a pin from outside: 0, 1, or -1 for nothing
static int reported[Pins];  // 0, 1, -1: an input, 256 and more: PWM

static char portOf(int pin) { return pin < 8 ? 'D' : pin < 14 ? 'B' : 'C'; }
static int bitOf(int pin) { return pin < 8 ? pin : pin < 14 ? pin - 8 : pin - 14; }

static void hold(int pin, int level) {
  held[pin] = (int8_t)level;
  avr_ioport_external_t outside = {.name = (unsigned char)portOf(pin) & 0x7F};
  for (int other = 0; other < Pins; other++) {
    if (portOf(other) == portOf(pin) && held[other] >= 0) {
      outside.mask |= 1u << bitOf(other);
      outside.value |= (unsigned)held[other] << bitOf(other);
    }
  }
  avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(portOf(pin)), &outside);
  avr_ioport_state_t state;
  avr_ioctl(avr, AVR_IOCTL_IOPORT_GETSTATE(portOf(pin)), &state);
  if (!(state.ddr >> bitOf(pin) & 1)) {
    // What is not held has its pull-up, or nothing.
    unsigned pulled = state.port >> bitOf(pin) & 1;
    avr_raise_irq(pinIrqs[pin], level >= 0 ? (unsigned)level : pulled);
  }
}

static void reportPins(void) {
  for (int pin = 0; pin < Pins; pin++) {
    avr_ioport_state_t state;
    avr_ioctl(avr, AVR_IOCTL_IOPORT_GETSTATE(portOf(pin)), &state);
    int now = -1;
    if (state.ddr >> bitOf(pin) & 1) {
      now = state.port >> bitOf(pin) & 1;
      for (size_t i = 0; i < sizeof pwms / sizeof *pwms; i++) {
        if (pwms[i].pin == pin && (avr->data[pwms[i].control] >> pwms[i].shift & 3)) {
          now = 256 + avr->data[pwms[i].compare];
        }
      }
    }
    // The serial port has the first two for itself.
    if (now == reported[pin] || (pin < 2 && (avr->data[Ucsr0b] & 0x18))) {
      continue;
    }
    reported[pin] = now;
    if (now < 0) {
      printf("pin %d -\n", pin);
    } else if (now < 256) {
      printf("pin %d %d\n", pin, now);
    } else {
      printf("pwm %d %d\n", pin, now - 256);
    }
    fflush(stdout);
  }
}

// The HC-SR04

static int triggerPin = 9, echoPin = 10;
static double centimeters = -1; // of what it sees; infinity: nothing, -1: not connected
static bool isMeasuring;
static avr_cycle_count_t triggered;

static avr_cycle_count_t echoEnds(avr_t *at, avr_cycle_count_t when, void *unused) {
  (void)at, (void)when, (void)unused;
  hold(echoPin, 0);
  isMeasuring = false;
  return 0;
}

static avr_cycle_count_t echoBegins(avr_t *at, avr_cycle_count_t when, void *unused) {
  (void)when, (void)unused;
  hold(echoPin, 1);
  // Sound goes there and back at 343 m/s. What is too far away ends after 38 ms.
  double us = centimeters * 2 / 0.0343;
  avr_cycle_timer_register_usec(at, us < 38000 ? (uint32_t)us : 38000, echoEnds, NULL);
  return 0;
}

static void onTrigger(avr_irq_t *irq, uint32_t value, void *unused) {
  (void)irq, (void)unused;
  if (value) {
    triggered = avr->cycle;
  } else if (centimeters >= 0 && !isMeasuring &&
             avr->cycle - triggered >= 10 * (Frequency / 1000000)) {
    isMeasuring = true;
    // First it sends eight waves.
    avr_cycle_timer_register_usec(avr, 460, echoBegins, NULL);
  }
}

// What is measured

static int millivolts[8];

static void setVoltage(int channel, int value) {
  millivolts[channel] = value;
  avr_irq_t *irqs = avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, 0);
  avr_raise_irq(irqs + channel, (uint32_t)value);
}

// The USB port. On an Uno a second chip is between the cable and the UART.

static int port, cable; // the two ends of the pseudo-terminal; the second when unused
static bool isOpen, isTerminalReady;
static uint8_t incoming[8192];
static size_t incomingAt, incomingEnd;
static avr_cycle_count_t nextByteAt;
static uint8_t outgoing[4096];
static size_t outgoingSize;

static avr_uart_t *uart;
static uint8_t received[3]; // those in the UART: two, and one that is still coming in
static int receivedCount;

static unsigned cyclesPerByte(void) {
  unsigned divisor = avr->data[Ubrr0] | (avr->data[Ubrr0 + 1] & 0xFu) << 8;
  return 10 * (divisor + 1) * (avr->data[Ucsr0a] & 2 ? 8 : 16);
}

static const struct {
  speed_t name;
  unsigned baud;
} speeds[] = {{B300, 300},       {B1200, 1200},     {B2400, 2400},     {B4800, 4800},
              {B9600, 9600},     {B19200, 19200},   {B38400, 38400},   {B57600, 57600},
              {B115200, 115200}, {B230400, 230400}, {B500000, 500000}, {B1000000, 1000000}};

// Whether both ends speak at the same speed, as far as a UART minds.
static bool isSpeedRight(void) {
  struct termios settings;
  if (tcgetattr(port, &settings) != 0) {
    return true;
  }
  double board = 10.0 * Frequency / cyclesPerByte();
  for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++) {
    if (speeds[i].name == cfgetospeed(&settings)) {
      double ratio = board / speeds[i].baud;
      return ratio > 0.96 && ratio < 1.04;
    }
  }
  return true;
}

// At the wrong speed other bytes arrive. Which, does not matter.
static uint8_t noise(void) {
  static uint32_t seed = 1;
  seed = seed * 1664525 + 1013904223;
  return (uint8_t)(seed >> 24);
}

static void onByte(avr_irq_t *irq, uint32_t value, void *unused) {
  (void)irq, (void)unused;
  if (isOpen && outgoingSize < sizeof outgoing) {
    outgoing[outgoingSize++] = (uint8_t)value;
  }
}

// The library's own receiver is later with each byte of a long row. This one keeps time,
// and loses what is not fetched in time, as a UART does.
static void feedByte(void) {
  uint8_t byte = incoming[incomingAt++];
  nextByteAt = avr->cycle + cyclesPerByte();
  // Nobody listens before Serial.begin().
  bool isEnabled = avr->data[Ucsr0b] & 0x10;
  if (isEnabled && receivedCount < (int)sizeof received) {
    received[receivedCount++] = isSpeedRight() ? byte : noise();
    avr_raise_interrupt(avr, &uart->rxc);
  }
}

static uint8_t onFetched(avr_t *at, avr_io_addr_t address, void *param) {
  (void)address, (void)param;
  uint8_t byte = received[0];
  received[0] = received[1];
  received[1] = received[2];
  avr_clear_interrupt(at, &uart->rxc);
  if (receivedCount > 0 && --receivedCount > 0) {
    avr_raise_interrupt(at, &uart->rxc);
  } else {
    avr_regbit_clear(at, uart->rxc.raised);
  }
  return byte;
}

static void restart(void);

// The computer raises DTR when the port is opened, and that is a reset. It falls with the
// last one who closes it, if the port was told so (HUPCL).
static void lookAtPort(void) {
  struct pollfd poller = {.fd = port, .events = POLLIN};
  poll(&poller, 1, 0);
  bool open = !(poller.revents & POLLHUP);
  if (open != isOpen) {
    isOpen = open;
    puts(open ? "opened" : "closed");
    fflush(stdout);
    if (open && isTerminalReady) {
      restart();
    } else if (!open) {
      struct termios settings;
      isTerminalReady = tcgetattr(port, &settings) != 0 || (settings.c_cflag & HUPCL);
      tcflush(port, TCIOFLUSH);
      incomingAt = incomingEnd = outgoingSize = 0;
    }
  }
  if (!open) {
    return;
  }
  if (outgoingSize > 0) {
    if (!isSpeedRight()) {
      for (size_t i = 0; i < outgoingSize; i++) {
        outgoing[i] = noise();
      }
    }
    // What the computer does not fetch is lost.
    ssize_t written = write(port, outgoing, outgoingSize);
    (void)written;
    outgoingSize = 0;
  }
  if (incomingAt == incomingEnd && (poller.revents & POLLIN)) {
    ssize_t got = read(port, incoming, sizeof incoming);
    incomingAt = 0;
    incomingEnd = got > 0 ? (size_t)got : 0;
  }
}

static bool openPort(void) {
  struct termios settings;
  char name[64];
  memset(&settings, 0, sizeof settings);
  cfmakeraw(&settings);
  // As Linux has a new serial port.
  settings.c_cflag |= CREAD | CLOCAL | HUPCL;
  cfsetspeed(&settings, B9600);
  if (openpty(&port, &cable, name, &settings, NULL) != 0) {
    perror("openpty");
    return false;
  }
  // Only when it was open once, it is told that nobody has it.
  close(cable);
  fcntl(port, F_SETFL, fcntl(port, F_GETFL) | O_NONBLOCK);
  isTerminalReady = true;
  printf("port %s\n", name);
  fflush(stdout);
  return true;
}

// EEPROM

static int eepromFile = -1;
static uint8_t eepromKept[EepromSize];

static bool openEeprom(const char *path) {
  eepromFile = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (eepromFile < 0) {
    perror(path);
    return false;
  }
  memset(eepromKept, 0xFF, sizeof eepromKept);
  if (pread(eepromFile, eepromKept, EepromSize, 0) < 0) {
    perror(path);
    return false;
  }
  avr_eeprom_desc_t all = {.ee = eepromKept, .offset = 0, .size = EepromSize};
  avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &all);
  return true;
}

// At once, because the emulator is killed when its plug is pulled.
static void keepEeprom(void) {
  avr_eeprom_desc_t all = {.ee = NULL, .offset = 0, .size = EepromSize};
  if (eepromFile < 0) {
    return;
  }
  avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &all);
  if (memcmp(eepromKept, all.ee, EepromSize) != 0) {
    memcpy(eepromKept, all.ee, EepromSize);
    if (pwrite(eepromFile, eepromKept, EepromSize, 0) != EepromSize) {
      complain("the EEPROM could not be written");
    }
  }
}

// The watchdog

static avr_io_write_t writeWatchdog;

// Its flag is cleared by writing a one, and with it what waits to be called. The library
// does not know that.
static void onWatchdog(avr_t *at, avr_io_addr_t address, uint8_t value, void *param) {
  uint8_t flag = at->data[address] & WatchdogFlag & ~value;
  writeWatchdog(at, address, value & ~WatchdogFlag, param);
  at->data[address] = (at->data[address] & ~WatchdogFlag) | flag;
  for (int i = 0; !flag && i < at->interrupts.vector_count; i++) {
    if (at->interrupts.vector[i]->vector == WatchdogVector) {
      avr_clear_interrupt(at, at->interrupts.vector[i]);
    }
  }
}

// The whole

static void (*resetCore)(avr_t *);

static void onReset(avr_t *at) {
  wasReset = true;
  if (resetCore) {
    resetCore(at);
  }
}

static void restart(void) {
  avr_reset(avr);
  wasReset = true;
}

// What is outside of the chip is as it was before the reset.
static void afterReset(void) {
  wasReset = false;
  isMeasuring = false;
  receivedCount = 0;
  bootLeft = bootMs;
  memset(avr->data + RamStart, Fresh, RamSize);
  for (int pin = 0; pin < Pins; pin++) {
    int level = pin == echoPin && centimeters >= 0 ? 0 : held[pin];
    // The simulation forgets what is at the pins, but not that it knew.
    pinIrqs[pin]->value = level == 0;
    if (level >= 0) {
      hold(pin, level);
    }
  }
  for (int channel = 0; channel < 8; channel++) {
    setVoltage(channel, millivolts[channel]);
  }
  reportPins();
  puts("reset");
  fflush(stdout);
  // What arrives now is for the boot loader.
  incomingAt = incomingEnd = 0;
}

static void runSlice(void) {
  if (bootLeft > 0) {
    bootLeft--;
    incomingAt = incomingEnd = 0;
    return;
  }
  avr_cycle_count_t end = avr->cycle + CyclesPerSlice;
  // The chip's clocks are not steady against each other, which sketches make numbers of.
  uint8_t jitter;
  avr->cycle += getrandom(&jitter, 1, 0) == 1 ? jitter & 15 : 0;
  while (avr->cycle < end && !wasReset) {
    if (incomingAt < incomingEnd && avr->cycle >= nextByteAt) {
      feedByte();
    }
    int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) {
      puts("crashed");
      exit(1);
    }
  }
}

// The most bytes in a row that are as they were at the reset: between the variables and
// the lowest that the stack has reached.
static unsigned unusedMemory(void) {
  unsigned most = 0, row = 0;
  for (unsigned i = 0; i < RamSize; i++) {
    row = avr->data[RamStart + i] == Fresh ? row + 1 : 0;
    most = row > most ? row : most;
  }
  return most;
}

static void obey(const char *line) {
  int number, value;
  double distance;
  char level, end;
  if (sscanf(line, "adc %d %d %c", &number, &value, &end) == 2 && number >= 0 &&
      number < 8 && value >= 0 && value <= 5000) {
    setVoltage(number, value);
  } else if (sscanf(line, "pin %d %c %c", &number, &level, &end) == 2 && number >= 0 &&
             number < Pins && strchr("01-", level)) {
    hold(number, level == '-' ? -1 : level - '0');
  } else if (strcmp(line, "echo far") == 0) {
    centimeters = 1e9;
  } else if (strcmp(line, "echo -") == 0) {
    centimeters = -1;
  } else if (sscanf(line, "echo %lf %c", &distance, &end) == 1 && distance >= 2 &&
             distance <= 400) {
    centimeters = distance;
    if (!isMeasuring) {
      hold(echoPin, 0);
    }
  } else if (strcmp(line, "reset") == 0) {
    restart();
  } else if (strcmp(line, "memory") == 0) {
    printf("memory %u\n", unusedMemory());
    fflush(stdout);
  } else {
    complain(line);
  }
}

// Takes what there is of commands. False when it is to end.
static bool lookAtCommands(void) {
  static char line[128];
  static size_t size;
  char byte;
  ssize_t got;
  struct pollfd poller = {.fd = STDIN_FILENO, .events = POLLIN};
  while (poll(&poller, 1, 0) > 0) {
    if ((got = read(STDIN_FILENO, &byte, 1)) <= 0) {
      return false;
    }
    if (byte != '\n') {
      if (size < sizeof line - 1) {
        line[size++] = byte;
      }
      continue;
    }
    line[size] = '\0';
    size = 0;
    if (strcmp(line, "quit") == 0) {
      return false;
    }
    obey(line);
  }
  return true;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + time.tv_nsec / 1e9;
}

// Sleeps until the next slice is due. When the computer was too slow for a tenth of a
// second, that is not made up for.
static void keepTime(void) {
  static double due;
  double time = now();
  due += 0.001;
  if (due < time - 0.1) {
    due = time;
  } else if (due > time) {
    struct timespec pause = {.tv_nsec = (long)((due - time) * 1e9)};
    nanosleep(&pause, NULL);
  }
}

static void sleepNot(avr_t *at, avr_cycle_count_t howLong) { (void)at, (void)howLong; }

static void logErrors(avr_t *at, const int level, const char *format, va_list args) {
  (void)at;
  if (level <= LOG_ERROR) {
    vfprintf(stderr, format, args);
  }
}

static bool parse(int count, char **words, const char **eeprom) {
  for (int i = 2; i < count; i += 2) {
    const char *value = i + 1 < count ? words[i + 1] : "";
    if (strcmp(words[i], "--boot") == 0) {
      bootMs = (unsigned)(atof(value) * 1000);
    } else if (strcmp(words[i], "--eeprom") == 0) {
      *eeprom = value;
    } else if (strcmp(words[i], "--trigger") == 0) {
      triggerPin = atoi(value);
    } else if (strcmp(words[i], "--echo") == 0) {
      echoPin = atoi(value);
    } else {
      return false;
    }
  }
  return count > 1 && triggerPin >= 0 && triggerPin < Pins && echoPin >= 0 &&
         echoPin < Pins;
}

static bool readProgram(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return false;
  }
  programSize = (uint32_t)fread(program, 1, sizeof program, file);
  bool fits = fgetc(file) == EOF;
  fclose(file);
  if (!fits) {
    fprintf(stderr, "%s does not fit into an Uno.\n", path);
  }
  return fits;
}

static bool build(const char *eeprom) {
  avr_global_logger_set(logErrors);
  avr = avr_make_mcu_by_name("atmega328p");
  if (!avr || avr_init(avr) != 0) {
    fputs("libsimavr has no ATmega328P.\n", stderr);
    return false;
  }
  avr->frequency = Frequency;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr->sleep = sleepNot;
  resetCore = avr->reset;
  avr->reset = onReset;
  avr_loadcode(avr, program, programSize, 0);
  for (int pin = 0; pin < Pins; pin++) {
    pinIrqs[pin] = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(portOf(pin)), bitOf(pin));
    held[pin] = -1;
    reported[pin] = -1;
  }
  // Or a low pin 2 or 3 costs more than all the rest: they would be looked at in each
  // cycle, as long as the sketch has not said that it wants to know of changes only.
  avr_extint_set_strict_lvl_trig(avr, 0, 0);
  avr_extint_set_strict_lvl_trig(avr, 1, 0);
  avr_irq_register_notify(pinIrqs[triggerPin], onTrigger, NULL);
  writeWatchdog = avr->io[AVR_DATA_TO_IO(Wdtcsr)].w.c;
  avr->io[AVR_DATA_TO_IO(Wdtcsr)].w.c = onWatchdog;
  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  for (avr_io_t *io = avr->io_port; io && !uart; io = io->next) {
    uart = strcmp(io->kind, "uart") == 0 ? (avr_uart_t *)io : NULL;
  }
  if (!uart) {
    fputs("libsimavr's ATmega328P has no UART.\n", stderr);
    return false;
  }
  avr->io[AVR_DATA_TO_IO(Udr0)].r.c = onFetched;
  avr_irq_register_notify(
      avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), onByte, NULL);
  return (!eeprom || openEeprom(eeprom)) && openPort();
}

int main(int count, char **words) {
  const char *eeprom = NULL;
  if (!parse(count, words, &eeprom)) {
    fputs("Usage: uno FIRMWARE.bin [--boot SECONDS] [--eeprom FILE] [--trigger PIN] "
          "[--echo PIN]\n",
          stderr);
    return 2;
  }
  if (!readProgram(words[1]) || !build(eeprom)) {
    return 1;
  }
  restart();
  while (lookAtCommands()) {
    lookAtPort();
    if (wasReset) {
      afterReset();
    }
    runSlice();
    reportPins();
    keepEeprom();
    keepTime();
  }
  return 0;
}
