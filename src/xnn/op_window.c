/* Sliding windows and fused activations, as TFLite's options give them. */
#include <math.h>

#include "xnn/op.h"

insitu_status op_parse_fused(op_site *site, uint32_t field) {
  uint8_t activation = graph_option_u8(site->node, field, TFLITE_ACTIVATION_FUNCTION_TYPE_NONE);
  switch (activation) {
    case TFLITE_ACTIVATION_FUNCTION_TYPE_NONE:
      site->record.range = (op_range){-INFINITY, INFINITY};
      return INSITU_STATUS_OK;
    case TFLITE_ACTIVATION_FUNCTION_TYPE_RELU:
      site->record.range = (op_range){0, INFINITY};
      return INSITU_STATUS_OK;
    case TFLITE_ACTIVATION_FUNCTION_TYPE_RELU_N1_TO_1:
      site->record.range = (op_range){-1, 1};
      return INSITU_STATUS_OK;
    case TFLITE_ACTIVATION_FUNCTION_TYPE_RELU6:
      site->record.range = (op_range){0, 6};
      return INSITU_STATUS_OK;
    default:
      return op_fail(
          site, INSITU_STATUS_UNSUPPORTED_MODEL,
          "fused_activation_function is %u; none, RELU, RELU_N1_TO_1 and RELU6 can be run",
          activation);
  }
}

bool op_range_holds(op_range range, const graph_value *value) {
  if (!op_is_quantized(value)) return range.min == -INFINITY && range.max == INFINITY;
  float scale = op_scale(value);
  int32_t zero_point = value->quantization.zero_point;
  int32_t low = value->dtype == GRAPH_I8 ? -128 : 0;
  /* A bound that rounds to the type's own end clamps nothing. */
  return scale * ((float)(low - zero_point) + 0.5f) >= range.min &&
         scale * ((float)(low + 255 - zero_point) - 0.5f) <= range.max;
}

bool op_window_of(uint32_t input, int64_t kernel, int64_t stride, int64_t dilation, uint8_t padding,
                  op_window *window) {
  const int64_t limit = 1 << 15;
  if (kernel < 1 || stride < 1 || dilation < 1 || kernel > limit || stride > limit ||
      dilation > limit || padding > TFLITE_PADDING_VALID) {
    return false;
  }
  int64_t extent = (kernel - 1) * dilation + 1;
  if (padding == TFLITE_PADDING_VALID) {
    if (extent > input) return false;
    *window = (op_window){.output = (uint32_t)((input - extent) / stride + 1)};
    return true;
  }
  int64_t output = (input + stride - 1) / stride;
  int64_t total = (output - 1) * stride + extent - input;
  if (total < 0) total = 0;
  if (total > limit) return false;
  *window = (op_window){.output = (uint32_t)output,
                        .pad_before = (uint32_t)(total / 2),
                        .pad_after = (uint32_t)(total - total / 2)};
  return true;
}
