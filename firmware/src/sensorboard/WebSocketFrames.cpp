// What goes over a WebSocket: RFC 6455, section 5.

#include "WebSocketLink.h"

#include <string.h>

namespace sensorboard {

namespace {

// Section 7.4.1.
constexpr uint16_t ProtocolErrorCode = 1002;
constexpr uint16_t TooBigCode = 1009;

// Section 5.2.
constexpr uint8_t LastBit = 0x80;
constexpr uint8_t ReservedBits = 0x70;
constexpr uint8_t OpcodeBits = 0x0f;
constexpr uint8_t MaskBit = 0x80;
constexpr uint8_t LengthIn16Bits = 126;
constexpr uint8_t LengthIn64Bits = 127;

} // namespace

void WebSocketLink::takeHeader(uint8_t byte) {
  header_[headerSize_++] = byte;
  if (headerSize_ == 1) {
    opcode_ = byte & OpcodeBits;
    isLast_ = byte & LastBit;
    bool isRight;
    if (isControl()) {
      isRight = opcode_ <= PongOpcode && isLast_;
    } else if (opcode_ == ContinuationOpcode) {
      isRight = isFragment_;
    } else {
      isRight = opcode_ <= BinaryOpcode && !isFragment_;
    }
    if (!isRight || (byte & ReservedBits) != 0) {
      fail(ProtocolErrorCode);
    }
  } else if (headerSize_ == 2) {
    // Only what a client sends is masked.
    if ((byte & MaskBit) != 0 || (isControl() && byte > MaxControlSize) ||
        (opcode_ == CloseOpcode && byte == 1)) {
      fail(ProtocolErrorCode);
    } else if (byte == LengthIn64Bits) {
      fail(TooBigCode);
    } else if (byte != LengthIn16Bits) {
      beginFrame(byte);
    }
  } else if (headerSize_ == 4) {
    beginFrame(static_cast<uint16_t>(header_[2] << 8 | header_[3]));
  }
}

void WebSocketLink::beginFrame(uint16_t length) {
  input_ = Input::Payload;
  length_ = remaining_ = length;
  if (opcode_ == CloseOpcode) {
    // There is nothing behind it: no message will be whole any more.
    received_ = 0;
  } else if (opcode_ == PongOpcode) {
    isAnswer_ = isAsked_ && length == QuestionBytes;
  } else if (!isControl()) {
    if (opcode_ != ContinuationOpcode) {
      received_ = 0;
      isSkipping_ = opcode_ != TextOpcode;
      isTooLong_ = false;
    }
    isFragment_ = !isLast_;
    isTooLong_ = isTooLong_ || length > capacity_ - received_;
  }
  if (length == 0 && !(isPinged() && staged_ > 0)) {
    endFrame();
  }
}

// Reads some of the payload to where it belongs. 0 if that is not possible now.
size_t WebSocketLink::takePayload(size_t available) {
  uint8_t scratch[16];
  uint8_t *to = scratch;
  size_t count = available < remaining_ ? available : remaining_;
  const size_t room = isControl() || isSkipping_ ? 0 : capacity_ - received_;
  if (isPinged()) {
    // The answer is put together in the stage, when that is free.
    if (staged_ > 0) {
      return 0;
    }
    to = stage_ + ShortHeaderSize + (length_ - remaining_);
  } else if (room > 0) {
    to = reinterpret_cast<uint8_t *>(buffer_) + received_;
    count = count < room ? count : room;
  } else if (count > sizeof(scratch)) {
    count = sizeof(scratch);
  }
  int got = client_.read(to, count);
  if (got <= 0) {
    return 0;
  }
  if (opcode_ == CloseOpcode) {
    for (int i = 0; i < got; i++) {
      takeClose(scratch[i]);
    }
  } else {
    if (opcode_ == PongOpcode) {
      takePong(scratch, static_cast<size_t>(got));
    }
    received_ += room > 0 ? static_cast<size_t>(got) : 0;
    remaining_ = static_cast<uint16_t>(remaining_ - got);
  }
  if (remaining_ == 0) {
    endFrame();
  }
  return static_cast<size_t>(got);
}

// Two bytes are the code; the reason behind them goes into the buffer.
void WebSocketLink::takeClose(uint8_t byte) {
  uint8_t at = static_cast<uint8_t>(length_ - remaining_--);
  if (at < 2) {
    header_[at] = byte;
  } else if (received_ < capacity_) {
    buffer_[received_++] = static_cast<char>(byte);
  }
}

void WebSocketLink::takePong(const uint8_t *data, size_t size) {
  size_t at = static_cast<size_t>(length_ - remaining_);
  for (size_t i = 0; i < size && isAnswer_; i++) {
    isAnswer_ = data[i] == question_[at + i];
  }
}

void WebSocketLink::endFrame() {
  bool wasPinged = isPinged();
  input_ = Input::Header;
  headerSize_ = 0;
  if (wasPinged) {
    uint8_t size = static_cast<uint8_t>(length_);
    stageHeader(PongOpcode, size);
    for (uint8_t i = 0; i < size; i++) {
      stage_[staged_++] ^= mask_[i % MaskSize];
    }
    pump();
  } else if (opcode_ == PongOpcode) {
    isAnswered_ = isAnswered_ || isAnswer_;
  } else if (opcode_ == CloseOpcode) {
    if (state_ == State::Closing) {
      finish(LinkEnd::Closed);
      return;
    }
    uint16_t code = length_ == 0 ? NoCloseCode
                                 : static_cast<uint16_t>(header_[0] << 8 | header_[1]);
    buffer_[received_] = '\0';
    stageClose(code);
    finish(LinkEnd::PeerClosed, code);
  } else if (!isControl() && isLast_) {
    if (isSkipping_ || isTooLong_) {
      countSkipped();
    }
    if (isSkipping_) {
      received_ = 0;
    } else if (state_ == State::Open) {
      buffer_[received_] = '\0';
      isReady_ = true;
    }
  }
}

bool WebSocketLink::isPinged() const {
  return state_ == State::Open && input_ == Input::Payload && opcode_ == PingOpcode;
}

void WebSocketLink::stageHeader(Opcode opcode, size_t length) {
  stagedAt_ = now();
  stage_[staged_++] = LastBit | opcode;
  if (length < LengthIn16Bits) {
    stage_[staged_++] = static_cast<uint8_t>(MaskBit | length);
  } else {
    stage_[staged_++] = MaskBit | LengthIn16Bits;
    stage_[staged_++] = static_cast<uint8_t>(length >> 8);
    stage_[staged_++] = static_cast<uint8_t>(length);
  }
  random_(mask_, MaskSize);
  memcpy(stage_ + staged_, mask_, MaskSize);
  staged_ += MaskSize;
  maskAt_ = 0;
}

// Sends a close frame, if the end of another frame need not go first.
void WebSocketLink::stageClose(uint16_t code) {
  if (staged_ > 0) {
    return;
  }
  bool hasCode = code != NoCloseCode;
  stageHeader(CloseOpcode, hasCode ? 2 : 0);
  if (hasCode) {
    stage_[staged_++] = static_cast<uint8_t>(code >> 8 ^ mask_[0]);
    stage_[staged_++] = static_cast<uint8_t>(code ^ mask_[1]);
  }
  isCloseSent_ = true;
  pump();
}

void WebSocketLink::fail(uint16_t code) {
  stageClose(code);
  finish(LinkEnd::ProtocolError, code);
}

} // namespace sensorboard
