#include "WebSocketLink.h"

namespace sensorboard {

namespace {

// In ms.
constexpr uint32_t HandshakeTimeout = 10000;
constexpr uint32_t SendTimeout = 2000;
constexpr uint32_t CloseTimeout = 2000;
constexpr uint32_t DefaultUntilPing = 30000;
constexpr uint32_t DefaultUntilEnd = 10000;

// What one call of poll() reads at most, so that no flood of bytes holds the sketch's
// loop.
constexpr uint16_t PollBudget = 1024;

} // namespace

WebSocketLink::WebSocketLink(Client &client, RandomSource random, char *buffer,
                             size_t size)
    : Link(buffer, size), client_(client), random_(random), since_(0), polledAt_(0),
      heardAt_(0), pingedAt_(0), stagedAt_(0), untilPing_(DefaultUntilPing),
      untilEnd_(DefaultUntilEnd), pollInterval_(0), seen_(0), headerSize_(0),
      opcode_(0), isLast_(false), isFragment_(false), isSkipping_(false),
      isReady_(false), isAwaiting_(false), isSending_(false), isCut_(false),
      isCloseSent_(false), isAnswer_(false), isAsked_(false), isAnswered_(false),
      question_(), length_(0), remaining_(0), state_(State::Closed),
      input_(Input::Line), ended_(LinkEnd::None), code_(0), left_(0), maskAt_(0),
      staged_(0), flushed_(0) {}

void WebSocketLink::setSilence(uint32_t untilPing, uint32_t untilEnd) {
  untilPing_ = untilPing;
  untilEnd_ = untilEnd;
}

bool WebSocketLink::open(const char *host, uint16_t port, const char *path) {
  finish(LinkEnd::None);
  if (client_.connect(host, port) <= 0) {
    finish(LinkEnd::NoConnection);
    return false;
  }
  beginRequest(path);
  print(host);
  return endRequest(port);
}

bool WebSocketLink::open(IPAddress address, uint16_t port, const char *path) {
  finish(LinkEnd::None);
  if (client_.connect(address, port) <= 0) {
    finish(LinkEnd::NoConnection);
    return false;
  }
  beginRequest(path);
  print(address);
  return endRequest(port);
}

bool WebSocketLink::poll() {
  if (isReady_) {
    isReady_ = isTooLong_ = false;
    received_ = 0;
  }
  if (state_ == State::Closed || isSending_ || now() - polledAt_ < pollInterval_) {
    return false;
  }
  polledAt_ = now();
  bool isFlushed = pump();
  if (isFlushed && input_ == Input::Payload && remaining_ == 0) {
    endFrame(); // a ping without payload, which had to wait for the stage
  }
  if (isFlushed && state_ == State::Closing && !isCloseSent_) {
    stageClose(code_);
  }
  bool isHeard = receive();
  if (state_ == State::Closed) {
    return false;
  }
  if (!isHeard && !client_.connected()) {
    finish(state_ == State::Closing ? LinkEnd::Closed : LinkEnd::Lost);
    return false;
  }
  checkTime(now());
  return isReady_;
}

// True if anything was there to be read.
bool WebSocketLink::receive() {
  bool isHeard = false;
  uint16_t budget = PollBudget;
  while (budget > 0 && state_ != State::Closed && !isReady_) {
    int available = client_.available();
    if (available <= 0) {
      break;
    }
    isHeard = true;
    size_t count = static_cast<size_t>(available) < budget
                       ? static_cast<size_t>(available)
                       : budget;
    while (count > 0 && state_ != State::Closed && !isReady_) {
      size_t taken = take(count);
      if (taken == 0) {
        return isHeard;
      }
      heardAt_ = now();
      isAwaiting_ = false;
      count -= taken;
      budget = static_cast<uint16_t>(budget - taken);
    }
  }
  return isHeard;
}

// Reads some of what is there. 0 if that is not possible now.
size_t WebSocketLink::take(size_t available) {
  if (input_ == Input::Payload) {
    return takePayload(available);
  }
  // Not read(), which gives 0 for nothing on some boards.
  uint8_t byte;
  if (client_.read(&byte, 1) <= 0) {
    return 0;
  }
  if (input_ == Input::Header) {
    takeHeader(byte);
  } else if (byte == '\n') {
    takeLine();
  } else if (received_ < capacity_) {
    // A line that is longer than the buffer is none that is looked at to its end.
    buffer_[received_++] = static_cast<char>(byte);
  }
  return 1;
}

// Hands the Client what it takes at once. True if that was all.
bool WebSocketLink::pump() {
  if (staged_ > 0) {
    size_t count = staged_ - flushed_;
    size_t written = client_.write(stage_ + flushed_, count);
    flushed_ += written < count ? written : count;
    if (flushed_ < staged_) {
      return false;
    }
    staged_ = flushed_ = 0;
  }
  return true;
}

// Hands the Client all that is in the stage, and waits for that, but not for ever: half
// a frame cannot be taken back.
bool WebSocketLink::drain() {
  for (;;) {
    size_t before = flushed_;
    if (pump()) {
      return true;
    }
    if (flushed_ > before) {
      continue;
    }
    if (!client_.connected()) {
      finish(LinkEnd::Lost);
      return false;
    }
    if (now() - stagedAt_ >= SendTimeout) {
      finish(LinkEnd::Stuck);
      return false;
    }
    delay(1); // the network stack of some boards runs in it
  }
}

bool WebSocketLink::sendBegin(size_t length) {
  if (state_ != State::Open || isSending_ || !pump() || isBusy() || length > 0xffff) {
    return false;
  }
  stageHeader(TextOpcode, length);
  isSending_ = true;
  isCut_ = false;
  left_ = length;
  return true;
}

size_t WebSocketLink::write(uint8_t byte) { return write(&byte, 1); }

size_t WebSocketLink::write(const uint8_t *data, size_t size) {
  for (size_t i = 0; i < size; i++) {
    if (left_ == 0) {
      isCut_ = true;
      return i;
    }
    if (!isSending_ || (staged_ == StageSize && !drain())) {
      return i;
    }
    stage_[staged_++] = data[i] ^ mask_[maskAt_];
    maskAt_ = static_cast<uint8_t>((maskAt_ + 1) % MaskSize);
    left_--;
  }
  return size;
}

bool WebSocketLink::sendEnd() {
  while (isSending_ && left_ > 0) {
    write(static_cast<uint8_t>(' '));
  }
  if (!isSending_) {
    return false;
  }
  isSending_ = false;
  pump();
  return !isCut_;
}

bool WebSocketLink::ask() {
  if (state_ != State::Open || !pump() || isBusy()) {
    return false;
  }
  // Random, so that an answer to an earlier one, or to none, is not taken for this one.
  random_(question_, QuestionBytes);
  isAsked_ = true;
  isAnswered_ = false;
  stageHeader(PingOpcode, QuestionBytes);
  for (uint8_t i = 0; i < QuestionBytes; i++) {
    stage_[staged_++] = question_[i] ^ mask_[i];
  }
  pump();
  return true;
}

void WebSocketLink::close(uint16_t code) {
  if (state_ != State::Open || isSending_) {
    drop();
    return;
  }
  state_ = State::Closing;
  since_ = now();
  code_ = code;
  stageClose(code);
}

void WebSocketLink::drop() {
  if (state_ != State::Closed) {
    finish(LinkEnd::Closed);
  }
}

void WebSocketLink::checkTime(uint32_t time) {
  if (state_ == State::Opening) {
    if (time - since_ >= HandshakeTimeout) {
      finish(LinkEnd::NoAnswer);
    }
  } else if (state_ == State::Closing) {
    if (time - since_ >= CloseTimeout) {
      finish(LinkEnd::Closed);
    }
  } else if (staged_ > 0 && time - stagedAt_ >= untilEnd_) {
    finish(LinkEnd::Stuck);
  } else if (isAwaiting_) {
    if (time - pingedAt_ >= untilEnd_) {
      finish(LinkEnd::Silent);
    }
  } else if (time - heardAt_ >= untilPing_) {
    isAwaiting_ = true;
    pingedAt_ = time;
    // If something else has to go first, that must have an end, too.
    if (!isBusy()) {
      stageHeader(PingOpcode, 0);
      pump();
    }
  }
}

void WebSocketLink::finish(LinkEnd end, uint16_t code) {
  client_.stop();
  state_ = State::Closed;
  ended_ = end;
  code_ = code;
  isReady_ = isTooLong_ = false;
  isSending_ = false;
  isAsked_ = isAnswered_ = false;
  left_ = 0;
  received_ = 0;
  staged_ = flushed_ = 0;
}

} // namespace sensorboard
