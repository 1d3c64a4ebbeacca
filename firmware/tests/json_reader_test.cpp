// What is read is understood as it was meant, or refused.

#include <float.h>
#include <limits.h>
#include <math.h>

#include <memory>

#include "check.h"
#include "json.h"

using sensorboard::JsonKind;
using sensorboard::JsonReader;

namespace {

// A buffer of just the size of its text and the zero, so that ASan sees who reads or
// writes behind it.
struct Read {
  explicit Read(const std::string &json)
      : buffer(new char[json.size() + 1]()), reader(buffer.get(), json.size()) {
    memcpy(buffer.get(), json.data(), json.size());
  }

  std::unique_ptr<char[]> buffer;
  JsonReader reader;
};

// The members as key=kind:value, each with a space behind it, and how it ended.
std::string members(const std::string &json) {
  Read one(json);
  JsonReader &reader = one.reader;
  std::string all;
  while (reader.next()) {
    all += std::string(reader.key()) + "=";
    switch (reader.kind()) {
    case JsonKind::Null:
      all += "null";
      break;
    case JsonKind::Boolean:
      all += reader.boolean() ? "true" : "false";
      break;
    case JsonKind::Number: {
      char digits[32];
      snprintf(digits, sizeof(digits), "%.17g", reader.number());
      all += digits;
      break;
    }
    case JsonKind::Text:
      CHECK_EQUAL(strlen(reader.text()), reader.textLength());
      all += "'" + std::string(reader.text()) + "'";
      break;
    case JsonKind::Other:
      all += "other";
      break;
    }
    all += " ";
  }
  CHECK(!reader.next());
  return all + (reader.complete() ? "complete" : "failed");
}

std::string value(const std::string &json) {
  std::string all = members("{\"v\":" + json + "}");
  return all.size() > 11 && all.substr(all.size() - 9) == " complete"
             ? all.substr(2, all.size() - 11)
             : all;
}

} // namespace

TEST(members_of_an_object) {
  CHECK_EQUAL(members("{}"), "complete");
  CHECK_EQUAL(members(" \t\r\n{ \n} \n"), "complete");
  CHECK_EQUAL(members("{\"a\":1,\"b\":true,\"c\":false,\"d\":null,\"e\":\"x\",\"\":0}"),
              "a=1 b=true c=false d=null e='x' =0 complete");
  CHECK_EQUAL(members(" { \"a\" : 1 , \"b\" : \"x\" } "), "a=1 b='x' complete");
  CHECK_EQUAL(members("{\"a\":1,\"a\":2}"), "a=1 a=2 complete");
}

TEST(a_command) {
  Read one("{\"type\": \"set\", \"id\": 90210, \"key\": \"heater\", \"value\": true}");
  JsonReader &json = one.reader;
  CHECK(json.next());
  CHECK(json.keyIs(F("type")));
  CHECK(json.keyIs("type"));
  CHECK(!json.keyIs(F("typ")));
  CHECK(!json.keyIs(F("types")));
  CHECK(!json.keyIs("typ"));
  CHECK(json.textIs(F("set")));
  CHECK(!json.textIs(F("se")));
  CHECK(!json.textIs(F("sett")));
  const char *type = json.text();
  CHECK(json.next());
  CHECK(!json.textIs(F("")));
  uint32_t id = 0;
  CHECK(json.integer(id));
  CHECK_EQUAL(id, 90210u);
  CHECK(json.next());
  const char *key = json.text();
  CHECK(json.next());
  CHECK(json.keyIs(F("value")));
  CHECK(json.boolean());
  CHECK(!json.complete());
  CHECK(!json.next());
  CHECK(json.complete());
  CHECK_EQUAL(type, "set"); // they stay in the buffer
  CHECK_EQUAL(key, "heater");
}

TEST(values_of_another_kind) {
  Read one("{\"a\":true,\"b\":\"7\",\"c\":7}");
  JsonReader &json = one.reader;
  int32_t number = 5;
  CHECK(json.next());
  CHECK_EQUAL(json.number(), 0.0);
  CHECK_EQUAL(json.text(), "");
  CHECK_EQUAL(json.textLength(), 0u);
  CHECK(!json.integer(number));
  CHECK(json.next());
  CHECK(!json.boolean());
  CHECK_EQUAL(json.number(), 0.0);
  CHECK(!json.integer(number));
  CHECK(json.next());
  CHECK(!json.boolean());
  CHECK_EQUAL(json.text(), "");
  CHECK_EQUAL(number, 5);
  CHECK(json.integer(number));
  CHECK_EQUAL(number, 7);
}

TEST(texts_that_are_read) {
  CHECK_EQUAL(value("\"\""), "''");
  CHECK_EQUAL(value("\"a/b\\/c\""), "'a/b/c'");
  CHECK_EQUAL(value("\"\\\"\\\\\\b\\f\\n\\r\\t\""), "'\"\\\b\f\n\r\t'");
  CHECK_EQUAL(value("\"°C 日本 😀\""), "'°C 日本 😀'");
  CHECK_EQUAL(value("\"\\u0041\\u00b0\\u65E5\\uFFFF\""), "'A°日\xef\xbf\xbf'");
  CHECK_EQUAL(value("\"\\u007f\\u0080\\u07ff\\u0800\""),
              "'\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80'");
  CHECK_EQUAL(value("\"\\ud83d\\ude00\""), "'😀'");
  CHECK_EQUAL(value("\"\\ud800\\udc00\\udbff\\udfff\""),
              "'\xf0\x90\x80\x80\xf4\x8f\xbf\xbf'");
  CHECK_EQUAL(value("\"\x7f\xff\""), "'\x7f\xff'"); // not looked at
}

TEST(halves_of_pairs_and_zeros) {
  const std::string none = "\xef\xbf\xbd"; // U+FFFD
  CHECK_EQUAL(value("\"\\ud83d\""), "'" + none + "'");
  CHECK_EQUAL(value("\"\\ud83dx\""), "'" + none + "x'");
  CHECK_EQUAL(value("\"\\ud83d\\n\""), "'" + none + "\n'");
  CHECK_EQUAL(value("\"\\ud83d\\u0041\""), "'" + none + "A'");
  CHECK_EQUAL(value("\"\\ud83d\\ud83d\\ude00\""), "'" + none + "😀'");
  CHECK_EQUAL(value("\"\\ude00\\ud83d\""), "'" + none + none + "'");
  CHECK_EQUAL(value("\"\\ude00\\ude00\""), "'" + none + none + "'");
  CHECK_EQUAL(value("\"\\ud7ff\\ue000\""), "'\xed\x9f\xbf\xee\x80\x80'");
  CHECK_EQUAL(value("\"a\\u0000b\""), "'a" + none + "b'");
}

TEST(texts_that_are_wrong) {
  for (const char *wrong :
       {"\"", "\"a", "\"\\", "\"\\\"", "\"\\x41\"", "\"\\u\"", "\"\\u004\"",
        "\"\\u004g\"", "\"\\u 041\"", "\"\\u-041\"", "\"\\ud83d\\u12\"",
        "\"\\ud83d\\u\"", "\"a\nb\"", "\"a\tb\"", "\"\x1f\"", "'a'", "\"\\U0041\"",
        "\"\\ud83d\\", "\"\\ud83d\\u"}) {
    CHECK_EQUAL(members("{\"v\":" + std::string(wrong) + "}"), "failed");
    CHECK_EQUAL(members("{" + std::string(wrong) + ":1}"), "failed");
  }
  CHECK_EQUAL(members(std::string("{\"v\":\"a\0b\"}", 11)), "failed");
}

TEST(numbers_that_are_read) {
  CHECK_EQUAL(value("0"), "0");
  CHECK_EQUAL(value("-0"), "-0");
  CHECK_EQUAL(value("21.5"), "21.5");
  CHECK_EQUAL(value("-3"), "-3");
  CHECK_EQUAL(value("0.1"), "0.10000000000000001");
  CHECK_EQUAL(value("101325.25"), "101325.25");
  CHECK_EQUAL(value("1.2e3"), "1200");
  CHECK_EQUAL(value("-007.50"), "-7.5");
  CHECK_EQUAL(value("1E+2"), "100");
  CHECK_EQUAL(value("25e-1"), "2.5");
  CHECK_EQUAL(value("1e22"), "1e+22");
  CHECK_EQUAL(value("12345678901234567890"), "1.2345678901234567e+19");
  CHECK_EQUAL(value("123456789012345678901234567890"), "1.2345678901234568e+29");
  CHECK_EQUAL(value("18446744073709551615"), "1.8446744073709552e+19");
  CHECK_EQUAL(value("18446744073709551616"), "1.8446744073709552e+19");
  CHECK_EQUAL(value("0.00000000000000000123"), "1.23e-18");
  CHECK_EQUAL(value("0e999999999999999999999"), "0");
  CHECK_EQUAL(value("1e-99999"), "0");
  CHECK_EQUAL(value("0." + std::string(40000, '0') + "1"), "0");
  CHECK_EQUAL(value("0." + std::string(300, '0') + "1e301"), "1");
}

// Far from one, the last digits are not right.
TEST(numbers_with_large_exponents) {
  for (const std::string &digits :
       {"1" + std::string(300, '0'), "0." + std::string(300, '0') + "123",
        std::string("-6.02214076e23"), std::string("1.7976931348623e308"),
        std::string("2.5e-300"), std::string("123456789.123456789e-290")}) {
    Read one("{\"v\":" + digits + "}");
    CHECK(one.reader.next());
    CHECK(fabs(one.reader.number() / strtod(digits.c_str(), nullptr) - 1) < 1e-13);
  }
}

// As readings are written: the number that strtod gives, or the one next to it.
TEST(numbers_are_read_as_near_as_can_be) {
  uint32_t seed = 1;
  for (int i = 0; i < 20000; i++) {
    seed = seed * 1664525 + 1013904223;
    char digits[32];
    snprintf(digits, sizeof(digits), "%.*f", static_cast<int>(seed >> 29),
             (static_cast<double>(seed) - 2147483648.0) / (1 + (seed >> 8) % 1000));
    double wanted = strtod(digits, nullptr);
    Read one("{\"v\":" + std::string(digits) + "}");
    CHECK(one.reader.next());
    CHECK(fabs(one.reader.number() - wanted) <= fabs(wanted) * DBL_EPSILON);
  }
}

TEST(numbers_that_no_double_can_hold) {
  CHECK_EQUAL(value("1e400"), "other");
  CHECK_EQUAL(value("-1e400"), "other");
  CHECK_EQUAL(value("1e99999999999"), "other");
  CHECK_EQUAL(value(std::string(40000, '9')), "other");
}

TEST(numbers_that_are_wrong) {
  for (const char *wrong :
       {"-",   "+1",  ".5",    "-.5",      "1.",        "1.e3", "1e",
        "1e+", "1e-", "1.5.2", "1e5.2",    "0x10",      "1,",   "1 2",
        "nan", "NaN", "inf",   "Infinity", "-Infinity", "1_000"}) {
    std::string all = members("{\"v\":" + std::string(wrong) + "}");
    CHECK_EQUAL(all.substr(all.size() - 6), "failed");
  }
}

TEST(integers_that_are_read) {
  struct {
    const char *json;
    bool isSigned, isUnsigned;
    int32_t asSigned;
    uint32_t asUnsigned;
  } cases[] = {
      {"0", true, true, 0, 0},
      {"-0", true, true, 0, 0},
      {"7", true, true, 7, 7},
      {"-7", true, false, -7, 0},
      {"2147483647", true, true, INT32_MAX, 2147483647u},
      {"2147483648", false, true, 0, 2147483648u},
      {"-2147483648", true, false, INT32_MIN, 0},
      {"-2147483649", false, false, 0, 0},
      {"4294967295", false, true, 0, 4294967295u},
      {"4294967296", false, false, 0, 0},
      {"18446744073709551617", false, false, 0, 0}, // 1, if it went round
      {"7.0", false, false, 0, 0},
      {"7e0", false, false, 0, 0},
      {"7e1", false, false, 0, 0},
      {"\"7\"", false, false, 0, 0},
      {"true", false, false, 0, 0},
      {"null", false, false, 0, 0},
  };
  for (const auto &one : cases) {
    Read read("{\"first\":1,\"v\":" + std::string(one.json) + "}");
    CHECK(read.reader.next() && read.reader.next());
    int32_t asSigned = 0;
    uint32_t asUnsigned = 0;
    CHECK_EQUAL(read.reader.integer(asSigned), one.isSigned);
    CHECK_EQUAL(read.reader.integer(asUnsigned), one.isUnsigned);
    CHECK_EQUAL(asSigned, one.asSigned);
    CHECK_EQUAL(asUnsigned, one.asUnsigned);
  }
}

TEST(nested_values_are_passed_over) {
  CHECK_EQUAL(members("{\"a\":[],\"b\":{},\"c\":1}"), "a=other b=other c=1 complete");
  CHECK_EQUAL(members("{\"a\":[1,{\"x\":[\"]}\\\"]\",{}]},null],\"type\":\"set\"}"),
              "a=other type='set' complete");
  CHECK_EQUAL(
      members("{\"a\":" + std::string(9999, '[') + std::string(9999, ']') + "}"),
      "a=other complete");
  for (const char *wrong : {"[", "{", "[[]", "[\"]", "[\"\\", "{\"a\":1"}) {
    CHECK_EQUAL(members("{\"a\":" + std::string(wrong)), "failed");
  }
}

TEST(what_is_no_object) {
  for (const char *wrong : {"",
                            " ",
                            "[]",
                            "1",
                            "\"a\"",
                            "null",
                            "{",
                            "}",
                            "{]",
                            "{,}",
                            "{\"a\"",
                            "{\"a\"}",
                            "{\"a\":",
                            "{\"a\":}",
                            "{\"a\":,}",
                            "{a:1}",
                            "{'a':1}",
                            "{1:1}",
                            "{\"a\" 1}",
                            "{\"a\":tr}",
                            "{\"a\":True}",
                            "{\"a\":nul",
                            "{\"a\":t",
                            "{\"a\":x}",
                            "hello",
                            "{\"a\":\"x\"\"b\":1}"}) {
    std::string all = members(wrong);
    CHECK_EQUAL(all.substr(all.size() - 6), "failed");
  }
  CHECK_EQUAL(members("{} x"), "failed");
  CHECK_EQUAL(members("{}{}"), "failed");
  CHECK_EQUAL(members(std::string("{}\0", 3)), "failed");
  CHECK_EQUAL(members("{\"a\":1,}"), "a=1 failed");
  CHECK_EQUAL(members("{\"a\":1,,\"b\":2}"), "a=1 failed");
  CHECK_EQUAL(members("{\"a\":1 \"b\":2}"), "a=1 failed");
  CHECK_EQUAL(members("{\"a\":truee}"), "a=true failed");
  CHECK_EQUAL(members("{\"a\":1]"), "a=1 failed");
}

// ASan watches that nothing behind the end is read, wherever that is.
TEST(texts_that_break_off_anywhere) {
  const std::string whole =
      " {\"a\":-12.5e-3,\"b\" : true,\"c\":null,\"d\":[{\"x\":\"\\\\\"}],"
      "\"\\u00e9\":\"\\n\\ud83d\\ude00\",\"f\":false}";
  for (size_t size = 0; size < whole.size(); size++) {
    std::string all = members(whole.substr(0, size));
    CHECK_EQUAL(all.substr(all.size() - 6), "failed");
  }
  CHECK_EQUAL(members(whole),
              "a=-0.012500000000000001 b=true c=null d=other é='\n😀' f=false complete");
}

TEST(what_is_written_can_be_read) {
  const std::string hard = "°C \"\\/\b\f\n\r\t\x01\x1f 日本 😀";
  Written one;
  one.json.beginObject().key(hard.c_str()).text(hard.c_str());
  one.json.key("n").number(-25.125, 3).key("i").number(INT_MIN);
  one.json.key("b").boolean(true).key("none").number(NAN, 1).endObject();
  CHECK_EQUAL(members(one.out.text),
              hard + "='" + hard +
                  "' n=-25.125 i=-2147483648 b=true none=null complete");
}
