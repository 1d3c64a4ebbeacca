// The server's side of a WebSocket, as bytes.

#ifndef SENSORBOARD_TESTS_FRAMES_H
#define SENSORBOARD_TESTS_FRAMES_H

#include <stdint.h>

#include <string>
#include <vector>

constexpr uint8_t Continuation = 0x0, Text = 0x1, Binary = 0x2, Close = 0x8, Ping = 0x9,
                  Pong = 0xa, Last = 0x80;

// A frame of the server's. The first byte is the opcode with Last, and with reserved
// bits if they are to be wrong.
inline std::string frame(uint8_t first, const std::string &payload) {
  std::string bytes(1, static_cast<char>(first));
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else {
    bytes += static_cast<char>(126);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size());
  }
  return bytes + payload;
}

inline std::string text(const std::string &payload) {
  return frame(Last | Text, payload);
}

inline std::string closeFrame(uint16_t code, const std::string &reason) {
  std::string payload(1, static_cast<char>(code >> 8));
  return frame(Last | Close, payload + static_cast<char>(code) + reason);
}

struct Frame {
  uint8_t first;
  std::string mask;
  std::string payload;
};

// The frames in what a client has sent. Anything that is no whole masked frame comes
// as one with the first byte 0.
inline std::vector<Frame> framesIn(const std::string &bytes) {
  std::vector<Frame> frames;
  size_t at = 0;
  while (at < bytes.size()) {
    Frame one = {0, "", bytes.substr(at)};
    size_t length = at + 1 < bytes.size() ? bytes[at + 1] & 0x7f : 0;
    size_t header = length < 126 ? 6 : 8;
    if (at + header > bytes.size() || length == 127 || (bytes[at + 1] & 0x80) == 0) {
      frames.push_back(one);
      break;
    }
    if (length == 126) {
      length = static_cast<size_t>(static_cast<uint8_t>(bytes[at + 2])) << 8 |
               static_cast<uint8_t>(bytes[at + 3]);
    }
    if (at + header + length > bytes.size()) {
      frames.push_back(one);
      break;
    }
    one.first = static_cast<uint8_t>(bytes[at]);
    one.mask = bytes.substr(at + header - 4, 4);
    one.payload = bytes.substr(at + header, length);
    for (size_t i = 0; i < length; i++) {
      one.payload[i] = static_cast<char>(one.payload[i] ^ one.mask[i % 4]);
    }
    frames.push_back(one);
    at += header + length;
  }
  return frames;
}

#endif
