/* Between a picture's bytes, a model's tensors and scores. */
#ifndef INSITU_CLASSIFY_TENSORS_H_
#define INSITU_CLASSIFY_TENSORS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

/* How a tensor holds a picture: [1,H,W,3], [1,3,H,W] as PyTorch exports, or one
 * channel of luma, [1,H,W,1], [1,1,H,W] or [1,H,W]. */
typedef enum classify_layout {
  CLASSIFY_INTERLEAVED,
  CLASSIFY_PLANAR,
  CLASSIFY_GREY
} classify_layout;

/* What every byte of a channel becomes: (v/255 − mean)/std, and for quantised
 * inputs round(that / scale) + zero_point, clamped. */
typedef struct classify_input_table {
  insitu_dtype dtype;
  classify_layout layout;
  union {
    float f32[3][256];
    uint8_t q8[3][256]; /* the bits of an i8 or u8 */
  } values;
} classify_input_table;

/* INVALID_MODEL where the tensor has none of these layouts in the input's size, is
 * not f32, i8 or u8, or is quantised without a scale. */
insitu_status classify_input_table_init(classify_input_table *table, const insitu_input *input,
                                        const insitu_tensor_info *tensor, insitu_error *error);
/* How a picture is turned on its way in; the bits combine. */
enum { CLASSIFY_MIRRORED = 1, CLASSIFY_UPSIDE_DOWN = 2 };

/* rgb: [H,W,3] u8 of the input's size; view: bits of the above; tensor:
 * all its elements. Grey is 0.299 R + 0.587 G + 0.114 B, as Pillow rounds it. */
void classify_input_fill(const classify_input_table *table, const uint8_t *rgb,
                         const insitu_input *input, uint32_t view, void *tensor);

/* INVALID_MODEL where the output does not have num_classes elements of f32, i8 or
 * u8. Two classes may share one element, the second's: a yes/no answer. */
insitu_status classify_output_check(const insitu_tensor_info *tensor, uint32_t num_classes,
                                    insitu_error *error);
/* data: the output's elements; scores [num_classes]. of_logits: the first of two
 * classes that share an element gets 0, else what is left to 1. */
void classify_output_read(const insitu_tensor_info *tensor, const void *data, uint32_t num_classes,
                          bool of_logits, double *scores);

#endif
