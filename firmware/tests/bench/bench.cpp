// A sketch, on the bench. SKETCH is its file. Reads lines from the standard input, and
// answers those that ask something with one line:
//
//   voltage PIN MV     a pin has so many millivolts
//   pull PIN LEVEL     a pin is held at this level (0 or 1)
//   echo US            the pulse that pulseIn() measures; 0: none comes in time
//   wait MS            time goes by
//   pulse              the pin with an interrupt is pulled low
//   restart            the sketch begins anew; memory that it keeps stays as it is
//   read KEY           ? what the sketch makes of it
//   set KEY R [G B]    what Home Assistant does
//   level PIN          ? -1, if it is no output; analogWrite's value, or 0 or 255
//   dht HUMIDITY       the DHT11 measures so much, "nan" if it does not answer
//   bmp IS_THERE T P   the BMP180 measures so much
//   forget             the kept memory is as it is when the power comes
//   loop               the sketch's loop() runs
//   message KEY VALUE… ? what the sketch answers
//   begun              ? what board.begin() was called with
//   sleeps             ? how many seconds it is to sleep
//   ota                ? how often ArduinoOTA was begun, and handled
//   connect, sent      AnyWebSocket is connected; ? what it has sent

#include <Arduino.h>

#include <iostream>
#include <map>
#include <sstream>
#include <string>

struct {
  std::map<int, int> modes, levels, pulled, voltages;
  unsigned long now = 0, echo = 0;
  void (*interrupt)() = nullptr;
} bench;

unsigned long millis() { return static_cast<uint32_t>(bench.now); } // it wraps
void delay(unsigned long ms) { bench.now += ms; }
void delayMicroseconds(unsigned int) {}
// Some cores forget what was written before a pin was an output.
void pinMode(int pin, int mode) {
  bench.modes[pin] = mode;
  bench.levels[pin] = 0;
}
void digitalWrite(int pin, int level) { bench.levels[pin] = level ? 255 : 0; }
void analogWrite(int pin, int value) { bench.levels[pin] = value; }
int digitalRead(int pin) {
  return bench.pulled.count(pin) ? bench.pulled[pin] : bench.modes[pin] == INPUT_PULLUP;
}
unsigned long pulseIn(int, int, unsigned long timeout) {
  return bench.echo < timeout ? bench.echo : 0;
}
void attachInterrupt(int, void (*act)(), int) { bench.interrupt = act; }
void noInterrupts() {}
void interrupts() {}

#if defined(ARDUINO_ARCH_ESP32)
uint32_t analogReadMilliVolts(uint8_t pin) {
  return static_cast<uint32_t>(bench.voltages[pin]);
}
#else
int analogRead(int pin) {
#if defined(ARDUINO_ARCH_AVR) || defined(ARDUINO_UNOR4_WIFI)
  const long range = 5000;
#elif defined(ARDUINO_ARCH_ESP8266)
  const long range = 3200; // at the pin of a NodeMCU
#else
  const long range = 3300;
#endif
  const long steps = bench.voltages[pin] * 1024L / range;
  return static_cast<int>(steps < 1023 ? steps : 1023);
}
#endif

#include SKETCH

int main() {
  setup();
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command, key;
    words >> command;
    if (command == "voltage") {
      int pin;
      words >> pin >> bench.voltages[pin];
    } else if (command == "pull") {
      int pin;
      words >> pin >> bench.pulled[pin];
    } else if (command == "echo") {
      words >> bench.echo;
    } else if (command == "wait") {
      unsigned long ms;
      words >> ms;
      bench.now += ms;
    } else if (command == "pulse") {
      bench.interrupt();
    } else if (command == "restart") {
      bench.now = 0;
      setup();
    } else if (command == "loop") {
      loop();
    } else if (command == "level") {
      int pin;
      words >> pin;
      std::cout << (bench.modes[pin] == OUTPUT ? bench.levels[pin] : -1) << std::endl;
#if defined(BENCH_BOARD)
    } else if (command == "read") {
      words >> key;
      std::cout << BENCH_BOARD.parts.at(key).read() << std::endl;
    } else if (command == "set") {
      int red = 0, green = 0, blue = 0;
      words >> key >> red >> green >> blue;
      BENCH_BOARD.parts.at(key).act(red, green, blue);
    } else if (command == "message") {
      sensorboard::Data data;
      for (std::string value; words >> key >> value;) {
        data.members[key] = value;
      }
      BENCH_BOARD.answered.clear();
      BENCH_BOARD.told(data);
      std::cout << BENCH_BOARD.answered << std::endl;
    } else if (command == "begun") {
      std::cout << BENCH_BOARD.begun << std::endl;
    } else if (command == "sleeps") {
      std::cout << BENCH_BOARD.sleeps << std::endl;
#endif
#if defined(KEPT)
    } else if (command == "forget") {
      pulses = 0x5ca1ab1e;
      check = 0x0ddba11;
#endif
#if defined(DHT_H)
    } else if (command == "dht") {
      words >> key;
      dht.humidityNow = strtof(key.c_str(), nullptr);
    } else if (command == "bmp") {
      words >> bmp.isThere >> bmp.temperatureNow >> bmp.pressureNow;
#endif
#if defined(__ARDUINO_OTA_H)
    } else if (command == "ota") {
      std::cout << ArduinoOTA.begun << " " << ArduinoOTA.handled << std::endl;
#endif
#if defined(WEBSOCKETSCLIENT_H_)
    } else if (command == "connect") {
      homeAssistant.connected = true;
      homeAssistant.handler(WStype_CONNECTED, nullptr, 0);
    } else if (command == "sent") {
      std::cout << (homeAssistant.sent ? homeAssistant.sent : "") << std::endl;
#endif
    } else {
      std::cerr << "The bench does not know: " << line << std::endl;
      return 1;
    }
  }
  return 0;
}
