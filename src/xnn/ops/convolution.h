/* What CONV_2D and DEPTHWISE_CONV_2D share: the sliding window of a filter
 * [.,KH,KW,.], parsed into record.windows. */
#ifndef INSITU_XNN_OPS_CONVOLUTION_H_
#define INSITU_XNN_OPS_CONVOLUTION_H_

#include "xnn/builder.h"

/* Where an operator's options table keeps them. */
typedef struct convolution_fields {
  uint32_t padding, stride_w, stride_h, fused_activation, dilation_w, dilation_h;
} convolution_fields;

/* Fails where the filter does not fit the input; both are of rank 4. */
insitu_status convolution_check(op_site *site, const convolution_fields *fields);

/* Convolutions with a group for each channel, of one channel in and one out, run by the
 * depthwise kernels; those with `multiplier` channels out, or of more taps than the kernels
 * have, as groups, one by one. Sets site->cost; after convolution_check and with the
 * output's shape. */
void convolution_cost_depthwise(op_site *site, uint32_t multiplier);
/* UNSUPPORTED_MODEL where an int8 filter, whose channels lie along that axis, has what
 * overflows in the depthwise kernels. */
insitu_status convolution_require_no_overflow(const op_site *site, uint32_t channel_axis);

#endif
