// Runs the cases of all files that are linked with this one. An argument is a part of
// the names of the cases, or files, that are wanted.

#include "check.h"

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
    // Told before, so that it is known if the program does not come back.
    printf("%s\n", one->name);
    fflush(stdout);
    int before = check::failures();
    one->run();
    count++;
    if (check::failures() > before) {
      failed++;
      printf("%s FAILED\n", one->name);
    }
  }
  printf("%d of %d passed\n", count - failed, count);
  return failed == 0 && count > 0 ? 0 : 1;
}
