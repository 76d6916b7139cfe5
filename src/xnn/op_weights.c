/* Filters and biases: which types go together, and which scales XNNPACK holds. */
#include <math.h>

#include "xnn/op.h"

static insitu_status require_bias(const op_site *site, const graph_value *bias,
                                  uint32_t num_channels) {
  graph_dtype expected = op_is_quantized(op_output(site)) ? GRAPH_I32 : GRAPH_F32;
  if (bias->data == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its bias is not constant");
  }
  if (bias->dtype != expected) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its bias is %s and must be %s",
                   graph_dtype_name(bias->dtype), graph_dtype_name(expected));
  }
  if (bias->num_elements != num_channels) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its bias has %zu elements, but there are %u output channels",
                   bias->num_elements, num_channels);
  }
  return INSITU_STATUS_OK;
}

/* TFLite asks that a bias has the scale input * filter, to 0.02 of the output's
 * scale; what is further off is a damaged file. */
static insitu_status require_scales(const op_site *site, const graph_value *filter,
                                    const graph_value *bias) {
  float input_scale = op_scale(op_input(site, 0)), output_scale = op_scale(op_output(site));
  const graph_quantization *quantization = &filter->quantization;
  for (uint32_t i = 0; i < quantization->num_scales; i++) {
    double product = (double)input_scale * (double)quantization->scales[i];
    double multiplier = product / (double)output_scale;
    if (!(multiplier < 256)) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "input scale * filter scale %u / output scale is %g; the limit is 256", i,
                     multiplier);
    }
    if (bias == NULL || bias->quantization.num_scales != quantization->num_scales) continue;
    double bias_scale = (double)bias->quantization.scales[i];
    if (fabs(bias_scale - product) > 0.02 * (double)output_scale) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                     "bias scale %u is %g, but input scale * filter scale is %g", i, bias_scale,
                     product);
    }
  }
  return INSITU_STATUS_OK;
}

insitu_status op_require_weights(op_site *site, const graph_value *filter, const graph_value *bias,
                                 uint32_t channel_axis) {
  const graph_value *input = op_input(site, 0);
  if (filter == NULL || filter->data == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its filter is not constant");
  }
  bool is_dynamic = input->dtype == GRAPH_F32 && filter->dtype == GRAPH_I8;
  if (filter->dtype != input->dtype && !is_dynamic) {
    return op_fail(
        site, INSITU_STATUS_UNSUPPORTED_MODEL,
        "its filter is %s under inputs of %s; the same type, or int8 under float32, can be run",
        graph_dtype_name(filter->dtype), graph_dtype_name(input->dtype));
  }
  site->record.weights = is_dynamic ? OP_WEIGHTS_DYNAMIC : OP_WEIGHTS_SAME;
  if (channel_axis >= filter->rank)
    return op_require_rank(site, filter, channel_axis + 1, "filter");
  if (bias != NULL) {
    insitu_status status = require_bias(site, bias, filter->dims[channel_axis]);
    if (status) return status;
  }
  if (!op_is_quantized(filter)) return INSITU_STATUS_OK;
  const char *kind = is_dynamic ? "dynamic range (float32 under an int8 filter): " : "";
  const graph_quantization *quantization = &filter->quantization;
  if (quantization->num_scales == 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "%sits filter is %s without a scale", kind,
                   graph_dtype_name(filter->dtype));
  }
  if (quantization->num_scales > 1 &&
      (filter->dtype != GRAPH_I8 || quantization->axis != channel_axis)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "%sits %s filter has scales along axis %u; only int8 along axis %u can be run",
                   kind, graph_dtype_name(filter->dtype), quantization->axis, channel_axis);
  }
  if (filter->dtype == GRAPH_I8 && quantization->zero_point != 0) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "%sits int8 filter has the zero point %d and must have 0", kind,
                   quantization->zero_point);
  }
  return is_dynamic ? INSITU_STATUS_OK : require_scales(site, filter, bias);
}
