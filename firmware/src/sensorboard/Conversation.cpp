#include "Conversation.h"

namespace sensorboard {

namespace {

// Home Assistant takes no more in one message.
constexpr size_t MaxReading = 4096;

// Messages that are read in one loop: enough for sketches that are busy for seconds.
constexpr uint8_t MaxMessages = 8;

// In tenths of a second.
constexpr uint8_t Patience = 5;        // until something is measured even so
constexpr uint8_t EventAge = 100;      // then an event is none any more
constexpr uint16_t Repetition = 600;   // of all values, where nothing tells of losses
constexpr uint16_t MaxInterval = 6500; // seconds; the ticks are those of 16 bits

uint16_t ticksOf(uint16_t seconds) {
  if (seconds > MaxInterval) {
    seconds = MaxInterval;
  }
  return seconds > 0 ? static_cast<uint16_t>(seconds * 10) : 1;
}

} // namespace

#if SENSORBOARD_IS_SMALL
Keeper *ConversationState::keeper_;
Print *ConversationState::messages_;
bool (*ConversationState::sendEvents_)(Conversation &);
uint32_t ConversationState::epoch_;
uint32_t ConversationState::epochAt_;
int32_t ConversationState::offset_;
#endif

void Conversation::begin(AnyConnector &connector, Keeper *keeper) {
  connector_ = &connector;
  keeper_ = keeper;
  interval_ = ticksOf(about_.interval);
  connector.begin();
}

void Conversation::loop() {
  // A function of the sketch may wait for something, and call loop() meanwhile.
  if (isBusy_ || connector_ == nullptr) {
    return;
  }
  isBusy_ = true;
  look();
  measure();
  speak();
  isBusy_ = false;
}

void Conversation::look() {
  keepTime();
  channels_.poll();
  converse();
}

void Conversation::keepTime() {
  uint32_t now = static_cast<uint32_t>(millis());
  while (now - clock_ >= 100) {
    clock_ += 100;
    tick_++;
  }
}

void Conversation::converse() {
  Message message;
  for (uint8_t i = 0; i < MaxMessages && connector_->poll(message); i++) {
    take(message);
    // Before the next command comes. If the link does not take it, that comes later.
    if (!commands_.answer(connector_->link())) {
      break;
    }
  }
  if (!connector_->isReady()) {
    end();
  } else if (step_ == Step::Away) {
    start(false);
  }
  void (*after)() = commands_.after();
  if (after != nullptr) {
    connector_->end();
    after();
  }
}

void Conversation::take(const Message &message) {
  switch (message.type) {
  case MessageType::Welcome:
    takeSettings(message);
    start(message.takesBacklog());
    break;
  case MessageType::Hello:
    start(false);
    break;
  case MessageType::Settings:
    takeSettings(message);
    break;
  case MessageType::Set:
  case MessageType::Value:
  case MessageType::Personal:
  case MessageType::TooLong:
    commands_.take(message);
    break;
  case MessageType::Error:
    if (rejected_ < UINT16_MAX) {
      rejected_++;
    }
// Boards that are so small have no network, and tell nobody what Home Assistant at the
// other end of their cable knows.
#if !SENSORBOARD_IS_SMALL
    if (messages_ != nullptr) {
      messages_->print(F("Home Assistant: "));
      messages_->println(message.message);
    }
    if (keeper() != nullptr) {
      keeper()->refused(message.batch);
    }
    break;
  case MessageType::Ack:
    if (keeper() != nullptr) {
      keeper()->acknowledged(tick_, message.batch);
    }
#endif
    break;
  default:
    break;
  }
}

void Conversation::takeSettings(const Message &message) {
  wish_ = message.interval();
  interval_ = ticksOf(interval());
  if (message.time() > 0) {
    epoch_ = message.time();
    epochAt_ = tick_;
    offset_ = message.offset();
  }
}

void Conversation::start(bool takesBacklog) {
  end();
  step_ = Step::Describing;
  described_ = channels_.begin();
  isHeld_ = false;
  if (keeper() != nullptr) {
    keeper()->begun(tick_, takesBacklog);
  }
}

void Conversation::end() {
  if (step_ != Step::Away) {
    step_ = Step::Away;
    commands_.forget();
    if (keeper() != nullptr) {
      keeper()->ended();
    }
  }
}

void Conversation::measure() {
  uint16_t tick = shortTick();
  Channel *channel = channels_.late(tick, interval_, channels_.begin());
  if (channel == nullptr) {
    isLate_ = false;
    return;
  }
  if (!connector_->isQuiet()) {
    if (!isLate_) {
      isLate_ = true;
      lateSince_ = tick;
    }
    if (static_cast<uint16_t>(tick - lateSince_) < Patience) {
      return;
    }
  }
  isLate_ = false;
  // What could not be sent is about to be overwritten, if there is anything.
  if (channel->hasValue()) {
    putAside();
  }
  // Each once, whatever they do. Commands do not wait until the slowest of them is
  // done.
  for (;;) {
    channels_.measure(*channel, tick, interval_);
    channel = channels_.late(tick, interval_, channel + 1);
    if (channel == nullptr) {
      return;
    }
    look();
  }
}

// Keeps what is due for later, or that there is nothing. It stays due.
void Conversation::putAside() {
  if (keeper() != nullptr) {
    keeper()->keep(tick_, channels_, channels_.end(), false);
  }
}

void Conversation::speak() {
  uint16_t tick = shortTick();
  // What the link does not take is tried again in the next tick, not in each loop.
  if (isHeld_ && tick == triedAt_) {
    return;
  }
  triedAt_ = tick;
  isHeld_ = !say();
}

// False if the link took less than there is to say.
bool Conversation::say() {
  if (step_ != Step::Away && !commands_.answer(connector_->link())) {
    return false;
  }
  if (step_ == Step::Describing && !describe()) {
    return false;
  }
  if (step_ == Step::Away || handOver()) {
    // Nobody hears of it now; who comes then is told what is new by then.
    if (keeper() != nullptr) {
      putAside();
      channels_.sent(channels_.end());
    }
    return SENSORBOARD_IS_SMALL || sendEvents_ == nullptr || sendEvents_(*this);
  }
  return (sendEvents_ == nullptr || sendEvents_(*this)) && sendReadings();
}

bool Conversation::describe() {
  for (;;) {
    bool isLast = described_ == channels_.end();
    if ((isLast || channels_.isDescribed(*described_)) &&
        !connector_->link().send(writeDescription, this)) {
      return false;
    }
    if (isLast) {
      step_ = Step::HandingOver;
      return true;
    }
    described_++;
  }
}

// One channel in each message: that is not too long for any link. The last has none.
void Conversation::writeDescription(Print &out, void *context) {
  const Conversation &conversation = *static_cast<const Conversation *>(context);
  bool isLast = conversation.described_ == conversation.channels_.end();
  JsonWriter json(out);
  json.piece(F("{\"type\":\"channels\",\"channels\":["));
  if (isLast) {
    json.piece(F("],\"final\":true}"));
  } else {
    conversation.channels_.describe(json, *conversation.described_);
    json.piece(F("]}"));
  }
}

// True while older readings go first.
bool Conversation::handOver() {
  if (keeper() != nullptr && keeper()->handOver(tick_, *connector_, channels_)) {
    step_ = Step::HandingOver;
    return true;
  }
  if (step_ == Step::HandingOver) {
    step_ = Step::Live;
    channels_.renew();
    // In the next tick they are measured, and go out together.
    sentAt_ = allAt_ = shortTick();
  }
  return false;
}

void Conversation::fire(const char *key, const char *event) {
  Channel *channel = channels_.find(key);
  if (channel == nullptr || channel->kind() != ChannelKind::Event) {
    return;
  }
  keepTime();
  channels_.happen(*channel, event, shortTick());
  if (step_ == Step::Live) {
    isHeld_ = !sendEvents(*this);
  }
}

bool Conversation::sendEvents(Conversation &conversation) {
  bool isThere = SENSORBOARD_IS_SMALL || conversation.step_ != Step::Away;
  return conversation.channels_.sendEvents(isThere ? &conversation.connector_->link()
                                                   : nullptr,
                                           conversation.shortTick(), EventAge);
}

bool Conversation::sendReadings() {
  uint16_t tick = shortTick();
  if (!connector_->canMiss() && static_cast<uint16_t>(tick - allAt_) >= Repetition) {
    allAt_ = tick;
    channels_.repeat();
  }
  // A sketch that changes something in each loop does not fill the line with it.
  uint16_t passed = static_cast<uint16_t>(tick - sentAt_);
  if (passed == 0 || (!channels_.isDue() && passed < interval_)) {
    return true;
  }
  do {
    if (!sendReading()) {
      return false;
    }
  } while (channels_.isDue());
  sentAt_ = tick;
  return true;
}

bool Conversation::sendReading() {
  auto &link = connector_->link();
  size_t length = 0;
  const Channel *end = channels_.fit(MaxReading, length);
  if (!link.sendBegin(length)) {
    return false;
  }
  channels_.write(link, end);
  if (!link.sendEnd()) {
    return false;
  }
  if (keeper() != nullptr) {
    keeper()->keep(tick_, channels_, end, true);
  }
  channels_.sent(end);
  return true;
}

bool Conversation::hasReported() const {
  return step_ == Step::Live && !channels_.isDue() &&
         channels_.late(shortTick(), interval_, channels_.begin()) == nullptr;
}

uint32_t Conversation::time() const {
  return epoch_ > 0 ? epoch_ + (tick_ - epochAt_) / 10 : 0;
}

} // namespace sensorboard
