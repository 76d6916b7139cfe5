/* Between a picture's bytes, a model's tensors and scores. */
#ifndef INSITU_CLASSIFY_TENSORS_H_
#define INSITU_CLASSIFY_TENSORS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

/* What every byte of a channel becomes: (v/255 − mean)/std, and for quantised
 * inputs round(that / scale) + zero_point, clamped. */
typedef struct classify_input_table {
  insitu_dtype dtype;
  union {
    float f32[3][256];
    uint8_t q8[3][256]; /* the bits of an i8 or u8 */
  } values;
} classify_input_table;

/* INVALID_MODEL where the tensor is not [1,H,W,3] f32, i8 or u8 of the input's
 * size, or quantised without a scale. */
insitu_status classify_input_table_init(classify_input_table *table, const insitu_input *input,
                                        const insitu_tensor_info *tensor, insitu_error *error);
/* How a picture is turned on its way in; the bits combine. */
enum { CLASSIFY_MIRRORED = 1, CLASSIFY_UPSIDE_DOWN = 2 };

/* rgb: [H,W,3] u8 of the input's size; view: bits of the above; tensor:
 * H * W * 3 elements. */
void classify_input_fill(const classify_input_table *table, const uint8_t *rgb,
                         const insitu_input *input, uint32_t view, void *tensor);

/* INVALID_MODEL where the output does not have num_classes elements of f32,
 * i8 or u8. */
insitu_status classify_output_check(const insitu_tensor_info *tensor, uint32_t num_classes,
                                    insitu_error *error);
/* data: the output's elements; scores [num_classes]. */
void classify_output_read(const insitu_tensor_info *tensor, const void *data, uint32_t num_classes,
                          double *scores);

#endif
