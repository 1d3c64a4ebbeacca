#include "SerialConnector.h"

#include "Chip.h"

namespace sensorboard {

namespace {

// From one hello to the next, a quarter of a second each. One that is put off because
// these have begun anew meanwhile is still said a second later.
constexpr uint8_t HelloPause = 5;

uint8_t now() { return static_cast<uint8_t>(static_cast<uint32_t>(millis()) >> 8); }

} // namespace

#if SENSORBOARD_IS_SMALL

void SerialConnector::use(Stream &port, const About &about, char *buffer,
                          uint8_t size) {
  link_.use(port, buffer, size);
  about_ = &about;
}

void SerialConnector::sayHello() {
  char id[MaxIdSize + 1];
  boardId(id);
  writeHello(link_, *about_, id);
  link_.sendEnd();
}

#else

SerialConnector::SerialConnector(Stream &port, const About &about, char *buffer,
                                 size_t size)
    : port_(port), about_(about), link_(port, buffer, size), room_(0), greetedAt_(0),
      isAsked_(false) {}

void SerialConnector::sayHello() {
  char id[MaxIdSize + 1];
  boardId(id);
  // If it cannot be said, nobody is there who could hear it, and who comes will ask.
  if (!sendHello(link_, about_, id, nullptr, nullptr)) {
    return;
  }
}

void SerialConnector::end() { port_.flush(); }

#endif

void SerialConnector::begin() {
  isQuiet();
  isAsked_ = true;
  greetedAt_ = static_cast<uint8_t>(now() - HelloPause);
}

bool SerialConnector::poll(Message &message) {
  if (link_.poll() && message.read(link_.text(), link_.length(), link_.isTooLong())) {
    if (message.type != MessageType::Hello) {
      // It answers a hello, with which a conversation has begun already.
      if (message.type == MessageType::Welcome) {
        message.type = MessageType::Settings;
      }
      return true;
    }
    isAsked_ = true;
  }
  if (!isAsked_ || static_cast<uint8_t>(now() - greetedAt_) < HelloPause) {
    return false;
  }
  isAsked_ = false;
  greetedAt_ = now();
  sayHello();
  message.type = MessageType::Hello;
  return true;
}

bool SerialConnector::isQuiet() {
  // How much the port takes when it has nothing to send is not known, but it is the
  // most that it ever took.
  int room = link_.port().availableForWrite();
  if (room > room_) {
    room_ = room;
  }
  return room == room_;
}

} // namespace sensorboard
