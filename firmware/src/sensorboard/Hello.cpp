#include "Hello.h"

#include "Chip.h"
#include "Config.h"

namespace sensorboard {

namespace {

// Without its end.
void write(JsonWriter &json, const About &about, const char *id) {
  json.piece(F("{\"type\":\"hello\",\"v\":1,\"id\":"));
  json.text(id);
  json.member(F("name"), about.name);
  json.member(F("manufacturer"), manufacturer());
  json.member(F("model"), model());
  json.member(F("firmware"), about.firmware);
  if (about.interval > 0) {
    json.member(F("interval"), static_cast<long>(about.interval));
  }
}

} // namespace

#if SENSORBOARD_IS_SMALL

void writeHello(Print &out, const About &about, const char *id) {
  JsonWriter json(out);
  write(json, about, id);
  json.piece('}');
}

#else

namespace {

constexpr size_t MacSize = 6;

struct Contents {
  const About &about;
  const char *id;
  const uint8_t *nonce;
  const uint8_t *mac;
};

void write(Print &out, void *context) {
  const Contents &contents = *static_cast<Contents *>(context);
  JsonWriter json(out);
  write(json, contents.about, contents.id);
  json.member(F("reset"), resetReason());
  if (contents.about.sleeps) {
    json.member(F("sleeps"), true);
  }
  if (contents.mac != nullptr) {
    json.key(F("mac")).hex(contents.mac, MacSize);
  }
  if (contents.nonce != nullptr) {
    json.key(F("nonce")).hex(contents.nonce, NonceSize);
  }
  json.endObject();
}

} // namespace

bool sendHello(Link &link, const About &about, const char *id, const uint8_t *nonce,
               const uint8_t *mac) {
  Contents contents = {about, id, nonce, mac};
  return link.send(write, &contents);
}

#endif

} // namespace sensorboard
