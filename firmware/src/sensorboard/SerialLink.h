// Messages as lines of text, over a serial port: USB, a UART, or Bluetooth's.

#ifndef SENSORBOARD_SERIAL_LINK_H
#define SENSORBOARD_SERIAL_LINK_H

#include "Config.h"
#include "Link.h"
#include "Message.h"

namespace sensorboard {

#if SENSORBOARD_IS_SMALL

// For a small board, without what only a network's link needs. It is static, and all
// of it zero at first. The port waits when it is full, so everything can be sent.
class SerialLink {
public:
  // Messages are received in the buffer.
  void use(Stream &port, char *buffer, uint8_t size);

  // True when a message has come: it stays in the buffer until the next call.
  bool poll();
  // Only its beginning, since it is too long.
  bool isTooLong() const { return Message::isPersonalUsed && isTooLong_; }
  char *text() { return buffer_; }
  size_t length() const { return strlen(buffer_); }

  bool sendBegin(size_t) { return true; }
  bool sendEnd() {
    port_->write('\n');
    return true;
  }
  bool send(void (*writeTo)(Print &out, void *context), void *context) {
    writeTo(*port_, context);
    return sendEnd();
  }
  operator Print &() { return *port_; }
  Stream &port() { return *port_; }

private:
  Stream *port_;
  char *buffer_;
  uint8_t capacity_;
  uint8_t received_; // more than the capacity: the line is too long
  bool isTooLong_;
};

#else

// It is always open: there is nothing to tell whether somebody is at the other end.
// A message must have no line feed in it, and JSON has none.
class SerialLink final : public Link {
public:
  // Messages are received in the buffer, of 2 bytes at least. The port has to be begun
  // by the caller.
  SerialLink(Stream &port, char *buffer, size_t size);

  bool poll() override;
  bool isOpen() const override { return true; }

  // Waits only if the core does: when its buffer is full, until the line has taken
  // enough of it.
  bool sendBegin(size_t) override {
#if !SENSORBOARD_IS_SMALL // there, a port waits until it takes everything
    // What there is of the last message must not be the beginning of this one.
    if (isFailing_ && port_.write(static_cast<uint8_t>('\n')) == 0) {
      return false;
    }
#endif
    isFailing_ = false;
    return true;
  }
  bool sendEnd() override;
  size_t write(uint8_t byte) override;
  size_t write(const uint8_t *data, size_t size) override;
  using Print::write;

  Stream &port() { return port_; }

  // Drops what was received of a message.
  void close(uint16_t code) override;

private:
  Stream &port_;
  bool isReady_;   // a message is in the buffer
  bool isFailing_; // the port did not take all of a message
};

#endif

} // namespace sensorboard

#endif
