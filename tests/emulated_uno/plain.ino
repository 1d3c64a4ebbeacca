// A sketch without any library: what the emulated Uno is tested with.
//
// Temperature and distance as Home Assistant takes them, a command for pin 13, an echo of
// whole lines, and how often it was started, in EEPROM.

#include <EEPROM.h>

const uint8_t Trigger = 9, Echo = 10, Led = 13, Dimmed = 6;

char line[64];
uint8_t size = 0;
uint32_t reportedAt = 0;

void obey() {
  if (strcmp(line, "on") == 0) {
    digitalWrite(Led, HIGH);
  } else if (strcmp(line, "off") == 0) {
    digitalWrite(Led, LOW);
  } else if (strncmp(line, "dim ", 4) == 0) {
    analogWrite(Dimmed, atoi(line + 4));
  } else if (strcmp(line, "crash") == 0) {
    ((void (*)())0x7000)();
  } else {
    Serial.print(F("# "));
    Serial.println(line);
  }
}

void report() {
  digitalWrite(Trigger, HIGH);
  delayMicroseconds(10);
  digitalWrite(Trigger, LOW);
  uint32_t us = pulseIn(Echo, HIGH, 30000);
  Serial.print(F("{\"temp\":"));
  Serial.print(analogRead(A0) * (500.0 / 1024) - 50);
  Serial.print(F(",\"distance\":"));
  if (us == 0) {
    Serial.print(F("null"));
  } else {
    Serial.print(us * 0.01715);
  }
  Serial.print(F(",\"door\":"));
  Serial.print(digitalRead(5) ? F("true") : F("false"));
  Serial.println(F("}"));
  Serial.flush();
}

void setup() {
  Serial.begin(115200);
  pinMode(Trigger, OUTPUT);
  pinMode(Led, OUTPUT);
  pinMode(5, INPUT_PULLUP);
  uint8_t starts = EEPROM.read(0) + 1; // 0 the first time: it is 255 before
  EEPROM.write(0, starts);
  Serial.print(F("# start "));
  Serial.println(starts);
}

void loop() {
  while (Serial.available()) {
    char c = Serial.read();
    if (c == '\n') {
      line[size] = '\0';
      size = 0;
      obey();
    } else if (size < sizeof line - 1) {
      line[size++] = c;
    }
  }
  if (millis() - reportedAt >= 200) {
    reportedAt = millis();
    report();
  }
}
