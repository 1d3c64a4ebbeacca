// JSON that is written into a text.

#ifndef SENSORBOARD_TESTS_JSON_H
#define SENSORBOARD_TESTS_JSON_H

#include <sensorboard/Json.h>

#include <string>

class StringPrint : public Print {
public:
  size_t write(uint8_t byte) override {
    text += static_cast<char>(byte);
    return 1;
  }
  using Print::write;

  std::string text;
};

struct Written {
  Written() : json(out) {}

  StringPrint out;
  sensorboard::JsonWriter json;
};

#endif
