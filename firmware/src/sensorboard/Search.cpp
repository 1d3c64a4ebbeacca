#include "Search.h"

#include <string.h>

#include "Chip.h"

namespace sensorboard {

namespace {

constexpr uint16_t MdnsPort = 5353;

// RFC 1035, section 4.1, and RFC 2782.
constexpr size_t HeaderSize = 12;
constexpr size_t QuestionTail = 4; // type and class
constexpr size_t RecordTail = 10;  // type, class, lifetime, length of the data
constexpr size_t ServiceTail = 6;  // priority, weight, port
constexpr uint8_t AnswerBit = 0x80;
constexpr uint8_t OpcodeBits = 0x78;
constexpr uint8_t ErrorBits = 0x0f;
constexpr uint8_t PointerBits = 0xc0;
constexpr uint16_t AddressType = 1;
constexpr uint16_t PointerType = 12;
constexpr uint16_t ServiceType = 33;
constexpr uint16_t InternetClass = 1;
constexpr uint16_t UnicastBit = 0x8000; // in the class, RFC 6762, section 5.4

// "_home-assistant._tcp.local", each part with its length before it.
const char ServiceName[] SENSORBOARD_FLASH = "\x0f_home-assistant\x04_tcp\x05local";
constexpr size_t ServiceNameSize = sizeof(ServiceName); // with the zero at its end

static_assert(HeaderSize + ServiceNameSize + QuestionTail == QuestionSize,
              "as it says");

// How long answers to each question are awaited, and how long others after the first
// answer, in ms. There is no hurry: in the next loop of a slow sketch they are there.
const uint16_t Patience[] = {1000, 2000, 2000};
constexpr uint8_t Questions = sizeof(Patience) / sizeof(Patience[0]);
constexpr uint16_t MorePatience = 1000;

// Of those that come at once, for they may come from anybody.
constexpr uint8_t PacketsAtOnce = 8;

char lower(uint8_t c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

// Goes through a packet, and no byte further.
class Reader {
public:
  Reader(const uint8_t *packet, size_t size) : packet_(packet), size_(size) {}

  bool has(size_t at, size_t count) const { return at <= size_ && count <= size_ - at; }
  uint16_t number(size_t at) const {
    return static_cast<uint16_t>(packet_[at] << 8 | packet_[at + 1]);
  }
  const uint8_t *bytes(size_t at) const { return packet_ + at; }

  // Goes behind a name. False if it is none.
  bool skipName(size_t &at) const {
    for (;;) {
      if (!has(at, 1)) {
        return false;
      }
      const uint8_t length = packet_[at];
      if ((length & PointerBits) == PointerBits) {
        at += 2;
        return at <= size_;
      }
      if ((length & PointerBits) != 0) {
        return false;
      }
      at += 1u + length;
      if (length == 0) {
        return true;
      }
    }
  }

private:
  const uint8_t *const packet_;
  const size_t size_;
};

// Goes through a name, part by part: each begins with its length, the last is empty. A
// name can go on elsewhere, and so a wrong one can go on for ever: there are bounds.
class Name {
public:
  Name(const Reader &reader, size_t at)
      : reader_(reader), at_(at), jumps_(MaxJumps), left_(MaxSize) {}

  // The next part with its length before it, or nullptr if the name is wrong.
  const uint8_t *part() {
    while (reader_.has(at_, 2) && (*reader_.bytes(at_) & PointerBits) == PointerBits) {
      if (jumps_-- == 0) {
        return nullptr;
      }
      at_ = reader_.number(at_) & 0x3fffu;
    }
    if (!reader_.has(at_, 1)) {
      return nullptr;
    }
    const uint8_t *found = reader_.bytes(at_);
    const size_t size = 1u + *found;
    if ((*found & PointerBits) != 0 || size > left_ || !reader_.has(at_, size)) {
      return nullptr;
    }
    left_ -= size;
    at_ += size;
    return found;
  }

private:
  static constexpr uint8_t MaxJumps = 8;
  static constexpr size_t MaxSize = 255; // RFC 1035, section 3.1

  const Reader &reader_;
  size_t at_;
  uint8_t jumps_;
  size_t left_;
};

// Whether a name is any name of Home Assistant's service.
bool isService(const Reader &reader, size_t at) {
  Name name(reader, at);
  const uint8_t *part = name.part();
  if (part == nullptr || *part == 0) {
    return false;
  }
  for (size_t i = 0; i < ServiceNameSize;) {
    if ((part = name.part()) == nullptr) {
      return false;
    }
    for (size_t j = 0; j <= *part; j++, i++) {
      if (lower(part[j]) != readFlash(ServiceName + i)) {
        return false;
      }
    }
  }
  return true;
}

bool isSame(const Reader &reader, size_t at, size_t otherAt) {
  Name name(reader, at), other(reader, otherAt);
  for (;;) {
    const uint8_t *part = name.part(), *otherPart = other.part();
    if (part == nullptr || otherPart == nullptr || *part != *otherPart) {
      return false;
    }
    if (*part == 0) {
      return true;
    }
    for (size_t i = 1; i <= *part; i++) {
      if (lower(part[i]) != lower(otherPart[i])) {
        return false;
      }
    }
  }
}

// One record after the other, as far as the packet is whole.
class Records {
public:
  explicit Records(const Reader &reader)
      : reader_(reader), left_(0), next_(HeaderSize) {
    for (uint16_t questions = reader.number(4); questions > 0; questions--) {
      if (!reader.skipName(next_)) {
        return;
      }
      next_ += QuestionTail;
    }
    left_ =
        static_cast<uint32_t>(reader.number(6)) + reader.number(8) + reader.number(10);
  }

  bool next() {
    if (left_ == 0) {
      return false;
    }
    left_--;
    name = next_;
    if (!reader_.skipName(next_) || !reader_.has(next_, RecordTail)) {
      left_ = 0;
      return false;
    }
    type = reader_.number(next_);
    isLive = (reader_.number(next_ + 2) & ~UnicastBit) == InternetClass &&
             (reader_.number(next_ + 4) | reader_.number(next_ + 6)) != 0;
    size = reader_.number(next_ + 8);
    data = next_ + RecordTail;
    if (!reader_.has(data, size)) {
      left_ = 0;
      return false;
    }
    next_ = data + size;
    return true;
  }

  size_t name, data, size;
  uint16_t type;
  bool isLive; // it is of this network, and does not say goodbye

private:
  const Reader &reader_;
  uint32_t left_;
  size_t next_;
};

// Whether one can connect to it.
bool isAddress(const uint8_t *address) { return address[0] != 0 && address[0] < 224; }

void findAddress(const Reader &reader, size_t target, const uint8_t (&sender)[4],
                 uint8_t (&address)[4]) {
  memcpy(address, sender, sizeof(address));
  bool isFirst = true;
  Records records(reader);
  while (records.next()) {
    if (records.type != AddressType || !records.isLive ||
        records.size != sizeof(address) || !isSame(reader, records.name, target)) {
      continue;
    }
    const uint8_t *given = reader.bytes(records.data);
    if (memcmp(given, sender, sizeof(sender)) == 0) {
      memcpy(address, sender, sizeof(address));
      return;
    }
    if (isFirst && isAddress(given)) {
      memcpy(address, given, sizeof(address));
      isFirst = false;
    }
  }
}

} // namespace

void writeQuestion(uint16_t id, bool asksForUnicast, uint8_t (&packet)[QuestionSize]) {
  memset(packet, 0, sizeof(packet));
  packet[0] = static_cast<uint8_t>(id >> 8);
  packet[1] = static_cast<uint8_t>(id);
  packet[5] = 1; // question
  uint8_t *to = packet + HeaderSize;
  for (size_t i = 0; i < ServiceNameSize; i++) {
    *to++ = static_cast<uint8_t>(readFlash(ServiceName + i));
  }
  to[1] = PointerType;
  to[2] = asksForUnicast ? UnicastBit >> 8 : 0;
  to[3] = InternetClass;
}

bool readAnswer(const uint8_t *packet, size_t size, uint16_t id,
                const uint8_t (&sender)[4], Hubs &hubs) {
  const Reader reader(packet, size);
  // What is sent to everybody has the id 0.
  if (size < HeaderSize || (reader.number(0) != id && reader.number(0) != 0) ||
      (packet[2] & (AnswerBit | OpcodeBits)) != AnswerBit ||
      (packet[3] & ErrorBits) != 0) {
    return false;
  }
  bool isFound = false;
  uint8_t found = 0;
  Records records(reader);
  while (found < Hubs::Most && records.next()) {
    if (records.type != ServiceType || !records.isLive || records.size <= ServiceTail ||
        !isService(reader, records.name)) {
      continue;
    }
    found++;
    Place place = {nullptr, {}, reader.number(records.data + 4)};
    findAddress(reader, records.data + ServiceTail, sender, place.address);
    if (place.port != 0 && isAddress(place.address)) {
      hubs.add(place);
      isFound = true;
    }
  }
  return isFound;
}

void Search::begin(UDP &udp, Hubs &hubs, bool isHasty) {
  end();
  udp_ = &udp;
  asked_ = 0;
  isHasty_ = isHasty;
  isFound_ = false;
  hubs.beginSearch();
  ask();
}

bool Search::poll(Hubs &hubs, char *buffer, size_t size) {
  if (udp_ == nullptr) {
    return false;
  }
  uint8_t *packet = reinterpret_cast<uint8_t *>(buffer);
  const bool wasFound = isFound_;
  for (uint8_t i = 0; i < PacketsAtOnce && udp_->parsePacket() > 0; i++) {
    const int count = udp_->read(packet, size);
    if (count <= 0) {
      continue;
    }
    const IPAddress from = udp_->remoteIP();
    const uint8_t sender[4] = {from[0], from[1], from[2], from[3]};
    // One that is longer than the buffer is read as far as it is there.
    const size_t length =
        static_cast<size_t>(count) < size ? static_cast<size_t>(count) : size;
    isFound_ = readAnswer(packet, length, id_, sender, hubs) || isFound_;
  }
  const uint32_t now = static_cast<uint32_t>(millis());
  if (isFound_ && !wasFound) {
    since_ = now;
  }
  if (isFound_ ? isHasty_ || now - since_ >= MorePatience
               : now - since_ >= Patience[asked_ - 1] && asked_ == Questions) {
    end();
    hubs.endSearch();
    return false;
  }
  if (!isFound_ && now - since_ >= Patience[asked_ - 1]) {
    ask();
  }
  return true;
}

void Search::end() {
  if (udp_ != nullptr) {
    udp_->stop();
    udp_ = nullptr;
  }
}

// The last question is asked where everybody listens: some network chips reach others
// by multicast only then.
void Search::ask() {
  const bool asksEverybody = listen(++asked_ == Questions);
  uint8_t packet[QuestionSize];
  writeQuestion(id_, asksEverybody, packet);
  if (udp_->beginPacket(IPAddress(224, 0, 0, 251), MdnsPort) > 0) {
    udp_->write(packet, sizeof(packet));
    udp_->endPacket();
  }
  since_ = static_cast<uint32_t>(millis());
}

// Begins to listen. True if that is where everybody does, else at a port of its own,
// where answers come to nobody else (RFC 6762, section 6.7).
bool Search::listen(bool asksEverybody) {
  udp_->stop();
  uint8_t random[4];
  randomBytes(random, sizeof(random));
  id_ = static_cast<uint16_t>(random[0] << 8 | random[1] | 1); // never 0
#if !defined(ESP8266) // its UDP class has no such method, and its network needs none
  if (asksEverybody && udp_->beginMulticast(IPAddress(224, 0, 0, 251), MdnsPort) != 0) {
    return true;
  }
#endif
  (void)asksEverybody;
  // Not 0, which not every network takes for "any".
  udp_->begin(static_cast<uint16_t>(0xc000 | random[2] << 8 | random[3]));
  return false;
}

} // namespace sensorboard
