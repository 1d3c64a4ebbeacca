// Stand-in for "WebSockets" by Markus Sattler, with the signatures of 2.7.3
// (WebSocketsClient.h, WebSockets.h). It takes any std::function as its handler.

#ifndef WEBSOCKETSCLIENT_H_
#define WEBSOCKETSCLIENT_H_

#include <Arduino.h>

typedef enum {
  WStype_ERROR,
  WStype_DISCONNECTED,
  WStype_CONNECTED,
  WStype_TEXT,
  WStype_BIN,
  WStype_FRAGMENT_TEXT_START,
  WStype_FRAGMENT_BIN_START,
  WStype_FRAGMENT,
  WStype_FRAGMENT_FIN,
  WStype_PING,
  WStype_PONG,
} WStype_t;

class WebSocketsClient {
public:
  typedef void (*WebSocketClientEvent)(WStype_t type, uint8_t *payload, size_t length);

  void begin(const char *host, uint16_t port, const char *url = "/",
             const char *protocol = "arduino") {
    (void)host, (void)port, (void)url, (void)protocol;
  }
  void loop(void) {}
  void onEvent(WebSocketClientEvent cbEvent) { handler = cbEvent; }
  bool sendTXT(const char *payload, size_t length = 0) {
    (void)length;
    sent = payload;
    return true;
  }
  void setReconnectInterval(unsigned long time) { (void)time; }
  void enableHeartbeat(uint32_t pingInterval, uint32_t pongTimeout,
                       uint8_t disconnectTimeoutCount) {
    (void)pingInterval, (void)pongTimeout, (void)disconnectTimeoutCount;
  }
  bool isConnected(void) { return connected; }

  // What a test sees and says.
  WebSocketClientEvent handler = nullptr;
  const char *sent = nullptr;
  bool connected = false;
};

#endif
