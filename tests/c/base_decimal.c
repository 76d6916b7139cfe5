/* base/decimal against the C library: the same values read, as short a text
 * written, over numbers of every kind and half a million drawn ones. */
#include <float.h>
#include <locale.h>
#include <math.h>

#include "check.h"

#include "base/decimal.h"

/* Marsaglia's xorshift64*, fixed seed. */
static uint64_t draw(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 2685821657736338717u;
}

static bool reads_alike(const char *text) {
  char *end, *expected_end;
  double value = decimal_read(text, &end), expected = strtod(text, &expected_end);
  return memcmp(&value, &expected, sizeof value) == 0 && end == expected_end &&
         decimal_read(text, NULL) == expected;
}

static void reads_what_strtod_reads(void) {
  static const char *const TEXTS[] = {"0",
                                      "-0",
                                      "1",
                                      "-1",
                                      "0.1",
                                      "0.30000000000000004",
                                      "123456789012345",
                                      "1234567890123456",
                                      "9007199254740993",
                                      "1e22",
                                      "1e23",
                                      "-1e-22",
                                      "1e-23",
                                      "1.5e300",
                                      "4e-320",
                                      "1e400",
                                      "0.001e3",
                                      "000000000000000000001",
                                      "0000000000000.00000000001",
                                      "1.",
                                      ".5",
                                      "-.5",
                                      "1e",
                                      "1e+",
                                      "1e-",
                                      "1.e5",
                                      "1e00005",
                                      "1e-0003",
                                      "0x10",
                                      "0x1p3",
                                      "12abc",
                                      "1.2.3",
                                      "+5",
                                      " 7",
                                      "-",
                                      "",
                                      "e5",
                                      ".",
                                      "--1",
                                      "3.14159265358979",
                                      "2.2250738585072014e-308",
                                      "179769313486231570000",
                                      "1e5x",
                                      "7,5"};
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; ++i) {
    if (!reads_alike(TEXTS[i])) CHECK_STR(TEXTS[i], "read as strtod reads it");
  }
  uint32_t num_bad = 0;
  for (int i = 0; i < 300000; ++i) {
    char text[64];
    uint64_t digits = draw() >> (draw() % 60);
    snprintf(text, sizeof text, "%s%llu", draw() & 1 ? "-" : "", (unsigned long long)digits);
    size_t length = strlen(text), dot = 1 + draw() % length;
    memmove(text + dot + 1, text + dot, length - dot + 1);
    text[dot] = '.';
    if (draw() & 1) snprintf(text + length + 1, 16, "e%d", (int)(draw() % 60) - 30);
    num_bad += !reads_alike(text);
  }
  CHECK_INT(num_bad, 0);
}

/* The shortest that the C library finds. */
static void write_by_library(char *text, double value) {
  for (int digits = 1; digits <= 9; ++digits) {
    snprintf(text, DECIMAL_MAX_BYTES, "%.*g", digits, value);
    if ((float)strtod(text, NULL) == (float)value) return;
  }
}

static void writes_the_shortest(void) {
  static const struct {
    double value;
    const char *text;
  } CASES[] = {{0, "0"},
               {1, "1"},
               {-1, "-1"},
               {0.5, "0.5"},
               {0.001, "0.001"},
               {0.1f, "0.1"},
               {1.0 / 3, "0.33333333"},
               {0.0001, "0.0001"},
               {0.00001, "1e-05"},
               {1.25e-7, "1.25e-07"},
               {0.99999998, "1"},
               {0.09999999999, "0.1"},
               {9.9999999999e-5, "0.0001"},
               {1e-12, "1e-12"},
               {1.25e-14, "1.25e-14"},
               {-0.25, "-0.25"},
               {12.5, "12.5"},
               {1e300, "1e+300"},
               {1e-300, "1e-300"},
               {0.000123456789, "0.00012345679"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; ++i) {
    char text[DECIMAL_MAX_BYTES];
    decimal_write(text, CASES[i].value);
    CHECK_STR(text, CASES[i].text);
  }
  uint32_t num_wrong = 0, num_longer = 0;
  for (int i = 0; i < 200000; ++i) {
    float value = (float)(ldexp((double)(draw() >> 11) + 1, -53) * pow(10, -(double)(draw() % 16)));
    char text[DECIMAL_MAX_BYTES], expected[DECIMAL_MAX_BYTES];
    decimal_write(text, (double)value);
    write_by_library(expected, (double)value);
    num_wrong += (float)strtod(text, NULL) != value;
    num_longer += strlen(text) > strlen(expected);
  }
  CHECK_INT(num_wrong, 0);
  CHECK_INT(num_longer, 0);
}

#ifndef __EMSCRIPTEN__ /* its C library has one locale */
/* A locale of our own, so that none must be installed: glibc's localedef makes it. */
static bool set_comma_locale(void) {
  static const char make[] =
      "mkdir -p build/tests/locale && cd build/tests/locale && printf 'LC_NUMERIC\\n"
      "decimal_point \",\"\\nthousands_sep \"\"\\ngrouping -1\\nEND LC_NUMERIC\\n' > comma.src && "
      "localedef -c -i comma.src ./comma 2>/dev/null";
  (void)!system(make); /* warns of what it lacks, and so is not 0 */
  setenv("LOCPATH", "build/tests/locale", 1);
  return setlocale(LC_NUMERIC, "comma") != NULL;
}

static void keeps_its_dot_in_any_locale(void) {
  if (!set_comma_locale()) {
    printf("    not tried: localedef made no locale\n");
    return;
  }
  static const struct {
    const char *text;
    double value;
    size_t length;
  } READ[] = {{"1.5", 1.5, 3},
              {"0.30000000000000004", 0.30000000000000004, 19},
              {"1.5e300,2", 1.5e300, 7},
              {"-12345678901234567.5x", -12345678901234567.5, 20},
              {"1e23 1.5", 1e23, 4}};
  static const struct {
    double value;
    const char *text;
  } WRITTEN[] = {{0.5, "0.5"},          {12.5, "12.5"}, {-2.25, "-2.25"},
                 {1.5e300, "1.5e+300"}, {3, "3"},       {1e300, "1e+300"}};
  char text[DECIMAL_MAX_BYTES], *end;
  snprintf(text, sizeof text, "%g", 1.5);
  CHECK_STR(text, "1,5"); /* the locale holds */
  for (size_t i = 0; i < sizeof READ / sizeof *READ; ++i) {
    CHECK_NEAR(decimal_read(READ[i].text, &end), READ[i].value, 0);
    CHECK_INT(end - READ[i].text, READ[i].length);
  }
  for (size_t i = 0; i < sizeof WRITTEN / sizeof *WRITTEN; ++i) {
    decimal_write(text, WRITTEN[i].value);
    CHECK_STR(text, WRITTEN[i].text);
  }
  setlocale(LC_NUMERIC, "C");
}
#endif

int main(void) {
#ifndef __EMSCRIPTEN__
  RUN(keeps_its_dot_in_any_locale);
#endif
  RUN(reads_what_strtod_reads);
  RUN(writes_the_shortest);
  return check_summary();
}
