#include "Board.h"

namespace sensorboard {

namespace {

constexpr uint16_t Interval = 5; // seconds

} // namespace

#if SENSORBOARD_IS_SMALL
const char *BoardState::secret_;
Print *BoardState::messages_;
Task *BoardState::task_;
#endif

Board::Board(const char *name, Channel *channels, uint8_t size, Note *notes,
             uint16_t room)
    : BoardState(), about_(), channels_(channels, size, notes, room),
      conversation_(channels_, about_), hasComplained_(false) {
  about_.name = name;
  about_.interval = Interval;
}

EventSetup Board::event(const char *key, const char *events) {
  Channel *channel = channels_.add(key, ChannelKind::Event, nullptr,
                                   reinterpret_cast<AnyFunction>(happen));
  channels_.note(channel, NoteKind::Options, events);
  conversation_.useEvents();
  return {channels_, channel};
}

Channel *Board::told(const char *key) {
  Channel *channel = channels_.find(key);
  return channel != nullptr ? channel : channels_.add(key, ChannelKind::Sensor);
}

void Board::setNumber(const char *key, double value) {
  Channel *channel = told(key);
  if (channel != nullptr) {
    channels_.take(*channel, value);
  }
}

void Board::set(const char *key, bool value) {
  Channel *channel = told(key);
  if (channel != nullptr) {
    channels_.take(*channel, value);
  }
}

void Board::set(const char *key, const char *text) {
  Channel *channel = told(key);
  if (channel != nullptr) {
    channels_.take(*channel, text);
  }
}

void Board::set(const char *key, uint8_t red, uint8_t green, uint8_t blue) {
  Channel *channel = told(key);
  if (channel != nullptr) {
    channels_.take(*channel, red, green, blue);
  }
}

void Board::check(const Reply &reply) {
  if (reply.wrong() != nullptr && messages_ != nullptr) {
    messages_->println(F("SensorBoard: no room for the answer, see SENSORBOARD_ANSWER "
                         "in firmware/README"));
  }
}

void Board::answer(const char *key, const Value &value) {
  Reply *reply = conversation_.reply();
  if (reply != nullptr) {
    reply->add(key, value);
    check(*reply);
  }
}

void Board::answer(const Value &value) {
  Reply *reply = conversation_.reply();
  if (reply != nullptr) {
    reply->set(value);
    check(*reply);
  }
}

void Board::answerJson(const char *json) {
  Reply *reply = conversation_.reply();
  if (reply != nullptr) {
    if (reply->setJson(json)) {
      check(*reply);
    } else if (messages_ != nullptr) {
      messages_->println(F("SensorBoard: what answerJson() is given is no JSON"));
    }
  }
}

void Board::begin(AnyConnector &connector, Keeper *keeper) {
  conversation_.begin(connector, keeper);
}

void Board::loop() {
  if (channels_.isOverfull() && !hasComplained_ && messages_ != nullptr) {
    hasComplained_ = true;
    messages_->println(
        F("SensorBoard: no room, see SENSORBOARD_CHANNELS in firmware/README"));
  }
  anywhere(conversation_).loop();
  if (task_ != nullptr) {
    task_->loop();
  }
}

bool Board::isConnected() const {
  const AnyConnector *connector = conversation_.connector();
  return connector != nullptr && connector->isReady();
}

Status Board::status() const {
  const AnyConnector *connector = conversation_.connector();
  const Keeper *keeper = conversation_.keeper();
  Status status = Status();
  if (connector != nullptr) {
    status.state = connector->state();
  }
  status.isConnected = isConnected();
  status.rejected = conversation_.rejected();
  if (keeper != nullptr) {
    status.backlog = keeper->count();
    status.backlogMinutes = keeper->minutes();
    status.dropped = keeper->dropped();
  }
  return status;
}

uint32_t Board::localTime() const {
  uint32_t seconds = time();
  return seconds > 0 ? seconds + static_cast<uint32_t>(conversation_.offset()) : 0;
}

void Board::sleep(uint16_t seconds, Task &sleeper) {
  interval(seconds);
  about_.sleeps = true;
  task_ = &sleeper;
}

} // namespace sensorboard
