// Messages of your own: an automation says how the LED is to blink, the board answers.
// Boards: Uno, Mega, ESP32, ESP8266, UNO R4 WiFi, Nano 33 IoT, MKR WiFi 1010, Pico W
//
// | wiring    | Uno, Mega                                   | all others         |
// | --------- | ------------------------------------------- | ------------------ |
// | USB cable | to the computer that Home Assistant runs on | to any USB charger |
//
// In Home Assistant: nothing to see at first. Open Settings > Tools > Actions (in some
// versions: Developer tools), choose Send a message to a board and this board, and
// write as message
//
//   times: 3
//   speed: fast
//
// The LED blinks three times, and what the sketch answers is shown: for how many
// seconds. An automation or a script can do the same, and use the answer. Write another
// speed, or leave times out, and see what comes then.

#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi"; // Uno and Mega need none: they use the USB cable
const char *WIFI_PASSWORD = "your password";

#ifndef LED_BUILTIN
#define LED_BUILTIN 2 // where most ESP32 boards have it
#endif
#ifdef ARDUINO_ARCH_ESP8266
const uint8_t LED_ON = LOW; // the LED hangs on the supply, not on GND
#else
const uint8_t LED_ON = HIGH;
#endif

SensorBoard board("Blinker");

long changes = 0;          // of the LED, that are still to come
unsigned long pause = 500; // ms between two of them
unsigned long changedAt = 0;

void blink(sensorboard::Data &data) {
  long times = data.integer("times", 1); // 1 if the message does not say
  const char *speed = data.text("speed", "slow");
  if (times < 1 || times > 100) {
    board.refuse("It can blink 1 to 100 times.");
    return;
  }
  if (strcmp(speed, "fast") == 0) {
    pause = 100;
  } else if (strcmp(speed, "slow") == 0) {
    pause = 500;
  } else {
    board.refuse("The speed is slow or fast.");
    return;
  }
  changes = 2 * times; // loop() does the rest: the sender waits for the answer
  board.answer("times", times);
  board.answer("seconds", changes * pause / 1000.0f);
}

void setup() {
  pinMode(LED_BUILTIN, OUTPUT);
  digitalWrite(LED_BUILTIN, !LED_ON);

  board.onMessage(blink);
#ifdef ARDUINO_ARCH_AVR
  board.begin(Serial, 115200);
#else
  board.begin(WIFI_NAME, WIFI_PASSWORD);
#endif
}

void loop() {
  board.loop();
  if (changes > 0 && millis() - changedAt >= pause) {
    changedAt = millis();
    digitalWrite(LED_BUILTIN, changes % 2 == 0 ? LED_ON : !LED_ON);
    changes--;
  }
}
