// A sketch at a cable that is sent a person's own messages, and what comes of it.

#ifndef SENSORBOARD_TESTS_MESSAGES_H
#define SENSORBOARD_TESTS_MESSAGES_H

#include "json.h"
#include "sketch.h"

using sensorboard::Data;

// What the sketch was told, each with a bar behind it.
static std::string told;

inline std::string taken() {
  const std::string all = told;
  told.clear();
  return all;
}

inline std::string done(const std::string &data = "") {
  return "{\"type\":\"result\",\"id\":1,\"ok\":true" +
         (data.empty() ? "" : ",\"data\":" + data) + "}|";
}

inline std::string refused(const std::string &why) {
  return "{\"type\":\"result\",\"id\":1,\"ok\":false,\"message\":\"" + why + "\"}|";
}

const std::string TooLong = refused("The message is too long for it.");

const std::string AnswerTooLong =
    refused("Its answer is too long. It may have done it all the same.");

struct Messages : CabledSketch {
  // The answer to a message, as if it had the id 1.
  std::string send(const std::string &data) {
    const std::string id = std::to_string(++ids_);
    std::string said = again(data);
    const size_t at = said.find("\"id\":" + id + ',');
    return at == std::string::npos ? said : said.replace(at + 5, id.size(), "1");
  }

  // The same message once more.
  std::string again(const std::string &data) {
    return ask("{\"type\":\"message\",\"id\":" + std::to_string(ids_) +
               ",\"data\":" + data + "}")
        .all();
  }

  // For what the board says to the sketch's author, if it is not to go to the cable.
  StringPrint out;

private:
  int ids_ = 1000;
};

#endif
