/* Sample arithmetic, in the widths that SIMD has. Rows are plain loops over
 * arrays that do not overlap, which compilers vectorise (checked in the profile
 * of a 12-megapixel photo as WASM); the inverse DCT names its vectors. */
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

/* Four lines at once, one a lane: GNU C's vectors, which gcc and clang turn into
 * SSE2, NEON or SIMD128, and into plain code where there is none. */
typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef int16_t i16x4 __attribute__((vector_size(8)));
typedef uint8_t u8x4 __attribute__((vector_size(4)));

/* v: 8 values of each line; each becomes (result + bias) >> shift. */
static inline void idct_lines(i32x4 v[8], uint32_t bias, int shift) {
  u32x4 s0 = (u32x4)v[0], s1 = (u32x4)v[1], s2 = (u32x4)v[2], s3 = (u32x4)v[3];
  u32x4 s4 = (u32x4)v[4], s5 = (u32x4)v[5], s6 = (u32x4)v[6], s7 = (u32x4)v[7];
  /* even part */
  u32x4 p1 = (s2 + s6) * C_0_541;
  u32x4 t2 = p1 + s6 * (uint32_t)C_N1_847, t3 = p1 + s2 * C_0_765;
  u32x4 t0 = ((s0 + s4) << 12) + bias, t1 = ((s0 - s4) << 12) + bias;
  u32x4 x0 = t0 + t3, x3 = t0 - t3, x1 = t1 + t2, x2 = t1 - t2;
  /* odd part */
  u32x4 p3 = s7 + s3, p4 = s5 + s1, p5 = (p3 + p4) * C_1_175;
  u32x4 q1 = p5 + (s7 + s1) * (uint32_t)C_N0_899, q2 = p5 + (s5 + s3) * (uint32_t)C_N2_562;
  u32x4 q3 = p3 * (uint32_t)C_N1_961, q4 = p4 * (uint32_t)C_N0_390;
  u32x4 o3 = s1 * C_1_501 + q1 + q4, o2 = s3 * C_3_072 + q2 + q3;
  u32x4 o1 = s5 * C_2_053 + q2 + q4, o0 = s7 * C_0_298 + q1 + q3;
  v[0] = (i32x4)(x0 + o3) >> shift;
  v[7] = (i32x4)(x0 - o3) >> shift;
  v[1] = (i32x4)(x1 + o2) >> shift;
  v[6] = (i32x4)(x1 - o2) >> shift;
  v[2] = (i32x4)(x2 + o1) >> shift;
  v[5] = (i32x4)(x2 - o1) >> shift;
  v[3] = (i32x4)(x3 + o0) >> shift;
  v[4] = (i32x4)(x3 - o0) >> shift;
}

/* out[i] lane j = in[j] lane i */
static inline void transpose(const i32x4 in[4], i32x4 out[4]) {
  i32x4 a = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
  i32x4 b = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
  i32x4 c = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
  i32x4 d = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
  out[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  out[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  out[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  out[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

static inline i32x4 load_coefficients(const int16_t *p) {
  i16x4 four;
  memcpy(&four, p, sizeof four);
  return __builtin_convertvector(four, i32x4);
}

static inline void store_samples(i32x4 v, uint8_t *out) {
  v &= ~(v < 0); /* comparisons give all ones where true */
  v |= v > 255;
  u8x4 four = __builtin_convertvector(v, u8x4);
  memcpy(out, &four, sizeof four);
}

static inline uint8_t clamp(int32_t value) {
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

/* The second pass's rounding, and 128 to make samples unsigned. */
static const uint32_t row_bias = 65536 + (128u << 17);

/* The first pass gives 4 times the mean, the second one value. */
uint8_t jpeg_idct_mean(int16_t mean) {
  return clamp((int32_t)((uint32_t)mean * 4 * 4096 + row_bias) >> 17);
}

void jpeg_idct(const int16_t block[64], uint8_t *out, size_t stride) {
  int16_t details = 0;
  for (int i = 1; i < 64; ++i) details |= block[i];
  if (details == 0) {
    uint8_t value = jpeg_idct_mean(block[0]);
    for (int y = 0; y < 8; ++y) memset(out + (size_t)y * stride, value, 8);
    return;
  }
  i32x4 columns[2][8], rows[2][8]; /* columns[x / 4][y] lane x % 4; rows[y / 4][x] lane y % 4 */
  for (int half = 0; half < 2; ++half) {
    for (int y = 0; y < 8; ++y) columns[half][y] = load_coefficients(block + 8 * y + 4 * half);
    idct_lines(columns[half], 512, 10);
    transpose(columns[half], rows[0] + 4 * half);
    transpose(columns[half] + 4, rows[1] + 4 * half);
  }
  for (int half = 0; half < 2; ++half, out += 4 * stride) {
    i32x4 samples[2][4]; /* [x / 4][y % 4] lane x % 4 */
    idct_lines(rows[half], row_bias, 17);
    transpose(rows[half], samples[0]);
    transpose(rows[half] + 4, samples[1]);
    for (size_t y = 0; y < 4; ++y) {
      store_samples(samples[0][y], out + y * stride);
      store_samples(samples[1][y], out + y * stride + 4);
    }
  }
}

/* Means of twos or fours of what idct_lines gives, in v[0..num_samples): for each order k
 * the mean of sqrt(2) * cos((2x + 1) k pi / 16) over these x, times 4096. Even orders but
 * the mean cancel out over fours, and the fourth over twos, as in the IJG's jidctred. */
static inline void reduced_lines(i32x4 v[8], uint32_t num_samples, uint32_t bias, int shift) {
  if (num_samples == 8) {
    idct_lines(v, bias, shift);
    return;
  }
  u32x4 mean = ((u32x4)v[0] << 12) + bias;
  u32x4 s1 = (u32x4)v[1], s2 = (u32x4)v[2], s3 = (u32x4)v[3];
  u32x4 s5 = (u32x4)v[5], s6 = (u32x4)v[6], s7 = (u32x4)v[7];
  if (num_samples == 4) {
    u32x4 even = s2 * 3784 - s6 * 1567;
    u32x4 outer = s1 * 5249 + s3 * 1843 - s5 * 1232 - s7 * 1044;
    u32x4 inner = s1 * 2174 - s3 * 4450 + s5 * 2973 - s7 * 432;
    v[0] = (i32x4)(mean + even + outer) >> shift;
    v[1] = (i32x4)(mean - even + inner) >> shift;
    v[2] = (i32x4)(mean - even - inner) >> shift;
    v[3] = (i32x4)(mean + even - outer) >> shift;
    return;
  }
  u32x4 odd = s1 * 3712 - s3 * 1303 + s5 * 871 - s7 * 738;
  v[0] = (i32x4)(num_samples == 1 ? mean : mean + odd) >> shift;
  v[1] = (i32x4)(mean - odd) >> shift;
}

void jpeg_idct_reduced(const int16_t block[64], uint32_t num_columns, uint32_t num_rows,
                       uint8_t *out, size_t stride) {
  i32x4 columns[2][8], rows[2][8]; /* as in jpeg_idct; above num_rows: not used */
  for (int half = 0; half < 2; ++half) {
    for (int y = 0; y < 8; ++y) columns[half][y] = load_coefficients(block + 8 * y + 4 * half);
    reduced_lines(columns[half], num_rows, 512, 10);
    transpose(columns[half], rows[0] + 4 * half);
    if (num_rows == 8) transpose(columns[half] + 4, rows[1] + 4 * half);
  }
  for (uint32_t first = 0; first < num_rows; first += 4) {
    i32x4 *v = rows[first / 4];
    reduced_lines(v, num_columns, row_bias, 17);
    for (uint32_t y = 0; y < 4 && first + y < num_rows; ++y) {
      for (uint32_t x = 0; x < num_columns; ++x) {
        out[(first + y) * stride + x] = clamp(v[x][y]);
      }
    }
  }
}

/* scratch[i + 1] = 4 times the sample at i, interpolated between the two rows;
 * filled for samples [begin - 1, end + 1), repeating the picture's edges. */
static void blend_rows(const uint8_t *restrict near, const uint8_t *restrict far, uint32_t width,
                       uint32_t scale_y, uint32_t begin, uint32_t end, uint16_t *restrict scratch) {
  uint32_t first = begin > 0 ? begin - 1 : 0, last = end < width ? end + 1 : width;
  if (scale_y == 2) {
    for (uint32_t i = first; i < last; ++i) scratch[i + 1] = (uint16_t)(3 * near[i] + far[i]);
  } else {
    for (uint32_t i = first; i < last; ++i) scratch[i + 1] = (uint16_t)(4 * near[i]);
  }
  if (begin == 0) scratch[0] = scratch[1];
  if (end >= width) scratch[width + 1] = scratch[width];
}

/* Two bytes as one value, the first at the lower address. */
static inline uint16_t pair(uint16_t first, uint16_t second) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return (uint16_t)(first << 8 | second);
#else
  return (uint16_t)(first | second << 8);
#endif
}

/* Samples [first, last) of what blend_rows gave, each to two pixels: three
 * quarters of it and a quarter of its neighbour. Pairs are stored at once,
 * since compilers do not vectorise bytes that are two apart. */
static void double_row(const uint16_t *restrict samples, uint32_t first, uint32_t last,
                       uint8_t *restrict out) {
  const uint16_t *restrict left = samples + first - 1, *restrict right = samples + first + 1;
  samples += first;
  out += 2 * (size_t)first;
  for (uint32_t i = 0; i < last - first; ++i) {
    uint16_t most = (uint16_t)(3 * samples[i] + 8);
    uint16_t two = pair((uint16_t)(most + left[i]) >> 4, (uint16_t)(most + right[i]) >> 4);
    memcpy(out + 2 * (size_t)i, &two, 2);
  }
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
    double_row(scratch + 1, first, last, out);
  } else if (scale_y == 2) {
    blend_rows(near, far, width, scale_y, first, last, scratch);
    for (uint32_t i = first; i < last; ++i) out[i] = (uint8_t)((scratch[i + 1] + 2) >> 2);
  } else {
    memcpy(out + first, near + first, last - first);
  }
}

/* floor(value * factor / 256) for value within -128..127, in 16 bits alone:
 * the factor's whole part of 256 is exact, and the rest's product fits. */
static inline int16_t multiply_256th(int16_t value, int16_t factor) {
  int16_t whole = (int16_t)(factor >> 8), rest = (int16_t)(factor & 255);
  return (int16_t)((int16_t)(value * whole) + ((int16_t)(value * rest) >> 8));
}

static inline uint8_t clamp_16(int16_t value) {
  value = value < 0 ? 0 : value;
  return (uint8_t)(value > 255 ? 255 : value);
}

/* ITU T.871 with factors of 12 fraction bits and 4 bits kept, as stb_image's
 * stbi__YCbCr_to_RGB_row rounds it. */
static void ycbcr_to_rgb(uint8_t *restrict y_r, uint8_t *restrict cb_g, uint8_t *restrict cr_b,
                         uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; ++i) {
    int16_t y = (int16_t)(y_r[i] * 16 + 8);
    int16_t cb = (int16_t)(cb_g[i] - 128), cr = (int16_t)(cr_b[i] - 128);
    int16_t r = (int16_t)(y + multiply_256th(cr, 5743));
    int16_t g = (int16_t)(y + multiply_256th(cr, -2925) + multiply_256th(cb, -1410));
    int16_t b = (int16_t)(y + multiply_256th(cb, 7258));
    y_r[i] = clamp_16((int16_t)(r >> 4));
    cb_g[i] = clamp_16((int16_t)(g >> 4));
    cr_b[i] = clamp_16((int16_t)(b >> 4));
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
