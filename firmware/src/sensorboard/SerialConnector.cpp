#include "SerialConnector.h"

#include "Chip.h"

namespace sensorboard {

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
    : port_(port), about_(about), link_(port, buffer, size), room_(0) {}

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
  sayHello();
}

bool SerialConnector::poll(Message &message) {
  if (!link_.poll() || !message.read(link_.text(), link_.length())) {
    return false;
  }
  if (message.type == MessageType::Hello) {
    sayHello();
  } else if (message.type == MessageType::Welcome) {
    // It answers a hello, with which a conversation has begun already.
    message.type = MessageType::Settings;
  }
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
