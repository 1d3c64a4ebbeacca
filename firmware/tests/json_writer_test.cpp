// What is written is JSON.

#include <sensorboard/Link.h>

#include <float.h>
#include <limits.h>
#include <math.h>

#include "check.h"
#include "json.h"

using sensorboard::CountingPrint;
using sensorboard::JsonWriter;

namespace {

std::string text(const std::string &value) {
  Written one;
  one.json.text(value.c_str());
  return one.out.text;
}

std::string number(double value, uint8_t decimals) {
  Written one;
  one.json.number(value, decimals);
  return one.out.text;
}

template <typename Integer> std::string integer(Integer value) {
  Written one;
  one.json.number(value);
  return one.out.text;
}

} // namespace

TEST(objects_and_lists) {
  Written one;
  one.json.beginObject();
  one.json.key(F("type")).text(F("channels"));
  one.json.key("channels").beginArray();
  one.json.beginObject().key("key").text("temp").key("precision").number(1).endObject();
  one.json.beginObject().endObject();
  one.json.number(2).boolean(true).null().text("x").beginArray().endArray();
  one.json.endArray();
  one.json.key("final").boolean(false);
  one.json.key("none").null();
  one.json.endObject();
  CHECK_EQUAL(
      one.out.text,
      "{\"type\":\"channels\",\"channels\":[{\"key\":\"temp\",\"precision\":1},{},"
      "2,true,null,\"x\",[]],\"final\":false,\"none\":null}");
}

TEST(empty_object) {
  Written one;
  one.json.beginObject().endObject();
  CHECK_EQUAL(one.out.text, "{}");
}

TEST(length_is_counted) {
  CountingPrint count;
  JsonWriter json(count);
  json.beginObject().key("a").number(25.5, 1).key(F("b")).text("°C\n").endObject();
  CHECK_EQUAL(count.count(), strlen("{\"a\":25.5,\"b\":\"°C\\u000a\"}"));
  CHECK_EQUAL(count.print("12345"), 5u);
  CHECK_EQUAL(count.count(), strlen("{\"a\":25.5,\"b\":\"°C\\u000a\"}") + 5);
}

TEST(texts) {
  CHECK_EQUAL(text(""), "\"\"");
  CHECK_EQUAL(text("a \"quoted\" \\ text/"), "\"a \\\"quoted\\\" \\\\ text/\"");
  CHECK_EQUAL(text("\n\r\t\b\x01\x1f\x7f"),
              "\"\\u000a\\u000d\\u0009\\u0008\\u0001\\u001f\x7f\"");
  Written one;
  one.json.text(static_cast<const char *>(nullptr));
  CHECK_EQUAL(one.out.text, "null");
}

TEST(texts_in_utf_8) {
  for (const char *good : {"°C", "μg/m³", "日本", "😀", "\xc2\x80", "\xdf\xbf",
                           "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK_EQUAL(text(good), "\"" + std::string(good) + "\"");
    Written flash;
    flash.json.text(reinterpret_cast<const __FlashStringHelper *>(good));
    CHECK_EQUAL(flash.out.text, "\"" + std::string(good) + "\"");
  }
  // Latin-1, no beginning, a beginning without an end, too long a form, a surrogate,
  // and more than Unicode has.
  CHECK_EQUAL(text("\xb0"
                   "C"),
              "\"?C\"");
  CHECK_EQUAL(text("\xe9t\xe9"), "\"?t?\"");
  CHECK_EQUAL(text("\xc2"), "\"?\"");
  CHECK_EQUAL(text("\xc2\xc2\xb0"), "\"?°\"");
  CHECK_EQUAL(text("\xe2\x82"), "\"??\"");
  CHECK_EQUAL(text("\xf0\x9f\x98"), "\"???\"");
  CHECK_EQUAL(text("\xc0\x80"), "\"??\"");
  CHECK_EQUAL(text("\xc1\xbf"), "\"??\"");
  CHECK_EQUAL(text("\xe0\x9f\xbf"), "\"???\"");
  CHECK_EQUAL(text("\xf0\x8f\xbf\xbf"), "\"????\"");
  CHECK_EQUAL(text("\xed\xa0\x80"), "\"???\"");
  CHECK_EQUAL(text("\xf4\x90\x80\x80"), "\"????\"");
  CHECK_EQUAL(text("\xf5\x80\x80\x80"), "\"????\"");
  CHECK_EQUAL(text("\xff\""), "\"?\\\"\"");
}

TEST(keys_are_texts) {
  Written one;
  one.json.beginObject().key("a\"b").number(1).endObject();
  CHECK_EQUAL(one.out.text, "{\"a\\\"b\":1}");
}

TEST(hexadecimal_digits) {
  const uint8_t bytes[] = {0x00, 0x01, 0xa0, 0xff};
  Written one;
  one.json.beginArray().hex(bytes, 4).hex(bytes, 0).endArray();
  CHECK_EQUAL(one.out.text, "[\"0001a0ff\",\"\"]");
}

TEST(numbers_with_decimals) {
  CHECK_EQUAL(number(25.5, 1), "25.5");
  CHECK_EQUAL(number(25.5f, 2), "25.50");
  CHECK_EQUAL(number(25.3f, 1), "25.3");
  CHECK_EQUAL(number(-3.14159, 3), "-3.142");
  CHECK_EQUAL(number(0, 0), "0");
  CHECK_EQUAL(number(0, 6), "0.000000");
  CHECK_EQUAL(number(0.05, 2), "0.05");
  CHECK_EQUAL(number(0.000001, 6), "0.000001");
  CHECK_EQUAL(number(52.520008, 6), "52.520008");
  CHECK_EQUAL(number(101325, 0), "101325");
  CHECK_EQUAL(number(1.23456789, 7), "1.234568");
  CHECK_EQUAL(number(1.23456789, 255), "1.234568");
}

TEST(numbers_are_rounded) {
  CHECK_EQUAL(number(0.5, 0), "1");
  CHECK_EQUAL(number(-0.5, 0), "-1");
  CHECK_EQUAL(number(0.49, 0), "0");
  CHECK_EQUAL(number(9.96, 1), "10.0");
  CHECK_EQUAL(number(99.999, 2), "100.00");
  CHECK_EQUAL(number(0.9999999, 6), "1.000000");
  CHECK_EQUAL(number(1.25, 1), "1.3");
  CHECK_EQUAL(number(-0.04, 1), "0.0"); // and not -0.0
  CHECK_EQUAL(number(-0.0, 2), "0.00");
  CHECK_EQUAL(number(-0.06, 1), "-0.1");
}

TEST(numbers_that_are_large) {
  CHECK_EQUAL(number(4294967295.0, 1), "4294967295.0");
  CHECK_EQUAL(number(4294967296.5, 1), "4294967296.5");
  CHECK_EQUAL(number(1795255140123.0, 0), "1795255140123");
  CHECK_EQUAL(number(9223372036854774784.0, 0), "9223372036854774784");
  // Digits that a double does not tell apart any more are not shown.
  CHECK_EQUAL(number(1795255140123.456, 6), "1795255140123.456");
  CHECK_EQUAL(number(10000000000000.5, 6), "10000000000000.50");
  for (double large :
       {18446744073709551616.0, 1e20, 6.02e23, -1e300, static_cast<double>(FLT_MAX)}) {
    std::string digits = number(large, 2);
    double back = strtod(digits.c_str(), nullptr);
    CHECK(fabs(back / large - 1) < 1e-13);
    CHECK(digits.size() < 30);
  }
  CHECK_EQUAL(number(DBL_MIN, 6), "0.000000");
}

TEST(numbers_that_are_none) {
  CHECK_EQUAL(number(NAN, 1), "null");
  CHECK_EQUAL(number(-NAN, 1), "null");
  CHECK_EQUAL(number(INFINITY, 1), "null");
  CHECK_EQUAL(number(-INFINITY, 1), "null");
}

TEST(integers) {
  CHECK_EQUAL(integer(0), "0");
  CHECK_EQUAL(integer(-1), "-1");
  CHECK_EQUAL(integer(INT_MIN), "-2147483648");
  CHECK_EQUAL(integer(UINT_MAX), "4294967295");
  CHECK_EQUAL(integer(LONG_MIN), "-9223372036854775808");
  CHECK_EQUAL(integer(ULONG_MAX), "18446744073709551615");
}
