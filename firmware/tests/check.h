// A test program: cases that register themselves, and checks that say what was wrong
// and go on. Run with the words of some names to run only the cases that have them.

#ifndef SENSORBOARD_TESTS_CHECK_H
#define SENSORBOARD_TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

#include <sstream>
#include <string>

namespace check {

struct Case {
  Case(const char *caseFile, const char *caseName, void (*caseRun)())
      : file(caseFile), name(caseName), run(caseRun), next(nullptr) {
    *last() = this;
    last() = &next;
  }

  static Case *&first() {
    static Case *all = nullptr;
    return all;
  }
  static Case **&last() {
    static Case **end = &first();
    return end;
  }

  const char *const file;
  const char *const name;
  void (*const run)();
  Case *next;
};

inline int &failures() {
  static int count = 0;
  return count;
}

inline void fail(const char *file, int line, const std::string &what) {
  failures()++;
  printf("%s:%d: %s\n", file, line, what.c_str());
}

// Bytes as text in which everything can be seen, if it is not too much.
inline std::string shown(const std::string &value) {
  constexpr size_t most = 300;
  std::string text = "\"";
  for (unsigned char c : value.substr(0, most)) {
    char code[8];
    snprintf(code, sizeof(code), c < ' ' || c > '~' ? "\\x%02x" : "%c", c);
    text += code;
  }
  return text +
         (value.size() > most ? "\"… (" + std::to_string(value.size()) + ")" : "\"");
}
inline std::string shown(bool value) { return value ? "true" : "false"; }

template <typename Value> std::string shown(const Value &value) {
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

template <typename Actual, typename Wanted>
void equal(const Actual &actual, const Wanted &wanted, const char *expression,
           const char *file, int line) {
  if (!(actual == wanted)) {
    fail(file, line,
         std::string(expression) + " is " + shown(actual) + ", not " + shown(wanted));
  }
}

// Texts are compared, and not where they are.
template <typename Value> const Value &plain(const Value &value) { return value; }
inline std::string plain(const char *value) { return value; }
inline std::string plain(char *value) { return value; }

} // namespace check

#define TEST(name)                                                                     \
  static void name();                                                                  \
  static check::Case name##Case(__FILE__, #name, name);                                \
  static void name()

#define CHECK(condition)                                                               \
  do {                                                                                 \
    if (!(condition)) {                                                                \
      check::fail(__FILE__, __LINE__, "not so: " #condition);                          \
    }                                                                                  \
  } while (false)

#define CHECK_EQUAL(actual, wanted)                                                    \
  check::equal(check::plain(actual), check::plain(wanted), #actual, __FILE__, __LINE__)

#endif
