/* What an operator's parameters are once they are parsed: its check works the
 * record out, and its cost, its folding and its definition read it. */
#ifndef INSITU_XNN_RECORD_H_
#define INSITU_XNN_RECORD_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

/* A clamp to [min, max]: a fused activation, or RELU and its like. */
typedef struct op_range {
  float min, max;
} op_range;

/* One axis of a sliding window, in TFLite's arithmetic. */
typedef struct op_window {
  uint32_t output, pad_before, pad_after;
} op_window;

/* A window over height and width, of a filter or a pool. */
typedef struct op_windows {
  op_window height, width;
  uint32_t filter_h, filter_w, stride_h, stride_w, dilation_h, dilation_w;
} op_windows;

/* How a filter meets its input. */
typedef enum op_weights {
  OP_WEIGHTS_SAME,   /* both float, or both of one 8-bit type */
  OP_WEIGHTS_DYNAMIC /* int8 under float32, which is quantised anew for each run */
} op_weights;

typedef struct op_record {
  op_range range;
  op_weights weights;
  union {
    op_windows windows; /* convolutions and pools */
    struct {
      float slope; /* LEAKY_RELU */
    } unary;
    struct {
      bool is_approximate;
    } gelu;
    struct {
      uint32_t num_axes;
      size_t axes[INSITU_MAX_RANK]; /* rising */
      bool keep_dims;
      bool is_reduced[INSITU_MAX_RANK];
    } reduce; /* and, of REVERSE_V2, which axes turn */
    struct {
      size_t axes[INSITU_MAX_RANK]; /* output dimension i is the input's axes[i] */
    } transpose;
    struct {
      size_t before[INSITU_MAX_RANK], after[INSITU_MAX_RANK];
      float value;
      uint32_t skipped; /* MIRROR_PAD: elements at the edge that are not repeated */
    } pad;
    struct { /* of the input, before axes are dropped */
      size_t begin[INSITU_MAX_RANK], size[INSITU_MAX_RANK];
      int32_t stride[INSITU_MAX_RANK];
    } slice;
    struct {
      uint32_t axis;
    } join; /* CONCATENATION, PACK, UNPACK, GATHER */
    struct {
      uint32_t axis, data_index;
    } split;
    struct {
      float beta;
    } softmax;
    struct {
      bool align_corners, half_pixel_centers;
    } resize;
    struct {
      bool is_first_transposed; /* the first input is [.., K, M] */
      bool is_transposed;       /* the second input is [.., N, K] */
    } matmul;
    struct {
      uint32_t high, wide, edges[4]; /* above, below, left, right */
    } blocks;                        /* SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND */
    struct {
      uint32_t size;
    } block; /* DEPTH_TO_SPACE, SPACE_TO_DEPTH */
  };
} op_record;

#endif
