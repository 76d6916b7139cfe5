/* Sample arithmetic. Written as plain loops over arrays that do not overlap, in
 * the widths that SIMD has, so that compilers vectorise them. */
#include "decode/jpeg_pixels.h"

#include <string.h>

/* The inverse DCT of Loeffler, Ligtenberg and Moschytz as in the IJG's jidctint
 * with 12-bit constants, which are those of stb_image: (int)(x * 4096 + 0.5),
 * so that negative ones are rounded up. Unsigned, since a damaged file's
 * coefficients may overflow, which then must wrap on every platform. */
enum {
  C_0_541 = 2217,
  C_N1_847 = -7567,
  C_0_765 = 3135,
  C_1_175 = 4816,
  C_0_298 = 1223,
  C_2_053 = 8410,
  C_3_072 = 12586,
  C_1_501 = 6149,
  C_N0_899 = -3685,
  C_N2_562 = -10497,
  C_N1_961 = -8034,
  C_N0_390 = -1597,
};

/* in, out: 8 values, `step` apart. out = (result + bias) >> shift. */
static inline void idct_line(const int32_t *in, int32_t *out, size_t step, uint32_t bias,
                             int shift) {
  uint32_t s0 = (uint32_t)in[0], s1 = (uint32_t)in[step], s2 = (uint32_t)in[2 * step],
           s3 = (uint32_t)in[3 * step], s4 = (uint32_t)in[4 * step], s5 = (uint32_t)in[5 * step],
           s6 = (uint32_t)in[6 * step], s7 = (uint32_t)in[7 * step];
  /* even part */
  uint32_t p1 = (s2 + s6) * C_0_541;
  uint32_t t2 = p1 + s6 * (uint32_t)C_N1_847, t3 = p1 + s2 * C_0_765;
  uint32_t t0 = (s0 + s4) * 4096, t1 = (s0 - s4) * 4096;
  uint32_t x0 = t0 + t3 + bias, x3 = t0 - t3 + bias, x1 = t1 + t2 + bias, x2 = t1 - t2 + bias;
  /* odd part */
  uint32_t p3 = s7 + s3, p4 = s5 + s1, p5 = (p3 + p4) * C_1_175;
  uint32_t q1 = p5 + (s7 + s1) * (uint32_t)C_N0_899, q2 = p5 + (s5 + s3) * (uint32_t)C_N2_562;
  uint32_t q3 = p3 * (uint32_t)C_N1_961, q4 = p4 * (uint32_t)C_N0_390;
  uint32_t o3 = s1 * C_1_501 + q1 + q4, o2 = s3 * C_3_072 + q2 + q3;
  uint32_t o1 = s5 * C_2_053 + q2 + q4, o0 = s7 * C_0_298 + q1 + q3;
  out[0] = (int32_t)(x0 + o3) >> shift;
  out[7 * step] = (int32_t)(x0 - o3) >> shift;
  out[step] = (int32_t)(x1 + o2) >> shift;
  out[6 * step] = (int32_t)(x1 - o2) >> shift;
  out[2 * step] = (int32_t)(x2 + o1) >> shift;
  out[5 * step] = (int32_t)(x2 - o1) >> shift;
  out[3 * step] = (int32_t)(x3 + o0) >> shift;
  out[4 * step] = (int32_t)(x3 - o0) >> shift;
}

static inline uint8_t clamp(int32_t value) {
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

/* The second pass's rounding, and 128 to make samples unsigned. */
static const uint32_t row_bias = 65536 + (128u << 17);

void jpeg_idct(const int16_t block[64], uint8_t *out, size_t stride) {
  int32_t in[64], middle[64], samples[64];
  int32_t details = 0;
  for (int i = 0; i < 64; ++i) in[i] = block[i];
  for (int i = 1; i < 64; ++i) details |= in[i];
  if (details == 0) { /* the first pass gives 4 * in[0], the second one value */
    uint8_t value = clamp((int32_t)((uint32_t)in[0] * 4 * 4096 + row_bias) >> 17);
    for (int y = 0; y < 8; ++y) memset(out + (size_t)y * stride, value, 8);
    return;
  }
  for (int x = 0; x < 8; ++x) idct_line(in + x, middle + x, 8, 512, 10);
  for (int y = 0; y < 8; ++y) idct_line(middle + 8 * y, samples + 8 * y, 1, row_bias, 17);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) out[(size_t)y * stride + (size_t)x] = clamp(samples[8 * y + x]);
  }
}

/* scratch[i + 1] = 4 times the sample at i, interpolated between the two rows;
 * filled for samples [begin - 1, end + 1), repeating the picture's edges. */
static void blend_rows(const uint8_t *restrict near, const uint8_t *restrict far, uint32_t width,
                       uint32_t scale_y, uint32_t begin, uint32_t end,
                       uint16_t *restrict scratch) {
  uint32_t first = begin > 0 ? begin - 1 : 0, last = end < width ? end + 1 : width;
  if (scale_y == 2) {
    for (uint32_t i = first; i < last; ++i) scratch[i + 1] = (uint16_t)(3 * near[i] + far[i]);
  } else {
    for (uint32_t i = first; i < last; ++i) scratch[i + 1] = (uint16_t)(4 * near[i]);
  }
  if (begin == 0) scratch[0] = scratch[1];
  if (end >= width) scratch[width + 1] = scratch[width];
}

void jpeg_upsample(const uint8_t *near, const uint8_t *far, uint32_t width, uint32_t scale_x,
                   uint32_t scale_y, uint32_t begin, uint32_t end, uint16_t *scratch,
                   uint8_t *out) {
  uint32_t first = begin / scale_x, last = (end + scale_x - 1) / scale_x;
  if (last > width) last = width;
  if (scale_x > 2 || scale_y > 2) { /* rare: repeated */
    for (uint32_t i = first; i < last; ++i) memset(out + (size_t)i * scale_x, near[i], scale_x);
  } else if (scale_x == 2) {
    blend_rows(near, far, width, scale_y, first, last, scratch);
    const uint16_t *restrict s = scratch + 1;
    uint8_t *restrict o = out;
    for (uint32_t i = first; i < last; ++i) {
      o[2 * (size_t)i] = (uint8_t)((3 * s[i] + s[(ptrdiff_t)i - 1] + 8) >> 4);
      o[2 * (size_t)i + 1] = (uint8_t)((3 * s[i] + s[i + 1] + 8) >> 4);
    }
  } else if (scale_y == 2) {
    blend_rows(near, far, width, scale_y, first, last, scratch);
    for (uint32_t i = first; i < last; ++i) out[i] = (uint8_t)((scratch[i + 1] + 2) >> 2);
  } else {
    memcpy(out + first, near + first, last - first);
  }
}

/* (value * factor) >> 16 in 16 bits: one SIMD instruction where there is one. */
static inline int16_t multiply_high(int16_t value, int16_t factor) {
  return (int16_t)((int32_t)value * factor >> 16);
}

/* ITU T.871 with factors of 12 fraction bits and 4 bits kept: stb_image's
 * stbi__YCbCr_to_RGB_row, which says that its SIMD paths give the same. */
static void ycbcr_to_rgb(uint8_t *restrict y_r, uint8_t *restrict cb_g, uint8_t *restrict cr_b,
                         uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; ++i) {
    int16_t y = (int16_t)(y_r[i] * 16 + 8);
    int16_t cb = (int16_t)((cb_g[i] - 128) * 256), cr = (int16_t)((cr_b[i] - 128) * 256);
    int16_t r = (int16_t)((y + multiply_high(cr, 5743)) >> 4);
    int16_t g = (int16_t)((y + multiply_high(cr, -2925) + multiply_high(cb, -1410)) >> 4);
    int16_t b = (int16_t)((y + multiply_high(cb, 7258)) >> 4);
    y_r[i] = clamp(r);
    cb_g[i] = clamp(g);
    cr_b[i] = clamp(b);
  }
}

/* value * k / 255, rounded (Blinn). k is the black plane, inverted: 255 is none. */
static inline uint8_t blacken(uint8_t value, uint8_t k) {
  uint32_t t = (uint32_t)value * k + 128;
  return (uint8_t)((t + (t >> 8)) >> 8);
}

void jpeg_to_rgb(jpeg_colour colour, uint8_t *const planes[4], uint32_t begin, uint32_t end) {
  if (colour == JPEG_YCBCR || colour == JPEG_YCCK) {
    ycbcr_to_rgb(planes[0], planes[1], planes[2], begin, end);
  }
  if (colour == JPEG_GREY) {
    memcpy(planes[1] + begin, planes[0] + begin, end - begin);
    memcpy(planes[2] + begin, planes[0] + begin, end - begin);
  }
  if (colour == JPEG_CMYK || colour == JPEG_YCCK) {
    uint8_t flip = colour == JPEG_YCCK ? 255 : 0; /* YCC there gives inverted inks */
    for (int plane = 0; plane < 3; ++plane) {
      for (uint32_t i = begin; i < end; ++i) {
        planes[plane][i] = blacken(planes[plane][i] ^ flip, planes[3][i]);
      }
    }
  }
}
