// For a test with a real responder: "question" prints a question in hexadecimal digits;
// an answer and the address of who sent it, both in such digits, give the places.

#include <sensorboard/Search.h>

#include <stdio.h>

#include "ScriptedHub.h"
#include "json.h"

int main(int argc, char **argv) {
  if (argc < 3) {
    uint8_t packet[sensorboard::QuestionSize];
    sensorboard::writeQuestion(0x1235, false, packet);
    puts(hexOf(std::string(reinterpret_cast<char *>(packet), sizeof(packet))).c_str());
    return 0;
  }
  const std::string bytes = bytesOf(argv[1]), from = bytesOf(argv[2]);
  uint8_t sender[4] = {};
  memcpy(sender, from.data(), from.size() < 4 ? from.size() : 4);
  sensorboard::Hubs hubs;
  if (!sensorboard::readAnswer(reinterpret_cast<const uint8_t *>(bytes.data()),
                               bytes.size(), 0x1235, sender, hubs)) {
    return 1;
  }
  hubs.beginRound();
  while (hubs.next(false)) {
    StringPrint out;
    hubs.place().printTo(out);
    puts(out.text.c_str());
  }
  return 0;
}
