// What comes to the search, from anybody in the network: nothing outside of it is read,
// it takes no time, and what is found can be connected to. For libFuzzer: run by
// fuzz.sh.

#include <sensorboard/Search.h>

#include <stdlib.h>

#include <memory>

using sensorboard::Hubs;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t sender[4] = {192, 168, 1, 10};
  std::unique_ptr<uint8_t[]> packet(new uint8_t[size]);
  memcpy(packet.get(), data, size);
  Hubs hubs;
  hubs.beginSearch();
  const bool isFound = sensorboard::readAnswer(packet.get(), size, 0, sender, hubs);
  if (isFound == hubs.isEmpty() || hubs.count() > Hubs::Most) {
    abort();
  }
  hubs.endSearch();
  hubs.beginRound();
  while (hubs.next(false)) {
    const sensorboard::Place &place = hubs.place();
    if (place.port == 0 || place.address[0] == 0 || place.address[0] >= 224) {
      abort();
    }
  }
  return 0;
}
