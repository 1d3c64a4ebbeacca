// When batches of readings are handed over, and what is said in them.

#include <sensorboard/Delivery.h>

#include <memory>
#include <vector>

#include "FakeChip.h"
#include "check.h"

using sensorboard::Channel;
using sensorboard::ChannelKind;
using sensorboard::Channels;
using sensorboard::Connector;
using sensorboard::ConnectorState;
using sensorboard::Delivery;
using sensorboard::Link;
using sensorboard::Message;
using sensorboard::Note;
using sensorboard::NoteKind;

namespace {

// In ticks.
constexpr uint32_t Second = 10;

class FakeLink : public Link {
public:
  FakeLink() : Link(nothing_, sizeof(nothing_)) {}

  bool poll() override { return false; }
  bool isOpen() const override { return true; }
  bool sendBegin(size_t length) override {
    if (isBusy) {
      return false;
    }
    sent.emplace_back();
    length_ = length;
    return true;
  }
  bool sendEnd() override {
    CHECK_EQUAL(sent.back().size(), length_);
    return true;
  }
  size_t write(uint8_t byte) override {
    sent.back() += static_cast<char>(byte);
    return 1;
  }
  void close(uint16_t) override {}
  using Print::write;

  std::vector<std::string> sent;
  bool isBusy = false;

private:
  char nothing_[1];
  size_t length_ = 0;
};

class FakeConnector : public Connector {
public:
  void begin() override {}
  bool poll(Message &) override { return false; }
  FakeLink &link() override { return link_; }
  ConnectorState state() const override { return ConnectorState::Ready; }
  bool canMiss() const override { return true; }
  bool ask() override {
    asked++;
    isAnswered_ = false;
    return !link_.isBusy;
  }
  bool isAnswered() override { return isAnswered_; }
  void answer() { isAnswered_ = true; }
  void end() override {}

  int asked = 0;

private:
  FakeLink link_;
  bool isAnswered_ = false;
};

// A board that was started a day ago, and knows a temperature, a text and an option.
class Kept {
public:
  explicit Kept(size_t size = 10000)
      : ring_(new uint8_t[size]), channels_(list_, 3, notes_, 1),
        delivery(ring_.get(), size) {
    chip().random = {"\xab\x01\xcd\xef"};
    channels_.add("temp", ChannelKind::Sensor)->setPrecision(1);
    channels_.add("note", ChannelKind::Text);
    const Channel *mode = channels_.add("mode", ChannelKind::Select);
    channels_.note(mode, NoteKind::Options, "auto|heat|off");
  }

  void take(double temperature, bool isSent = false) {
    channels_.take(channels_.begin()[0], temperature);
    keep(0, isSent);
  }
  void take(const char *text) {
    channels_.take(channels_.begin()[1], text);
    keep(1, false);
  }
  void choose(const char *option) {
    CHECK(channels_.takeOption(channels_.begin()[2], option));
    keep(2, false);
  }

  void takeNothing() { delivery.keep(tick, channels_, channels_.end(), false); }

  void begin(bool takesBacklog = true) { delivery.begun(tick, takesBacklog); }

  // True if what is new has waited for all of the time.
  bool waits(uint32_t ticks) {
    bool isHeld = true;
    while (ticks-- > 0 && isHeld) {
      tick++;
      isHeld = delivery.handOver(tick, connector, channels_);
    }
    return isHeld;
  }
  // True if it has waited for nothing in all of the time.
  bool passes(uint32_t ticks) {
    bool isHeld = false;
    while (ticks-- > 0 && !isHeld) {
      tick++;
      isHeld = delivery.handOver(tick, connector, channels_);
    }
    return !isHeld;
  }
  void acknowledge(const std::string &batch) {
    delivery.acknowledged(tick, batch.c_str());
  }

  const std::vector<std::string> &sent() { return connector.link().sent; }
  // The number of the batch that was sent latest.
  std::string batch() {
    size_t at = sent().back().find("\"batch\":\"") + 9;
    return sent().back().substr(at, sent().back().find('"', at) - at);
  }

  uint32_t tick = 86400 * Second;
  FakeConnector connector;

private:
  void keep(uint8_t number, bool isSent) {
    channels_.makeDue(channels_.begin()[number]);
    delivery.keep(tick, channels_, channels_.end(), isSent);
    channels_.sent(channels_.end());
  }

  std::unique_ptr<uint8_t[]> ring_;
  Channel list_[3];
  Note notes_[1];
  Channels channels_;

public:
  Delivery delivery;
};

} // namespace

TEST(nothing_to_hand_over) {
  Kept kept;
  kept.begin();
  CHECK(kept.passes(60 * Second));
  CHECK(kept.sent().empty());
  CHECK_EQUAL(kept.connector.asked, 0);
}

TEST(what_a_batch_says) {
  Kept kept;
  kept.take(21.55);
  kept.tick += 5;
  kept.take("hot \"oven\"");
  kept.begin();
  CHECK(kept.waits(1));
  CHECK_EQUAL(kept.sent().size(), 1u);
  CHECK_EQUAL(kept.sent()[0],
              "{\"type\":\"backlog\",\"batch\":\"ab01cdef-1\",\"readings\":"
              "[{\"age\":0.6,\"temp\":21.6},{\"age\":0.1,\"note\":\"hot "
              "\\\"oven\\\"\"}]}");
  kept.acknowledge("ab01cdef-1");
  CHECK(kept.passes(60 * Second));
  CHECK_EQUAL(kept.sent().size(), 1u);
  CHECK_EQUAL(kept.delivery.count(), 0);
}

TEST(a_board_where_nothing_changes_says_that_it_was_there) {
  Kept kept;
  kept.take(21);
  // Every 10 s, as long as there is no connection.
  for (int i = 0; i < 13; i++) {
    kept.tick += 10 * Second;
    kept.takeNothing();
  }
  kept.begin();
  CHECK(kept.waits(1));
  CHECK_EQUAL(kept.sent()[0],
              "{\"type\":\"backlog\",\"batch\":\"ab01cdef-1\",\"readings\":"
              "[{\"age\":130.1,\"temp\":21.0},{\"age\":70.1},{\"age\":10.1}]}");
  kept.acknowledge("ab01cdef-1");
  // With one, signs of life do.
  for (int i = 0; i < 13; i++) {
    kept.tick += 10 * Second;
    kept.takeNothing();
  }
  CHECK(kept.passes(1));
  CHECK_EQUAL(kept.sent().size(), 1u);
  kept.delivery.ended();
  kept.tick += 60 * Second;
  kept.takeNothing();
  CHECK_EQUAL(kept.delivery.count(), 1);
}

TEST(where_nothing_changes_for_long_it_is_said_less_often) {
  Kept kept;
  kept.take(21);
  for (int minute = 0; minute < 24 * 60; minute++) {
    kept.tick += 60 * Second;
    kept.takeNothing();
  }
  // Once a minute, and then four times an hour.
  CHECK_EQUAL(kept.delivery.count(), 1 + 15 + (24 * 60 - 15) / 15);
  kept.take(22);
  kept.tick += 60 * Second;
  kept.takeNothing();
  CHECK_EQUAL(kept.delivery.count(), 1 + 15 + 95 + 2);
}

TEST(one_option_of_many) {
  Kept kept;
  kept.choose("heat");
  kept.begin();
  CHECK(kept.waits(1));
  CHECK(kept.sent()[0].find("\"mode\":\"heat\"}") != std::string::npos);
}

TEST(each_start_of_the_board_has_other_names) {
  Kept kept;
  chip().random = {std::string("\0\0\0\7", 4)};
  kept.take(1);
  kept.begin();
  CHECK(kept.waits(1));
  CHECK_EQUAL(kept.batch(), "00000007-1");
}

TEST(batch_after_batch) {
  Kept kept(40000);
  const std::string text(200, 'x');
  for (int i = 0; i < 60; i++) {
    kept.tick += Second;
    kept.take(text.c_str());
  }
  kept.begin();
  for (int number = 1; kept.waits(1); number++) {
    CHECK_EQUAL(kept.sent().size(), static_cast<size_t>(number));
    CHECK_EQUAL(kept.batch(), "ab01cdef-" + std::to_string(number));
    kept.acknowledge(kept.batch());
  }
  CHECK_EQUAL(kept.sent().size(), 4u);
  CHECK_EQUAL(kept.delivery.count(), 0);
}

TEST(as_full_as_it_can_be) {
  size_t longest = 0;
  for (size_t size = 50; size < 150; size++) {
    Kept kept;
    const std::string text(size, 'x');
    for (int i = 0; i < 60; i++) {
      kept.take(text.c_str());
    }
    kept.tick += 2000000000; // years: the longest ages
    kept.begin();
    CHECK(kept.waits(1));
    size_t length = kept.sent()[0].size();
    CHECK(length <= 4096);
    longest = length > longest ? length : longest;
  }
  CHECK(longest > 4096 - 20);
}

TEST(not_acknowledged) {
  Kept kept;
  kept.take(1);
  kept.begin();
  CHECK(kept.waits(5 * Second));
  CHECK(kept.passes(25 * Second));
  CHECK_EQUAL(kept.sent().size(), 1u);
  kept.take(2);
  CHECK(kept.passes(Second));
  CHECK_EQUAL(kept.sent().size(), 2u);
  CHECK_EQUAL(kept.sent()[1],
              "{\"type\":\"backlog\",\"batch\":\"ab01cdef-1\",\"readings\":"
              "[{\"age\":30.1,\"temp\":1.0}]}");
  CHECK(kept.passes(29 * Second));
  CHECK_EQUAL(kept.sent().size(), 2u);
  // Then what has come meanwhile.
  kept.acknowledge("ab01cdef-1");
  CHECK(kept.passes(1));
  CHECK_EQUAL(kept.batch(), "ab01cdef-2");
  CHECK_EQUAL(kept.delivery.count(), 1);
}

TEST(acknowledged_late) {
  Kept kept;
  kept.take(1);
  kept.begin();
  CHECK(!kept.waits(6 * Second));
  kept.acknowledge("ab01cdef-1");
  CHECK_EQUAL(kept.delivery.count(), 0);
  CHECK(kept.passes(60 * Second));
  CHECK_EQUAL(kept.sent().size(), 1u);
  // Who answers again is waited for again.
  kept.take(2);
  CHECK(kept.waits(Second));
}

TEST(what_acknowledges_nothing) {
  Kept kept;
  kept.acknowledge("00000000-0"); // before there is a name
  kept.take(1);
  kept.acknowledge("ab01cdef-1");
  CHECK_EQUAL(kept.delivery.count(), 1);
  kept.begin();
  CHECK(kept.waits(1));
  for (const char *other : {"ab01cdef-2", "ab01cdef-10", "ab01cdef-", "ab01cde0-1", "",
                            "ab01cdef-1 ", "AB01CDEF-1"}) {
    kept.acknowledge(other);
    CHECK_EQUAL(kept.delivery.count(), 1);
  }
  kept.acknowledge("ab01cdef-1");
  CHECK_EQUAL(kept.delivery.count(), 0);
  // That again, while the next one is on its way.
  kept.take(2);
  CHECK(kept.waits(1));
  kept.acknowledge("ab01cdef-1");
  CHECK_EQUAL(kept.delivery.count(), 1);
}

TEST(another_connection) {
  Kept kept;
  kept.take(1);
  kept.begin();
  CHECK(kept.waits(1));
  kept.take(2);
  kept.delivery.ended();
  kept.tick += 1000 * Second;
  kept.begin();
  CHECK(kept.waits(1));
  // At once, and just the same.
  CHECK_EQUAL(kept.sent().size(), 2u);
  CHECK_EQUAL(kept.sent()[1],
              "{\"type\":\"backlog\",\"batch\":\"ab01cdef-1\",\"readings\":"
              "[{\"age\":1000.2,\"temp\":1.0}]}");
  // So it is after one that did not answer in time.
  CHECK(!kept.waits(10 * Second));
  kept.delivery.ended();
  kept.begin();
  CHECK(kept.waits(5 * Second));
  CHECK_EQUAL(kept.sent().size(), 3u);
}

TEST(a_batch_that_is_refused_is_not_sent_again) {
  Kept kept;
  kept.take(1);
  kept.begin();
  CHECK(kept.waits(1));
  kept.take(2);
  kept.delivery.refused("");
  kept.delivery.refused("ab01cdef-2");
  CHECK_EQUAL(kept.delivery.dropped(), 0);
  kept.delivery.refused(kept.batch().c_str());
  CHECK_EQUAL(kept.delivery.dropped(), 1);
  CHECK(kept.waits(1));
  CHECK_EQUAL(kept.batch(), "ab01cdef-2");
  CHECK_EQUAL(kept.sent().size(), 2u);
}

TEST(what_is_new_waits_for_30_seconds) {
  Kept kept(40000);
  const std::string text(255, 'x');
  for (int i = 0; i < 120; i++) {
    kept.take(text.c_str());
  }
  kept.begin();
  // Each batch is acknowledged, but after 4 s.
  for (int i = 0; i < 7; i++) {
    CHECK(kept.waits(4 * Second));
    kept.acknowledge(kept.batch());
  }
  CHECK(kept.waits(2 * Second - 1));
  // The rest goes out between what is new.
  CHECK(kept.passes(2 * Second));
  CHECK_EQUAL(kept.batch(), "ab01cdef-8");
  kept.acknowledge(kept.batch());
  CHECK(kept.passes(1));
  CHECK_EQUAL(kept.batch(), "ab01cdef-9");
  kept.acknowledge(kept.batch());
  CHECK_EQUAL(kept.delivery.count(), 0);
  CHECK(kept.passes(1));
  // What comes to wait after that has its own 30 s.
  kept.take(1);
  CHECK(kept.waits(4 * Second));
}

TEST(home_assistant_takes_none) {
  Kept kept;
  kept.take(1);
  kept.begin(false);
  CHECK(kept.passes(100 * Second));
  CHECK(kept.sent().empty());
  CHECK_EQUAL(kept.delivery.count(), 1);
  // Another release does.
  kept.delivery.ended();
  kept.begin();
  CHECK(kept.waits(1));
  CHECK_EQUAL(kept.sent().size(), 1u);
}

TEST(a_link_that_is_busy) {
  Kept kept;
  kept.take(1);
  kept.connector.link().isBusy = true;
  kept.begin();
  CHECK(kept.waits(20 * Second));
  kept.connector.link().isBusy = false;
  CHECK(kept.waits(1));
  CHECK_EQUAL(kept.batch(), "ab01cdef-1");
  CHECK_EQUAL(kept.sent().size(), 1u);
}

TEST(asks_whether_what_was_sent_has_arrived) {
  Kept kept;
  kept.begin();
  kept.take(1, true);
  CHECK(kept.passes(10 * Second - 1));
  CHECK_EQUAL(kept.connector.asked, 0);
  CHECK(kept.passes(1));
  CHECK_EQUAL(kept.connector.asked, 1);
  kept.take(2, true); // after the question
  CHECK(kept.passes(5 * Second));
  kept.connector.answer();
  CHECK(kept.passes(5 * Second));
  CHECK_EQUAL(kept.connector.asked, 2);
  kept.connector.answer();
  CHECK(kept.passes(1));
  // The first has been there for 10 s: it is in a database.
  kept.delivery.ended();
  CHECK_EQUAL(kept.delivery.count(), 1);
  kept.begin();
  CHECK(kept.waits(1));
  CHECK(kept.sent()[0].find("\"temp\":2.0}]") != std::string::npos);
  CHECK(kept.sent()[0].find("\"temp\":1.0") == std::string::npos);
}

TEST(asks_again) {
  Kept kept;
  kept.begin();
  kept.take(1, true);
  kept.connector.link().isBusy = true;
  CHECK(kept.passes(10 * Second));
  CHECK_EQUAL(kept.connector.asked, 1);
  // An answer to what was not asked is none.
  kept.connector.answer();
  CHECK(kept.passes(10 * Second - 1));
  kept.connector.link().isBusy = false;
  CHECK(kept.passes(1));
  CHECK_EQUAL(kept.connector.asked, 2);
  // One question at a time, and when there is something to ask.
  CHECK(kept.passes(60 * Second));
  CHECK_EQUAL(kept.connector.asked, 2);
  kept.connector.answer();
  CHECK(kept.passes(60 * Second));
  CHECK_EQUAL(kept.connector.asked, 3);
  kept.connector.answer();
  CHECK(kept.passes(60 * Second));
  CHECK_EQUAL(kept.connector.asked, 3);
  kept.take(2, true);
  CHECK(kept.passes(1));
  CHECK_EQUAL(kept.connector.asked, 4);
  // In another connection nobody has been asked.
  kept.delivery.ended();
  kept.begin();
  kept.take(3, true);
  CHECK(kept.waits(1));
  kept.acknowledge(kept.batch());
  CHECK(kept.passes(9 * Second));
  CHECK_EQUAL(kept.connector.asked, 4);
  CHECK(kept.passes(1 * Second));
  CHECK_EQUAL(kept.connector.asked, 5);
  kept.delivery.ended();
  CHECK_EQUAL(kept.delivery.count(), 1);
}

TEST(counted) {
  Kept kept(100);
  for (int i = 0; i < 100; i++) {
    kept.tick += Second;
    kept.take(i);
  }
  CHECK(kept.delivery.count() > 5);
  CHECK_EQUAL(kept.delivery.count() + kept.delivery.dropped(), 100);
}
