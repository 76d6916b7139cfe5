/* What one sample adds to each channel of sRGB light is looked up, the three are
 * added, and the sum is looked up in sRGB's curve: 3 vectors and 3 bytes a pixel. */
#include "image/colour.h"

#include <string.h>

#include "base/alloc.h"

/* GNU C's vectors: see decode/jpeg_pixels.c. */
typedef int32_t i32x4 __attribute__((vector_size(16)));

enum {
  LIGHT = 8192, /* steps of the curve: at its steepest, in the dark, 0.4 of a code each */
  FRACTION_BITS = 12, /* below a step; sums within 3 * 4 * 2^25 fit 32 bits */
};

struct image_colour {
  i32x4 shares[3][256]; /* of each channel's samples; lanes: red, green, blue */
  uint8_t codes[LIGHT + 1];
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
      int least = codes[row] > 0 ? codes[row] - 1 : 0, most = codes[row] < 255 ? codes[row] + 2 : 256;
      if (light < bounds[least] || light >= bounds[most]) return false;
    }
  }
  return true;
}

image_colour *image_colour_create(const image_colour_space *space) {
  image_colour *colour = alloc_aligned(16, sizeof *colour);
  if (colour == NULL) return NULL;
  const int64_t one = (int64_t)LIGHT << FRACTION_BITS;
  for (int c = 0; c < 3; ++c) {
    for (int code = 0; code < 256; ++code) {
      i32x4 share = {0};
      for (int row = 0; row < 3; ++row) {
        int64_t light = (int64_t)space->to_srgb[row][c] * space->curves[c][code]; /* 2^16 * 65535 */
        share[row] = (int32_t)(light * (one >> 16) / 65535);
        if (c == 0) share[row] += 1 << (FRACTION_BITS - 1); /* rounds the sum */
      }
      colour->shares[c][code] = share;
    }
  }
  int32_t bounds[257];
  find_bounds(bounds, LIGHT);
  for (int light = 0, code = 0; light <= LIGHT; ++light) {
    while (light >= bounds[code + 1]) ++code;
    colour->codes[light] = (uint8_t)code;
  }
  return colour;
}

void image_colour_destroy(image_colour *colour) { alloc_free_aligned(colour); }

static inline i32x4 to_steps(i32x4 sum) {
  sum >>= FRACTION_BITS;
  sum &= ~(sum < 0); /* comparisons give all ones where true */
  i32x4 is_above = sum > LIGHT;
  return (sum & ~is_above) | (is_above & LIGHT);
}

void image_colour_row(const image_colour *colour, uint8_t *const planes[3], uint32_t begin,
                      uint32_t end) {
  uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
  for (uint32_t i = begin; i < end; ++i) {
    i32x4 steps =
        to_steps(colour->shares[0][r[i]] + colour->shares[1][g[i]] + colour->shares[2][b[i]]);
    r[i] = colour->codes[steps[0]];
    g[i] = colour->codes[steps[1]];
    b[i] = colour->codes[steps[2]];
  }
}

/* Between the shares of the two 8-bit samples beside it: sample = 257 * code + rest. */
void image_colour_wide_pixel(const image_colour *colour, const uint16_t samples[3],
                             uint8_t rgb[3]) {
  i32x4 sum = {0};
  for (int c = 0; c < 3; ++c) {
    int32_t code = samples[c] / 257, rest = samples[c] % 257;
    i32x4 near = colour->shares[c][code], far = colour->shares[c][code < 255 ? code + 1 : 255];
    for (int row = 0; row < 3; ++row) {
      sum[row] += near[row] + (int32_t)((int64_t)(far[row] - near[row]) * rest / 257);
    }
  }
  i32x4 steps = to_steps(sum);
  for (int row = 0; row < 3; ++row) rgb[row] = colour->codes[steps[row]];
}
