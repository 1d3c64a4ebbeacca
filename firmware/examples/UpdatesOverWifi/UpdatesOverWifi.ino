// New sketches over Wi-Fi, without the cable, with ArduinoOTA beside the library.
// Boards: ESP32, ESP8266, Pico W
//
// | wiring | all boards                                         |
// | ------ | -------------------------------------------------- |
// | supply | any USB charger: the cable is for the first upload |
//
// 1. Write your Wi-Fi and a password of your own for updates below, and upload with the
//    cable. ESP32: under Tools > Partition Scheme choose one with OTA (the default has
//    it). Pico W: under Tools > Flash Size choose one with FS, which has to hold the
//    update.
// 2. Pair it with Home Assistant, as every board.
// 3. From now on, Tools > Port shows the board's name among the network ports.
//
// Each sketch that you upload later needs the ArduinoOTA lines, or it was the last one.
// Other boards: the library ArduinoOTA by Juraj Andrassy does the same for UNO R4 WiFi,
// Nano 33 IoT and MKR WiFi 1010; its begin() wants an address and InternalStorage as
// well.
//
// In Home Assistant: for how long the board has been running, and the version below as
// the board's firmware. While an update comes in, for half a minute, the board is
// silent: its readings stay as they are.

#include <ArduinoOTA.h>
#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi";
const char *WIFI_PASSWORD = "your password";
const char *UPDATE_PASSWORD = "another password"; // who has it can put anything on it

SensorBoard board("Attic");

unsigned long uptime() { return millis() / 1000; }

void setup() {
  ArduinoOTA.setHostname("attic");
  ArduinoOTA.setPassword(UPDATE_PASSWORD);
  // ArduinoOTA.onStart([]() { switch off whatever must not stay on meanwhile });

  board.firmware("1.0.0");
  board.sensor("uptime", uptime).every(60);
  board.begin(WIFI_NAME, WIFI_PASSWORD);
}

void loop() {
  board.loop();

  static bool isListening = false;
  if (!isListening && WiFi.status() == WL_CONNECTED) { // the library has joined it
    ArduinoOTA.begin();
    isListening = true;
  }
  if (isListening) {
    ArduinoOTA.handle();
  }
}
