// What carries messages between the board and Home Assistant, whatever it runs over.

#ifndef SENSORBOARD_LINK_H
#define SENSORBOARD_LINK_H

#include <Arduino.h>

namespace sensorboard {

// Tells how long something is that is printed into it.
class CountingPrint : public Print {
public:
  CountingPrint() : count_(0) {}

  size_t count() const { return count_; }

  size_t write(uint8_t) override {
    count_++;
    return 1;
  }
  size_t write(const uint8_t *, size_t size) override {
    count_ += size;
    return size;
  }
  using Print::write;

private:
  size_t count_;
};

// A way for whole messages, which are texts. A message that is sent is printed into the
// link and needs no buffer, but its length has to be known before. One that is received
// lies in a buffer that the caller has given.
class Link : public Print {
public:
  // Does what there is to do, within bounds: to be called often. True when a message
  // has come: it stays in the buffer until the next call.
  virtual bool poll() = 0;

  // Whether only the beginning of the message is there, since the buffer is too small.
  bool isTooLong() const { return isTooLong_; }

  // The message, with a zero after it that length() does not count. It may be changed.
  char *text() { return buffer_; }
  size_t length() const { return received_; }

  // Whether messages can go both ways now.
  virtual bool isOpen() const = 0;

  // Begins a message of exactly this many bytes. False if it cannot be sent now: the
  // link is not open, or has something to send first; nothing is to be printed then.
  virtual bool sendBegin(size_t length) = 0;

  // Ends the message. False if it could not be handed on as it was announced. True is
  // no promise that it arrives.
  virtual bool sendEnd() = 0;

  // Sends what a function writes. It is called twice, and must write the same again.
  bool send(void (*writeTo)(Print &out, void *context), void *context);

  // Ends the connection, if there is one.
  virtual void close(uint16_t code) = 0;

  // How many messages were not received as a whole, because the buffer is too small for
  // them, or because they are no text.
  uint16_t skipped() const { return skipped_; }

  using Print::write;

protected:
  // The zero after a message needs one byte of the buffer.
  Link(char *buffer, size_t size)
      : buffer_(buffer), capacity_(size - 1), received_(0), isTooLong_(false),
        skipped_(0) {}

  void countSkipped() {
    if (skipped_ < UINT16_MAX) {
      skipped_++;
    }
  }

  char *const buffer_;
  const size_t capacity_;
  size_t received_;
  bool isTooLong_;

private:
  uint16_t skipped_;
};

} // namespace sensorboard

#endif
