// A clock that a test sets the pace of, for any program: LD_PRELOAD it, and the program
// finds each second to be as short as HURRIED_CLOCK says.
//
// That names a file of the test's (see __init__.py), which all programs that belong
// together map: so they have the same time, and it can go faster when there is nothing
// to see, and slower when there is. All that asks for the time, and all that waits for
// a while, goes by it. Clocks of what a processor has used are what they were.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
  Second = 1000000000,
  Millisecond = 1000000,
  // What waits looks again so often whether the pace is another one now.
  Slice = 20 * Millisecond,
  // And does not wake up more often than this, or boards would do nothing else.
  LeastSlice = Millisecond / 2,
};

// As __init__.py writes it. A new pace goes to the place that is not in use.
struct Pace {
  int64_t since;   // by the machine's monotonic clock, in ns
  int64_t elapsed; // until then
  double rate;
};
struct Page {
  _Atomic int64_t current;
  int64_t wall; // what the clocks began with, in ns
  int64_t monotonic;
  struct Pace paces[2];
};

static const struct Page *page = NULL;

#define REAL(name)                                                                     \
  static __typeof__(&name) real_##name;                                                \
  if (real_##name == NULL) {                                                           \
    real_##name = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                          \
  }

static int64_t toNs(const struct timespec *time) {
  return (int64_t)time->tv_sec * Second + time->tv_nsec;
}

static struct timespec fromNs(int64_t ns) {
  struct timespec time = {.tv_sec = ns / Second, .tv_nsec = ns % Second};
  return time;
}

static int64_t realNow(clockid_t clock) {
  REAL(clock_gettime);
  struct timespec time;
  real_clock_gettime(clock, &time);
  return toNs(&time);
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("HURRIED_CLOCK");
  if (path == NULL || page != NULL) {
    return;
  }
  int file = open(path, O_RDONLY | O_CLOEXEC);
  void *mapped = file < 0
                     ? MAP_FAILED
                     : mmap(NULL, sizeof(struct Page), PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) {
    perror(path);
    _exit(1);
  }
  close(file);
  page = mapped;
}

static struct Pace pace(void) {
  if (page == NULL) {
    begin(); // somebody is earlier than the constructor
  }
  return page->paces[atomic_load(&page->current) & 1];
}

static int64_t elapsed(void) {
  struct Pace now = pace();
  return now.elapsed +
         (int64_t)((double)(realNow(CLOCK_MONOTONIC) - now.since) * now.rate);
}

// What a clock shows, if it is one of those that go with the time.
static bool isHurried(clockid_t clock, int64_t *shown) {
  if (page == NULL && getenv("HURRIED_CLOCK") == NULL) {
    return false;
  }
  switch (clock) {
  case CLOCK_REALTIME:
  case CLOCK_REALTIME_COARSE:
    *shown = elapsed() + page->wall;
    return true;
  case CLOCK_MONOTONIC:
  case CLOCK_MONOTONIC_COARSE:
  case CLOCK_MONOTONIC_RAW:
  case CLOCK_BOOTTIME:
    *shown = elapsed() + page->monotonic;
    return true;
  default:
    return false;
  }
}

// How long to wait now, by the machine's clock, until it is worth to look again.
static int64_t slice(int64_t left) {
  double real = (double)left / pace().rate;
  return real > Slice ? Slice : real < LeastSlice ? LeastSlice : (int64_t)real;
}

// What is left until a time by a clock.
static int64_t leftUntil(clockid_t clock, const struct timespec *until) {
  int64_t shown = 0;
  isHurried(clock, &shown);
  return toNs(until) - shown;
}

static struct timespec realSoon(clockid_t clock, int64_t left) {
  return fromNs(realNow(clock) + (left > 0 ? slice(left) : 0));
}

// What asks for the time.

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(clock_gettime);
  int64_t shown;
  if (!isHurried(clock, &shown)) {
    return real_clock_gettime(clock, time);
  }
  *time = fromNs(shown);
  return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != NULL) {
    *to = now.tv_sec;
  }
  return now.tv_sec;
}

// What waits for a while.

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                    struct timespec *rest) {
  REAL(clock_nanosleep);
  int64_t until;
  if (!isHurried(clock, &until)) {
    return real_clock_nanosleep(clock, flags, wanted, rest);
  }
  until = (flags & TIMER_ABSTIME) != 0 ? toNs(wanted) : until + toNs(wanted);
  int result = 0;
  int64_t left;
  for (;;) {
    int64_t shown;
    isHurried(clock, &shown);
    left = until - shown;
    if (left <= 0 || result != 0) {
      break;
    }
    struct timespec real = fromNs(slice(left));
    result = real_clock_nanosleep(CLOCK_MONOTONIC, 0, &real, NULL);
  }
  if (result != 0 && rest != NULL && (flags & TIMER_ABSTIME) == 0) {
    *rest = fromNs(left > 0 ? left : 0);
  }
  return result;
}

int nanosleep(const struct timespec *wanted, struct timespec *rest) {
  int result = clock_nanosleep(CLOCK_MONOTONIC, 0, wanted, rest);
  if (result != 0) {
    errno = result;
    return -1;
  }
  return 0;
}

int usleep(useconds_t us) {
  struct timespec wanted = fromNs((int64_t)us * 1000);
  return nanosleep(&wanted, NULL);
}

unsigned sleep(unsigned seconds) {
  struct timespec wanted = {.tv_sec = seconds}, rest = {0};
  return nanosleep(&wanted, &rest) == 0 ? 0 : (unsigned)rest.tv_sec;
}

// A whole number of ms, as those take that wait for files.
static int sliceInMs(int64_t left) {
  return (int)((slice(left) + Millisecond - 1) / Millisecond);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int ms) {
  REAL(epoll_wait);
  int64_t until;
  if (ms <= 0 || !isHurried(CLOCK_MONOTONIC, &until)) {
    return real_epoll_wait(epoll, events, count, ms);
  }
  until += (int64_t)ms * Millisecond;
  for (;;) {
    int64_t left = until - elapsed() - page->monotonic;
    int result = real_epoll_wait(epoll, events, count, left > 0 ? sliceInMs(left) : 0);
    if (result != 0 || left <= 0) {
      return result;
    }
  }
}

int poll(struct pollfd *files, nfds_t count, int ms) {
  REAL(poll);
  int64_t until;
  if (ms <= 0 || !isHurried(CLOCK_MONOTONIC, &until)) {
    return real_poll(files, count, ms);
  }
  until += (int64_t)ms * Millisecond;
  for (;;) {
    int64_t left = until - elapsed() - page->monotonic;
    int result = real_poll(files, count, left > 0 ? sliceInMs(left) : 0);
    if (result != 0 || left <= 0) {
      return result;
    }
  }
}

int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict odd,
           struct timeval *restrict timeout) {
  REAL(select);
  int64_t until;
  if (timeout == NULL || (timeout->tv_sec == 0 && timeout->tv_usec == 0) ||
      !isHurried(CLOCK_MONOTONIC, &until)) {
    return real_select(count, in, out, odd, timeout);
  }
  until += (int64_t)timeout->tv_sec * Second + (int64_t)timeout->tv_usec * 1000;
  fd_set none, asked[3];
  FD_ZERO(&none);
  fd_set *sets[3] = {in, out, odd};
  for (int i = 0; i < 3; i++) {
    asked[i] = sets[i] != NULL ? *sets[i] : none;
  }
  for (;;) {
    int64_t left = until - elapsed() - page->monotonic;
    int64_t real = left > 0 ? slice(left) : 0;
    struct timeval soon = {.tv_sec = real / Second, .tv_usec = real % Second / 1000};
    int result = real_select(count, in, out, odd, &soon);
    if (result != 0 || left <= 0) {
      return result;
    }
    for (int i = 0; i < 3; i++) {
      if (sets[i] != NULL) {
        *sets[i] = asked[i];
      }
    }
  }
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock,
                  const struct timespec *restrict until) {
  REAL(sem_clockwait);
  for (;;) {
    int64_t left = leftUntil(clock, until);
    struct timespec soon = realSoon(clock, left);
    int result = real_sem_clockwait(semaphore, clock, &soon);
    if (result == 0 || errno != ETIMEDOUT || left <= 0) {
      return result;
    }
  }
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
  return sem_clockwait(semaphore, CLOCK_REALTIME, until);
}

// Not again and again in here: what the caller waits for may have happened meanwhile.
// To wake up for nothing is allowed, and it looks by itself then.
int pthread_cond_clockwait(pthread_cond_t *restrict condition,
                           pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict until) {
  REAL(pthread_cond_clockwait);
  int64_t left = leftUntil(clock, until);
  struct timespec soon = realSoon(clock, left);
  int result = real_pthread_cond_clockwait(condition, mutex, clock, &soon);
  return result == ETIMEDOUT && leftUntil(clock, until) > 0 ? 0 : result;
}

// Which clock it was made for it keeps to itself, but they are decades apart.
int pthread_cond_timedwait(pthread_cond_t *restrict condition,
                           pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  int64_t wall = 0;
  isHurried(CLOCK_REALTIME, &wall);
  clockid_t clock = toNs(until) > wall / 2 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  return pthread_cond_clockwait(condition, mutex, clock, until);
}
