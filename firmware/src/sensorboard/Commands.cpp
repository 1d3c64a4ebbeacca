#include "Commands.h"

#include "Ways.h"

namespace sensorboard {

#if SENSORBOARD_IS_SMALL
void (*CommandsState::after_)();
Inbox CommandsState::inbox_;
Outbox CommandsState::outbox_;
#endif

void Commands::take(const Message &message) {
  bool isCommand = message.type != MessageType::Value;
  if (isCommand) {
    isAnswering_ = true;
    // Somebody who types commands at a serial port may leave the id out.
    if (message.id() != 0 && message.id() == id_) {
      return;
    }
    id_ = message.id();
    why_ = nullptr;
    if (inbox_.reply != nullptr) {
      inbox_.reply->clear();
    }
    if (message.type != MessageType::Set) {
      deliver(message);
      return;
    }
    wrong_ = F("The board has nothing of that name to operate.");
  }
  Channel *channel = channels_.find(message.target());
  if (channel == nullptr ||
      !(isCommand ? channel->isOperated() : channel->kind() == ChannelKind::Watch)) {
    return;
  }
  Channel before = *channel;
  isActing_ = isCommand;
  const __FlashStringHelper *wrong =
      reinterpret_cast<Act *>(channel->way())(this, *channel, &message);
  isActing_ = false;
  if (!isCommand) {
    return;
  }
  wrong_ = wrong;
  if (isRefused()) {
    // It has not happened.
    *channel = before;
  } else {
    channels_.makeDue(*channel);
  }
}

void Commands::deliver(const Message &message) {
  wrong_ = nullptr;
  if (inbox_.reply == nullptr) {
    wrong_ = F("Its sketch takes no messages.");
  } else if (message.type == MessageType::TooLong) {
    wrong_ = F("The message is too long for it.");
  } else {
    isActing_ = true;
    inbox_.reply->setOpen(true);
    bool isWhole = inbox_.tell(inbox_.function, message, wrong_);
    inbox_.reply->setOpen(false);
    isActing_ = false;
    if (!isWhole) {
      // It comes again.
      id_ = 0;
      isAnswering_ = false;
    } else if (why_ == nullptr && wrong_ == nullptr) {
      wrong_ = inbox_.reply->wrong();
    }
  }
}

void Commands::writeReply(const Commands &commands, Print &out) {
  if (!commands.inbox_.reply->isEmpty()) {
    JsonWriter(out).piece(F(",\"data\":"));
    commands.inbox_.reply->writeTo(out);
  }
}

void Commands::write(Print &out, void *context) {
  const Commands &commands = *static_cast<const Commands *>(context);
  JsonWriter json(out);
  json.piece(F("{\"type\":\"result\",\"id\":"));
  json.number(static_cast<long>(commands.id_));
  json.member(F("ok"), !commands.isRefused());
  json.member(F("message"), commands.wrong_);
  // If both are there, this is not what counts.
  if (commands.wrong_ == nullptr) {
    json.member(F("message"), commands.why_);
  }
  if (commands.outbox_.write != nullptr && !commands.isRefused()) {
    commands.outbox_.write(commands, out);
  }
  json.piece('}');
}

} // namespace sensorboard
