/* IEEE 754 binary16 to binary32, as files with float16 weights need it. */
#ifndef INSITU_XNN_HALF_H_
#define INSITU_XNN_HALF_H_

#include <stdint.h>
#include <string.h>

static inline float half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t exponent = half >> 10 & 31u, fraction = half & 1023u, bits;
  float value;
  if (exponent == 0) { /* zero and subnormals: fraction * 2^-24, exact */
    value = (float)fraction * 0x1p-24f;
    memcpy(&bits, &value, sizeof bits);
    bits |= sign;
  } else {
    uint32_t wide = exponent == 31 ? 255u : exponent + 112u;
    bits = sign | wide << 23 | fraction << 13;
  }
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
