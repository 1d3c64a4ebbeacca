// Runs the cases as check.cpp does, but each in a process of its own: there is one
// SensorBoard in a program.

#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr unsigned MostSeconds = 100;

// Whether nothing was wrong.
bool run(const check::Case &one) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(MostSeconds);
    one.run();
    fflush(stdout);
    _exit(check::failures() > 0);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

} // namespace

int main(int argc, char **argv) {
  int failed = 0, count = 0;
  for (check::Case *one = check::Case::first(); one != nullptr; one = one->next) {
    bool isWanted = argc < 2;
    for (int i = 1; i < argc; i++) {
      isWanted = isWanted || strstr(one->name, argv[i]) != nullptr ||
                 strstr(one->file, argv[i]) != nullptr;
    }
    if (!isWanted) {
      continue;
    }
    count++;
    printf("%s\n", one->name);
    fflush(stdout);
    if (!run(*one)) {
      failed++;
      printf("%s FAILED\n", one->name);
    }
  }
  printf("%d of %d passed\n", count - failed, count);
  return failed == 0 && count > 0 ? 0 : 1;
}
