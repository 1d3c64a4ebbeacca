// Home Assistant's side of the handshake, as docs/protocol.md has it: it answers what a
// board says, unless a test has it do something else.

#ifndef SENSORBOARD_TESTS_SCRIPTED_HUB_H
#define SENSORBOARD_TESTS_SCRIPTED_HUB_H

#include <sensorboard/Keys.h>

#include <memory>
#include <string>
#include <vector>

std::string hexOf(const std::string &bytes);
std::string bytesOf(const std::string &hex);

// The value of a text in a message that the library has written, or "".
std::string member(const std::string &message, const std::string &name);

class ScriptedHub {
public:
  explicit ScriptedHub(const std::string &name = "hub");

  // The board's connection: begins, says something, ends.
  void connected();
  void receive(const std::string &message);
  void ended();

  // What a person does.
  void accept();
  void rotate();

  void send(const std::string &message) { outgoing.push_back(message); }
  void fail(const std::string &code, uint16_t close, const std::string &sentence);

  std::string key;    // of the board, 32 bytes; none: it does not know it
  std::string secret; // of an enrolment, 26 characters
  std::string error;  // in place of an answer to hello
  uint16_t close = 0; // and the code with which it ends

  std::string pairError; // in place of an answer to pair
  uint16_t pairClose = 0;

  // Of what it says, what is wrong.
  bool lies = false; // a proof
  bool liesInVouch = false;
  bool isMute = false; // it says nothing at all

  // What there is to see.
  std::vector<std::string> heard;    // the types of what the board has said
  std::vector<std::string> outgoing; // what is to be sent next
  uint16_t closing = 0;              // after that, if it is not 0
  std::string hello;
  std::string code; // which the board is to show
  bool isWaiting = false;
  bool isVouched = false;
  bool isWelcome = false; // over this connection
  int connections = 0;

private:
  typedef std::string Bytes;

  void prove(const std::string &message);
  void pair(const std::string &message);
  void reveal(const std::string &message);
  void welcome();
  Bytes proof(const Bytes &key, sensorboard::Role role) const;
  Bytes vouch(const Bytes &secret, sensorboard::Role role) const;

  std::string name_;
  std::string id_;
  Bytes boardNonce_, hubNonce_;
  Bytes private_, commit_, pairNonce_, transcript_;
  Bytes agreed_; // a key that waits, or is to replace the other
  bool isOpen_ = false;
  bool isRotating_ = false;
  int count_ = 0;
};

#endif
