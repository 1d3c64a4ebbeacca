// A board at the end of a cable.

#ifndef SENSORBOARD_SERIAL_CONNECTOR_H
#define SENSORBOARD_SERIAL_CONNECTOR_H

#include <Arduino.h>

#include "Config.h"
#include "Connector.h"
#include "Hello.h"
#include "SerialLink.h"

namespace sensorboard {

#if SENSORBOARD_IS_SMALL

// The only one that a small board has, so it needs no virtual functions. It has to be
// static: then all of it is zero at first, without a constructor.
class SerialConnector {
public:
  void use(Stream &port, const About &about, char *buffer, uint8_t size);

  void begin();
  bool poll(Message &message);
  SerialLink &link() { return link_; }
  ConnectorState state() const { return ConnectorState::Ready; }
  bool isReady() const { return true; }
  bool canMiss() const { return false; }
  bool ask() { return false; }
  bool isAnswered() { return false; }
  bool isQuiet();
  void end() { link_.port().flush(); }

private:
  void sayHello();

  SerialLink link_;
  const About *about_;
  int room_; // that the port has when it has sent everything, or 0 if it does not tell
  uint8_t greetedAt_;
  bool isAsked_; // to say hello
};

#else

// Always ready: nothing shows whether somebody listens. It says hello when it is first
// polled, and whenever it is asked to, but once a second at most. Not when it begins:
// many a sketch begins its port once more after that, and then some cores never send
// what was on its way.
class SerialConnector final : public Connector {
public:
  SerialConnector(Stream &port, const About &about, char *buffer, size_t size);

  void begin() override;
  bool poll(Message &message) override;
  SerialLink &link() override { return link_; }
  ConnectorState state() const override { return ConnectorState::Ready; }
  bool canMiss() const override { return false; }
  bool isQuiet() override;
  void end() override;

private:
  void sayHello();

  Stream &port_;
  const About &about_;
  SerialLink link_;
  int room_; // that the port has when it has sent everything, or 0 if it does not tell
  uint8_t greetedAt_;
  bool isAsked_; // to say hello
};

#endif

// A board that is so small has no network. To say so to the compiler makes the program
// a tenth smaller.
#if SENSORBOARD_IS_SMALL
typedef SerialConnector AnyConnector;
#else
typedef Connector AnyConnector;
#endif

} // namespace sensorboard

#endif
