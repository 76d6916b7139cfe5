/* What CONV_2D and DEPTHWISE_CONV_2D share: the sliding window of a filter
 * [.,KH,KW,.] and the values it runs over. */
#ifndef INSITU_XNN_OPS_CONVOLUTION_H_
#define INSITU_XNN_OPS_CONVOLUTION_H_

#include "xnn/builder.h"

/* Where an operator's options table keeps them. */
typedef struct convolution_fields {
  uint32_t padding, stride_w, stride_h, fused_activation, dilation_w, dilation_h;
} convolution_fields;

typedef struct convolution_window {
  op_window height, width;
  uint32_t filter_h, filter_w, stride_h, stride_w, dilation_h, dilation_w;
} convolution_window;

/* Fails where the filter does not fit the input; both are of rank 4. */
insitu_status convolution_check(op_site *site, const convolution_fields *fields,
                                convolution_window *window);

/* What both definitions hand to XNNPACK. */
typedef struct convolution_values {
  convolution_window window;
  op_range range;
  uint32_t input_id, filter_id, bias_id, output_id;
} convolution_values;

/* False where the builder has failed. */
bool convolution_values_of(builder *b, const graph_node *node, const convolution_fields *fields,
                           convolution_values *values);

#endif
