// Messages as lines of text, over a serial port: USB, a UART, or Bluetooth's.

#ifndef SENSORBOARD_SERIAL_LINK_H
#define SENSORBOARD_SERIAL_LINK_H

#include "Link.h"

namespace sensorboard {

// It is always open: there is nothing to tell whether somebody is at the other end.
// A message must have no line feed in it, and JSON has none.
class SerialLink : public Link {
public:
  // Messages are received in the buffer, of 2 bytes at least. The port has to be begun
  // by the caller.
  SerialLink(Stream &port, char *buffer, size_t size);

  bool poll() override;
  bool isOpen() const override { return true; }

  // Waits only if the core does: when its buffer is full, until the line has taken
  // enough of it.
  bool sendBegin(size_t length) override;
  bool sendEnd() override;
  size_t write(uint8_t byte) override;
  size_t write(const uint8_t *data, size_t size) override;
  using Print::write;

  // Drops what was received of a message.
  void close(uint16_t code) override;

private:
  Stream &port_;
  bool isReady_;    // a message is in the buffer
  bool isSkipping_; // the line is too long
  bool isFailing_;  // the port did not take all of a message
};

} // namespace sensorboard

#endif
