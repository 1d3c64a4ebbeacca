// A relay and a lamp in all colors, switched from Home Assistant.
// Boards: Uno, Mega, ESP32, ESP8266, UNO R4 WiFi, Nano 33 IoT, MKR WiFi 1010, Pico W
//
// | part                                 | ESP32    | ESP8266 | all others |
// | ------------------------------------ | -------- | ------- | ---------- |
// | relay module IN (RELAY_PIN)          | 4        | D1      | 4          |
// | relay module VCC                     | 5V (VIN) | 5V      | 5V         |
// | relay module GND                     | GND      | GND     | GND        |
// | RGB LED red, through 330 R (RED_PIN) | 25       | D5      | 5          |
// | RGB LED green, 330 R (GREEN_PIN)     | 26       | D6      | 6          |
// | RGB LED blue, 330 R (BLUE_PIN)       | 27       | D7      | 10         |
// | RGB LED, the longest leg             | GND      | GND     | GND        |
//
// - ESP32 is the first of that name, as on the ESP32 DevKit. ESP32-S3, ESP32-C3 and
//   Nano ESP32 are among the others.
// - The RGB LED is one with a common cathode. For a strip of 12 V put a MOSFET
//   (IRLZ44N) on each of the three pins, and join the GND of its supply with that of
//   the board.
// - 5V of a Pico W is called VBUS. All but Uno, Mega and UNO R4 give 3.3 V at their
//   pins: take a relay module that says it works with that.
// - Many relay modules switch on when IN is low: then make RELAY_ON below LOW.
//
// DANGER: try it without anything on the relay. Mains voltage is for those who have
// learned to work with it, and for a closed box.
//
// In Home Assistant: a switch, and a light with colors and brightness. They do what an
// automation says, and a board that restarts begins with both of them off.

#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi"; // Uno and Mega need none: they use the USB cable
const char *WIFI_PASSWORD = "your password";

#if defined(ARDUINO_ARCH_ESP8266)
const int RELAY_PIN = D1;
const int RED_PIN = D5;
const int GREEN_PIN = D6;
const int BLUE_PIN = D7;
#elif defined(CONFIG_IDF_TARGET_ESP32)
const int RELAY_PIN = 4;
const int RED_PIN = 25;
const int GREEN_PIN = 26;
const int BLUE_PIN = 27;
#else
const int RELAY_PIN = 4;
const int RED_PIN = 5;
const int GREEN_PIN = 6;
const int BLUE_PIN = 10;
#endif

const uint8_t RELAY_ON = HIGH;

SensorBoard board("Control");

void show(uint8_t red, uint8_t green, uint8_t blue) {
  analogWrite(RED_PIN, red);
  analogWrite(GREEN_PIN, green);
  analogWrite(BLUE_PIN, blue);
}

void setup() {
  digitalWrite(RELAY_PIN, !RELAY_ON); // before it is an output, or the relay clicks
  pinMode(RELAY_PIN, OUTPUT);
  digitalWrite(RELAY_PIN, !RELAY_ON); // once more: some cores forget the first
  pinMode(RED_PIN, OUTPUT);
  pinMode(GREEN_PIN, OUTPUT);
  pinMode(BLUE_PIN, OUTPUT);

  board.on("relay", [](bool on) { digitalWrite(RELAY_PIN, on ? RELAY_ON : !RELAY_ON); })
      .icon("mdi:power-socket");
  board.on("lamp", show);
#ifdef ARDUINO_ARCH_AVR
  board.begin(Serial, 115200);
#else
  board.begin(WIFI_NAME, WIFI_PASSWORD);
#endif
}

// Does your sketch switch the relay by itself? Then say so: board.set("relay", true);
void loop() { board.loop(); }
