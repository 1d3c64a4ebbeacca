// What a sketch can say about a channel, by its kind:
//
//   board.sensor("temp", temperature).unit("°C").precision(1);
//
// All texts stay where they are: literals, mostly. docs/protocol.md says what is
// possible ("Channels").

#ifndef SENSORBOARD_SETUP_H
#define SENSORBOARD_SETUP_H

#include "Channels.h"

namespace sensorboard {

// Of all kinds. There is no channel if there was no room for it.
template <typename Self> class Setup {
public:
  Setup(Channels &channels, Channel *channel)
      : channels_(channels), channel_(channel) {}

  // What it is called at first in Home Assistant.
  Self &name(const char *text) { return note(NoteKind::Name, text); }

  // Such as "mdi:stove".
  Self &icon(const char *text) { return note(NoteKind::Icon, text); }

  // One of Home Assistant's for this kind, such as "temperature" or "door".
  Self &deviceClass(const char *text) { return note(NoteKind::DeviceClass, text); }

  // About the board itself; something to adjust; nothing that most people want to see.
  Self &diagnostic() { return note(NoteKind::Category, "diagnostic"); }
  Self &config() { return note(NoteKind::Category, "config"); }
  Self &hidden() {
    if (channel_ != nullptr) {
      channel_->hide();
    }
    return self();
  }

protected:
  Self &self() { return *static_cast<Self *>(this); }

  template <typename Value> Self &note(NoteKind kind, Value value) {
    channels_.note(channel_, kind, value);
    return self();
  }

  Channels &channels_;
  Channel *const channel_;
};

class SensorSetup : public Setup<SensorSetup> {
public:
  using Setup::Setup;

  SensorSetup &unit(const char *text) { return note(NoteKind::Unit, text); }

  // How many decimals it has: 0 to 6.
  SensorSetup &precision(uint8_t decimals) {
    if (channel_ != nullptr) {
      channel_->setPrecision(decimals);
    }
    return *this;
  }

  // It is sent only when it has changed by so much.
  SensorSetup &deadband(float change) { return note(NoteKind::Deadband, change); }

  // Its last digits always move a little: if not for so many measurements in a row (10
  // to 10000), Home Assistant says that something is wrong. It is sent each time, with
  // a deadband too.
  SensorSetup &noisy(uint16_t measurements = 120) {
    return note(NoteKind::Noisy, static_cast<float>(measurements));
  }

  // Measured every so many seconds (0.1 to 6500), in place of the board's interval.
  SensorSetup &every(float seconds) {
    if (channel_ != nullptr) {
      channel_->setEvery(seconds);
    }
    return *this;
  }

  // "measurement" (also without it), "total", "total_increasing" …
  SensorSetup &stateClass(const char *text) { return note(NoteKind::StateClass, text); }

  // A text: one of these, as in "idle|heating", or any. A function says by what it
  // gives whether it is one.
  SensorSetup &options(const char *texts) {
    return text().note(NoteKind::Options, texts);
  }
  SensorSetup &text() {
    if (channel_ != nullptr) {
      channel_->setText();
    }
    return *this;
  }
};

class InputSetup : public Setup<InputSetup> {
public:
  using Setup::Setup;

  // For a switch or a button between the pin and GND, without a resistor: it is on when
  // the pin is low. An input without a pin has neither this nor the other.
  InputSetup &pullup() {
    if (channel_ != nullptr) {
      channel_->pullUp();
    }
    return *this;
  }

  // The other way round: a reed contact at a door is closed while the door is.
  InputSetup &inverted() {
    if (channel_ != nullptr) {
      channel_->invert();
    }
    return *this;
  }

  // For how long it has to be the same before it counts (30 ms).
  InputSetup &debounce(uint16_t ms) {
    if (channel_ != nullptr) {
      channel_->setDebounce(ms);
    }
    return *this;
  }
};

class SwitchSetup : public Setup<SwitchSetup> {
public:
  using Setup::Setup;
};

class NumberSetup : public Setup<NumberSetup> {
public:
  using Setup::Setup;

  NumberSetup &unit(const char *text) { return note(NoteKind::Unit, text); }

  // 0 to 100 in steps of 1 without it.
  NumberSetup &range(float least, float most, float step = 1) {
    if (channel_ != nullptr) {
      channel_->setFinest(); // the steps may be
    }
    return note(NoteKind::Least, least)
        .note(NoteKind::Most, most)
        .note(NoteKind::Step, step);
  }
};

class LightSetup : public Setup<LightSetup> {
public:
  using Setup::Setup;
};

class ButtonSetup : public Setup<ButtonSetup> {
public:
  using Setup::Setup;
};

class SelectSetup : public Setup<SelectSetup> {
public:
  using Setup::Setup;

  // "auto|heat|off".
  SelectSetup &options(const char *texts) { return note(NoteKind::Options, texts); }
};

class EventSetup : public Setup<EventSetup> {
public:
  using Setup::Setup;
};

} // namespace sensorboard

#endif
