// A Wi-Fi that wants a user name as well: WPA2-Enterprise, as universities have it.
// Boards: ESP32
//
// | wiring    | all boards                                |
// | --------- | ----------------------------------------- |
// | USB cable | to the computer, later to any USB charger |
//
// The sketch joins the Wi-Fi by itself, in whatever way it needs, and hands the library
// what it is to use: a client for the connection, and a UDP to find Home Assistant
// with. That works for every other network in the same way. Nano 33 IoT and MKR WiFi
// 1010 join with WiFi.beginEnterprise(WIFI_NAME, USER, PASSWORD).
//
// Many such networks keep devices apart from each other. If the board does not find
// Home Assistant, or does not reach it, ask those who run the network.
//
// In Home Assistant: the strength of the Wi-Fi.

#include <SensorBoard.h>
#include <WiFi.h>
#include <WiFiUdp.h>

const char *WIFI_NAME = "eduroam";
const char *IDENTITY = "anonymous@example.org"; // often the same as the user
const char *USER = "you@example.org";
const char *PASSWORD = "your password";

// The certificate of those who run the network, from "-----BEGIN CERTIFICATE-----" on.
// Without one, the board gives your password to anybody whose Wi-Fi has the same name.
const char *CERTIFICATE = nullptr;

WiFiClient client;
WiFiUDP udp;
SensorBoard board("Office");

float signalStrength() { return WiFi.RSSI(); }

void setup() {
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WPA2_AUTH_PEAP, IDENTITY, USER, PASSWORD, CERTIFICATE);

  board.sensor("rssi", signalStrength).deadband(3).every(10);
  board.begin(client, udp);
}

void loop() { board.loop(); }
