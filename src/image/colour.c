/* What one sample adds to each channel of sRGB light is looked up, the three are
 * added, and the sum is looked up in sRGB's curve. The three channels' sums lie in
 * one 64-bit number, so that a pixel takes 2 additions and 6 lookups. */
#include "image/colour.h"

#include <string.h>

#include "base/alloc.h"

enum {
  LIGHT = 8192,      /* steps of the curve: at its steepest, in the dark, 0.4 of a code each */
  FRACTION_BITS = 3, /* below a step: 65536 is all light */
  FIELD_BITS = 21,   /* of a channel: sums are below 2 * 3 * 4 * LIGHT steps */
  HALF = 1 << (FRACTION_BITS - 1),
  INDEX_MASK = (1 << (FIELD_BITS - FRACTION_BITS)) - 1,
};

struct image_colour {
  /* Of each channel's samples; fields from the lowest: red, green, blue. They may be
   * negative, and borrow from the next; a sum of three never is, since the first
   * channel's have the lowest sum taken off. */
  uint64_t shares[3][256];
  image_colour_space space; /* for samples between those */
  int32_t lowest;
  uint8_t codes[]; /* of light from the lowest sum to the highest: no clamping */
};

double image_colour_power(double base, double exponent) {
  if (!(base > 0.0)) return exponent == 0.0 ? 1.0 : 0.0;
  /* base = m * 2^e with m within [1/sqrt 2, sqrt 2) */
  uint64_t bits;
  memcpy(&bits, &base, sizeof bits);
  int e = (int)(bits >> 52 & 2047) - 1023;
  bits = (bits & 0xfffffffffffffu) | (uint64_t)1023 << 52;
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) m *= 0.5, ++e;
  /* ln m = 2 (s + s^3/3 + s^5/5 ...), s below 0.18 */
  double s = (m - 1.0) / (m + 1.0), sum = 0.0;
  for (int k = 21; k > 0; k -= 2) sum = sum * (s * s) + 1.0 / k;
  double log2 = e + 2.0 * s * sum * 1.4426950408889634;
  double product = exponent * log2;
  if (!(product > -60.0)) return 0.0;
  if (product > 60.0) return 1e18;
  /* 2^product = 2^whole * e^rest with rest within -0.35..0.35 */
  int whole = (int)(product + 64.5) - 64;
  double rest = (product - whole) * 0.6931471805599453, power = 1.0;
  for (int k = 14; k > 0; --k) power = 1.0 + power * rest / k;
  bits = (uint64_t)(whole + 1023) << 52;
  memcpy(&m, &bits, sizeof m);
  return power * m;
}

double image_colour_srgb_to_light(double sample) {
  return sample <= 0.04045 ? sample / 12.92 : image_colour_power((sample + 0.055) / 1.055, 2.4);
}

/* bounds[code + 1]: the least light, `one` being all, that is nearer to code + 1. */
static void find_bounds(int32_t bounds[257], double one) {
  bounds[0] = INT32_MIN;
  for (int code = 0; code < 255; ++code) {
    bounds[code + 1] = (int32_t)(image_colour_srgb_to_light((code + 0.5) / 255.0) * one) + 1;
  }
  bounds[256] = INT32_MAX;
}

bool image_colour_space_is_srgb(const image_colour_space *space) {
  enum { STEP = 15 }; /* 18 levels of each channel */
  int32_t bounds[257];
  find_bounds(bounds, 65536.0);
  for (int i = 0; i < 18 * 18 * 18; ++i) {
    const int codes[3] = {i / 324 * STEP, i / 18 % 18 * STEP, i % 18 * STEP};
    for (int row = 0; row < 3; ++row) {
      int64_t light = 0;
      for (int c = 0; c < 3; ++c) {
        light += (int64_t)space->to_srgb[row][c] * space->curves[c][codes[c]];
      }
      light /= 65535;
      int least = codes[row] > 0 ? codes[row] - 1 : 0,
          most = codes[row] < 255 ? codes[row] + 2 : 256;
      if (light < bounds[least] || light >= bounds[most]) return false;
    }
  }
  return true;
}

/* The least and the most light that sums can be, in steps rounded outwards. */
static void find_range(const image_colour_space *space, int32_t *lowest, int32_t *highest) {
  *lowest = *highest = 0;
  for (int row = 0; row < 3; ++row) {
    int32_t low = 0, high = 0;
    for (int c = 0; c < 3; ++c) {
      int32_t part = space->to_srgb[row][c];
      low += part < 0 ? part : 0;
      high += part > 0 ? part : 0;
    }
    if (low < *lowest) *lowest = low;
    if (high > *highest) *highest = high;
  }
  *lowest = *lowest / (65536 / LIGHT) - 4; /* 3 sums and one shift are rounded */
  *highest = *highest / (65536 / LIGHT) + 4;
}

static void fill_codes(uint8_t *codes, int32_t lowest, int32_t highest) {
  int32_t bounds[257];
  find_bounds(bounds, LIGHT);
  for (int light = lowest, code = 0; light <= highest; ++light) {
    while (light >= bounds[code + 1]) ++code;
    codes[light - lowest] = (uint8_t)code;
  }
}

image_colour *image_colour_create(const image_colour_space *space) {
  int32_t lowest, highest; /* within 3 * 4 * LIGHT of 0 */
  find_range(space, &lowest, &highest);
  image_colour *colour = alloc_bytes(sizeof *colour + (size_t)(highest - lowest) + 1);
  if (colour == NULL) return NULL;
  colour->space = *space;
  colour->lowest = lowest;
  for (int c = 0; c < 3; ++c) {
    for (int code = 0; code < 256; ++code) {
      uint64_t share = 0;
      for (int row = 2; row >= 0; --row) {
        int64_t field = (int64_t)space->to_srgb[row][c] * space->curves[c][code] / 65535;
        if (c == 0) field += HALF - lowest * (1 << FRACTION_BITS);
        share = (share << FIELD_BITS) + (uint64_t)field;
      }
      colour->shares[c][code] = share;
    }
  }
  fill_codes(colour->codes, lowest, highest);
  return colour;
}

void image_colour_destroy(image_colour *colour) { alloc_free(colour); }

static inline uint8_t code_of(const image_colour *colour, uint64_t sum, int row) {
  return colour->codes[sum >> (row * FIELD_BITS + FRACTION_BITS) & INDEX_MASK];
}

void image_colour_row(const image_colour *colour, uint8_t *const planes[3], uint32_t begin,
                      uint32_t end) {
  uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
  for (uint32_t i = begin; i < end; ++i) {
    uint64_t sum = colour->shares[0][r[i]] + colour->shares[1][g[i]] + colour->shares[2][b[i]];
    r[i] = code_of(colour, sum, 0);
    g[i] = code_of(colour, sum, 1);
    b[i] = code_of(colour, sum, 2);
  }
}

void image_colour_wide_pixel(const image_colour *colour, const uint16_t samples[3],
                             uint8_t rgb[3]) {
  const image_colour_space *space = &colour->space;
  int64_t light[3];
  for (int c = 0; c < 3; ++c) { /* sample = 257 * code + rest */
    int32_t code = samples[c] / 257, rest = samples[c] % 257;
    int32_t near = space->curves[c][code], far = space->curves[c][code < 255 ? code + 1 : 255];
    light[c] = near + (far - near) * rest / 257;
  }
  for (int row = 0; row < 3; ++row) {
    int64_t sum = 0;
    for (int c = 0; c < 3; ++c) sum += space->to_srgb[row][c] * light[c];
    int64_t step = (sum / 65535 - colour->lowest * (1 << FRACTION_BITS) + HALF) >> FRACTION_BITS;
    rgb[row] = colour->codes[step];
  }
}
