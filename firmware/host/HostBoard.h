// A board that is a program on this machine, with the readings that this project is
// about, and something to operate.
//
// It is a sketch like any other, for a board whose core is in this folder, and
// scripts/simulate --native runs it. There is nothing to wire.

#include <SensorBoard.h>

const char *WIFI_NAME = "the network of this machine";
const char *WIFI_PASSWORD = "";

const int TRIG_PIN = 4;
const int ECHO_PIN = 18;
const int RED_PIN = 5;
const int GREEN_PIN = 6;
const int BLUE_PIN = 7;
const int LAMP_RED_PIN = 9;
const int LAMP_GREEN_PIN = 10;
const int LAMP_BLUE_PIN = 11;
const int LED_PIN = 13;

SensorBoard board(setting("NAME", "Host board"));

// A TMP36: 10 mV for each degree, and 500 mV at 0 °C.
float temperature() { return (analogReadMilliVolts(A0) - 500.0f) / 10; }

// An HC-SR04: sound makes 0.0343 cm in a microsecond, there and back.
float distance() {
  digitalWrite(TRIG_PIN, HIGH);
  delayMicroseconds(10);
  digitalWrite(TRIG_PIN, LOW);
  unsigned long echo = pulseIn(ECHO_PIN, HIGH, 25000);
  return echo > 0 ? echo * 0.0343f / 2 : NAN;
}

void show(uint8_t red, uint8_t green, uint8_t blue) {
  analogWrite(LAMP_RED_PIN, red);
  analogWrite(LAMP_GREEN_PIN, green);
  analogWrite(LAMP_BLUE_PIN, blue);
}

// A person's message, such as {"say": "hello"}: it is printed, and answered.
void say(sensorboard::Data &data) {
  const char *text = data.text("say");
  if (*text == '\0') {
    board.refuse("It has nothing to say.");
    return;
  }
  Serial.print("says ");
  Serial.println(text);
  board.answer("said", text);
  board.answer("times", data.integer("times", 1));
}

void setup() {
  board.sensor("temp", temperature).precision(1);
  board.sensor("distance", distance).precision(1);
  board.input("red", RED_PIN);
  board.input("green", GREEN_PIN);
  board.input("blue", BLUE_PIN);
  board.on("led", [](bool on) { digitalWrite(LED_PIN, on); });
  board.on("lamp", show).name("Lamp");
  board.on("restart", []() {}).deviceClass("restart");
  board.onMessage(say);
  board.firmware("1.0.0");
  board.interval(static_cast<uint16_t>(settingNumber("INTERVAL", 5)));
  board.secret(setting("SECRET"));
  // Without a host it finds Home Assistant by itself.
  board.begin(WIFI_NAME, WIFI_PASSWORD, setting("HOST"),
              static_cast<uint16_t>(settingNumber("PORT", 8123)), setting("PATH"));
}

void loop() { board.loop(); }
