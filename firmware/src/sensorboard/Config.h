// How much room there is: set by the kind of board, or by a sketch that defines these
// names before it includes SensorBoard.h. They are for what the sketch itself compiles;
// the library's own units do not depend on them.

#ifndef SENSORBOARD_CONFIG_H
#define SENSORBOARD_CONFIG_H

#include <Arduino.h>

// AVR chips with 2.5 KB of RAM at most (Uno, Nano, Leonardo) are small, others (Mega)
// are not.
#if !defined(SENSORBOARD_IS_SMALL)
#if defined(__AVR__) && RAMEND < 0x1000
#define SENSORBOARD_IS_SMALL 1
#else
#define SENSORBOARD_IS_SMALL 0
#endif
#endif

// There is one board in a sketch. On a small one, what only some sketches use is kept
// in static members: the linker sees that nobody sets them, and leaves out all that
// hangs on them.
#if SENSORBOARD_IS_SMALL
#define SENSORBOARD_ONLY static
#else
#define SENSORBOARD_ONLY
#endif

// To make programs for AVR smaller. A function that is put into another one, or that
// knows at which address its object is, needs twice the bytes for each member: there
// are registers for one such function at a time.
#if defined(__AVR__)
#define SENSORBOARD_APART __attribute__((noinline))
#else
#define SENSORBOARD_APART
#endif

namespace sensorboard {

template <typename Object> inline Object &anywhere(Object &object) {
#if defined(__AVR__)
  Object *address = &object;
  asm("" : "+r"(address));
  return *address;
#else
  return object;
#endif
}

} // namespace sensorboard

// Channels: whatever the sketch gives a name with sensor(), input(), on(), event(),
// watch() or set(). 255 at most, of which Home Assistant takes 64.
#if !defined(SENSORBOARD_CHANNELS)
#if SENSORBOARD_IS_SMALL
#define SENSORBOARD_CHANNELS 8
#elif defined(__AVR__)
#define SENSORBOARD_CHANNELS 16
#else
#define SENSORBOARD_CHANNELS 32
#endif
#endif

// What is said about channels with name(), unit(), deadband() and so on, of all
// channels together: range() counts as three, the others as one.
#if !defined(SENSORBOARD_NOTES)
#if SENSORBOARD_IS_SMALL
#define SENSORBOARD_NOTES 10
#else
#define SENSORBOARD_NOTES (4 * SENSORBOARD_CHANNELS)
#endif
#endif

// The longest message that is understood, in bytes, over a serial line. Longer ones are
// passed over; of a person's own, it is answered that it is too long. On an Uno (255 at
// most there) that can be an error in many words, and a watched value whose entity and
// text are long: of the two together, 80 characters fit.
// Over a network it is SENSORBOARD_MESSAGE.
#if !defined(SENSORBOARD_LINE)
#if SENSORBOARD_IS_SMALL
#define SENSORBOARD_LINE 128
#else
#define SENSORBOARD_LINE 512
#endif
#endif

// Home Assistant's messages have at most 1 KiB; the search for it likes that much, too.
// A person's own can have 4 KiB.
#if !defined(SENSORBOARD_MESSAGE)
#if defined(__AVR__)
#define SENSORBOARD_MESSAGE 512
#else
#define SENSORBOARD_MESSAGE 1025
#endif
#endif

// What the sketch can answer to a message, in bytes of JSON. It takes room only where
// onMessage() is used.
#if !defined(SENSORBOARD_ANSWER)
#if SENSORBOARD_IS_SMALL
#define SENSORBOARD_ANSWER 64
#elif defined(__AVR__)
#define SENSORBOARD_ANSWER 128
#else
#define SENSORBOARD_ANSWER 512
#endif
#endif

// The bytes in which readings are kept that could not be delivered; 0 to keep none.
// They take room only where a network is used.
#if !defined(SENSORBOARD_BACKLOG)
#if SENSORBOARD_IS_SMALL
#define SENSORBOARD_BACKLOG 0
#elif defined(__AVR__)
#define SENSORBOARD_BACKLOG 1024
#elif defined(ARDUINO_ARCH_ESP32) || defined(ARDUINO_ARCH_RP2040)
#define SENSORBOARD_BACKLOG 32768
#elif defined(ARDUINO_ARCH_ESP8266) || defined(ARDUINO_ARCH_SAMD)
#define SENSORBOARD_BACKLOG 8192
#else
#define SENSORBOARD_BACKLOG 4096
#endif
#endif

#endif
