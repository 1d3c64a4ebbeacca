// Whatever is in the buffer, the reader stays inside it; and what it understood can be
// written and read again. For libFuzzer: run by fuzz.sh.

#include <math.h>
#include <stdlib.h>

#include <memory>
#include <string>

#include "json.h"

using sensorboard::JsonKind;
using sensorboard::JsonReader;
using sensorboard::JsonWriter;

namespace {

void check(bool isRight) {
  if (!isRight) {
    abort();
  }
}

// The members as the writer has them. False if that was no JSON.
bool rewrite(const char *json, size_t size, std::string &written) {
  std::unique_ptr<char[]> buffer(new char[size + 1]());
  memcpy(buffer.get(), json, size);
  JsonReader reader(buffer.get(), size);
  StringPrint out;
  JsonWriter writer(out);
  writer.beginObject();
  while (reader.next()) {
    check(reader.key() >= buffer.get() && reader.key() < buffer.get() + size);
    writer.key(reader.key());
    int32_t integer;
    uint32_t positive;
    switch (reader.kind()) {
    case JsonKind::Null:
      writer.null();
      break;
    case JsonKind::Boolean:
      writer.boolean(reader.boolean());
      break;
    case JsonKind::Number:
      check(isfinite(reader.number()));
      if (reader.integer(integer)) {
        check(reader.number() == integer);
        writer.number(integer);
      } else if (reader.integer(positive)) {
        check(reader.number() == positive);
        writer.number(positive);
      } else {
        // Written with so many decimals that they stay the same.
        writer.number(floor(reader.number() / 1000), 0);
      }
      break;
    case JsonKind::Text:
      check(reader.text() >= buffer.get());
      check(reader.text() + reader.textLength() < buffer.get() + size);
      check(strlen(reader.text()) == reader.textLength());
      writer.text(reader.text());
      break;
    case JsonKind::Other:
      writer.beginObject().endObject();
      break;
    }
  }
  writer.endObject();
  written = out.text;
  return reader.complete();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string once, twice;
  if (rewrite(reinterpret_cast<const char *>(data), size, once)) {
    check(rewrite(once.data(), once.size(), twice));
  }
  return 0;
}
