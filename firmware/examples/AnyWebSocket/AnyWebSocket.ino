// The plain way: any WebSocket library, and none of ours.
// Boards: ESP32, ESP8266
//
// This is the sketch that Home Assistant shows under Add integration > Arduino Sensor >
// Add a board. There it has your address already in it: take it from there, or copy the
// three lines with HA_ to here. Begin with it to add readings to a sketch that you
// have, or to see all that a board has to do: send a line of JSON now and then.
//
// | wiring    | all boards                                |
// | --------- | ----------------------------------------- |
// | USB cable | to the computer, later to any USB charger |
//
// In Home Assistant: how long the board has been running, how well it hears your Wi-Fi,
// and whether its LED is on. Nothing can be switched; README.md says how ("Switch
// something on it"), and with the library SensorBoard it is one line.

// For any ESP32 or ESP8266. Needs no wires at all.
// Library: "WebSockets" by Markus Sattler (2.7.3)
#ifdef ESP8266
#include <ESP8266WiFi.h>
#else
#include <WiFi.h>
#endif
#include <WebSocketsClient.h>

const char* WIFI_NAME = "your Wi-Fi";
const char* WIFI_PASSWORD = "your password";

// Home Assistant. Keep the path secret.
const char* HA_HOST = "192.168.1.10";
const uint16_t HA_PORT = 8123;
const char* HA_PATH = "/api/arduino_sensor/ws/the-path-that-Home-Assistant-shows";

#ifndef LED_BUILTIN
#define LED_BUILTIN 2  // where most boards have it
#endif

WebSocketsClient homeAssistant;
bool led = false;
char message[512];
size_t used;

void add(const char* name, const char* value) {
  size_t room = sizeof(message) - used;
  size_t length = snprintf(message + used, room, ",\"%s\":%s", name, value);
  if (length + 1 < room) used += length;  // one more, for the closing brace
  else Serial.printf("No room for %s: make `message` longer.\n", name);
}
void addBool(const char* name, bool value) { add(name, value ? "true" : "false"); }
void addNumber(const char* name, double value) {
  char text[24];
  snprintf(text, sizeof(text), "%.2f", value);
  add(name, fabs(value) < 1e12 ? text : "null");  // null: a loose wire gives no number
}

void sendReadings() {
  used = 0;
  addNumber("uptime", millis() / 60000 * 60);  // s, by the minute
  addNumber("rssi", WiFi.RSSI());
  addBool("led", led);  // to see something change: take it out later
  // ---------- your own readings here ----------
  // addNumber("temp", 25.5);       // °C
  // addNumber("distance", 150.2);  // cm

  message[0] = '{';
  strcpy(message + used, "}");
  homeAssistant.sendTXT(message);
}

// Home Assistant says in a sentence what it could not use: print it.
void printSentence(const char* text) {
  const char* c = strstr(text, "\"message\":");
  if (!c || !(c = strchr(c + 10, '"'))) return;
  while (*++c && *c != '"') Serial.print(*c == '\\' && c[1] ? *++c : *c);
  Serial.println();
}

void onEvent(WStype_t type, uint8_t* payload, size_t length) {
  static bool connected = false;
  const char* text = length ? (const char*)payload : "";
  if (type == WStype_TEXT) printSentence(text);
  if (type == WStype_CONNECTED) Serial.println("Connected to Home Assistant.");
  if (type == WStype_DISCONNECTED) {  // the library tries again by itself
    if (connected) Serial.println("The connection ended.");
    else if (strstr(text, "403")) Serial.println("Home Assistant has banned this board.");
    else if (strstr(text, "404")) Serial.println("Home Assistant knows no such path.");
    else Serial.printf("No answer from %s:%u. Same network?\n", HA_HOST, HA_PORT);
  }
  connected = homeAssistant.isConnected();
}

void printWifi() {
  int status = WiFi.status();
  if (status == WL_NO_SSID_AVAIL) Serial.println("No such Wi-Fi here (2.4 GHz?).");
  else if (status == WL_CONNECT_FAILED) Serial.println("The Wi-Fi says no. Password?");
  else Serial.printf("Joining the Wi-Fi \"%s\" ...\n", WIFI_NAME);
}

void setup() {
  Serial.begin(115200);
  pinMode(LED_BUILTIN, OUTPUT);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  homeAssistant.begin(HA_HOST, HA_PORT, HA_PATH, "");
  homeAssistant.onEvent(onEvent);
  homeAssistant.setReconnectInterval(3000);
  homeAssistant.enableHeartbeat(15000, 5000, 2);  // notices when nobody is there
}

void loop() {
  static unsigned long last = 0;
  bool wifi = WiFi.status() == WL_CONNECTED;
  if (wifi) homeAssistant.loop();
  if (millis() - last < 5000) return;
  last = millis();
  digitalWrite(LED_BUILTIN, led = !led);
  if (!wifi) printWifi();
  else if (homeAssistant.isConnected()) sendReadings();
}
