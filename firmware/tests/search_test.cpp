// What is asked by mDNS, and what is understood of the answers.

#include <sensorboard/Search.h>

#include "networked_board.h"

using sensorboard::Hubs;
using sensorboard::Place;
using sensorboard::QuestionSize;
using sensorboard::Search;

namespace {

constexpr uint16_t Id = 0x1235;
const std::string Instance = dnsName("Home." + ServiceName);
const std::string Target = dnsName("abc.local");
const std::string Address("\xc0\xa8\x01\x0a", 4);

struct Found : Hubs {
  // Of an answer that comes from 192.168.1.10, unless it is said otherwise.
  explicit Found(const std::string &packet, const char *from = "\xc0\xa8\x01\x0a") {
    uint8_t sender[4];
    memcpy(sender, from, 4);
    // Of its size, so that ASan watches its ends.
    std::unique_ptr<uint8_t[]> bytes(new uint8_t[packet.size()]);
    memcpy(bytes.get(), packet.data(), packet.size());
    isAnswer = sensorboard::readAnswer(bytes.get(), packet.size(), Id, sender, *this);
    endSearch();
    beginRound();
    while (next(false)) {
      StringPrint out;
      place().printTo(out);
      text += out.text + " ";
    }
    CHECK_EQUAL(isAnswer, !text.empty());
  }
  bool isAnswer;
  std::string text;
};

std::string srv(uint16_t port = 8123, const std::string &target = Target,
                const std::string &name = Instance) {
  return record(name, SrvType, service(port, target));
}

std::string a(const std::string &address, const std::string &name = Target) {
  return record(name, AType, address);
}

std::string pointer(size_t at) { return in16Bits(static_cast<uint16_t>(0xc000 | at)); }

} // namespace

TEST(question) {
  uint8_t packet[QuestionSize];
  sensorboard::writeQuestion(Id, false, packet);
  const std::string wanted = std::string("\x12\x35\0\0\0\1\0\0\0\0\0\0", 12) +
                             dnsName(ServiceName) + std::string("\0\x0c\0\1", 4);
  CHECK_EQUAL(hexOf(std::string(reinterpret_cast<char *>(packet), sizeof(packet))),
              hexOf(wanted));
  sensorboard::writeQuestion(Id, true, packet);
  CHECK_EQUAL(packet[42], 0x80);
  CHECK_EQUAL(packet[43], 1);
}

TEST(good_answers) {
  const std::string one = record(dnsName(ServiceName), PtrType, Instance);
  const struct {
    std::string packet;
    const char *found;
  } cases[] = {
      {answer(Id, {one, srv(), a(Address)}), "192.168.1.10:8123 "},
      // In another order, with more in between, to everybody, in capitals.
      {answer(Id, {a(Address), srv(80), one}), "192.168.1.10:80 "},
      {answer(0, {srv(), record(Instance, TxtType, "\5a=bcd"), a(Address)}),
       "192.168.1.10:8123 "},
      {answer(Id, {srv(8123, Target, dnsName("HOME._HOME-Assistant._TCP.Local")),
                   a("\x0a\1\2\3", dnsName("ABC.local"))}),
       "10.1.2.3:8123 "},
      // No address, or that of another: it is where the answer comes from.
      {answer(Id, {srv()}), "192.168.1.10:8123 "},
      {answer(Id,
              {srv(), a("\x0a\1\2\3", dnsName("xbc.local")),
               a("\x0a\1\2\4", dnsName("abcd.local")),
               a("\x0a\1\2\5", dnsName("ab.local")), a("\x0a\1\2\6", dnsName("abc")),
               a("\x0a\1\2\7", dnsName("abc.local.x"))}),
       "192.168.1.10:8123 "},
      // Of several, where the answer comes from; else the first that can be used.
      {answer(Id, {srv(), a("\xac\x1e\x20\1"), a(Address)}), "192.168.1.10:8123 "},
      {answer(Id, {srv(), a(std::string(4, '\0')), a("\xe0\1\2\3"), a("\x0a\1\2\3"),
                   a("\x0a\1\2\4")}),
       "10.1.2.3:8123 "},
      // Several Home Assistants in one answer, or the same one twice.
      {answer(Id, {srv(80), srv(81), srv(80), a(Address)}),
       "192.168.1.10:80 192.168.1.10:81 "},
      {answer(Id, {srv(1), srv(2), srv(3), srv(4), srv(5)}),
       "192.168.1.10:1 192.168.1.10:2 192.168.1.10:3 192.168.1.10:4 "},
  };
  for (const auto &one_ : cases) {
    CHECK_EQUAL(Found(one_.packet).text, one_.found);
  }
}

TEST(names_that_point_elsewhere) {
  // Header 12, the question's name at 12, its type and class at 40, the answer at 44.
  std::string packet = answer(Id, {});
  packet[5] = 1; // question
  packet[7] = 2; // answers
  packet += dnsName(ServiceName) + std::string("\0\x0c\0\1", 4);
  packet += record(pointer(12), PtrType, "\4Home" + pointer(12));
  const std::string target = "\3abc" + pointer(33); // "local" of the question
  packet += record(pointer(56), SrvType, service(8123, target));
  const size_t at = packet.size() - target.size();
  packet[11] = 1; // further record
  packet += record(pointer(at), AType, "\x0a\1\2\3");
  CHECK_EQUAL(Found(packet).text, "10.1.2.3:8123 ");
  // Cut off anywhere, it says less, and harms nobody.
  for (size_t size = 0; size < packet.size(); size++) {
    const Found found(packet.substr(0, size));
    CHECK(found.text == "" || found.text == "192.168.1.10:8123 ");
  }
}

TEST(other_packets) {
  std::string question = answer(Id, {srv()}), error = question, opcode = question;
  question[2] = 0;
  error[3] = 3;
  opcode[2] = static_cast<char>(0xa4);
  std::string manyQuestions = answer(Id, {srv()});
  manyQuestions[4] = manyQuestions[5] = '\xff';
  std::string otherClass = answer(Id, {srv()});
  otherClass[12 + Instance.size() + 3] = 3;
  for (const std::string &packet :
       {std::string(), std::string(11, '\0'), answer(Id, {}), question, error, opcode,
        answer(Id + 1, {srv(), a(Address)}), manyQuestions, otherClass,
        answer(Id, {record(dnsName(ServiceName), PtrType, Instance)}),
        // Another service, or hardly this one.
        answer(Id, {srv(8123, Target, dnsName("Home._hap._tcp.local"))}),
        answer(Id, {srv(8123, Target, dnsName(ServiceName))}),
        answer(Id, {srv(8123, Target, dnsName("Home." + ServiceName + ".x"))}),
        answer(Id, {srv(8123, Target, dnsName("Home._home-assistant._tcp"))}),
        answer(Id, {srv(8123, Target, dnsName("Home.x._home-assistant._tcp.local"))}),
        // It says goodbye.
        answer(Id, {record(Instance, SrvType, service(8123, Target), 0)}),
        // No port, or not even room for one.
        answer(Id, {srv(0)}), answer(Id, {record(Instance, SrvType, "\0\0\0\0")}),
        answer(Id, {record(Instance, SrvType, std::string(6, '\1'))})}) {
    CHECK_EQUAL(Found(packet).text, "");
  }
  // Nobody can be there.
  for (const char *address : {"\0\0\0\0", "\xe0\0\0\xfb", "\xff\xff\xff\xff"}) {
    CHECK_EQUAL(Found(answer(Id, {srv()}), address).text, "");
  }
}

// A name that points to itself, or in a circle, or on and on, has an end.
TEST(names_without_an_end) {
  const std::string loops[] = {pointer(12),
                               pointer(13),
                               "\1a" + pointer(12),
                               "\1a\1b" + pointer(14),
                               pointer(0x3fff),
                               "\x80",
                               std::string("\x3f") + std::string(200, 'x')};
  for (const std::string &name : loops) {
    CHECK_EQUAL(Found(answer(Id, {srv(8123, Target, name), a(Address)})).text, "");
    // As a target, compared with itself.
    const std::string packet = answer(Id, {srv()});
    const size_t at = packet.size() - Target.size();
    std::string circle = answer(
        Id, {srv(8123, "\1a" + pointer(at)), record(pointer(at), AType, "\x0a\1\2\3")});
    CHECK_EQUAL(Found(circle).text, "192.168.1.10:8123 ");
  }
}

TEST(names_that_are_too_long) {
  std::string part = std::string("\x3f") + std::string(63, 'x');
  const std::string longest =
      part + part + part + "\x3d" + std::string(61, 'x') + std::string(1, '\0');
  const std::string longer = part + part + part + part + std::string(1, '\0');
  CHECK_EQUAL(longest.size(), 255u);
  CHECK_EQUAL(Found(answer(Id, {srv(1, longest), a("\x0a\1\2\3", longest)})).text,
              "10.1.2.3:1 ");
  CHECK_EQUAL(Found(answer(Id, {srv(1, longer), a("\x0a\1\2\3", longer)})).text,
              "192.168.1.10:1 ");
  // A part that would go on behind the packet's end, compared with one that does not.
  CHECK_EQUAL(Found(answer(Id, {a("\x0a\1\2\3", "\3abc" + std::string(1, '\0')),
                                srv(1, "\3ab")}))
                  .text,
              "192.168.1.10:1 ");
}

// Behind the end of a name there is no more of it.
TEST(service_without_an_instance) {
  const std::string text = record(dnsName("x"), TxtType, '\0' + dnsName(ServiceName));
  const size_t at = 12 + text.size() - dnsName(ServiceName).size() - 1;
  CHECK_EQUAL(Found(answer(Id, {text, srv(1, Target, pointer(at))})).text, "");
  CHECK_EQUAL(Found(answer(Id, {text, srv(1, Target, "\1x" + pointer(at + 1))})).text,
              "192.168.1.10:1 ");
}

TEST(asks_three_times) {
  for (bool canMulticast : {false, true}) {
    setClock(0xfffff000);
    FakeUdp udp;
    udp.canMulticast = canMulticast;
    Hubs hubs;
    Search search;
    char buffer[512];
    CHECK(!search.poll(hubs, buffer, sizeof(buffer)));
    search.begin(udp, hubs, false);
    CHECK_EQUAL(udp.questions.size(), 1u);
    CHECK(udp.port >= 0xc000);
    uint32_t passed = 0;
    for (; search.poll(hubs, buffer, sizeof(buffer)); passed += 100) {
      advanceClock(100);
      if (udp.questions.size() == 3) {
        CHECK_EQUAL(udp.isMulticast, canMulticast);
        CHECK_EQUAL(udp.port == 5353, canMulticast);
      }
    }
    CHECK_EQUAL(passed, 5000u);
    CHECK_EQUAL(udp.questions.size(), 3u);
    CHECK(udp.questions[0].substr(0, 2) != udp.questions[1].substr(0, 2));
    CHECK_EQUAL(udp.questions[2][42] != 0, canMulticast);
    CHECK_EQUAL(udp.port, 0);
    CHECK(hubs.isEmpty());
  }
}

TEST(waits_for_others) {
  for (bool isHasty : {false, true}) {
    setClock(0xfffff000);
    FakeUdp udp;
    Hubs hubs;
    Search search;
    char buffer[512];
    search.begin(udp, hubs, isHasty);
    udp.incoming = {{answer(0, {srv()}), IPAddress(192, 168, 1, 10)}};
    CHECK_EQUAL(search.poll(hubs, buffer, sizeof(buffer)), !isHasty);
    advanceClock(900);
    udp.incoming = {{answer(0, {srv()}), IPAddress(192, 168, 1, 11)}};
    CHECK_EQUAL(search.poll(hubs, buffer, sizeof(buffer)), !isHasty);
    CHECK_EQUAL(hubs.count(), isHasty ? 1 : 2);
    advanceClock(100);
    CHECK(!search.poll(hubs, buffer, sizeof(buffer)));
    CHECK_EQUAL(udp.questions.size(), 1u);
  }
}

TEST(answers_from_before_a_long_loop) {
  setClock(0xfffff000);
  FakeUdp udp;
  Hubs hubs;
  Search search;
  char buffer[512];
  search.begin(udp, hubs, false);
  advanceClock(60000);
  udp.incoming = {{answer(0, {srv()}), IPAddress(192, 168, 1, 10)}};
  // The answer is taken before the time is looked at.
  CHECK(search.poll(hubs, buffer, sizeof(buffer)));
  advanceClock(60000);
  CHECK(!search.poll(hubs, buffer, sizeof(buffer)));
  CHECK_EQUAL(hubs.count(), 1);
}

TEST(flood_of_packets) {
  setClock(0);
  FakeUdp udp;
  Hubs hubs;
  Search search;
  char buffer[64]; // less than they have
  search.begin(udp, hubs, false);
  udp.incoming.assign(1000, {std::string(1500, 'x'), IPAddress(192, 168, 1, 66)});
  CHECK(search.poll(hubs, buffer, sizeof(buffer)));
  CHECK_EQUAL(udp.incoming.size(), 992u);
  CHECK(hubs.isEmpty());
}

TEST(packet_that_is_larger_than_the_buffer) {
  for (bool tellsAll : {false, true}) {
    setClock(0);
    FakeUdp udp;
    udp.tellsAll = tellsAll;
    Hubs hubs;
    Search search;
    std::unique_ptr<char[]> buffer(new char[200]); // ASan watches its ends
    search.begin(udp, hubs, false);
    const std::string packet =
        answer(0, {srv(1), record(Instance, TxtType, std::string(200, 'x')), srv(2)});
    udp.incoming = {{packet, IPAddress(192, 168, 1, 10)}};
    CHECK(search.poll(hubs, buffer.get(), 200));
    CHECK_EQUAL(hubs.count(), 1); // as far as it is there
  }
}

TEST(hubs_that_are_kept) {
  Hubs hubs;
  const auto place = [](uint8_t last) {
    return Place{nullptr, {192, 168, 1, last}, 8123};
  };
  CHECK(!hubs.next(false));
  CHECK(!hubs.nextRefused());
  hubs.beginSearch();
  for (uint8_t i = 1; i <= 6; i++) {
    hubs.add(place(i));
  }
  hubs.endSearch();
  CHECK_EQUAL(hubs.count(), 4);
  hubs.beginRound();
  CHECK(hubs.next(false));
  CHECK(hubs.next(false));
  CHECK(hubs.place() == place(2));
  hubs.markAlone(Hubs::Ours);
  CHECK(hubs.next(false));
  CHECK(hubs.place() == place(3));
  hubs.mark(Hubs::Waits);
  hubs.mark(Hubs::Secretless);
  // In the next search there are others: those that matter stay.
  hubs.beginSearch();
  for (uint8_t i = 11; i <= 16; i++) {
    hubs.add(place(i));
  }
  hubs.endSearch();
  CHECK_EQUAL(hubs.count(), 4);
  for (bool isWaitingLast : {false, true}) {
    hubs.beginRound();
    CHECK(hubs.next(isWaitingLast));
    CHECK(hubs.place() == place(2));
    CHECK(hubs.next(isWaitingLast));
    CHECK_EQUAL(hubs.place() == place(3), !isWaitingLast);
    CHECK(hubs.next(isWaitingLast));
    CHECK(hubs.next(isWaitingLast));
    CHECK_EQUAL(hubs.place() == place(3), isWaitingLast);
    CHECK(!hubs.next(isWaitingLast));
  }
  CHECK(hubs.is(Hubs::Secretless));
  // Nobody refused the board in this round, until one did.
  CHECK(!hubs.nextRefused());
  hubs.mark(Hubs::Refused);
  CHECK(hubs.any(Hubs::Refused));
  CHECK(hubs.nextRefused());
  CHECK(hubs.place() == place(3));
  CHECK(!hubs.nextRefused());
  hubs.mark(Hubs::Refused);
  hubs.beginRound();
  CHECK(!hubs.any(Hubs::Refused));
  hubs.beginSearch();
  hubs.unmark(Hubs::Waits);
  hubs.endSearch();
  CHECK_EQUAL(hubs.count(), 1);
}
