// How a connection becomes a WebSocket: RFC 6455, section 4.

#include "WebSocketLink.h"

#include <string.h>

#include "Bytes.h"

namespace sensorboard {

namespace {

constexpr uint16_t SwitchingProtocols = 101;

// What a right answer to the request has.
constexpr uint8_t NoBits = 0;
constexpr uint8_t HasStatus = 1;
constexpr uint8_t HasUpgrade = 2;
constexpr uint8_t HasConnection = 4;
constexpr uint8_t HasAccept = 8;
constexpr uint8_t HasAll = HasStatus | HasUpgrade | HasConnection | HasAccept;
// And what it must not have: this client asks for no extension and no subprotocol.
constexpr uint8_t HasUnasked = 16;

// In small letters: capitals do not matter in what is compared with them.
const char HttpText[] SENSORBOARD_FLASH = "http/1.";
const char UpgradeText[] SENSORBOARD_FLASH = "upgrade";
const char ConnectionText[] SENSORBOARD_FLASH = "connection";
const char WebSocketText[] SENSORBOARD_FLASH = "websocket";
const char AcceptText[] SENSORBOARD_FLASH = "sec-websocket-accept";
const char ExtensionsText[] SENSORBOARD_FLASH = "sec-websocket-extensions";
const char ProtocolText[] SENSORBOARD_FLASH = "sec-websocket-protocol";

// RFC 6455, section 1.3: what is put behind the key, so that only a server that knows
// WebSockets answers rightly.
const char AcceptSuffix[] SENSORBOARD_FLASH = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

constexpr size_t KeyBytes = 16;

constexpr size_t base64Size(size_t size) { return (size + 2) / 3 * 4; }

char base64Digit(uint8_t value) {
  if (value < 26) {
    return static_cast<char>('A' + value);
  }
  if (value < 52) {
    return static_cast<char>('a' + (value - 26));
  }
  if (value < 62) {
    return static_cast<char>('0' + (value - 52));
  }
  return value == 62 ? '+' : '/';
}

// Without a zero at the end.
void toBase64(const uint8_t *data, size_t size, char *text) {
  for (size_t i = 0; i < size; i += 3) {
    uint32_t group = static_cast<uint32_t>(data[i]) << 16;
    group |= i + 1 < size ? static_cast<uint32_t>(data[i + 1]) << 8 : 0;
    group |= i + 2 < size ? data[i + 2] : 0;
    for (uint8_t j = 0; j < 4; j++) {
      *text++ = base64Digit(group >> (18 - 6 * j) & 0x3f);
    }
  }
  for (size_t missing = (3 - size % 3) % 3; missing > 0; missing--) {
    *(text - missing) = '=';
  }
}

char toLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// What is behind a word in flash, or nullptr if the text does not begin with it.
const char *behind(const char *text, const char *word) {
  while (char c = readFlash(word++)) {
    if (toLower(*text++) != c) {
      return nullptr;
    }
  }
  return text;
}

bool contains(const char *text, const char *word) {
  for (; *text != '\0'; text++) {
    if (behind(text, word) != nullptr) {
      return true;
    }
  }
  return false;
}

// The value of a header field, or nullptr if the line is that of another field.
const char *fieldValue(const char *line, const char *name) {
  const char *value = behind(line, name);
  if (value == nullptr || *value != ':') {
    return nullptr;
  }
  do {
    value++;
  } while (*value == ' ' || *value == '\t');
  return value;
}

} // namespace

// The request goes through the stage as a message does, but not masked.
void WebSocketLink::beginRequest(const char *path) {
  state_ = State::Opening;
  input_ = Input::Line;
  seen_ = 0;
  since_ = stagedAt_ = heardAt_ = now();
  isFragment_ = false;
  isCloseSent_ = false;
  isSending_ = true;
  isCut_ = false;
  left_ = static_cast<size_t>(-1);
  memset(mask_, 0, MaskSize);

  print(F("GET "));
  print(path);
  print(F(" HTTP/1.1\r\nHost: "));
}

bool WebSocketLink::endRequest(uint16_t port) {
  constexpr size_t keySize = base64Size(KeyBytes),
                   suffixSize = sizeof(AcceptSuffix) - 1;
  uint8_t nonce[KeyBytes];
  random_(nonce, KeyBytes);
  char key[keySize + suffixSize + 1];
  toBase64(nonce, KeyBytes, key);
  key[keySize] = '\0';

  print(':');
  print(port);
  print(F("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "));
  print(key);
  print(F("\r\nSec-WebSocket-Version: 13\r\n\r\n"));
  isSending_ = false;

  for (size_t i = 0; i <= suffixSize; i++) {
    key[keySize + i] = readFlash(AcceptSuffix + i);
  }
  sha1(reinterpret_cast<const uint8_t *>(key), keySize + suffixSize, digest_);
  pump();
  return state_ == State::Opening;
}

void WebSocketLink::takeLine() {
  if (received_ > 0 && buffer_[received_ - 1] == '\r') {
    received_--;
  }
  buffer_[received_] = '\0';
  if (seen_ == 0) {
    // HTTP/1.1 101 Switching Protocols
    const char *version = behind(buffer_, HttpText);
    if (version == nullptr || *version == '\0') {
      finish(LinkEnd::NotWebSocket);
      return;
    }
    int status = atoi(version + 1);
    if (status < 100 || status > 999) {
      finish(LinkEnd::NotWebSocket);
      return;
    }
    if (status != SwitchingProtocols) {
      finish(LinkEnd::Refused, static_cast<uint16_t>(status));
      return;
    }
    seen_ = HasStatus;
  } else if (received_ > 0) {
    takeField();
  } else if (seen_ != HasAll) {
    finish(LinkEnd::NotWebSocket);
  } else {
    state_ = State::Open;
    since_ = now();
    input_ = Input::Header;
    headerSize_ = 0;
  }
  received_ = 0;
}

void WebSocketLink::takeField() {
  const char *value;
  if ((value = fieldValue(buffer_, UpgradeText)) != nullptr) {
    seen_ |= contains(value, WebSocketText) ? HasUpgrade : NoBits;
  } else if ((value = fieldValue(buffer_, ConnectionText)) != nullptr) {
    seen_ |= contains(value, UpgradeText) ? HasConnection : NoBits;
  } else if ((value = fieldValue(buffer_, AcceptText)) != nullptr) {
    seen_ |= isAccepted(value) ? HasAccept : NoBits;
  } else if (fieldValue(buffer_, ExtensionsText) != nullptr ||
             fieldValue(buffer_, ProtocolText) != nullptr) {
    seen_ |= HasUnasked;
  }
}

bool WebSocketLink::isAccepted(const char *value) const {
  char wanted[base64Size(Sha1Size)];
  toBase64(digest_, Sha1Size, wanted);
  if (strncmp(value, wanted, sizeof(wanted)) != 0) {
    return false;
  }
  value += sizeof(wanted);
  while (*value == ' ' || *value == '\t') {
    value++;
  }
  return *value == '\0';
}

} // namespace sensorboard
