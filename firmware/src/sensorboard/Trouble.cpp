#include "Trouble.h"

#include <string.h>

#include "Json.h"

namespace sensorboard {

namespace {

// After so many ms it may be said again: perhaps nobody was there to read it.
constexpr uint32_t Memory = 300000;

bool isLocalName(const char *host) {
  const size_t size = host == nullptr ? 0 : strlen(host);
  return size > 6 && JsonReader::same(host + size - 6, F(".local"));
}

} // namespace

void Trouble::say(Words words, const Place &place, uint16_t code) {
  const uint32_t bit = 1UL << static_cast<uint8_t>(words);
  if (isNew((said_ & bit) != 0)) {
    said_ |= bit;
    begin();
    put(words, place, code);
    end();
  }
}

void Trouble::say(const __FlashStringHelper *network) {
  if (network != nullptr && isNew(network == network_)) {
    network_ = network;
    begin();
    out_->print(network);
    end();
  }
}

void Trouble::tell(const char *sentence) {
  uint16_t sum = 1; // not that of none
  for (const char *c = sentence; *c != '\0'; c++) {
    sum = static_cast<uint16_t>(31 * sum + static_cast<uint8_t>(*c));
  }
  if (*sentence != '\0' && isNew(sum == told_)) {
    told_ = sum;
    begin();
    out_->print(F("Home Assistant: "));
    out_->print(sentence);
    end();
  }
}

void Trouble::waits(const char *code, const Place &place) {
  if (out_ == nullptr) {
    return;
  }
  begin();
  name(place);
  out_->println(F(" has found this board: see Settings > Devices & services."));
  if (code == nullptr) {
    begin();
    out_->println(F("It waits to be accepted there; no code is needed."));
    return;
  }
  out_->println(F("+--------------------------------------------+"));
  out_->print(F("|  Type this code in Home Assistant: "));
  for (uint8_t i = 0; code[i] != '\0'; i++) {
    if (i == 3) {
      out_->print(' ');
    }
    out_->print(code[i]);
  }
  out_->println(F(" |"));
  out_->println(F("+--------------------------------------------+"));
}

void Trouble::paired(const Place &place) {
  if (out_ != nullptr) {
    begin();
    out_->print(F("Added. This board belongs to "));
    name(place);
    out_->println(F(" now."));
  }
}

void Trouble::welcomed(const Place &place) {
  said_ = 0;
  told_ = 0;
  network_ = nullptr;
  if (out_ != nullptr) {
    begin();
    out_->print(F("Connected to "));
    name(place);
    out_->println('.');
  }
}

bool Trouble::isNew(bool isSaid) {
  const uint32_t now = static_cast<uint32_t>(millis());
  if (out_ == nullptr || (isSaid && now - since_ < Memory)) {
    return false;
  }
  if (isSaid || (said_ == 0 && told_ == 0 && network_ == nullptr)) {
    since_ = now;
    said_ = 0;
    told_ = 0;
    network_ = nullptr;
  }
  return true;
}

void Trouble::begin() { out_->print(F("SensorBoard: ")); }

void Trouble::name(const Place &place) {
  out_->print(F("Home Assistant at "));
  place.printTo(*out_);
}

void Trouble::put(Words words, const Place &place, uint16_t code) {
  Print &out = *out_;
  switch (words) {
  case Words::NoSearch:
    out.print(F("This network cannot be searched: give Home Assistant's address in "
                "begin()."));
    break;
  case Words::NotFound:
    out.print(F("No answer to mDNS on this network: give the address in begin(). It is "
                "the one that you type into the browser for Home Assistant, and the "
                "number behind the colon. The search goes on."));
    break;
  case Words::OddHost:
    out.print(F("The address in begin() is wanted without http:// and without the "
                "port: \"192.168.1.10\", 8123."));
    break;
  case Words::Nobody:
    out.print(F("Nobody answers at "));
    place.printTo(out);
    out.print(F(". Does Home Assistant run, and is that its address?"));
    if (isLocalName(place.host)) {
      out.print(F(" Not every board finds a name with .local: give the IP address."));
    }
    break;
  case Words::NoAnswer:
    place.printTo(out);
    out.print(F(" takes the connection, but does not answer."));
    break;
  case Words::HungUp:
    place.printTo(out);
    out.print(F(" has ended the connection at once. If the browser needs https:// "
                "there, the board needs a client with TLS."));
    break;
  case Words::NotWebSocket:
    out.print(F("What answers at "));
    place.printTo(out);
    out.print(F(" is not Home Assistant."));
    break;
  case Words::NoIntegration:
    name(place);
    out.print(F(" does not know this address (HTTP 404). Install and add the "
                "integration Arduino Sensor there, unless it is only starting."));
    break;
  case Words::Banned:
    name(place);
    out.print(F(" refuses this board (HTTP 403): its IP address may stand in "
                "ip_bans.yaml there."));
    break;
  case Words::Busy:
    name(place);
    out.print(F(" is starting, stopping or too busy. Trying again."));
    break;
  case Words::OtherStatus:
    place.printTo(out);
    out.print(F(" answers with HTTP "));
    out.print(static_cast<unsigned int>(code));
    out.print(F(": it is not Home Assistant, or something is in between."));
    break;
  case Words::Unknown:
    name(place);
    out.print(F(" does not know this board any more."));
    break;
  case Words::UnknownForNow:
    name(place);
    out.print(F(" does not know this board's key. If the one that does is not found in "
                "3 minutes, the board can be added here."));
    break;
  case Words::Untrusted:
    out.print(F("Who answers at "));
    place.printTo(out);
    out.print(F(" is not this board's Home Assistant, or has another key. Nothing is "
                "sent there."));
    break;
  case Words::Unvouched:
    out.print(F("Who answers at "));
    place.printTo(out);
    out.print(F(" has not shown that it is this board's Home Assistant. The board "
                "keeps to itself."));
    break;
  case Words::OtherSecret:
    out.print(F("The secret in the sketch is not, or not any more, the one of "));
    name(place);
    out.print(F(". The board can be added with a code."));
    break;
  case Words::NoSecret:
    out.print(F("The secret in the sketch is none: it has 26 letters and digits. Copy "
                "it again from Home Assistant."));
    break;
  case Words::Broken:
    place.printTo(out);
    out.print(F(" says what this board does not understand. Is the integration "
                "Arduino Sensor up to date there?"));
    break;
  case Words::TwoOfThem:
    name(place);
    out.print(F(" has another connection of this board: are there two with the same "
                "address or id? Trying again in a minute."));
    break;
  case Words::Closed:
    name(place);
    out.print(F(" has ended the connection ("));
    out.print(static_cast<unsigned int>(code));
    out.print(F("). Trying again."));
    break;
  case Words::Lost:
    out.print(F("The connection to "));
    name(place);
    out.print(F(" has broken off. Trying again."));
    break;
  case Words::Silent:
    name(place);
    out.print(F(" gives no sign of life any more. Trying again."));
    break;
  case Words::NotStored:
    out.print(F("The key could not be stored: after a restart, the board has to be "
                "added again."));
    break;
  }
}

} // namespace sensorboard
