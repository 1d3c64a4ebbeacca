// The server of a WebSocket, at the other end of a ScriptedClient.

#ifndef SENSORBOARD_TESTS_WEBSOCKET_SERVER_H
#define SENSORBOARD_TESTS_WEBSOCKET_SERVER_H

#include <string>
#include <vector>

#include "networked_board.h"

struct WebSocketServer {
  // Takes what has come, and answers what needs no program: the request, pings, and
  // the end.
  void serve(ScriptedClient &client) {
    const size_t end = client.sent.find("\r\n\r\n");
    if (client.sent.compare(0, 4, "GET ") == 0 && end != std::string::npos) {
      request = client.sent.substr(0, end);
      client.sent.erase(0, end + 4);
      client.incoming += accepted(request);
      closeCode = 0;
    }
    if (!isReading) {
      return;
    }
    const std::string sent = half + client.sent;
    client.sent.clear();
    half.clear();
    for (const Frame &one : framesIn(sent)) {
      if (one.first == 0) {
        half = one.payload; // the rest comes later
      } else if (one.first == (Last | Text)) {
        received.push_back(one.payload);
      } else if (one.first == (Last | Ping) && isAnswering) {
        client.incoming += frame(Last | Pong, one.payload);
      } else if (one.first == (Last | Close)) {
        closeCode = static_cast<uint16_t>(static_cast<uint8_t>(one.payload[0]) << 8 |
                                          static_cast<uint8_t>(one.payload[1]));
        client.incoming += frame(Last | Close, one.payload);
      }
    }
  }

  std::string request;
  std::vector<std::string> received; // messages
  std::string half;                  // of a frame
  uint16_t closeCode = 0;            // of the board's
  bool isReading = true;
  bool isAnswering = true; // pings
};

#endif
