// A first board, with no wires at all.
// Boards: ESP32, ESP8266, UNO R4 WiFi, Nano 33 IoT, MKR WiFi 1010, Pico W
//
// Write the name and the password of your Wi-Fi below, upload, and open the Serial
// Monitor at 115200 baud. It shows six digits: type them into Home Assistant, under Add
// integration > Arduino Sensor > Add a board that shows a code.
//
// | wiring    | all boards                                |
// | --------- | ----------------------------------------- |
// | USB cable | to the computer, later to any USB charger |
//
// In Home Assistant: the strength of the Wi-Fi, for how long the board has been
// running, and a switch for its LED. The LED of an ESP32-S3 or -C3 board can be one
// that has colors; it then lights in white.

#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi"; // 2.4 GHz
const char *WIFI_PASSWORD = "your password";

#ifndef LED_BUILTIN
#define LED_BUILTIN 2 // where most ESP32 boards have it
#endif
#ifdef ARDUINO_ARCH_ESP8266
const uint8_t LED_ON = LOW; // the LED hangs on the supply, not on GND
#else
const uint8_t LED_ON = HIGH;
#endif

SensorBoard board("My first board");

float signalStrength() { return WiFi.RSSI(); }
unsigned long uptime() { return millis() / 1000; }

void setup() {
  pinMode(LED_BUILTIN, OUTPUT);
  digitalWrite(LED_BUILTIN, !LED_ON);

  board.sensor("rssi", signalStrength).deadband(3).every(10);
  board.sensor("uptime", uptime).every(60);
  board.on("led", [](bool on) { digitalWrite(LED_BUILTIN, on ? LED_ON : !LED_ON); });
  board.begin(WIFI_NAME, WIFI_PASSWORD);
}

void loop() { board.loop(); }
