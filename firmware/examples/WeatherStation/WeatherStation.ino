// A weather station: temperature, humidity, pressure, and how good the air is.
// Boards: Uno, Mega, ESP32, ESP8266, UNO R4 WiFi, Nano 33 IoT, MKR WiFi 1010, Pico W
// Libraries: DHT sensor library, Adafruit BMP085 Library (it knows the BMP180, too)
//
// | part                        | ESP32    | ESP8266 | all others     |
// | --------------------------- | -------- | ------- | -------------- |
// | DHT11 module, + or VCC      | 3V3      | 3V3     | 3V3, see below |
// | DHT11 module, out (DHT_PIN) | 27       | D5      | 7              |
// | DHT11 module, - or GND      | GND      | GND     | GND            |
// | BMP180 VIN                  | 3V3      | 3V3     | 3V3            |
// | BMP180 SDA                  | 21       | D2      | SDA, see below |
// | BMP180 SCL                  | 22       | D1      | SCL, see below |
// | BMP180 GND                  | GND      | GND     | GND            |
// | MQ-135 VCC                  | 5V (VIN) | 5V      | 5V             |
// | MQ-135 AO, as told below    | A0: VP   | A0      | A0             |
// | MQ-135 GND                  | GND      | GND     | GND            |
//
// - ESP32 is the first of that name, as on the ESP32 DevKit. ESP32-S3, ESP32-C3 and
//   Nano ESP32 are among the others. A0 is GPIO1 on an S3, GPIO0 on a C3, GP26 on a
//   Pico W.
// - SDA and SCL: A4 and A5 (Uno, Nano, UNO R4, Nano ESP32, Nano 33 IoT), 20 and 21
//   (Mega), 11 and 12 (MKR), 8 and 9 (S3, C3), GP4 and GP5 (Pico W).
// - Uno, Mega and UNO R4: the DHT11 gets 5V. The BMP180 gets 3V3 everywhere: one
//   without a regulator on its board breaks at 5 V.
// - A bare DHT11 with four legs needs 10 k between its data leg and its supply.
// - The MQ-135 has a heater that takes 160 mA at 5 V: more than some USB ports have to
//   spare for a board. 5V of a Pico W is called VBUS. The Nano 33 IoT has none before
//   two pads on its back are joined with solder.
// - Its AO gives up to 5 V. Uno, Mega and UNO R4: straight to A0. All others: 10 k
//   between AO and A0, and 10 k between A0 and GND, which halves it. Without, the pin
//   breaks.
//
// In Home Assistant: the temperature in °C, the humidity in %, the pressure in Pa (that
// where you are: weather reports give it for the sea), and ppm.
//
// Honestly about ppm: an MQ-135 cannot tell gases apart, and drifts with the
// temperature and the humidity. What it gives is the CO2 that would make it as it is if
// nothing but CO2 had changed; alcohol, smoke or ammonia make it far too high. It shows
// when to open a window. It protects nobody from a gas.
//
// ppm stays unknown until you have measured clean air:
//
// 1. Leave the sensor on for 24 hours, better 48: a new one has to burn in.
// 2. Air the room for half an hour.
// 3. In Home Assistant, on the board's page, see what "MQ-135 resistance" is now. Write
//    that number below, and upload again.

#include <Adafruit_BMP085.h>
#include <DHT.h>
#include <SensorBoard.h>

const char *WIFI_NAME = "your Wi-Fi"; // Uno and Mega need none: they use the USB cable
const char *WIFI_PASSWORD = "your password";

const float CLEAN_AIR = NAN; // "MQ-135 resistance" in clean air, such as 3.6

#if defined(ARDUINO_ARCH_ESP8266)
const int DHT_PIN = D5;
#elif defined(CONFIG_IDF_TARGET_ESP32)
const int DHT_PIN = 27;
#else
const int DHT_PIN = 7;
#endif

SensorBoard board("Weather");
DHT dht(DHT_PIN, DHT11);
Adafruit_BMP085 bmp;

float humidity() { return dht.readHumidity(); } // NaN if it does not answer

// Whether the BMP180 is there; one that comes later is found as well.
bool bmpIsThere() {
  static bool isThere = false;
  isThere = isThere || bmp.begin();
  return isThere;
}

// What its maker says it measures. One that has lost a wire gives any number.
float within(float least, float value, float most) {
  return value >= least && value <= most ? value : NAN;
}

float temperature() {
  return bmpIsThere() ? within(-40, bmp.readTemperature(), 85) : NAN;
}

float pressure() {
  return bmpIsThere() ? within(30000, bmp.readPressure(), 110000) : NAN;
}

// In V, at AO of the MQ-135.
float mqVoltage() {
#if defined(ARDUINO_ARCH_ESP32)
  return analogReadMilliVolts(A0) * 2 / 1000.0f; // halved on its way
#elif defined(ARDUINO_ARCH_ESP8266)
  return analogRead(A0) * 2 * 3.2f / 1024; // a NodeMCU or D1 mini takes 3.2 V
#elif defined(ARDUINO_ARCH_AVR) || defined(ARDUINO_UNOR4_WIFI)
  return analogRead(A0) * 5.0f / 1024;
#else
  return analogRead(A0) * 2 * 3.3f / 1024;
#endif
}

// Of the MQ-135, as a multiple of the resistor on its board: the two share the 5 V.
float mqResistance() {
  static bool isWarm = false;
  isWarm = isWarm || millis() > 180000; // it takes 3 minutes, each time
  float volts = mqVoltage();
  return isWarm && volts > 0.05f ? 5 / volts - 1 : NAN;
}

// Clean air has 425 ppm of CO2. In the chart of the sensor's maker (10 to 200 ppm; what
// is above is only assumed to go on like that) the line for CO2 falls such that ppm
// goes with the resistance to the power of -2.8.
float ppm() { return within(0, 425 * powf(mqResistance() / CLEAN_AIR, -2.8f), 10000); }

void setup() {
  dht.begin();

  board.sensor("temp", temperature).precision(1).deadband(0.2).every(10);
  board.sensor("humidity", humidity).precision(0).every(10);
  board.sensor("pressure", pressure).precision(0).deadband(10).every(30);
  board.sensor("ppm", ppm).precision(0).deadband(10).every(10);
  board.sensor("mq_135", mqResistance).name("MQ-135 resistance").diagnostic().every(60);
#ifdef ARDUINO_ARCH_AVR
  board.begin(Serial, 115200);
#else
  board.begin(WIFI_NAME, WIFI_PASSWORD);
#endif
}

void loop() { board.loop(); }
