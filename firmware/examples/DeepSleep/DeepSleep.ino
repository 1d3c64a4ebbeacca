// A board that sleeps, and wakes up every five minutes to send how full its battery is.
// Boards: ESP32, ESP8266
//
// | wiring                        | ESP32      | ESP8266 (D1 mini, NodeMCU) |
// | ----------------------------- | ---------- | -------------------------- |
// | LiPo or 18650, +              | its socket | 5V                         |
// | LiPo or 18650, -              | its socket | GND                        |
// | 100 k from the battery's + to | A0: VP     | A0                         |
// | 100 k from there to GND       | VP, GND    | none                       |
// | wire that wakes it            | none       | D0 to RST                  |
//
// - ESP32: take a board with a socket for a battery. A DevKit wants more voltage than a
//   battery has, and takes 10 mA even when the chip sleeps. Many of those boards have
//   the two resistors as well: then use the pin that their maker names.
// - A0 is VP (GPIO36) on an ESP32, GPIO1 on an S3, GPIO0 on a C3. Never connect a
//   battery to it without the 100 k: it has more than 3.3 V.
// - ESP8266: without the wire from D0 to RST it never wakes up. Take the wire off to
//   upload, if that fails with it.
// - To upload while it sleeps, press RST (EN) at the moment when the upload begins.
//
// In Home Assistant: the voltage of the battery, in V. It stays while the board sleeps,
// and is unavailable when the board does not come back in time. A board that waits for
// its code stays awake.

#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi";
const char *WIFI_PASSWORD = "your password";

SensorBoard board("Garden");

float batteryVoltage() {
#ifdef ARDUINO_ARCH_ESP8266
  // 100 k before the 220 k and 100 k that are on the board: the 1 V that the chip can
  // measure are 4.2 V at the battery.
  return analogRead(A0) * 4.2f / 1024;
#else
  return analogReadMilliVolts(A0) * 2 / 1000.0f; // halved by two equal resistors
#endif
}

void setup() {
  board.sensor("battery_voltage", batteryVoltage).precision(2);
  board.sleepBetween(300); // seconds; Home Assistant can ask for another time
  board.begin(WIFI_NAME, WIFI_PASSWORD);
}

void loop() { board.loop(); }
