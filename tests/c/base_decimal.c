/* base/decimal against the C library: the same values read, as short a text
 * written, over numbers of every kind and half a million drawn ones. */
#include <float.h>
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
  static const char *const TEXTS[] = {
      "0", "-0", "1", "-1", "0.1", "0.30000000000000004", "123456789012345", "1234567890123456",
      "9007199254740993", "1e22", "1e23", "-1e-22", "1e-23", "1.5e300", "4e-320", "1e400", "0.001e3",
      "000000000000000000001", "0000000000000.00000000001", "1.", ".5", "-.5", "1e", "1e+", "1e-", "1.e5",
      "1e00005", "1e-0003", "0x10", "0x1p3", "12abc", "1.2.3", "+5", " 7", "-", "", "e5", ".", "--1",
      "3.14159265358979", "2.2250738585072014e-308", "179769313486231570000", "1e5x", "7,5"};
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
  static const struct { double value; const char *text; } CASES[] = {
      {0, "0"}, {1, "1"}, {-1, "-1"}, {0.5, "0.5"}, {0.001, "0.001"}, {0.1f, "0.1"}, {1.0 / 3, "0.33333333"},
      {0.0001, "0.0001"}, {0.00001, "1e-05"}, {1.25e-7, "1.25e-07"}, {0.99999998, "1"}, {0.09999999999, "0.1"},
      {9.9999999999e-5, "0.0001"}, {1e-12, "1e-12"}, {-0.25, "-0.25"}, {12.5, "12.5"}, {1e300, "1e+300"},
      {1e-300, "1e-300"}, {0.000123456789, "0.00012345679"}};
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

int main(void) {
  RUN(reads_what_strtod_reads);
  RUN(writes_the_shortest);
  return check_summary();
}
