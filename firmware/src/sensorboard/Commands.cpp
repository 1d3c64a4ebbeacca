#include "Commands.h"

#include "Ways.h"

namespace sensorboard {

#if SENSORBOARD_IS_SMALL
void (*CommandsState::after_)();
#endif

void Commands::take(const Message &message) {
  bool isCommand = message.type == MessageType::Set;
  if (isCommand) {
    isAnswering_ = true;
    // Somebody who types commands at a serial port may leave the id out.
    if (message.id() != 0 && message.id() == id_) {
      return;
    }
    id_ = message.id();
    why_ = nullptr;
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
  json.piece('}');
}

} // namespace sensorboard
