#include "SerialLink.h"

namespace sensorboard {

namespace {

// More than a core's buffer for a serial port has room for, so that one call can empty
// it, and no flood of bytes holds the sketch's loop.
#if SENSORBOARD_IS_SMALL
constexpr uint8_t PollBudget = 250;
#else
constexpr uint16_t PollBudget = 300;
#endif

} // namespace

#if SENSORBOARD_IS_SMALL

void SerialLink::use(Stream &port, char *buffer, uint8_t size) {
  port_ = &port;
  buffer_ = buffer;
  capacity_ = static_cast<uint8_t>(size - 1); // and a zero
}

bool SerialLink::poll() {
  for (uint8_t budget = PollBudget; budget > 0; budget--) {
    int byte = port_->read();
    if (byte < 0) {
      break;
    }
    if (byte == '\n' || byte == '\r') {
      uint8_t length = received_;
      received_ = 0;
      if (length > 0 && (Message::isPersonalUsed || length <= capacity_)) {
        isTooLong_ = length > capacity_;
        buffer_[isTooLong_ ? capacity_ : length] = '\0';
        return true;
      }
    } else if (received_ <= capacity_) {
      buffer_[received_] = static_cast<char>(byte);
      received_++;
    }
  }
  return false;
}

#else

SerialLink::SerialLink(Stream &port, char *buffer, size_t size)
    : Link(buffer, size), port_(port), isReady_(false), isFailing_(false) {}

bool SerialLink::poll() {
  if (isReady_) {
    isReady_ = isTooLong_ = false;
    received_ = 0;
  }
  for (uint16_t budget = PollBudget; budget > 0 && port_.available() > 0; budget--) {
    int byte = port_.read();
    if (byte < 0) {
      break;
    }
    if (byte == '\n' || byte == '\r') {
      if (isTooLong_) {
        countSkipped();
      }
      if (received_ > 0) {
        buffer_[received_] = '\0';
        isReady_ = true;
        return true;
      }
    } else if (received_ < capacity_) {
      buffer_[received_++] = static_cast<char>(byte);
    } else {
      isTooLong_ = true;
    }
  }
  return false;
}

bool SerialLink::sendEnd() {
  write(static_cast<uint8_t>('\n'));
  return !isFailing_;
}

size_t SerialLink::write(uint8_t byte) {
  size_t written = port_.write(byte);
  isFailing_ = isFailing_ || written == 0;
  return written;
}

size_t SerialLink::write(const uint8_t *data, size_t size) {
  size_t written = port_.write(data, size);
  isFailing_ = isFailing_ || written < size;
  return written;
}

void SerialLink::close(uint16_t) {
  isReady_ = false;
  isTooLong_ = false;
  received_ = 0;
}

#endif

} // namespace sensorboard
