// The backlog: by examples, and against a model that keeps the same readings in a list
// while things happen in any order.

#include <sensorboard/Backlog.h>
#include <sensorboard/Channels.h>

#include <deque>
#include <memory>
#include <vector>

#include "check.h"
#include "json.h"

using sensorboard::Backlog;
using sensorboard::Channel;
using sensorboard::ChannelKind;
using sensorboard::Channels;
using sensorboard::Decimal;
using sensorboard::Note;

namespace {

constexpr size_t Everything = 1000000; // bytes, for a batch

// Channel 0 is temp, 1 door, 2 mode, 3 lamp; the others are numbers.
struct Keys {
  Keys() : channels(list, 40, notes, 1) {
    channels.add("temp", ChannelKind::Sensor)->setPrecision(1);
    channels.add("door", ChannelKind::Contact);
    channels.add("mode", ChannelKind::Text);
    channels.add("lamp", ChannelKind::Color);
    for (size_t i = 4; i < 40; i++) {
      names[i] = "n" + std::to_string(i);
      channels.add(names[i].c_str(), ChannelKind::Sensor)->setPrecision(0);
    }
  }
  const Channel *begin() const { return channels.begin(); }

  std::string names[40];
  Channel list[40];
  Note notes[1];
  Channels channels;
};

const Channel *keys() {
  static Keys all;
  return all.begin();
}

// A backlog with a ring of its size, so that ASan watches its ends.
struct Kept {
  explicit Kept(size_t size) : ring(new uint8_t[size]), backlog(ring.get(), size) {}

  void take(uint32_t now, float temperature, bool isSent = false) {
    backlog.begin(now);
    backlog.add(0, Decimal::from(static_cast<double>(temperature), 1));
    backlog.end(isSent);
  }

  std::string written(uint32_t now) const {
    Written out;
    backlog.write(out.json, now, keys());
    return out.out.text;
  }

  // The next batch.
  std::string batch(uint32_t now = 0, size_t room = Everything) {
    return backlog.prepare(room, keys()) ? written(now) : "none";
  }

  std::unique_ptr<uint8_t[]> ring;
  Backlog backlog;
};

// How many bytes a reading of one small number takes, if little time has passed.
constexpr size_t NumberSize = 2 + 1 + 1 + 1;

Decimal number(double value, Decimal::Point decimals = 2) {
  return Decimal::from(value, decimals);
}

} // namespace

TEST(values_of_every_type) {
  Kept kept(500);
  kept.backlog.begin(100);
  kept.backlog.add(0, number(21.54, 1));
  kept.backlog.add(1, true);
  kept.backlog.add(2, "open \"°C\"");
  kept.backlog.addColor(3, 0xff8000);
  kept.backlog.add(39, number(-7));
  kept.backlog.end(false);
  kept.backlog.begin(150);
  kept.backlog.add(0, number(NAN));
  kept.backlog.add(1, false);
  kept.backlog.add(2, static_cast<const char *>(nullptr));
  kept.backlog.addColor(3, 0);
  kept.backlog.add(31, number(1e6));
  kept.backlog.add(30, number(INFINITY));
  kept.backlog.end(false);
  CHECK_EQUAL(kept.backlog.count(), 2);
  CHECK_EQUAL(kept.batch(160),
              "[{\"age\":6.0,\"temp\":21.5,\"door\":true,\"mode\":\"open "
              "\\\"°C\\\"\",\"lamp\":\"#ff8000\",\"n39\":-7},"
              "{\"age\":1.0,\"temp\":null,\"door\":false,\"mode\":null,"
              "\"lamp\":\"#000000\",\"n31\":1000000,\"n30\":null}]");
}

// A number comes out as it would have been sent, whatever it is, also with the zeros
// that a precision asks for.
TEST(numbers_as_they_were) {
  Channel list[1];
  Note notes[1];
  Channels channels(list, 1, notes, 1);
  const double values[] = {0,
                           -1,
                           21.3,
                           -0.01,
                           16777217,
                           16777218,
                           123456.78,
                           4294967295.0,
                           9007199254740991.0,
                           9.2e18,
                           -9.2e18,
                           1e300,
                           -1e300,
                           1e-5,
                           -2.5e17,
                           80000000000.123456};
  for (int precision = -1; precision <= 6; precision++) {
    Channel *channel = channels.add("x", ChannelKind::Sensor);
    if (precision >= 0) {
      channel->setPrecision(static_cast<uint8_t>(precision));
    }
    for (double value : values) {
      const Decimal sent = number(value, channel->decimals());
      Written live;
      live.json.number(sent, precision < 0);
      Kept kept(100);
      kept.backlog.begin(0);
      kept.backlog.add(0, sent);
      kept.backlog.end(false);
      CHECK(kept.backlog.prepare(Everything, list));
      Written out;
      kept.backlog.write(out.json, 0, list);
      CHECK_EQUAL(out.out.text, "[{\"age\":0.0,\"x\":" + live.out.text + "}]");
    }
  }
}

// Three numbers that change each 5 s: how long a ring lasts.
TEST(three_numbers) {
  Kept kept(32768);
  uint32_t bytes = 0;
  for (uint32_t i = 0; kept.backlog.dropped() == 0; i++) {
    kept.backlog.begin(i * 50);
    kept.backlog.add(4, number(20 + i % 1000 / 100.0));
    kept.backlog.add(5, number(45 + i % 700 / 100.0));
    kept.backlog.add(6, number(1013.25 + i % 300 / 100.0));
    kept.backlog.end(false);
    bytes = 32768 / (i + 1);
  }
  CHECK(bytes <= 13);
  CHECK(bytes >= 12);
  CHECK(kept.backlog.minutes() >= 210);
}

TEST(long_texts_are_cut_between_characters) {
  Kept kept(2000);
  std::string most(255, 'x'), more(254, 'y');
  more += "°C";
  kept.backlog.begin(0);
  kept.backlog.add(2, most.c_str());
  kept.backlog.end(false);
  kept.backlog.begin(0);
  kept.backlog.add(2, more.c_str());
  kept.backlog.end(false);
  kept.backlog.begin(0);
  kept.backlog.add(2, "21 °");
  kept.backlog.end(false);
  CHECK_EQUAL(kept.batch(), "[{\"age\":0.0,\"mode\":\"" + most +
                                "\"},{\"age\":0.0,\"mode\":\"" + std::string(254, 'y') +
                                "\"},{\"age\":0.0,\"mode\":\"21 °\"}]");
}

TEST(what_arrives_goes_with_the_next_that_arrives) {
  Kept kept(100);
  CHECK(!kept.backlog.isUncertain());
  kept.take(0, 1, true);
  kept.take(1, 2, true);
  CHECK(kept.backlog.isUncertain());
  CHECK(!kept.backlog.isWaiting());
  kept.backlog.mark();
  kept.take(2, 3, true);
  kept.backlog.arrived();
  kept.backlog.mark();
  kept.take(3, 4, true);
  kept.backlog.arrived();
  CHECK(kept.backlog.isUncertain());
  CHECK_EQUAL(kept.batch(), "none");

  // The third has arrived, but perhaps was not written to a database.
  kept.backlog.lost();
  CHECK(!kept.backlog.isUncertain());
  CHECK_EQUAL(kept.backlog.count(), 2);
  CHECK_EQUAL(kept.batch(3), "[{\"age\":0.1,\"temp\":3.0},{\"age\":0.0,\"temp\":4.0}]");
  kept.backlog.delivered();
  CHECK(!kept.backlog.isWaiting());
  CHECK_EQUAL(kept.backlog.dropped(), 0);
}

TEST(what_has_arrived_is_safe_after_a_while) {
  Kept kept(100);
  kept.take(0, 1, true);
  for (int i = 0; i < 2; i++) {
    CHECK(kept.backlog.isUncertain());
    kept.backlog.mark();
    kept.backlog.arrived();
  }
  CHECK(!kept.backlog.isUncertain());
  kept.backlog.lost();
  CHECK_EQUAL(kept.batch(), "none");
}

TEST(what_has_arrived_makes_room_and_is_not_counted) {
  Kept kept(3 * NumberSize);
  for (uint32_t i = 0; i < 3; i++) {
    kept.take(i, static_cast<float>(i), true);
  }
  kept.backlog.mark();
  kept.backlog.arrived();
  kept.take(3, 3, true);
  kept.backlog.lost();
  CHECK_EQUAL(kept.backlog.dropped(), 0);
  CHECK_EQUAL(kept.backlog.count(), 3);
}

TEST(a_batch_that_is_refused_goes_and_is_counted) {
  Kept kept(100);
  kept.take(0, 1);
  kept.take(1, 2);
  CHECK(kept.batch(1) != "none");
  kept.take(2, 3);
  kept.backlog.refused();
  CHECK_EQUAL(kept.backlog.dropped(), 2);
  CHECK_EQUAL(kept.batch(2), "[{\"age\":0.0,\"temp\":3.0}]");
}

TEST(lost_before_it_was_asked) {
  Kept kept(100);
  kept.take(0, 1, true);
  kept.backlog.mark();
  kept.take(1, 2, true);
  kept.backlog.lost();
  // An answer that comes now is none.
  kept.backlog.arrived();
  CHECK_EQUAL(kept.batch(1), "[{\"age\":0.1,\"temp\":1.0},{\"age\":0.0,\"temp\":2.0}]");
}

TEST(ages_after_years) {
  Kept kept(100);
  kept.take(5, 1);
  kept.take(5 + 36000 * 5 + 3, 2); // five hours
  CHECK_EQUAL(kept.batch(36000 * 9 + 5),
              "[{\"age\":32400.0,\"temp\":1.0},{\"age\":14399.7,\"temp\":2.0}]");
  kept.backlog.delivered();
  kept.take(400000000, 3); // 15 months
  kept.take(2000000000, 4);
  kept.take(2000000000, 5);
  CHECK_EQUAL(kept.batch(2000000001),
              "[{\"age\":160000000.1,\"temp\":3.0},{\"age\":0.1,\"temp\":4.0},"
              "{\"age\":0.1,\"temp\":5.0}]");
}

TEST(a_clock_that_goes_back) {
  Kept kept(100);
  kept.take(1000, 1);
  kept.take(990, 2);
  kept.take(1010, 3);
  CHECK_EQUAL(kept.batch(1005),
              "[{\"age\":0.5,\"temp\":1.0},{\"age\":0.5,\"temp\":2.0},"
              "{\"age\":0.0,\"temp\":3.0}]");
}

TEST(oldest_goes) {
  Kept kept(3 * NumberSize);
  for (uint32_t i = 0; i < 10; i++) {
    kept.take(i, static_cast<float>(i));
    CHECK_EQUAL(kept.backlog.count(), i < 3 ? i + 1 : 3);
    CHECK_EQUAL(kept.backlog.dropped(), i < 3 ? 0 : i - 2);
  }
  CHECK_EQUAL(kept.batch(9), "[{\"age\":0.2,\"temp\":7.0},{\"age\":0.1,\"temp\":8.0},"
                             "{\"age\":0.0,\"temp\":9.0}]");
}

TEST(what_was_sent_is_counted_only_when_it_is_lost) {
  Kept kept(3 * NumberSize);
  for (uint32_t i = 0; i < 5; i++) {
    kept.take(i, static_cast<float>(i), true);
  }
  kept.backlog.mark(); // two had to go
  for (uint32_t i = 5; i < 9; i++) {
    kept.take(i, static_cast<float>(i), true);
  }
  CHECK_EQUAL(kept.backlog.dropped(), 0);
  kept.backlog.arrived(); // five: all that were marked
  CHECK(kept.backlog.isUncertain());
  kept.backlog.lost(); // one of the four had to go, and no other
  CHECK_EQUAL(kept.backlog.dropped(), 1);
  CHECK_EQUAL(kept.backlog.count(), 3);
  CHECK(!kept.backlog.isUncertain());
}

TEST(a_batch_stays_the_same) {
  Kept kept(500);
  for (uint32_t i = 0; i < 4; i++) {
    kept.take(i, static_cast<float>(i));
  }
  const std::string two = "[{\"age\":1.0,\"temp\":0.0},{\"age\":0.9,\"temp\":1.0}]";
  // Ages can have 11 characters, whatever they have now.
  constexpr size_t room = sizeof("[{\"age\":429496729.5,\"temp\":0.0},"
                                 "{\"age\":429496729.5,\"temp\":1.0}]") -
                          1;
  CHECK_EQUAL(kept.batch(10, room), two);
  uint32_t number = kept.backlog.batch();
  kept.take(11, 9);
  kept.backlog.mark();
  kept.backlog.arrived();
  CHECK_EQUAL(kept.batch(10, Everything), two);
  kept.backlog.lost();
  CHECK_EQUAL(kept.batch(10, 10), two);
  CHECK_EQUAL(kept.backlog.batch(), number);
  CHECK_EQUAL(kept.backlog.count(), 5);
  CHECK_EQUAL(kept.written(2000000000).size(), room);

  kept.backlog.delivered();
  CHECK_EQUAL(kept.backlog.count(), 3);
  CHECK_EQUAL(kept.batch(10, room - 1), "[{\"age\":0.8,\"temp\":2.0}]");
  CHECK_EQUAL(kept.backlog.batch(), number + 1);
}

TEST(a_batch_for_which_there_is_no_room_any_more) {
  Kept kept(3 * NumberSize);
  kept.take(0, 1);
  kept.take(0, 2);
  CHECK(kept.backlog.prepare(Everything, keys()));
  uint32_t number = kept.backlog.batch();
  kept.take(0, 3);
  kept.take(0, 4);
  CHECK_EQUAL(kept.batch(), "[{\"age\":0.0,\"temp\":2.0}]");
  CHECK_EQUAL(kept.backlog.batch(), number);
  kept.take(0, 5);
  // It is empty now. Home Assistant may have the whole of it: what comes next must not
  // look like it.
  CHECK_EQUAL(kept.batch(), "[{\"age\":0.0,\"temp\":3.0},{\"age\":0.0,\"temp\":4.0},"
                            "{\"age\":0.0,\"temp\":5.0}]");
  CHECK_EQUAL(kept.backlog.batch(), number + 1);
  CHECK_EQUAL(kept.backlog.dropped(), 2);
}

TEST(a_reading_longer_than_a_batch_blocks_nothing) {
  Kept kept(500);
  kept.backlog.begin(0);
  kept.backlog.add(2, "a text that is too long for it");
  kept.backlog.end(false);
  kept.take(0, 1);
  CHECK_EQUAL(kept.batch(0, 50), "[{\"age\":0.0,\"temp\":1.0}]");
  CHECK_EQUAL(kept.backlog.dropped(), 1);
  CHECK_EQUAL(kept.backlog.count(), 1);
  kept.backlog.delivered();

  kept.take(0, 1);
  CHECK_EQUAL(kept.batch(0, 0), "none");
  CHECK_EQUAL(kept.batch(0, Everything), "none");
  CHECK_EQUAL(kept.backlog.dropped(), 2);
}

TEST(empty_readings_are_not_kept) {
  Kept kept(NumberSize);
  kept.take(0, 1);
  kept.backlog.begin(1);
  kept.backlog.end(false);
  kept.backlog.begin(2);
  kept.backlog.end(true);
  CHECK_EQUAL(kept.backlog.count(), 1);
  CHECK(!kept.backlog.isUncertain());
  CHECK_EQUAL(kept.batch(), "[{\"age\":0.0,\"temp\":1.0}]");
}

TEST(a_reading_that_has_nothing_is_kept) {
  Kept kept(2 * NumberSize);
  kept.take(0, 1);
  kept.backlog.begin(600);
  kept.backlog.addNothing();
  kept.backlog.end(false);
  CHECK_EQUAL(kept.backlog.count(), 2);
  CHECK_EQUAL(kept.batch(700), "[{\"age\":70.0,\"temp\":1.0},{\"age\":10.0}]");
}

TEST(an_unfinished_reading_is_none) {
  Kept kept(3 * NumberSize);
  kept.take(0, 1);
  kept.backlog.begin(0);
  kept.backlog.add(0, number(2));
  kept.take(0, 3);
  CHECK_EQUAL(kept.batch(), "[{\"age\":0.0,\"temp\":1.0},{\"age\":0.0,\"temp\":3.0}]");
}

TEST(no_ring) {
  Backlog backlog(nullptr, 0);
  for (int i = 0; i < 3; i++) {
    backlog.begin(0);
    backlog.add(0, number(1));
    backlog.add(1, true);
    backlog.end(false);
  }
  CHECK(!backlog.isWaiting());
  CHECK(!backlog.prepare(Everything, keys()));
  CHECK_EQUAL(backlog.dropped(), 3);
  CHECK_EQUAL(backlog.minutes(), 0);
}

TEST(too_large_for_the_ring) {
  for (size_t size = 0; size < NumberSize + 6; size++) {
    Kept kept(size);
    kept.take(0, 1);
    kept.backlog.begin(0);
    kept.backlog.add(0, number(2));
    kept.backlog.add(4, number(2));
    kept.backlog.add(1, true);
    kept.backlog.end(false);
    bool fits = size >= NumberSize + 3;
    CHECK_EQUAL(kept.backlog.count(), fits ? 1 : 0);
    kept.take(0, 3);
    CHECK_EQUAL(kept.backlog.count(), size >= NumberSize ? 1 : 0);
  }
}

TEST(a_reading_of_the_longest_texts) {
  Kept kept(20000);
  std::string text(255, 'x');
  kept.take(0, 1);
  // 8191 bytes are the most.
  for (int count : {31, 32}) {
    kept.backlog.begin(1);
    for (int i = 0; i < count; i++) {
      kept.backlog.add(2, text.c_str());
    }
    kept.backlog.end(false);
  }
  kept.take(500, 2);
  CHECK_EQUAL(kept.backlog.count(), 3);
  CHECK_EQUAL(kept.backlog.dropped(), 1);
  std::string written = kept.batch(500);
  CHECK_EQUAL(written.substr(0, 40), "[{\"age\":50.0,\"temp\":1.0},{\"age\":49.9,\"mo");
  CHECK_EQUAL(written.substr(written.size() - 23), "{\"age\":0.0,\"temp\":2.0}]");
}

TEST(minutes) {
  Kept kept(600 * NumberSize);
  CHECK_EQUAL(kept.backlog.minutes(), 0);
  kept.take(1000, 1);
  CHECK_EQUAL(kept.backlog.minutes(), 0);
  for (uint32_t i = 1; i < 20; i++) {
    kept.take(1000 + i * 50, 1, true); // every 5 s
    kept.backlog.mark();
    kept.backlog.arrived();
  }
  CHECK_EQUAL(kept.backlog.minutes(), 50);
  // Another interval counts soon, and then alone.
  for (uint32_t i = 0; i < 6000; i++) {
    kept.take(3000 + i * 100, 1);
  }
  CHECK(kept.backlog.minutes() >= 95);
  CHECK(kept.backlog.minutes() <= 100);
}

TEST(many_minutes) {
  Kept kept(60000);
  for (uint32_t i = 0; i < 100; i++) {
    kept.take(i * 36000, 1);
  }
  CHECK_EQUAL(kept.backlog.minutes(), 65535);
}

TEST(counters_stop_at_their_end) {
  Kept kept(NumberSize);
  for (uint32_t i = 0; i < 70000; i++) {
    kept.take(i, 1);
  }
  CHECK_EQUAL(kept.backlog.dropped(), 65535);
  for (uint32_t i = 0; i < 70000; i++) {
    kept.take(i, 1, true);
  }
  kept.backlog.lost();
  CHECK_EQUAL(kept.backlog.dropped(), 65535);
}

namespace {

uint32_t seed;

uint32_t random(uint32_t below) {
  seed = seed * 1664525 + 1013904223;
  return (seed >> 8) % below;
}

struct Reading {
  uint32_t time;
  std::string members; // as they are written
  size_t size;         // of the values in the ring
  enum { Waiting, Batch, Sent, Marked, Arrived } state;

  std::string written(const std::string &age) const {
    return "{\"age\":" + age + members + "}";
  }
  std::string written(uint32_t now) const {
    char age[20];
    snprintf(age, sizeof(age), "%u.%u", (now - time) / 10, (now - time) % 10);
    return written(age);
  }
  // With the longest age.
  size_t length() const { return written("429496729.5").size(); }
};

// The same as a Backlog, but a list. It is told which of them there was no room for.
struct Model {
  std::deque<Reading> readings;
  uint16_t dropped = 0, goneSent = 0, goneMarked = 0;

  std::string list(bool isBatch, uint32_t now) const {
    std::string text;
    for (const Reading &one : readings) {
      if ((one.state == Reading::Batch) == isBatch) {
        text += (text.empty() ? "" : ",") + one.written(now);
      }
    }
    return "[" + text + "]";
  }
  size_t count(int state) const {
    size_t all = 0;
    for (const Reading &one : readings) {
      all += one.state == state;
    }
    return all;
  }
  void change(int from, int to) {
    for (Reading &one : readings) {
      if (one.state == from) {
        one.state = static_cast<decltype(one.state)>(to);
      }
    }
  }
  void drop(const Reading &one) {
    if (one.state == Reading::Arrived || one.members.empty()) {
      return;
    }
    (one.state == Reading::Sent     ? goneSent
     : one.state == Reading::Marked ? goneMarked
                                    : dropped)++;
  }
  void remove(int state) {
    std::deque<Reading> others;
    for (const Reading &one : readings) {
      if (one.state != state) {
        others.push_back(one);
      }
    }
    readings = others;
  }
};

class Trial {
public:
  explicit Trial(size_t size) : size_(size), now_(random(1000000)), kept_(size) {}

  void run(int steps) {
    for (int i = 0; i < steps && check::failures() == failures_; i++) {
      const uint32_t ages[] = {0, 0, 1, 5, 50, 300, 40000, 5000000};
      now_ += ages[random(8)];
      switch (random(12)) {
      case 0:
        kept_.backlog.mark();
        model_.change(Reading::Sent, Reading::Marked);
        model_.goneMarked = static_cast<uint16_t>(model_.goneMarked + model_.goneSent);
        model_.goneSent = 0;
        break;
      case 1:
        kept_.backlog.arrived();
        model_.remove(Reading::Arrived);
        model_.change(Reading::Marked, Reading::Arrived);
        model_.goneMarked = 0;
        break;
      case 2:
        if (random(3) == 0) {
          kept_.backlog.lost();
          model_.change(Reading::Sent, Reading::Waiting);
          model_.change(Reading::Marked, Reading::Waiting);
          model_.change(Reading::Arrived, Reading::Waiting);
          model_.dropped = static_cast<uint16_t>(model_.dropped + model_.goneSent +
                                                 model_.goneMarked);
          model_.goneSent = model_.goneMarked = 0;
        }
        break;
      case 3:
        prepare(random(200));
        break;
      case 4:
        kept_.backlog.delivered();
        model_.remove(Reading::Batch);
        break;
      default:
        take();
      }
      compare();
    }
  }

private:
  void take() {
    Reading reading = {now_, "", 0, random(2) ? Reading::Sent : Reading::Waiting};
    kept_.backlog.begin(now_);
    for (uint32_t left = random(4); left > 0; left--) {
      add(reading);
    }
    bool hasNothing = random(4) == 0;
    if (hasNothing) {
      kept_.backlog.addNothing();
    }
    kept_.backlog.end(reading.state == Reading::Sent);
    if (reading.members.empty() && !hasNothing) {
      return;
    }
    model_.readings.push_back(reading);
    makeRoom();
  }

  void add(Reading &reading) {
    uint8_t channel = static_cast<uint8_t>(4 + random(36));
    uint32_t value = random(1000);
    reading.size += 1;
    switch (random(5)) {
    case 0:
      kept_.backlog.add(1, value < 500);
      reading.members += value < 500 ? ",\"door\":true" : ",\"door\":false";
      break;
    case 1: {
      std::string text(value % 7 == 0 ? value % 40 : value % 5, 'x');
      kept_.backlog.add(2, text.c_str());
      reading.members += ",\"mode\":\"" + text + "\"";
      reading.size += 1 + text.size();
      break;
    }
    case 2:
      kept_.backlog.addColor(3, value);
      char color[40];
      snprintf(color, sizeof(color), ",\"lamp\":\"#%06x\"", value);
      reading.members += color;
      reading.size += 3;
      break;
    case 3:
      kept_.backlog.add(0, number(NAN));
      reading.members += ",\"temp\":null";
      break;
    default:
      kept_.backlog.add(channel, number(value));
      reading.members +=
          ",\"n" + std::to_string(channel) + "\":" + std::to_string(value);
      reading.size += (channel < 31 ? 0u : 1u) + (value < 64 ? 1u : 2u);
    }
  }

  // Finds out which had to go, and whether they had to: a record has 3 to 7 bytes
  // besides its values.
  void makeRoom() {
    std::string is = contents();
    size_t size = 0;
    for (const Reading &one : model_.readings) {
      size += 7 + one.size;
    }
    size_t gone = 0;
    while (!model_.readings.empty() && is != contentsOfModel()) {
      CHECK(size > size_); // or it did not have to go
      size -= 7 + model_.readings.front().size;
      model_.drop(model_.readings.front());
      model_.readings.pop_front();
      gone++;
    }
  }

  void prepare(size_t room) {
    bool isThere = kept_.backlog.prepare(room, keys());
    bool isNew = model_.count(Reading::Batch) == 0;
    for (size_t i = 0, length = 1; isNew && i < model_.readings.size(); i++) {
      Reading &one = model_.readings[i];
      if (one.state != Reading::Waiting) {
        continue;
      }
      if (length + one.length() + 1 <= room) {
        length += one.length() + 1;
        one.state = Reading::Batch;
      } else if (length > 1) {
        break;
      } else {
        model_.drop(one);
        model_.readings.erase(model_.readings.begin() + static_cast<long>(i--));
      }
    }
    CHECK_EQUAL(isThere, model_.count(Reading::Batch) > 0);
    if (isThere && isNew) {
      CHECK_EQUAL(kept_.backlog.batch(), ++batch_);
      CHECK(kept_.written(now_).size() <= room);
    }
    CHECK_EQUAL(kept_.backlog.batch(), batch_);
  }

  // All that is in the backlog, the batch first. Found out with a copy, so that nothing
  // changes.
  std::string contents() {
    std::vector<uint8_t> ring(kept_.ring.get(), kept_.ring.get() + size_);
    Backlog copy(kept_.backlog);
    Written batch, rest;
    copy.write(batch.json, now_, keys());
    copy.lost();
    copy.delivered();
    if (!copy.prepare(Everything, keys())) {
      CHECK(!copy.isWaiting());
    }
    copy.write(rest.json, now_, keys());
    std::copy(ring.begin(), ring.end(), kept_.ring.get());
    return batch.out.text + rest.out.text;
  }
  std::string contentsOfModel() const {
    return model_.list(true, now_) + model_.list(false, now_);
  }

  void compare() {
    const Backlog &backlog = kept_.backlog;
    CHECK_EQUAL(contents(), contentsOfModel());
    size_t waiting = model_.count(Reading::Waiting) + model_.count(Reading::Batch);
    CHECK_EQUAL(backlog.count(), waiting);
    CHECK_EQUAL(backlog.isWaiting(), waiting > 0);
    CHECK_EQUAL(backlog.isUncertain(), model_.count(Reading::Sent) +
                                               model_.count(Reading::Marked) +
                                               model_.count(Reading::Arrived) +
                                               model_.goneSent + model_.goneMarked >
                                           0);
    CHECK_EQUAL(backlog.dropped(), model_.dropped);
  }

  const int failures_ = check::failures();
  const size_t size_;
  uint32_t now_;
  uint32_t batch_ = 0;
  Kept kept_;
  Model model_;
};

} // namespace

TEST(like_a_list) {
  int before = check::failures();
  for (size_t size = 0; size < 150; size++) {
    for (uint32_t i = 0; i < 3; i++) {
      seed = static_cast<uint32_t>(size) * 7 + i;
      Trial(size).run(300);
      if (check::failures() > before) {
        printf("size %zu, seed %u\n", size, i);
        return;
      }
    }
  }
  for (size_t size : {255, 256, 257, 1000, 2000}) {
    seed = static_cast<uint32_t>(size);
    Trial(size).run(2000);
  }
}
