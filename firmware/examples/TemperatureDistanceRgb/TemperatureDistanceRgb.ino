// Temperature, distance, and three LEDs to switch: red, green and blue.
// Boards: Uno, Mega, ESP32, ESP8266, UNO R4 WiFi, Nano 33 IoT, MKR WiFi 1010, Pico W
//
// | part                         | ESP32          | ESP8266        | all others    |
// | ---------------------------- | -------------- | -------------- | ------------- |
// | NTC, one wire                | 3V3            | 3V3            | see below     |
// | NTC, the other wire          | A0: VP         | A0             | A0            |
// | 10 k resistor, one end       | A0: VP         | A0             | A0            |
// | 10 k resistor, the other     | GND            | GND            | GND           |
// | HC-SR04 Vcc                  | 5V (VIN)       | 5V             | 5V            |
// | HC-SR04 Trig (TRIG_PIN)      | 4              | D1             | 4             |
// | HC-SR04 Echo (ECHO_PIN)      | 18 (resistors) | D2 (resistors) | 5 (see below) |
// | HC-SR04 Gnd                  | GND            | GND            | GND           |
// | red LED, 330 R (RED_PIN)     | 25             | D5             | 6             |
// | green LED, 330 R (GREEN_PIN) | 26             | D6             | 7             |
// | blue LED, 330 R (BLUE_PIN)   | 27             | D7             | 10            |
// | each LED's shorter leg       | GND            | GND            | GND           |
//
// - ESP32 is the first of that name, as on the ESP32 DevKit. ESP32-S3, ESP32-C3 and
//   Nano ESP32 are among the others. A0 is GPIO1 on an S3, GPIO0 on a C3, GP26 on a
//   Pico W.
// - The NTC goes from A0 to the voltage that the board measures against: 5V on Uno,
//   Mega and UNO R4, 3V3 on all others. More than 3.3 V on a pin breaks those others.
// - So does the Echo of an HC-SR04, which gives 5 V. Uno, Mega and UNO R4 like that.
//   For all others put 1 k between Echo and the pin, and 2 k between the pin and GND;
//   or take an HC-SR04P or RCWL-1601, which works at 3V3, and needs neither.
// - Each LED goes from its pin through a resistor of 330 Ohm to its longer leg, and
//   from the shorter leg to GND.
// - 5V of a Pico W is called VBUS. The Nano 33 IoT has none before two pads on its back
//   are joined with solder: take a sensor for 3.3 V there.
//
// In Home Assistant: the temperature in °C, the distance in cm, and three switches.

#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi"; // Uno and Mega need none: they use the USB cable
const char *WIFI_PASSWORD = "your password";

#if defined(ARDUINO_ARCH_ESP8266)
const int TRIG_PIN = D1;
const int ECHO_PIN = D2;
const int RED_PIN = D5;
const int GREEN_PIN = D6;
const int BLUE_PIN = D7;
#elif defined(CONFIG_IDF_TARGET_ESP32)
const int TRIG_PIN = 4;
const int ECHO_PIN = 18;
const int RED_PIN = 25;
const int GREEN_PIN = 26;
const int BLUE_PIN = 27;
#else
const int TRIG_PIN = 4;
const int ECHO_PIN = 5;
const int RED_PIN = 6;
const int GREEN_PIN = 7;
const int BLUE_PIN = 10;
#endif

// What is printed on the bag of the NTC: 10 k at 25 °C, "B" or "beta" of 3950.
const float NTC_OHMS = 10000;
const float NTC_BETA = 3950;
const float RESISTOR_OHMS = 10000;

SensorBoard board("Desk");

// The voltage at A0, as a part of that at the NTC.
float part() {
#if defined(ARDUINO_ARCH_ESP32)
  // analogRead() is far from linear here; this is corrected with what the factory has
  // measured. It ends at 2.5 V on some: that is an NTC at 50 °C.
  return analogReadMilliVolts(A0) / 3300.0f;
#elif defined(ARDUINO_ARCH_ESP8266)
  // Up to 3.2 V on boards with a USB socket (NodeMCU, D1 mini), which bring it down to
  // the 1 V that the chip can take. A bare module has nothing that does.
  return analogRead(A0) * 3.2f / 1024 / 3.3f;
#else
  return analogRead(A0) / 1024.0f; // measured against the voltage that feeds the NTC
#endif
}

// The resistance falls as it gets warmer, by the formula with B.
float temperature() {
  float measured = part();
  if (measured < 0.01f || measured > 0.99f) {
    return NAN; // a loose wire, or two that touch: unknown
  }
  float ohms = RESISTOR_OHMS * (1 / measured - 1);
  return 1 / (logf(ohms / NTC_OHMS) / NTC_BETA + 1 / 298.15f) - 273.15f;
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
  pinMode(ECHO_PIN, INPUT);
  pinMode(RED_PIN, OUTPUT);
  pinMode(GREEN_PIN, OUTPUT);
  pinMode(BLUE_PIN, OUTPUT);

  board.sensor("temp", temperature).precision(1).deadband(0.2);
  board.sensor("distance", distance).precision(1).deadband(0.5);
  board.on("red", [](bool on) { digitalWrite(RED_PIN, on); });
  board.on("green", [](bool on) { digitalWrite(GREEN_PIN, on); });
  board.on("blue", [](bool on) { digitalWrite(BLUE_PIN, on); });
#ifdef ARDUINO_ARCH_AVR
  board.begin(Serial, 115200);
#else
  board.begin(WIFI_NAME, WIFI_PASSWORD);
#endif
}

void loop() { board.loop(); }
