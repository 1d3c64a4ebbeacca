// Calls setup() and loop(), as a core does, until the bench has enough.

#include "HostBoard.h"

#include <stdio.h>

#include "Bench.h"

namespace {

constexpr int Pause = 2; // ms, between two loops

const char *word(sensorboard::ConnectorState state) {
  switch (state) {
  case sensorboard::ConnectorState::NoNetwork:
    return "no network";
  case sensorboard::ConnectorState::Searching:
    return "searching";
  case sensorboard::ConnectorState::Connecting:
    return "connecting";
  case sensorboard::ConnectorState::Proving:
    return "proving";
  case sensorboard::ConnectorState::Waiting:
    return "waiting";
  case sensorboard::ConnectorState::Ready:
    return "ready";
  }
  return "?";
}

void printStatus() {
  sensorboard::Status status = board.status();
  printf("status %s, backlog %u, minutes %u, dropped %u, rejected %u\n",
         word(status.state), status.backlog, status.backlogMinutes, status.dropped,
         status.rejected);
  fflush(stdout);
}

} // namespace

int main(int, char **arguments) {
  prepareBench(arguments);
  PosixUdp::redirect(static_cast<uint16_t>(settingNumber("MDNS_PORT", 0)));
  setup();
  while (tendBench(Pause)) {
    loop();
    if (isStatusWanted()) {
      printStatus();
    }
  }
  return 0;
}
