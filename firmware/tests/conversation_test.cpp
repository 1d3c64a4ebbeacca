// A board in a network: what is said after a welcome, in which order, and what becomes
// of readings while nobody listens.

#include <set>

#include "sketch.h"

namespace {

const std::string End = "{\"type\":\"channels\",\"channels\":[],\"final\":true}|";

int number;
int counted() { return ++number; }

// A board that counts, and a Home Assistant that takes batches.
struct Counting : OnlineSketch {
  Counting() {
    welcome = "{\"type\":\"welcome\",\"backlog\":true}";
    number = 0;
    board.sensor("n", counted);
  }

  // Nobody is there for so long.
  void miss(uint32_t ms) {
    goAway();
    pass(ms);
    comeBack();
    said();
  }

  // Goes on until there is another connection.
  void meet() {
    const int before = hellos;
    CHECK(until([&] { return hellos > before; }, 120000));
  }
};

// The members of a batch of readings.
std::string name(const std::string &batch) { return member(batch, "batch"); }

std::vector<int> numbersIn(const std::string &text) {
  std::vector<int> numbers;
  for (size_t at = 0; (at = text.find("\"n\":", at)) != std::string::npos; at += 4) {
    numbers.push_back(atoi(text.c_str() + at + 4));
  }
  return numbers;
}

std::vector<std::string> batchesIn(const Said &said) {
  std::vector<std::string> batches;
  for (const std::string &message : said.messages()) {
    if (Said::isOf(message, "backlog\"")) {
      batches.push_back(message);
    }
  }
  return batches;
}

} // namespace

// Hello, what the channels are, and all values: in this order, at an own address.
TEST(order) {
  OnlineSketch sketch;
  number = 0;
  sketch.board.sensor("n", counted).name("Number");
  sketch.board.set("on", true);
  sketch.begin();
  sketch.pass(2000);
  CHECK_EQUAL(sketch.server.request.find("GET /api/arduino_sensor/ws/abc HTTP/1.1"),
              0u);
  const Said said = sketch.said();
  CHECK(Said::isOf(said.messages()[0], "hello\""));
  const std::string all = said.all();
  CHECK_EQUAL(all.substr(all.find('|') + 1),
              "{\"type\":\"channels\",\"channels\":[{\"key\":\"n\",\"kind\":\"sensor\","
              "\"name\":\"Number\"}]}|" +
                  End + "{\"n\":2,\"on\":true}|");
}

// Nothing but hello is said before the welcome.
TEST(nothing_before_welcome) {
  OnlineSketch sketch;
  sketch.welcome.clear();
  sketch.board.sensor("n", counted);
  sketch.board.event("bell", "press");
  sketch.board.on(
      "led", +[](bool) { number = -1000; });
  sketch.begin();
  CHECK(sketch.until([&] { return sketch.hellos == 1; }));
  sketch.board.fire("bell", "press");
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}");
  sketch.pass(3000);
  CHECK_EQUAL(sketch.said().size(), 1u);
  CHECK(number >= 0);
  CHECK(!sketch.board.isConnected());
  sketch.tell("{\"type\":\"welcome\"}");
  sketch.pass(1000);
  CHECK(sketch.board.isConnected());
  CHECK_EQUAL(sketch.said().of("channels").find(End) != std::string::npos, true);
}

// Every connection begins with descriptions and all values, whatever was said before.
TEST(every_connection_is_a_beginning) {
  OnlineSketch sketch;
  sketch.board
      .on(
          "led", +[](bool) {})
      .name("Lamp");
  sketch.board.set("state", "open");
  sketch.start();
  for (int i = 0; i < 3; i++) {
    sketch.goAway();
    sketch.pass(1000);
    sketch.comeBack();
    CHECK(sketch.until([&] { return sketch.board.isConnected(); }, 70000));
    sketch.pass(500);
    const Said said = sketch.said();
    CHECK(said.of("channels").find("\"name\":\"Lamp\"") != std::string::npos);
    CHECK_EQUAL(said.readings(), "{\"led\":false,\"state\":\"open\"}|");
  }
}

// What was missed comes in batches before the new values, oldest first, nothing twice.
TEST(backlog_comes_first) {
  Counting sketch;
  sketch.start();
  sketch.pass(30000);
  sketch.miss(60000);
  sketch.meet();
  sketch.pass(3000);
  const Said said = sketch.said();
  const std::string all = said.all(), batches = said.of("backlog");
  CHECK(all.find(End) < all.find(batches));
  CHECK(all.find(batches) < all.find(said.readings()));
  // What was measured while the first was on its way is in another.
  CHECK(batchesIn(said).size() <= 2);
  const std::vector<int> missed = numbersIn(batches);
  CHECK(missed.size() >= 12u);
  for (size_t i = 1; i < missed.size(); i++) {
    CHECK_EQUAL(missed[i], missed[i - 1] + 1);
  }
  const std::vector<int> live = numbersIn(said.readings());
  CHECK_EQUAL(live.empty() || missed.empty() ? 0 : live[0] - missed.back(), 1);
  CHECK_EQUAL(sketch.board.status().backlog, 0);
}

// The batch has the age of each reading, in seconds.
TEST(ages) {
  Counting sketch;
  sketch.start();
  sketch.pass(30000);
  sketch.miss(20000);
  sketch.meet();
  sketch.pass(3000);
  const std::vector<std::string> batches = batchesIn(sketch.said());
  CHECK_EQUAL(batches.size(), 1u);
  const std::string batch = batches.empty() ? "" : batches[0];
  CHECK_EQUAL(name(batch).size(), 10u); // eight digits, a dash, and a number
  double last = 1e9;
  for (size_t at = 0; (at = batch.find("\"age\":", at)) != std::string::npos; at++) {
    const double age = atof(batch.c_str() + at + 6);
    CHECK(age < last);
    CHECK(last > 1e8 || last - age > 4.5);
    CHECK(last > 1e8 || last - age < 5.5);
    last = age;
  }
  CHECK(last < 70);
}

// Many readings come in several batches, one at a time: the next when the one before
// was acknowledged, and new values after the last.
TEST(batches_one_at_a_time) {
  Counting sketch;
  sketch.board.interval(1);
  sketch.start();
  sketch.isAcknowledging = false;
  sketch.miss(200000);
  sketch.meet();
  std::vector<std::string> names;
  std::vector<int> missed;
  std::string live;
  while (live.empty() && names.size() < 14) {
    sketch.pass(300);
    const Said said = sketch.said();
    live = said.readings();
    CHECK_EQUAL(batchesIn(said).size(), live.empty() ? 1u : 0u);
    for (const std::string &batch : batchesIn(said)) {
      CHECK(batch.size() <= 4096);
      for (int one : numbersIn(batch)) {
        CHECK(missed.empty() || missed.back() + 1 == one);
        missed.push_back(one);
      }
      for (const std::string &before : names) {
        CHECK(before != name(batch));
      }
      names.push_back(name(batch));
      sketch.acknowledge(batch);
    }
  }
  CHECK(names.size() >= 2);
  // All that there was room for.
  CHECK(missed.size() >= 150);
  CHECK(!live.empty());
}

// A batch that is not acknowledged within 5 s does not hold up what is new. It is sent
// again later, with the same name, and another acknowledgement is none.
TEST(batch_without_acknowledgement) {
  Counting sketch;
  sketch.start();
  sketch.isAcknowledging = false;
  sketch.miss(20000);
  sketch.meet();
  sketch.pass(4500);
  const Said waiting = sketch.said();
  CHECK_EQUAL(waiting.readings(), "");
  const std::vector<std::string> first = batchesIn(waiting);
  CHECK_EQUAL(first.size(), 1u);
  sketch.pass(12500);
  const Said live = sketch.said();
  CHECK(numbersIn(live.readings()).size() >= 2);
  CHECK_EQUAL(live.of("backlog"), "");
  const uint16_t before = sketch.board.status().backlog;
  sketch.tell("{\"type\":\"ack\",\"batch\":\"00000000-1\"}");
  sketch.pass(100);
  CHECK_EQUAL(sketch.board.status().backlog, before);
  sketch.isAcknowledging = true;
  sketch.pass(60000);
  const std::vector<std::string> again = batchesIn(sketch.said());
  CHECK(!again.empty());
  if (!again.empty() && !first.empty()) {
    CHECK_EQUAL(name(again[0]), name(first[0]));
    CHECK(numbersIn(again[0]) == numbersIn(first[0]));
  }
  CHECK_EQUAL(sketch.board.status().backlog, 0);
}

// A batch that Home Assistant will never take is given up, said and counted. An error
// without a batch, or with another, changes nothing.
TEST(batch_that_is_refused) {
  Counting sketch;
  sketch.start();
  sketch.isAcknowledging = false;
  sketch.miss(20000);
  sketch.meet();
  sketch.pass(500);
  const std::vector<std::string> first = batchesIn(sketch.said());
  CHECK_EQUAL(first.size(), 1u);
  sketch.tell(
      "{\"type\":\"error\",\"code\":\"too_many_batches\",\"message\":\"Later.\"}");
  sketch.tell("{\"type\":\"error\",\"batch\":\"00000000-1\",\"message\":\"Whose?\"}");
  sketch.pass(500);
  CHECK_EQUAL(sketch.board.status().dropped, 0);
  CHECK_EQUAL(sketch.said().readings(), "");
  sketch.tell("{\"type\":\"error\",\"batch\":\"" + name(first[0]) +
              "\",\"message\":\"No.\"}");
  sketch.pass(500);
  CHECK(sketch.board.status().dropped >= 3);
  CHECK_EQUAL(sketch.board.status().backlog, 0);
  CHECK(!sketch.said().readings().empty());
}

// The same batch comes over the next connection under the same name: Home Assistant may
// have it already.
TEST(same_batch_over_another_connection) {
  Counting sketch;
  sketch.start();
  sketch.isAcknowledging = false;
  sketch.miss(20000);
  sketch.meet();
  sketch.pass(2000);
  const std::vector<std::string> first = batchesIn(sketch.said());
  sketch.miss(20000);
  sketch.isAcknowledging = true;
  sketch.meet();
  sketch.pass(3000);
  const std::vector<std::string> again = batchesIn(sketch.said());
  CHECK(first.size() == 1u && again.size() >= 2u);
  if (first.size() == 1u && again.size() >= 2u) {
    CHECK_EQUAL(name(again[0]), name(first[0]));
    CHECK(numbersIn(again[0]) == numbersIn(first[0]));
    CHECK(name(again[1]) != name(first[0]));
  }
}

// Another welcome over the same connection, after a new key, begins everything anew.
TEST(another_welcome) {
  Counting sketch;
  sketch.start();
  sketch.isAcknowledging = false;
  sketch.miss(20000);
  sketch.meet();
  sketch.pass(1000);
  const std::vector<std::string> first = batchesIn(sketch.said());
  sketch.tell(sketch.welcome);
  sketch.pass(1000);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("channels"), End);
  CHECK(first.size() == 1u && batchesIn(said).size() == 1u);
  if (first.size() == 1u && batchesIn(said).size() == 1u) {
    CHECK_EQUAL(name(batchesIn(said)[0]), name(first[0]));
  }
}

// A Home Assistant that does not say that it takes batches gets none; another may.
TEST(no_batches_for_older_releases) {
  Counting sketch;
  sketch.start();
  sketch.welcome = "{\"type\":\"welcome\",\"backlog\":false}";
  sketch.miss(20000);
  sketch.meet();
  sketch.pass(40000);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("backlog"), "");
  CHECK(numbersIn(said.readings()).size() >= 8);
  CHECK(sketch.board.status().backlog >= 4);
  sketch.welcome = "{\"type\":\"welcome\",\"backlog\":true}";
  sketch.miss(1000);
  sketch.meet();
  sketch.pass(3000);
  CHECK_EQUAL(batchesIn(sketch.said()).size(), 1u);
}

// A switch that was switched while nobody was there is at its latest in the end, and
// each change is in the backlog.
TEST(changes_that_were_missed) {
  Counting sketch;
  sketch.board.set("door", false);
  sketch.start();
  sketch.goAway();
  sketch.pass(2000);
  for (bool isOpen : {true, false, true}) {
    sketch.board.set("door", isOpen);
    sketch.pass(1000);
  }
  sketch.comeBack();
  sketch.said();
  sketch.meet();
  sketch.pass(3000);
  const Said said = sketch.said();
  const std::string missed = said.of("backlog");
  const size_t first = missed.find("\"door\":true"),
               second = missed.find("\"door\":false", first),
               third = missed.find("\"door\":true", second);
  CHECK(first < second && second < third && third != std::string::npos);
  CHECK(said.readings().find("\"door\":true") != std::string::npos);
  CHECK_EQUAL(said.readings().find("\"door\":false"), std::string::npos);
}

// What was sent when the connection broke, and is not known to have arrived, is sent
// again with the backlog.
TEST(sent_into_the_void) {
  Counting sketch;
  sketch.start();
  sketch.pass(30000);
  sketch.server.isReading = false;
  const int before = number;
  sketch.pass(12000);
  sketch.server.isReading = true;
  sketch.miss(1000);
  sketch.meet();
  sketch.pass(3000);
  const std::vector<int> missed = numbersIn(sketch.said().of("backlog"));
  CHECK(!missed.empty() && missed.front() <= before + 1);
}

// Whatever was measured arrives, at whatever moment the connection goes and comes back:
// live, or with the backlog.
TEST(nothing_is_missed) {
  Counting sketch;
  sketch.board.interval(1);
  sketch.start();
  std::string all;
  uint32_t random = 7;
  for (int i = 0; i < 150; i++) {
    random = random * 1664525 + 1013904223;
    sketch.client.room = 100000;
    (random >> 12) % 3 == 0 ? sketch.goAway() : sketch.comeBack();
    sketch.pass((random >> 16) % 3000, 1 + (random >> 8) % 200);
    all += sketch.said().all();
  }
  sketch.comeBack();
  sketch.pass(200000, 50);
  all += sketch.said().all();
  const std::vector<int> came = numbersIn(all);
  const std::set<int> different(came.begin(), came.end());
  CHECK_EQUAL(sketch.board.status().dropped, 0);
  int missed = 0;
  // The first ones came at the start.
  for (int one = 5; one < number - 2; one++) {
    missed += different.count(one) == 0;
  }
  CHECK_EQUAL(missed, 0);
  CHECK(number > 200);
}

// A counter does not lose its last digits on its way through the backlog.
TEST(backlog_keeps_all_digits) {
  static double pulses;
  pulses = 16777216;
  OnlineSketch sketch;
  sketch.welcome = "{\"type\":\"welcome\",\"backlog\":true}";
  sketch.board.sensor(
      "pulses", +[] { return pulses += 1; });
  sketch.board.set("target", 21.3f);
  sketch.start();
  sketch.goAway();
  sketch.board.set("target", 21.4f);
  sketch.pass(12000);
  sketch.board.set("target", NAN);
  sketch.pass(12000);
  sketch.comeBack();
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }, 70000));
  sketch.pass(3000);
  const std::string missed = sketch.said().of("backlog");
  for (const char *member :
       {"\"pulses\":16777219", "\"pulses\":16777220", "\"pulses\":16777221",
        "\"target\":21.4", "\"target\":null"}) {
    const size_t at = missed.find(member);
    CHECK(at != std::string::npos);
    CHECK(at == std::string::npos || strchr(",}", missed[at + strlen(member)]));
  }
}

// A connection that takes nothing for a while loses nothing that counts.
TEST(connection_that_is_full) {
  Counting sketch;
  sketch.board.on(
      "led", +[](bool) {});
  sketch.start();
  sketch.pass(3000);
  sketch.client.room = 0;
  sketch.tell("{\"type\":\"set\",\"id\":1,\"key\":\"led\",\"value\":true}");
  sketch.pass(6000, 100);
  CHECK(sketch.board.isConnected());
  sketch.said();
  sketch.client.room = 100000;
  sketch.pass(1000);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("result"), "{\"type\":\"result\",\"id\":1,\"ok\":true}|");
  CHECK(said.readings().find("\"led\":true") != std::string::npos);
  CHECK(said.readings().find("\"n\":" + std::to_string(number)) != std::string::npos);
}

// A command whose answer got lost with the connection is answered over the next one,
// and not done twice.
TEST(command_again_over_another_connection) {
  static int times;
  times = 0;
  OnlineSketch sketch;
  sketch.board.on(
      "led", +[](bool) { times++; });
  sketch.start();
  const std::string command =
      "{\"type\":\"set\",\"id\":5,\"key\":\"led\",\"value\":true}";
  const std::string answer = "{\"type\":\"result\",\"id\":5,\"ok\":true}|";
  CHECK_EQUAL(sketch.ask(command).of("result"), answer);
  sketch.goAway();
  sketch.pass(1000);
  sketch.comeBack();
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }, 70000));
  CHECK_EQUAL(sketch.ask(command).of("result"), answer);
  CHECK_EQUAL(times, 1);
}

// An answer that waits when the connection ends is not given to the next one unasked.
TEST(answer_for_nobody) {
  OnlineSketch sketch;
  sketch.board.on(
      "led", +[](bool) {});
  sketch.start();
  sketch.client.room = 0;
  sketch.board.set("state", "open"); // fills what is sent next
  sketch.pass(200);
  sketch.tell("{\"type\":\"set\",\"id\":5,\"key\":\"led\",\"value\":true}");
  sketch.pass(500);
  sketch.goAway();
  sketch.pass(1000);
  sketch.client.room = 100000;
  sketch.comeBack();
  CHECK(sketch.until([&] { return sketch.board.isConnected(); }, 70000));
  sketch.pass(500);
  const Said said = sketch.said();
  CHECK_EQUAL(said.of("result"), "");
  CHECK_EQUAL(said.readings(), "{\"led\":true,\"state\":\"open\"}|");
}
