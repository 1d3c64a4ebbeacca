// Energy and power, from the pulses of an electricity meter.
// Boards: Uno, Mega, ESP32, ESP8266, UNO R4 WiFi, Nano 33 IoT, MKR WiFi 1010, Pico W
//
// For a meter with a pulse output (two terminals, "S0", often 18 and 19 or 20 and 21),
// as those for the DIN rail have. It closes a contact for a moment, 1000 times for each
// kWh.
//
// | meter                | ESP32 | ESP8266 | S3, C3, Nano ESP32, MKR | all others |
// | -------------------- | ----- | ------- | ----------------------- | ---------- |
// | S0+ or + (PULSE_PIN) | 27    | D5      | 4                       | 3          |
// | S0- or -             | GND   | GND     | GND                     | GND        |
//
// ESP32 is the first of that name, as on the ESP32 DevKit. The pin's own pull-up is
// enough for a meter nearby; with more than 2 m of wire put 4.7 k between the pin and
// 3V3 (Uno, Mega, UNO R4: 5V).
//
// DANGER: the other terminals of the meter have mains voltage. Only an electrician may
// open the cover. The pulse output is safe to touch, what is next to it is not.
//
// In Home Assistant: the power in W, and the energy in kWh, which the Energy dashboard
// takes as it is (Settings > Dashboards > Energy > Add consumption).
//
// The count is in memory that a restart leaves alone, as long as there is power: on Uno
// and Mega it goes on after a reset, which each opening of the port makes; on an ESP32
// after an update over Wi-Fi, a crash or a sleep. When the power goes, it begins at 0,
// as it does with every start of the other boards. Home Assistant knows that such a
// counter may begin anew, and adds to what it has: nothing is lost but what came while
// the board was off. To keep the count in EEPROM would wear that out, and make it
// worse: an old count that comes back, a bit lower, is taken off the total.

#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi"; // Uno and Mega need none: they use the USB cable
const char *WIFI_PASSWORD = "your password";

const float PULSES_PER_KWH = 1000; // it is printed on the meter: imp/kWh
const uint32_t SHORTEST = 50;      // ms: no meter sends pulses faster, so that is noise

#if defined(ARDUINO_ARCH_ESP8266)
const int PULSE_PIN = D5;
#elif defined(CONFIG_IDF_TARGET_ESP32)
const int PULSE_PIN = 27;
#elif defined(ARDUINO_ARCH_ESP32) || defined(ARDUINO_SAMD_MKRWIFI1010)
const int PULSE_PIN = 4;
#else
const int PULSE_PIN = 3; // it has to be one that can interrupt
#endif

#if defined(ARDUINO_ARCH_ESP32)
#define KEPT RTC_NOINIT_ATTR
#elif defined(ARDUINO_ARCH_AVR)
#define KEPT __attribute__((section(".noinit")))
#else
#define KEPT
#endif
#ifndef IRAM_ATTR
#define IRAM_ATTR // where an ESP wants what interrupts it
#endif

KEPT volatile uint32_t pulses;
KEPT volatile uint32_t check; // the opposite, or else pulses is what memory begins with

volatile uint32_t last;   // when the last pulse came, of millis()
volatile uint32_t gap;    // between the last two, in ms; 0: there were none
volatile bool hasStarted; // there is a last one

SensorBoard board("Electricity");

void IRAM_ATTR onPulse() {
  uint32_t now = millis();
  if (hasStarted && now - last < SHORTEST) {
    return;
  }
  gap = hasStarted ? now - last : 0;
  last = now;
  hasStarted = true;
  pulses = pulses + 1;
  check = ~pulses;
}

// An Uno reads four bytes one by one: no pulse may come in between.
uint32_t whole(const volatile uint32_t &number) {
  noInterrupts();
  uint32_t value = number;
  interrupts();
  return value;
}

float energy() { return whole(pulses) / PULSES_PER_KWH; }

// One pulse in 3.6 s is 1 kW at 1000 pulses per kWh. If the next one is overdue, it is
// less already than it was.
float power() {
  uint32_t between = whole(gap);
  uint32_t before = whole(last); // first: a pulse may come at any time
  uint32_t since = millis() - before;
  if (between == 0) {
    return NAN; // that takes two pulses
  }
  return 3.6e9f / PULSES_PER_KWH / (since > between ? since : between);
}

void setup() {
  if (check != ~pulses) {
    pulses = 0;
    check = ~pulses;
  }
  pinMode(PULSE_PIN, INPUT_PULLUP);
  attachInterrupt(digitalPinToInterrupt(PULSE_PIN), onPulse, FALLING);

  board.sensor("energy", energy).precision(3).every(10);
  board.sensor("power", power).precision(0).deadband(5);
#ifdef ARDUINO_ARCH_AVR
  board.begin(Serial, 115200);
#else
  board.begin(WIFI_NAME, WIFI_PASSWORD);
#endif
}

void loop() { board.loop(); }
