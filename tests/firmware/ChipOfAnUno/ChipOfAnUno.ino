// Shows what the library has of the chip (SensorBoard, Chip.h), and restarts once.

#include <sensorboard/Chip.h>

using namespace sensorboard;

void printRandom() {
  uint8_t bytes[16];
  randomBytes(bytes, sizeof(bytes));
  char text[2 * sizeof(bytes) + 1];
  toHex(bytes, text);
  Serial.print("random ");
  Serial.println(text);
}

void setup() {
  Serial.begin(115200);
  char id[MaxIdSize + 1];
  boardId(id);
  Serial.print("id ");
  Serial.println(id);
  uint8_t key[KeySize] = {7};
  bool hasKey = loadKey(key);
  Serial.print("key ");
  if (hasKey) {
    Serial.println(key[0]);
  } else {
    Serial.println("none");
  }
  Serial.print("pins ");
  Serial.println(DDRB);
  if (hasKey) {
    return;
  }
  printRandom();
  printRandom();
  pinMode(13, OUTPUT);
  if (storeKey(key)) {
    Serial.flush();
    restart();
  }
}

void loop() {}
