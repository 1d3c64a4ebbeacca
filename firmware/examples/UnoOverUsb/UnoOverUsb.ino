// Temperature, distance and three switches on an Uno or a Mega, over the USB cable.
// Boards: Uno, Mega
//
// An Uno, a Nano or a Mega has no network: it stays on a USB port of the computer that
// Home Assistant runs on. In Home Assistant choose Add integration > Arduino Sensor >
// Add a board on a USB cable. Close the Serial Monitor first: only one program at a
// time can have the port.
//
// | part                              | Uno, Nano, Mega                    |
// | --------------------------------- | ---------------------------------- |
// | TMP36, flat side to you: left leg | 5V                                 |
// | TMP36, middle leg                 | A0 (TEMPERATURE_PIN)               |
// | TMP36, right leg                  | GND                                |
// | HC-SR04 Vcc                       | 5V                                 |
// | HC-SR04 Trig                      | 9 (TRIG_PIN)                       |
// | HC-SR04 Echo                      | 10 (ECHO_PIN)                      |
// | HC-SR04 Gnd                       | GND                                |
// | switch "red"                      | 5 (RED_PIN), its other wire to GND |
// | switch "green"                    | 6 (GREEN_PIN), the other to GND    |
// | switch "blue"                     | 7 (BLUE_PIN), the other to GND     |
//
// A TMP36 that gets hot is the wrong way round: pull the USB cable.
//
// In Home Assistant: the temperature in °C, the distance in cm, whether each of the
// three is on, and a switch for the LED on the board (pin 13). With nothing connected
// the LED can be switched, the distance is unknown and the temperature makes no sense.

#include <SensorBoard.h>

const int TEMPERATURE_PIN = A0;
const int TRIG_PIN = 9;
const int ECHO_PIN = 10;
const int RED_PIN = 5;
const int GREEN_PIN = 6;
const int BLUE_PIN = 7;

SensorBoard board("Uno");

// A TMP36 gives 500 mV at 0 °C, and 10 mV more for each degree. The Uno measures in
// steps of 5 V / 1024; if the USB port gives 4.8 V only, it shows 28 °C at 25 °C.
float temperature() {
  float millivolts = analogRead(TEMPERATURE_PIN) * 5000.0f / 1024;
  return (millivolts - 500) / 10;
}

float distance() {
  digitalWrite(TRIG_PIN, HIGH);
  delayMicroseconds(10);
  digitalWrite(TRIG_PIN, LOW);
  // There and back: 4 m, as far as it sees, take 23 ms at 343 m/s.
  unsigned long echo = pulseIn(ECHO_PIN, HIGH, 25000);
  return echo > 0 ? echo * 0.01715f : NAN; // nothing came back: unknown
}

void setup() {
  pinMode(TRIG_PIN, OUTPUT);
  pinMode(LED_BUILTIN, OUTPUT);

  board.sensor("temp", temperature).precision(1).deadband(0.2);
  board.sensor("distance", distance).precision(1).deadband(0.5);
  board.input("red", RED_PIN).pullup(); // on when connected to GND
  board.input("green", GREEN_PIN).pullup();
  board.input("blue", BLUE_PIN).pullup();
  board.on("led", [](bool on) { digitalWrite(LED_BUILTIN, on); });
  board.begin(Serial, 115200);
}

void loop() { board.loop(); }
