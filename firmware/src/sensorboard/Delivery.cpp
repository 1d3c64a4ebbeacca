#include "Config.h"

// A board that is so small has no network.
#if !SENSORBOARD_IS_SMALL

#include "Delivery.h"

#include "Chip.h"

namespace sensorboard {

namespace {

// In tenths of a second.
constexpr uint8_t MaxAnswer = 50;    // for a batch to be acknowledged
constexpr uint16_t MaxWaiting = 300; // of what is new
constexpr uint16_t Later = 300;      // until a batch is sent again
constexpr uint8_t AskEvery = 100;    // whether readings have arrived

// That the board was there is kept once a minute, if nothing has changed; after a while
// less often, since it takes the room of readings.
constexpr uint16_t SayEvery = 600;
constexpr uint8_t ManyMarks = 15;
constexpr uint16_t SaySeldom = 15 * SayEvery;

// What is around the readings of a batch.
constexpr size_t Frame = sizeof("{\"type\":\"backlog\",\"batch\":\"\",\"readings\":}");

} // namespace

Delivery::Delivery(uint8_t *ring, size_t size)
    : backlog_(ring, size), channels_(nullptr), nonce_(0), tick_(0), begunAt_(0),
      sentAt_(0), askedAt_(0), keptAt_(0), marks_(0), isThere_(false), isTaken_(false),
      isOut_(false), isLate_(false), isAsking_(false) {}

void Delivery::keep(uint32_t tick, const Channels &channels, const Channel *end,
                    bool isSent) {
  backlog_.begin(tick);
  bool isNews = false;
  for (uint8_t i = 0; channels.begin() + i != end; i++) {
    const Channel &channel = channels.begin()[i];
    if (!channel.isDue()) {
      continue;
    }
    isNews = true;
    switch (channel.type()) {
    case ChannelType::Number:
      backlog_.add(i, channel.decimal());
      break;
    case ChannelType::Boolean:
      backlog_.add(i, channel.boolean());
      break;
    case ChannelType::Text:
      // One option of many has no zero behind it.
      if (channel.kind() == ChannelKind::Select && channel.text() != nullptr) {
        char option[4 * 64 + 1];
        size_t length = strcspn(channel.text(), "|");
        if (length >= sizeof(option)) {
          length = sizeof(option) - 1;
        }
        memcpy(option, channel.text(), length);
        option[length] = '\0';
        backlog_.add(i, option);
      } else {
        backlog_.add(i, channel.text());
      }
      break;
    case ChannelType::Color:
      backlog_.addColor(i, channel.color());
      break;
    default:
      break;
    }
  }
  const uint16_t pause = marks_ < ManyMarks ? SayEvery : SaySeldom;
  if (isNews) {
    keptAt_ = tick;
    marks_ = 0;
  } else if (!isThere_ && tick - keptAt_ >= pause) {
    backlog_.addNothing();
    keptAt_ = tick;
    marks_ = marks_ < ManyMarks ? static_cast<uint8_t>(marks_ + 1) : marks_;
  }
  backlog_.end(isSent);
}

void Delivery::begun(uint32_t tick, bool takesBacklog) {
  isThere_ = true;
  isTaken_ = takesBacklog;
  begunAt_ = askedAt_ = tick;
}

void Delivery::ended() {
  backlog_.lost();
  isThere_ = false;
  isOut_ = isLate_ = isAsking_ = false;
}

bool Delivery::handOver(uint32_t tick, Connector &connector, const Channels &channels) {
  if (isAsking_) {
    if (connector.isAnswered()) {
      isAsking_ = false;
      backlog_.arrived();
    }
  } else if (backlog_.isUncertain() && tick - askedAt_ >= AskEvery) {
    askedAt_ = tick;
    isAsking_ = connector.ask();
    if (isAsking_) {
      backlog_.mark();
    }
  }

  if (isOut_) {
    const uint32_t passed = tick - sentAt_;
    isLate_ = isLate_ || passed >= MaxAnswer;
    isOut_ = passed < Later;
  }
  if (!isTaken_ || !(isOut_ || backlog_.isWaiting())) {
    // What may come to wait from now on has its own time.
    begunAt_ = tick;
    return false;
  }
  char name[NameSize + 1];
  if (!isOut_ &&
      backlog_.prepare(SENSORBOARD_BATCH - Frame - sizeof(name), channels.begin())) {
    if (nonce_ == 0) {
      randomBytes(reinterpret_cast<uint8_t *>(&nonce_), sizeof(nonce_));
    }
    tick_ = tick;
    channels_ = &channels;
    isOut_ = connector.link().send(write, this);
    sentAt_ = tick;
  }
  return !isLate_ && tick - begunAt_ < MaxWaiting;
}

void Delivery::acknowledged(uint32_t, const char *batch) {
  // Also one that was given up comes late, or never: then it is sent once more.
  if (isNamed(batch)) {
    backlog_.delivered();
    isOut_ = isLate_ = false;
  }
}

void Delivery::refused(const char *batch) {
  if (isNamed(batch)) {
    backlog_.refused();
    isOut_ = isLate_ = false;
  }
}

bool Delivery::isNamed(const char *batch) const {
  char name[NameSize + 1];
  nameBatch(name);
  return strcmp(batch, name) == 0;
}

void Delivery::nameBatch(char (&name)[NameSize + 1]) const {
  uint8_t bytes[sizeof(nonce_)];
  memcpy(bytes, &nonce_, sizeof(bytes));
  toHex(bytes, sizeof(bytes), name);
  char digits[10];
  uint8_t count = 0;
  uint32_t number = backlog_.batch();
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  char *at = name + 2 * sizeof(bytes);
  *at++ = '-';
  while (count > 0) {
    *at++ = digits[--count];
  }
  *at = '\0';
}

void Delivery::write(Print &out, void *context) {
  const Delivery &delivery = *static_cast<const Delivery *>(context);
  char name[NameSize + 1];
  delivery.nameBatch(name);
  JsonWriter json(out);
  json.beginMessage(F("backlog"));
  json.key(F("batch")).text(name);
  delivery.backlog_.write(json.key(F("readings")), delivery.tick_,
                          delivery.channels_->begin());
  json.endObject();
}

} // namespace sensorboard

#endif
