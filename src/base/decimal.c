/* See decimal.h. Exact: digits below 2^53 and powers of ten up to 10^22. */
#include "base/decimal.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All powers of ten that a double holds exactly. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { MAX_POWER = 22, MAX_DIGITS = 15, MAX_WRITTEN = 9 };
/* More than cJSON takes for a number, 63; under other locales longer texts are cut. */
#define MAX_TURNED_BYTES 128

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* [-]digits[.digits][e[sign]digits], of at most MAX_DIGITS digits; false for
 * all else, right or wrong. */
static bool read_short(const char *text, double *value, const char **end) {
  const char *at = text;
  bool is_negative = *at == '-';
  if (is_negative) ++at;
  uint64_t digits = 0;
  int num_digits = 0, power = 0;
  const char *begin = at;
  for (; is_digit(*at); ++at, ++num_digits) digits = digits * 10 + (uint64_t)(*at - '0');
  if (at == begin || num_digits > MAX_DIGITS) return false;
  if (*at == '.') {
    ++at;
    for (; is_digit(*at); ++at, ++num_digits, --power) {
      if (num_digits == MAX_DIGITS) return false;
      digits = digits * 10 + (uint64_t)(*at - '0');
    }
  }
  if (*at == 'x' || *at == 'X') return false;
  if (*at == 'e' || *at == 'E') {
    bool is_below = at[1] == '-';
    at += is_below || at[1] == '+' ? 2 : 1;
    int exponent = 0;
    for (begin = at; is_digit(*at) && at - begin < 4; ++at) exponent = exponent * 10 + (*at - '0');
    if (at == begin || is_digit(*at)) return false;
    power += is_below ? -exponent : exponent;
  }
  if (power < -MAX_POWER || power > MAX_POWER) return false;
  double magnitude = power < 0 ? (double)digits / POWERS[-power] : (double)digits * POWERS[power];
  *value = is_negative ? -magnitude : magnitude;
  *end = at;
  return true;
}

/* The program may have set a locale whose decimal point is a comma, and strtod
 * and printf follow it: what goes to the one and comes from the other is turned. */
static double read_by_library(const char *text, char **end) {
  const char *point = localeconv()->decimal_point, *dot = strchr(text, '.');
  if (dot == NULL || strcmp(point, ".") == 0) return strtod(text, end);
  char turned[MAX_TURNED_BYTES], *turned_end;
  size_t before = (size_t)(dot - text), extra = strlen(point) - 1;
  snprintf(turned, sizeof turned, "%.*s%s%s", (int)before, text, point, dot + 1);
  double value = strtod(turned, &turned_end);
  size_t length = (size_t)(turned_end - turned);
  if (end != NULL) *end = (char *)text + (length > before ? length - extra : length);
  return value;
}

static void print_by_library(char text[DECIMAL_MAX_BYTES], int digits, double value) {
  snprintf(text, DECIMAL_MAX_BYTES, "%.*g", digits, value);
  char *point = text + strspn(text, "-0123456789"), *after = point;
  while (*after != '\0' && !is_digit(*after)) ++after;
  if (point == after || *point == 'e') return;
  *point = '.';
  memmove(point + 1, after, strlen(after) + 1);
}

double decimal_read(const char *text, char **end) {
  double value;
  const char *after;
  if (!read_short(text, &value, &after)) return read_by_library(text, end);
  if (end != NULL) *end = (char *)after;
  return value;
}

/* Numbers of 1e-14 to below 1, probabilities above all, of which an answer may have a
 * thousand. False: left to the C library. */
static bool write_fraction(char *text, double value) {
  if (!(value >= 1e-14 && value < 1)) return false;
  int exponent = -1;
  while (value * POWERS[-exponent] < 1) --exponent;
  for (int num_digits = 1; num_digits <= MAX_WRITTEN; ++num_digits) {
    double power = POWERS[num_digits - 1 - exponent];
    double digits = nearbyint(value * power);
    if ((float)(digits / power) != (float)value && num_digits < MAX_WRITTEN) continue;
    char room[MAX_WRITTEN + 2], *shown = room + sizeof room;
    uint32_t left = (uint32_t)digits;
    do *--shown = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    int length = (int)(room + sizeof room - shown);
    exponent += length - num_digits; /* 0.96 to one digit is 1 */
    while (length > 1 && shown[length - 1] == '0') --length;
    if (exponent >= 0) {
      strcpy(text, "1");
    } else if (exponent >= -4) {
      memcpy(text, "0.000", 5);
      memcpy(text + 1 - exponent, shown, (size_t)length);
      text[1 - exponent + length] = '\0';
    } else {
      size_t at = 0;
      text[at++] = shown[0];
      if (length > 1) {
        text[at++] = '.';
        memcpy(text + at, shown + 1, (size_t)length - 1);
        at += (size_t)length - 1;
      }
      memcpy(text + at, "e-", 2);
      text[at + 2] = (char)('0' - exponent / 10);
      text[at + 3] = (char)('0' - exponent % 10);
      text[at + 4] = '\0';
    }
    return true;
  }
  return false;
}

void decimal_write(char text[DECIMAL_MAX_BYTES], double value) {
  if (write_fraction(text, value)) return;
  double magnitude = fabs(value);
  /* Outside this range floats are infinite, zero or coarse. */
  bool is_float_range = magnitude == 0 || (magnitude >= FLT_MIN && magnitude <= FLT_MAX);
  for (int digits = is_float_range ? 1 : MAX_WRITTEN; digits <= MAX_WRITTEN; ++digits) {
    print_by_library(text, digits, value);
    if ((float)decimal_read(text, NULL) == (float)value) break;
  }
}
