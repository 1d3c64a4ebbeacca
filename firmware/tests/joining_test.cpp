// Joining a Wi-Fi: what is tried when, and what a person is told.

#include <sensorboard/networks/JoiningNetwork.h>

#include <string>

#include "check.h"
#include "stubs/FakeClock.h"

using sensorboard::JoinState;

namespace {

class Network : public sensorboard::JoiningNetwork {
public:
  explicit Network(const char *name = "house", const char *password = "password")
      : JoiningNetwork(name, password, 100), joined(0), looked(0),
        state(JoinState::Trying), waits(0) {
    begin();
  }

  Client &client() override { abort(); }
  UDP *udp() override { return nullptr; }

  // Calls it as often as a sketch does.
  bool after(uint32_t ms) {
    bool isUpNow = isUp();
    for (uint32_t passed = 0; passed < ms; passed += 10) {
      advanceClock(10);
      isUpNow = isUp();
    }
    return isUpNow;
  }

  std::string says() {
    const __FlashStringHelper *text = trouble();
    return text == nullptr ? "" : fromFlash(text);
  }

  using JoiningNetwork::name;
  using JoiningNetwork::password;

  int joined;
  int looked;
  JoinState state;
  uint32_t waits; // how long the core keeps it in begin()

protected:
  void join() override {
    joined++;
    delay(waits);
  }
  JoinState look() override {
    looked++;
    return state;
  }
};

bool has(const std::string &text, const char *word) {
  return text.find(word) != std::string::npos;
}

} // namespace

TEST(joins_once_and_is_up) {
  Network network;
  CHECK_EQUAL(network.joined, 1);
  CHECK(!network.after(3000));
  CHECK_EQUAL(network.says(), "");
  network.state = JoinState::Up;
  CHECK(network.after(200));
  CHECK(network.after(3600000));
  CHECK_EQUAL(network.joined, 1);
  CHECK_EQUAL(network.says(), "");
}

TEST(is_not_looked_at_all_the_time) {
  Network network;
  network.after(10000);
  CHECK(network.looked >= 95 && network.looked <= 100);
}

TEST(tries_again_less_and_less_often) {
  Network network;
  network.after(19000);
  CHECK_EQUAL(network.joined, 1);
  network.after(2000);
  CHECK_EQUAL(network.joined, 2);
  network.after(38000);
  CHECK_EQUAL(network.joined, 2);
  network.after(3000);
  CHECK_EQUAL(network.joined, 3);
  network.after(3600000);
  CHECK(network.joined >= 61 && network.joined <= 63);
}

TEST(a_core_that_waits_does_not_do_so_all_the_time) {
  Network network;
  network.waits = 15000;
  uint32_t start = static_cast<uint32_t>(millis());
  network.after(3600000);
  uint32_t waited = static_cast<uint32_t>(millis()) - start - 3600000;
  CHECK_EQUAL(waited / 15000, static_cast<uint32_t>(network.joined - 1));
  CHECK(waited < 3600000 / 3);
}

TEST(a_wifi_that_goes_is_left_to_the_core_at_first) {
  Network network;
  network.state = JoinState::Up;
  CHECK(network.after(3600000));
  network.state = JoinState::NotFound;
  CHECK(!network.after(9000));
  CHECK_EQUAL(network.says(), "");
  CHECK(!network.after(2000));
  CHECK(has(network.says(), "gone"));
  network.after(8000);
  CHECK_EQUAL(network.joined, 1);
  network.after(2000);
  CHECK_EQUAL(network.joined, 2);
  network.state = JoinState::Up;
  CHECK(network.after(200));
  CHECK_EQUAL(network.says(), "");

  // And the next time.
  network.state = JoinState::Trying;
  network.after(9000);
  CHECK_EQUAL(network.says(), "");
  network.after(12000);
  CHECK_EQUAL(network.joined, 3);
}

TEST(says_what_is_wrong) {
  const struct {
    JoinState state;
    const char *word;
  } cases[] = {{JoinState::Trying, "does not answer"},
               {JoinState::NotFound, "check the name"},
               {JoinState::Refused, "check the password"}};
  for (const auto &one : cases) {
    Network network;
    network.state = one.state;
    network.after(9000);
    CHECK_EQUAL(network.says(), "");
    network.after(2000);
    CHECK(has(network.says(), one.word));
    // What is said is one text, and not one after the other.
    CHECK(network.trouble() == network.trouble());
    network.state = JoinState::Up;
    network.after(200);
    CHECK_EQUAL(network.says(), "");
  }
}

TEST(a_module_that_does_not_answer_is_told_at_once) {
  Network network;
  network.state = JoinState::NoRadio;
  network.after(200);
  CHECK(has(network.says(), "module"));
}

TEST(names_and_passwords_that_cannot_be_are_told_and_not_tried) {
  std::string name(33, 'n'), password(65, 'p');
  for (const char *bad : {static_cast<const char *>(nullptr), "", name.c_str()}) {
    Network network(bad);
    CHECK(!network.after(100000));
    CHECK_EQUAL(network.joined, 0);
    CHECK(has(network.says(), "1 to 32"));
  }
  for (const char *bad : {"1234567", password.c_str()}) {
    Network network("house", bad);
    CHECK(!network.after(100000));
    CHECK_EQUAL(network.joined, 0);
    CHECK(has(network.says(), "8 to 64"));
  }
}

TEST(names_and_passwords_as_long_as_they_may_be) {
  std::string name(32, 'n'), password(64, 'p');
  CHECK_EQUAL(Network(name.c_str(), password.c_str()).joined, 1);
  CHECK_EQUAL(Network("n", "12345678").joined, 1);
}

TEST(an_open_wifi_has_no_password) {
  for (const char *none : {static_cast<const char *>(nullptr), ""}) {
    Network network("open", none);
    CHECK_EQUAL(network.joined, 1);
    CHECK(network.password() == nullptr);
    CHECK_EQUAL(network.name(), "open");
  }
}

// It may be asked once in 5 s only, and the clock begins anew in between.
TEST(works_in_a_slow_loop_and_when_the_clock_wraps) {
  setClock(0xffffff00);
  Network network;
  for (int i = 0; i < 5; i++) {
    advanceClock(5000);
    CHECK(!network.isUp());
  }
  CHECK_EQUAL(network.joined, 2);
  CHECK(network.says() != "");
  network.state = JoinState::Up;
  advanceClock(5000);
  CHECK(network.isUp());
}
