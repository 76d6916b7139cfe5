/* The harness of the C tests: a test file is a program; each case is a
 * function; a case prints one line, and the last line counts them.
 *
 *   static void adds(void) { CHECK(1 + 1 == 2); CHECK_INT(1 + 1, 2); }
 *   int main(void) { RUN(adds); return check_summary(); }
 *
 * A failed check names its place and values, fails the case, and goes on. The
 * exit status is 1 when a case failed or when none ran. Include it once. */
#ifndef INSITU_TESTS_CHECK_H_
#define INSITU_TESTS_CHECK_H_

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
  int num_passed, num_failed;
  bool case_failed;
} check_state;

#if defined(__GNUC__)
#define CHECK_UNUSED __attribute__((unused)) /* not every test uses all */
#else
#define CHECK_UNUSED
#endif

CHECK_UNUSED static void check_fail(const char *file, int line, const char *what) {
  printf("    %s:%d: %s\n", file, line, what);
  check_state.case_failed = true;
}

CHECK_UNUSED static void check_int(const char *file, int line, const char *what, long long got,
                                   long long expected) {
  if (got == expected) return;
  printf("    %s:%d: %s is %lld, expected %lld\n", file, line, what, got, expected);
  check_state.case_failed = true;
}

CHECK_UNUSED static void check_near(const char *file, int line, const char *what, double got,
                                    double expected, double tolerance) {
  double difference = got > expected ? got - expected : expected - got;
  if (difference <= tolerance) return; /* false for NaN */
  printf("    %s:%d: %s is %.9g, expected %.9g within %.3g\n", file, line, what, got, expected,
         tolerance);
  check_state.case_failed = true;
}

CHECK_UNUSED static void check_str(const char *file, int line, const char *what, const char *got,
                                   const char *expected) {
  if (got != NULL && strcmp(got, expected) == 0) return;
  printf("    %s:%d: %s is \"%s\", expected \"%s\"\n", file, line, what,
         got == NULL ? "(null)" : got, expected);
  check_state.case_failed = true;
}

/* part occurs in got */
CHECK_UNUSED static void check_has(const char *file, int line, const char *what, const char *got,
                                   const char *part) {
  if (got != NULL && strstr(got, part) != NULL) return;
  printf("    %s:%d: %s is \"%s\", expected it to have \"%s\"\n", file, line, what,
         got == NULL ? "(null)" : got, part);
  check_state.case_failed = true;
}

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) check_fail(__FILE__, __LINE__, "not true: " #condition); \
  } while (0)
#define CHECK_INT(got, expected) \
  check_int(__FILE__, __LINE__, #got, (long long)(got), (long long)(expected))
#define CHECK_NEAR(got, expected, tolerance) \
  check_near(__FILE__, __LINE__, #got, got, expected, tolerance)
#define CHECK_STR(got, expected) check_str(__FILE__, __LINE__, #got, got, expected)
#define CHECK_HAS(got, part) check_has(__FILE__, __LINE__, #got, got, part)

/* For cases that are rows of a table: begin, check, end. */
CHECK_UNUSED static void check_begin(void) { check_state.case_failed = false; }
CHECK_UNUSED static void check_end(const char *name) {
  printf("%s %s\n", check_state.case_failed ? "FAIL" : "ok", name);
  if (check_state.case_failed) {
    ++check_state.num_failed;
  } else {
    ++check_state.num_passed;
  }
  fflush(stdout); /* so that a crash shows which case it was in */
}

#define RUN(test_case)     \
  do {                     \
    check_begin();         \
    test_case();           \
    check_end(#test_case); \
  } while (0)

CHECK_UNUSED static int check_summary(void) {
  printf("%d passed, %d failed\n", check_state.num_passed, check_state.num_failed);
  return check_state.num_failed > 0 || check_state.num_passed == 0;
}

/* A whole file; exits where it cannot be read, since no case can go on. The
 * caller frees it. */
CHECK_UNUSED static uint8_t *check_read_file(const char *path, size_t *size_bytes) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    printf("cannot open %s (run from the repository's root)\n0 passed, 1 failed\n", path);
    exit(1);
  }
  uint8_t *bytes = NULL;
  size_t size = 0, room = 0;
  for (;;) {
    if (size == room) bytes = realloc(bytes, room = room == 0 ? 65536 : room * 2);
    if (bytes == NULL) abort();
    size_t got = fread(bytes + size, 1, room - size, file);
    if (got == 0) break;
    size += got;
  }
  fclose(file);
  *size_bytes = size;
  return bytes;
}

#endif
