#include "Config.h"

// A board that is so small has no network.
#if !SENSORBOARD_IS_SMALL

#include "NetworkConnector.h"

#include <string.h>

#include "Chip.h"

namespace sensorboard {

namespace {

const char KeyPath[] = "/api/arduino_sensor/ws";

// In ms. Home Assistant gives a handshake 60 s.
constexpr uint32_t HandshakeTime = 75000;
// An older release does not answer hello at an address of the board's own.
constexpr uint32_t WelcomeTime = 5000;
constexpr uint32_t ShowAgain = 60000;
// Longer than Home Assistant has a board wait: 10 minutes for a code, an hour without.
constexpr uint32_t MaxWait = 65UL * 60000;
// A board with a key that waits where nobody knows it looks for the one that does.
constexpr uint32_t LookAround = 120000;
// Whoever answers the search can say that it does not know the board, while the one
// that does restarts. So long such a board does not offer itself to anybody else.
constexpr uint32_t Loyalty = 180000;

constexpr uint32_t Seldom = 60000;
constexpr uint32_t WhenTooMany = 180000;

constexpr uint16_t GoingAway = 1001;
constexpr uint16_t UnknownAddress = 4401;
constexpr uint16_t NotAllowed = 4403;
constexpr uint16_t InUse = 4408;
constexpr uint16_t Replaced = 4409;
constexpr uint16_t PairingEnded = 4412;
constexpr uint16_t TooManyWait = 4413;

constexpr uint16_t Forbidden = 403;
constexpr uint16_t NotFound = 404;
constexpr uint16_t Unavailable = 503;

// Messages in one poll of a connection that is not ready: a slow sketch polls seldom.
constexpr uint8_t MessagesAtOnce = 4;

} // namespace

NetworkConnector::NetworkConnector(Network &network, const About &about, char *buffer,
                                   size_t size)
    : network_(network), about_(about), buffer_(buffer), size_(size), host_(nullptr),
      path_(KeyPath), link_(network.client(), randomBytes, buffer, size), since_(0),
      pause_(0), roundPause_(0), leavePause_(0), shownAt_(0), waitsSince_(0),
      refusedSince_(0), mac_(), phase_(Phase::Resting), hasMac_(false), isUp_(false),
      isKeyless_(false), isHelloDue_(false), isInRound_(false), isSearchDue_(false),
      isPairing_(false), isRefused_(false), isSecretWrong_(false) {}

void NetworkConnector::setAddress(const char *host, uint16_t port, const char *path) {
  host_ = host != nullptr && *host != '\0' ? host : nullptr;
  path_ = path != nullptr && *path != '\0' ? path : KeyPath;
  isKeyless_ = strcmp(path_, KeyPath) != 0;
  if (!isSearched()) {
    hubs_.set({host_, {}, port});
  }
}

void NetworkConnector::setSecret(const char *text) {
  isSecretWrong_ = !handshake_.setSecret(text);
}

void NetworkConnector::begin() {
  handshake_.begin();
  link_.setPollInterval(network_.pollInterval());
  network_.begin();
  if (isSecretWrong_) {
    trouble_.say(Words::NoSecret, hubs_.place());
  }
  if (!isSearched() && strpbrk(host_, ":/") != nullptr) {
    trouble_.say(Words::OddHost, hubs_.place());
  }
  rest(0);
}

ConnectorState NetworkConnector::state() const {
  if (!isUp_) {
    return ConnectorState::NoNetwork;
  }
  switch (phase_) {
  case Phase::Searching:
    return ConnectorState::Searching;
  case Phase::Resting:
    return isSearched() && hubs_.isEmpty() ? ConnectorState::Searching
                                           : ConnectorState::Connecting;
  case Phase::Proving:
    return ConnectorState::Proving;
  case Phase::Waiting:
    return ConnectorState::Waiting;
  case Phase::Ready:
    return ConnectorState::Ready;
  default:
    return ConnectorState::Connecting;
  }
}

const char *NetworkConnector::code() const {
  return phase_ == Phase::Waiting ? handshake_.code() : nullptr;
}

bool NetworkConnector::poll(Message &message) {
  if (!isNetworkUp()) {
    return false;
  }
  switch (phase_) {
  case Phase::Resting:
    if (elapsed() >= pause_) {
      if (isInRound_) {
        next();
      } else {
        beginRound();
      }
    }
    return false;
  case Phase::Searching:
    search();
    return false;
  case Phase::Leaving:
    link_.poll();
    if (link_.isClosed()) {
      ended();
    }
    return false;
  default:
    return converse(message);
  }
}

void NetworkConnector::end() {
  search_.end();
  link_.close(GoingAway);
  while (!link_.isClosed()) { // for 2 s at most
    link_.poll();
    delay(1);
  }
  isInRound_ = false;
  rest(0);
}

// Whatever there was over it ends with the network, and begins with it.
bool NetworkConnector::isNetworkUp() {
  const bool isUp = network_.isUp();
  if (isUp != isUp_) {
    isUp_ = isUp;
    search_.end();
    link_.drop();
    hasMac_ = isUp && network_.macAddress(mac_);
    isInRound_ = false;
    rest(0);
  }
  if (!isUp) {
    trouble_.say(network_.trouble());
  }
  return isUp;
}

void NetworkConnector::enter(Phase phase) {
  phase_ = phase;
  since_ = now();
}

void NetworkConnector::rest(uint32_t pause) {
  enter(Phase::Resting);
  pause_ = pause;
}

// A round goes to each Home Assistant that is known, until one welcomes the board.
void NetworkConnector::beginRound() {
  isInRound_ = true;
  isPairing_ = false;
  roundPause_ = UINT32_MAX;
  hubs_.beginRound();
  if (handshake_.isPending() && now() - waitsSince_ >= MaxWait) {
    forgetPairing();
  }
  if (!isSearched() || (!hubs_.isEmpty() && !isSearchDue_)) {
    next();
    return;
  }
  UDP *udp = network_.udp();
  if (udp == nullptr) {
    trouble_.say(Words::NoSearch, hubs_.place());
    next();
    return;
  }
  enter(Phase::Searching);
  // A board that sleeps between readings has no time for others than the first.
  search_.begin(*udp, hubs_, handshake_.hasKey() && !isSearchDue_);
}

void NetworkConnector::search() {
  if (search_.poll(hubs_, buffer_, size_)) {
    return;
  }
  if (hubs_.isEmpty()) {
    trouble_.say(Words::NotFound, hubs_.place());
  }
  next();
}

void NetworkConnector::next() {
  while (!isPairing_ && hubs_.next(handshake_.hasKey())) {
    // One that has no key could only spoil the pairing that it waits for elsewhere.
    if (!handshake_.isPending() || handshake_.hasKey() || hubs_.is(Hubs::Waits)) {
      connect();
      return;
    }
  }
  isPairing_ = isPairing_ || mayPairAnew();
  if (isPairing_ && hubs_.nextRefused()) {
    connect();
    return;
  }
  if (!isPairing_ && !hubs_.any(Hubs::Refused)) {
    isRefused_ = false;
  }
  isInRound_ = false;
  isSearchDue_ = true;
  rest(backoff_.pause() + (roundPause_ == UINT32_MAX ? 0 : roundPause_));
}

// Whether the board may offer itself to one that does not know it, after all have been
// asked.
bool NetworkConnector::mayPairAnew() const {
  return hubs_.any(Hubs::Refused) && !handshake_.isPending() &&
         (!handshake_.hasKey() || (isRefused_ && now() - refusedSince_ >= Loyalty));
}

void NetworkConnector::connect() {
  const Place &place = hubs_.place();
  handshake_.connected(hubs_.is(Hubs::Waits));
  isHelloDue_ = isKeyless_;
  enter(Phase::Opening);
  const bool isBegun = place.host != nullptr
                           ? link_.open(place.host, place.port, path_)
                           : link_.open(IPAddress(place.address[0], place.address[1],
                                                  place.address[2], place.address[3]),
                                        place.port, path_);
  if (!isBegun) {
    ended();
  }
}

// Says goodbye, and lets this one alone for so long.
void NetworkConnector::leave(uint32_t pause) {
  leavePause_ = pause;
  link_.close(GoingAway);
  enter(Phase::Leaving);
}

void NetworkConnector::ended() {
  const bool wasSettled = phase_ == Phase::Ready || phase_ == Phase::Waiting;
  const uint32_t pause = explain();
  if (wasSettled) {
    // It is tried first, and at once: nothing was wrong with it.
    isInRound_ = isSearchDue_ = false;
    rest(pause + backoff_.pause());
  } else {
    roundPause_ = pause < roundPause_ ? pause : roundPause_;
    rest(0);
  }
}

// Says why a connection has ended, and gives how long to wait for the next one at
// least.
uint32_t NetworkConnector::explain() {
  const Place &place = hubs_.place();
  const uint16_t code = link_.code();
  switch (link_.ended()) {
  case LinkEnd::NoConnection:
    trouble_.say(Words::Nobody, place);
    return 0;
  case LinkEnd::NoAnswer:
    trouble_.say(Words::NoAnswer, place);
    return 0;
  case LinkEnd::NotWebSocket:
  case LinkEnd::ProtocolError:
    trouble_.say(Words::NotWebSocket, place);
    return Seldom;
  case LinkEnd::Refused:
    trouble_.say(code == NotFound      ? Words::NoIntegration
                 : code == Forbidden   ? Words::Banned
                 : code == Unavailable ? Words::Busy
                                       : Words::OtherStatus,
                 place, code);
    // One that starts does not know the address before it has loaded the integration.
    return code == Unavailable || code == NotFound ? 0 : Seldom;
  case LinkEnd::Silent:
  case LinkEnd::Stuck:
    trouble_.say(Words::Silent, place);
    return 0;
  case LinkEnd::Lost:
    trouble_.say(phase_ == Phase::Opening ? Words::HungUp : Words::Lost, place);
    return 0;
  case LinkEnd::PeerClosed:
    break;
  default:
    return leavePause_;
  }
  trouble_.say(code == Replaced ? Words::TwoOfThem : Words::Closed, place, code);
  switch (code) {
  case PairingEnded:
    forgetPairing();
    hubs_.turn();
    return 0;
  case UnknownAddress:
    // It knows the board, which is disabled there: that is no reason to go elsewhere.
    isRefused_ = false;
    return Seldom;
  case NotAllowed:
  case InUse:
  case Replaced:
    return Seldom;
  case TooManyWait:
    return WhenTooMany;
  default:
    return 0;
  }
}

void NetworkConnector::forgetPairing() {
  handshake_.forget();
  hubs_.unmark(Hubs::Waits);
}

bool NetworkConnector::converse(Message &message) {
  for (uint8_t i = 0; i < MessagesAtOnce; i++) {
    const bool isMessage = link_.poll();
    if (link_.isClosed()) {
      ended();
      return false;
    }
    if (!link_.isOpen()) {
      return false;
    }
    if (phase_ == Phase::Opening) {
      enter(Phase::Proving);
    }
    if (isMessage && message.read(link_.text(), link_.length(), link_.isTooLong()) &&
        take(message)) {
      return true;
    }
    send();
    if (isOverdue(message)) {
      return true;
    }
    if (!isMessage || phase_ == Phase::Leaving) {
      return false;
    }
  }
  return false;
}

void NetworkConnector::send() {
  const uint8_t *mac = hasMac_ ? mac_ : nullptr;
  if (!isKeyless_) {
    handshake_.send(link_, about_, mac);
  } else if (isHelloDue_) {
    isHelloDue_ = !sendHello(link_, about_, handshake_.id(), nullptr, mac);
  }
}

// True if the message is the conversation's.
bool NetworkConnector::take(const Message &message) {
  if (isKeyless_) {
    if (phase_ != Phase::Ready && message.type == MessageType::Error) {
      trouble_.tell(message.message);
    } else if (message.type == MessageType::Welcome) {
      return welcome();
    }
    return phase_ == Phase::Ready;
  }
  const bool wasReady = phase_ == Phase::Ready;
  const HandshakeEvent event = handshake_.take(message);
  if (!wasReady && message.type == MessageType::Error &&
      !Handshake::isRefusal(message)) {
    trouble_.tell(message.message);
  }
  if (act(event)) {
    return true;
  }
  switch (message.type) {
  case MessageType::Challenge:
  case MessageType::Pair:
  case MessageType::Waiting:
  case MessageType::Paired:
  case MessageType::Welcome:
  case MessageType::Rotate:
    return false;
  default:
    return wasReady;
  }
}

// True if the conversation can begin.
bool NetworkConnector::act(HandshakeEvent event) {
  const Place &place = hubs_.place();
  bool isBegun = false;
  switch (event) {
  case HandshakeEvent::None:
  case HandshakeEvent::Replaced:
    break;
  case HandshakeEvent::Unknown:
    refused();
    break;
  case HandshakeEvent::Waiting:
    wait();
    break;
  case HandshakeEvent::Paired:
    trouble_.paired(place);
    enter(Phase::Proving);
    break;
  case HandshakeEvent::Welcomed:
    isBegun = welcome();
    break;
  case HandshakeEvent::SecretWrong:
    hubs_.mark(Hubs::Secretless);
    trouble_.say(Words::OtherSecret, place);
    break;
  case HandshakeEvent::Unvouched:
    trouble_.say(Words::Unvouched, place);
    if (phase_ != Phase::Ready) {
      leave(Seldom);
    }
    break;
  case HandshakeEvent::Untrusted:
    trouble_.say(Words::Untrusted, place);
    leave(Seldom);
    break;
  case HandshakeEvent::Broken:
    trouble_.say(Words::Broken, place);
    leave(Seldom);
    break;
  }
  if (!handshake_.isKept()) {
    trouble_.say(Words::NotStored, place);
  }
  return isBegun;
}

void NetworkConnector::refused() {
  if (!handshake_.isPending()) {
    hubs_.unmark(Hubs::Waits);
  }
  if (mayPair()) {
    if (handshake_.hasKey()) {
      trouble_.say(Words::Unknown, hubs_.place());
    }
    handshake_.pair(hasSecretFor());
    return;
  }
  hubs_.mark(Hubs::Refused);
  if (handshake_.hasKey()) {
    trouble_.say(Words::UnknownForNow, hubs_.place());
    if (!isRefused_) {
      isRefused_ = true;
      refusedSince_ = now();
    }
  }
  leave(0);
}

// Whether the board may offer itself to this one, which does not know it.
bool NetworkConnector::mayPair() const {
  if (!isSearched()) {
    return true;
  }
  // Ours has forgotten it; one that knows the secret is the person's; and a board that
  // never belonged to anybody goes to whoever has it.
  return isPairing_ || hubs_.is(Hubs::Ours) || hasSecretFor() ||
         !(handshake_.hasKey() || handshake_.hasSecret());
}

void NetworkConnector::wait() {
  if (!hubs_.is(Hubs::Waits)) {
    hubs_.markAlone(Hubs::Waits);
    waitsSince_ = now();
  }
  enter(Phase::Waiting);
  shownAt_ = now();
  trouble_.waits(handshake_.code(), hubs_.place());
}

bool NetworkConnector::welcome() {
  hubs_.unmark(Hubs::Waits);
  hubs_.markAlone(Hubs::Ours);
  backoff_.reset();
  isRefused_ = false;
  trouble_.welcomed(hubs_.place());
  enter(Phase::Ready);
  return true;
}

// True if what did not come is taken for said: a welcome.
bool NetworkConnector::isOverdue(Message &message) {
  if (phase_ == Phase::Proving) {
    if (isKeyless_ && elapsed() >= WelcomeTime) {
      char nothing[] = "{}";
      if (message.read(nothing, sizeof(nothing) - 1)) {
        message.type = MessageType::Welcome;
      }
      return welcome();
    }
    if (elapsed() >= HandshakeTime) {
      trouble_.say(Words::NoAnswer, hubs_.place());
      leave(0);
    }
  } else if (phase_ == Phase::Waiting) {
    if (now() - waitsSince_ >= MaxWait) {
      forgetPairing();
      leave(0);
    } else if (isSearched() && handshake_.hasKey() && !hubs_.is(Hubs::Ours) &&
               elapsed() >= LookAround) {
      isInRound_ = false;
      isSearchDue_ = true;
      leave(0);
    } else if (now() - shownAt_ >= ShowAgain) {
      shownAt_ = now();
      trouble_.waits(handshake_.code(), hubs_.place());
    }
  }
  return false;
}

} // namespace sensorboard

#endif
