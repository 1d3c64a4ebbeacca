#include "Ways.h"

#include <limits.h>

#include "Chip.h"

namespace sensorboard {

namespace {

typedef const __FlashStringHelper *Words;

Words wrongType() { return F("The value is of another type."); }
Words outOfRange() { return F("The value is out of range."); }

// Takes the number in a command. Gives what is wrong with it, or nullptr.
Words take(Commands *commands, Channel &channel, const Message *message, float most) {
  if (!message->isNumber()) {
    return wrongType();
  }
  Channels &channels = commands->channels();
  double value = message->number();
  // Also what is no number, or infinite, is not in between.
  if (!(static_cast<float>(value) >= channels.noted(channel, NoteKind::Least, 0) &&
        static_cast<float>(value) <= channels.noted(channel, NoteKind::Most, most))) {
    return outOfRange();
  }
  channels.take(channel, value);
  return nullptr;
}

} // namespace

Words actSwitch(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("switch");
  }
  if (!message->isBoolean()) {
    return wrongType();
  }
  commands->channels().take(channel, message->isOn());
  channel.as<void(bool)>()(message->isOn());
  return nullptr;
}

Words actNumber(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("number");
  }
  Words wrong = take(commands, channel, message, 100);
  if (wrong == nullptr) {
    channel.as<void(float)>()(static_cast<float>(message->number()));
  }
  return wrong;
}

Words actInteger(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("number");
  }
  Words wrong = take(commands, channel, message, 100);
  if (wrong == nullptr) {
    double value = message->number();
    value = value < 0 ? value - 0.5 : value + 0.5;
    // A range can be wider than what the function takes.
    if (!(value > static_cast<double>(INT_MIN) - 1 &&
          value < static_cast<double>(INT_MAX) + 1)) {
      return outOfRange();
    }
    channel.as<void(int)>()(static_cast<int>(value));
  }
  return wrong;
}

Words actBrightness(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("light\",\"color\":\"brightness");
  }
  Words wrong = take(commands, channel, message, 255);
  if (wrong == nullptr) {
    channel.as<void(uint8_t)>()(static_cast<uint8_t>(message->number()));
  }
  return wrong;
}

Words actColor(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("light\",\"color\":\"rgb");
  }
  uint8_t color[3];
  if (!message->isText() || message->valueText()[0] != '#' ||
      !fromHex(message->valueText() + 1, strlen(message->valueText() + 1), color)) {
    return wrongType();
  }
  commands->channels().take(channel, color[0], color[1], color[2]);
  channel.as<void(uint8_t, uint8_t, uint8_t)>()(color[0], color[1], color[2]);
  return nullptr;
}

Words actButton(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("button");
  }
  channel.as<void()>()();
  const Note *note = commands->channels().noted(channel, NoteKind::DeviceClass);
  if (note != nullptr && JsonReader::same(note->text, F("restart"))) {
    commands->setAfter(restart);
  }
  return nullptr;
}

Words actSelect(Commands *commands, Channel &channel, const Message *message) {
  if (message == nullptr) {
    return F("select");
  }
  if (!message->isText()) {
    return wrongType();
  }
  if (!commands->channels().takeOption(channel, message->valueText())) {
    return F("That is none of the options.");
  }
  channel.as<void(const char *)>()(message->valueText());
  return nullptr;
}

Words happen(Commands *, Channel &, const Message *message) {
  return message == nullptr ? F("event") : F("An event cannot be operated.");
}

Words tellNumber(Commands *, Channel &channel, const Message *message) {
  channel.as<void(float)>()(message->isNumber() ? static_cast<float>(message->number())
                                                : NAN);
  return nullptr;
}

Words tellState(Commands *, Channel &channel, const Message *message) {
  double value = message->isNumber() ? message->number() : 0;
  bool isNotZero = value < 0 || value > 0; // what is damaged is neither
  channel.as<void(bool)>()(message->isOn() || isNotZero ||
                           JsonReader::same(message->valueText(), F("on")));
  return nullptr;
}

Words tellText(Commands *, Channel &channel, const Message *message) {
  channel.as<void(const char *)>()(message->valueText());
  return nullptr;
}

bool tellData(AnyFunction function, const Message &message, Words &wrong) {
  Data data;
  if (!data.read(message)) {
    return false;
  }
  if (data.isTooMuch()) {
    wrong = F("The message has too many members for it.");
  } else {
    reinterpret_cast<void (*)(Data &)>(function)(data);
  }
  return true;
}

bool tellJson(AnyFunction function, const Message &message, Words &) {
  reinterpret_cast<void (*)(const char *)>(function)(
      message.isText() ? message.valueText() : message.raw());
  return true;
}

} // namespace sensorboard
