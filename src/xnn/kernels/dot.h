/* What the int8 kernels by relaxed SIMD's dot product share. */
#ifndef INSITU_XNN_KERNELS_DOT_H_
#define INSITU_XNN_KERNELS_DOT_H_

#include <wasm_simd128.h>

/* What the input's i8 are changed by (exclusive or) to be what the dot product takes beside
 * the weights' i8: 0x80 for u8, which are then 128 more; 0 for i8. kernels_install sets it.
 * A variable, too, since engines make a constant anew in the innermost loop. */
extern v128_t kernels_dot_sign;

#endif
