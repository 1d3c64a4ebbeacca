// A client of a WebSocket (RFC 6455, version 13) over any Client: Wi-Fi, Ethernet, with
// TLS or without.

#ifndef SENSORBOARD_WEBSOCKET_LINK_H
#define SENSORBOARD_WEBSOCKET_LINK_H

#include <Arduino.h>
#include <Client.h>

#include "Link.h"
#include "Sha1.h"

// What is sent is gathered in so many bytes first. A frame that fits, with its header
// of 6 or 8 bytes, goes to the Client in one call, which matters on boards whose radio
// is another processor (UNO R4, NINA). An opening request fits too, if its host and
// path are not too long.
#if !defined(SENSORBOARD_STAGE_SIZE)
#if defined(__AVR__)
#define SENSORBOARD_STAGE_SIZE 256
#else
#define SENSORBOARD_STAGE_SIZE 512
#endif
#endif

namespace sensorboard {

// Fills bytes with real randomness: a peer must not be able to guess the mask of a
// frame.
typedef void (*RandomSource)(uint8_t *bytes, size_t size);

// The code when the peer has closed the connection without one.
constexpr uint16_t NoCloseCode = 1005;

// What ended a connection, or kept it from coming about.
enum class LinkEnd : uint8_t {
  None,          // it has not ended, or there has been none
  NoConnection,  // nobody takes connections at this address and port
  NoAnswer,      // somebody does, but does not answer the request
  Refused,       // the answer is another HTTP status than 101, see code()
  NotWebSocket,  // the answer is not that of a WebSocket server
  PeerClosed,    // the peer has ended it, see code() and reason()
  Lost,          // it has broken off
  Silent,        // the peer gives no sign of life
  Stuck,         // the peer takes nothing any more
  ProtocolError, // the peer has sent what RFC 6455 forbids: 1002 or 1009 in code()
  Closed,        // by close()
};

class WebSocketLink : public Link {
public:
  // Messages are received in the buffer, of 64 bytes at least. It holds the answer's
  // headers, too, as far as they are looked at.
  WebSocketLink(Client &client, RandomSource random, char *buffer, size_t size);

  // Connects and asks for a WebSocket; a connection that there is, is dropped first.
  // True: poll until isOpen() or isClosed(). False: the Client could not connect. It
  // may have waited for that as long as the core does. The path begins with a slash.
  bool open(const char *host, uint16_t port, const char *path);
  bool open(IPAddress address, uint16_t port, const char *path);

  // A peer that was not heard of for as long as the first is pinged, and given up if it
  // was not heard of for as long as the second after that (both in ms).
  void setSilence(uint32_t untilPing, uint32_t untilEnd);

  // Looks at the Client only so often (in ms; 0 at first: each time). Every look takes
  // long on boards whose radio is another processor.
  void setPollInterval(uint16_t interval) { pollInterval_ = interval; }

  bool poll() override;
  bool isOpen() const override { return state_ == State::Open; }
  bool isClosed() const { return state_ == State::Closed; }

  // Messages have 65535 bytes at most. One that is larger than what can be gathered
  // waits while the Client takes nothing, but for 2 s at most: then the connection is
  // given up. One that is printed longer than announced is cut, a shorter one filled
  // up with spaces.
  bool sendBegin(size_t length) override;
  bool sendEnd() override;
  size_t write(uint8_t byte) override;
  size_t write(const uint8_t *data, size_t size) override;
  using Print::write;

  // Says goodbye and waits up to 2 s, while it is polled, for the peer to do so too.
  // Messages that come meanwhile are dropped.
  void close(uint16_t code) override;

  // Asks the peer for a sign that it has read all that was sent before: a ping, which
  // it has to answer in its turn. False if that cannot be sent now. An answer counts
  // until the next question, or the end.
  bool ask();
  bool isAnswered() const { return isAnswered_; }

  // Drops the connection at once, if there is one.
  void drop();

  // Why it is closed.
  LinkEnd ended() const { return ended_; }

  // The status or the code that came with the end, or 0.
  uint16_t code() const { return code_; }

  // The peer's reason in words, or "": good until the link is opened again.
  const char *reason() const { return ended_ == LinkEnd::PeerClosed ? buffer_ : ""; }

private:
  enum class State : uint8_t { Closed, Opening, Open, Closing };
  enum class Input : uint8_t { Line, Header, Payload };

  // RFC 6455, section 5.2.
  enum Opcode : uint8_t {
    ContinuationOpcode = 0x0,
    TextOpcode = 0x1,
    BinaryOpcode = 0x2,
    CloseOpcode = 0x8,
    PingOpcode = 0x9,
    PongOpcode = 0xa,
  };

  static constexpr size_t StageSize = SENSORBOARD_STAGE_SIZE;
  static constexpr uint8_t MaskSize = 4;
  // Of what this side sends in a control frame: two bytes, and the mask.
  static constexpr uint8_t ShortHeaderSize = 2 + MaskSize;
  static constexpr uint8_t MaxControlSize = 125;
  // Of a question; a ping that only looks whether the peer is there has none.
  static constexpr uint8_t QuestionBytes = 4;

  static_assert(StageSize >= ShortHeaderSize + MaxControlSize,
                "the answer to a ping is put together in the stage");

  static uint32_t now() { return static_cast<uint32_t>(millis()); }

  // In WebSocketHandshake.cpp.
  void beginRequest(const char *path);
  bool endRequest(uint16_t port);

  void takeLine();
  void takeField();
  bool isAccepted(const char *value) const;

  // In WebSocketFrames.cpp.
  void takeHeader(uint8_t byte);
  void beginFrame(uint16_t length);
  size_t takePayload(size_t available);
  void takeClose(uint8_t byte);
  void takePong(const uint8_t *data, size_t size);
  void endFrame();
  bool isControl() const { return opcode_ & 0x08; }
  bool isPinged() const;
  void stageHeader(Opcode opcode, size_t length);
  void stageClose(uint16_t code);
  void fail(uint16_t code);

  bool receive();
  size_t take(size_t available);
  bool isBusy() const { return isSending_ || staged_ > 0 || isPinged(); }
  bool pump();
  bool drain();
  void checkTime(uint32_t time);
  void finish(LinkEnd end, uint16_t code = 0);

  Client &client_;
  const RandomSource random_;

  // All times are those of millis().
  uint32_t since_; // the state is what it is
  uint32_t polledAt_;
  uint32_t heardAt_;
  uint32_t pingedAt_; // the peer, by this side
  uint32_t stagedAt_;
  uint32_t untilPing_;
  uint32_t untilEnd_;
  uint16_t pollInterval_;

  uint8_t digest_[Sha1Size]; // from which the right answer to the request is made
  uint8_t seen_;             // in the answer, as bits

  uint8_t header_[4]; // of the frame that comes
  uint8_t headerSize_;
  uint8_t opcode_;
  bool isLast_;     // frame of its message
  bool isFragment_; // a message has begun, and is not at its end
  bool isSkipping_; // the message is no text
  bool isReady_;    // a message is in the buffer
  bool isAwaiting_; // an answer to a ping
  bool isSending_;  // a message, between sendBegin() and sendEnd()
  bool isCut_;      // the message is longer than announced
  bool isCloseSent_;
  bool isAnswer_; // the pong that comes is that to the question, as far as it has come
  bool isAsked_;  // a question has gone out over this connection
  bool isAnswered_; // the latest one is
  uint8_t question_[QuestionBytes];
  uint16_t length_;    // of the frame that comes
  uint16_t remaining_; // of its payload

  State state_;
  Input input_;
  LinkEnd ended_;
  uint16_t code_;

  size_t left_; // of the message that is sent
  uint8_t mask_[MaskSize];
  uint8_t maskAt_;
  size_t staged_;  // bytes in the stage
  size_t flushed_; // of those, how many the Client has
  uint8_t stage_[StageSize];
};

} // namespace sensorboard

#endif
