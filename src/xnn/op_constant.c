/* Constants: their elements, and those that folding makes. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "xnn/half.h"
#include "xnn/op.h"

bool op_constant_int(const graph_value *value, size_t i, int64_t *element) {
  if (value == NULL || value->data == NULL || i >= value->num_elements) return false;
  const uint8_t *at = value->data + i * graph_dtype_bytes(value->dtype);
  switch (value->dtype) {
    case GRAPH_I32: {
      int32_t narrow;
      memcpy(&narrow, at, sizeof narrow);
      *element = narrow;
      return true;
    }
    case GRAPH_I64: memcpy(element, at, sizeof *element); return true;
    case GRAPH_I16: {
      int16_t narrow;
      memcpy(&narrow, at, sizeof narrow);
      *element = narrow;
      return true;
    }
    case GRAPH_I8: *element = (int8_t)*at; return true;
    case GRAPH_U8:
    case GRAPH_BOOL: *element = *at; return true;
    default: return false;
  }
}

/* The scale of element i of a quantised value. */
static float scale_at(const graph_value *value, size_t i) {
  const graph_quantization *q = &value->quantization;
  if (q->num_scales <= 1) return op_scale(value);
  size_t inner = 1;
  for (uint32_t d = q->axis + 1; d < value->rank; d++) inner *= value->dims[d];
  return q->scales[i / inner % q->num_scales];
}

bool op_constant_real(const graph_value *value, size_t i, double *element) {
  if (value == NULL || value->data == NULL || i >= value->num_elements) return false;
  if (value->dtype == GRAPH_F32) {
    float real;
    memcpy(&real, value->data + 4 * i, sizeof real);
    *element = (double)real;
    return true;
  }
  if (value->dtype == GRAPH_F16) {
    *element = (double)half_to_float((uint16_t)(value->data[2 * i] | value->data[2 * i + 1] << 8));
    return true;
  }
  int64_t whole;
  if (!op_constant_int(value, i, &whole)) return false;
  const graph_quantization *q = &value->quantization;
  if (q->num_scales == 0) {
    *element = (double)whole;
    return true;
  }
  *element = (double)scale_at(value, i) * (double)(whole - q->zero_point);
  return true;
}

void op_constant_floats(const graph_value *value, float *floats) {
  for (size_t i = 0; i < value->num_elements; i++) {
    double element = 0;
    if (value->dtype == GRAPH_F16) { /* most of what is widened, and the longest */
      floats[i] = half_to_float((uint16_t)(value->data[2 * i] | value->data[2 * i + 1] << 8));
    } else {
      op_constant_real(value, i, &element);
      floats[i] = (float)element;
    }
  }
}

insitu_status op_fold_output(op_site *site, uint32_t index, uint8_t **data) {
  graph *net = site->net;
  graph_value *output = &net->values[site->node->outputs[index]];
  if (output->owned_data != NULL) {
    memset(output->owned_data, 0, output->size_bytes);
    *data = output->owned_data;
    return INSITU_STATUS_OK;
  }
  net->folded_bytes += output->size_bytes;
  if (net->folded_bytes > OP_MAX_FOLDED_BYTES) {
    return op_fail(site, INSITU_STATUS_TOO_LARGE,
                   "constants worked out of the file's become %llu bytes, the limit is %llu",
                   (unsigned long long)net->folded_bytes, OP_MAX_FOLDED_BYTES);
  }
  uint8_t *made = alloc_zeroed(output->size_bytes);
  if (made == NULL) return error_out_of_memory(site->error, "a constant", output->size_bytes);
  output->data = output->owned_data = *data = made;
  return INSITU_STATUS_OK;
}

insitu_status op_require_foldable(const op_site *site) {
  graph_dtype dtype = op_output(site)->dtype;
  if (dtype == GRAPH_F32 || dtype == GRAPH_I32 || dtype == GRAPH_I64 || dtype == GRAPH_BOOL) {
    return INSITU_STATUS_OK;
  }
  return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "of constants it cannot give %s",
                 graph_dtype_name(dtype));
}

static double clamped(double x, double low, double high) {
  return x >= low ? fmin(x, high) : low; /* a NaN becomes the lowest, never undefined */
}

void op_fold_put(const graph_value *value, uint8_t *data, size_t i, double element) {
  uint8_t *at = data + i * graph_dtype_bytes(value->dtype);
  switch (value->dtype) {
    case GRAPH_F32: {
      float real = (float)element;
      memcpy(at, &real, sizeof real);
      break;
    }
    case GRAPH_I64: {
      int64_t whole = (int64_t)clamped(trunc(element), -0x1p63, 0x1p63 - 1024);
      memcpy(at, &whole, sizeof whole);
      break;
    }
    case GRAPH_I32: {
      int32_t whole = (int32_t)clamped(trunc(element), INT32_MIN, INT32_MAX);
      memcpy(at, &whole, sizeof whole);
      break;
    }
    case GRAPH_BOOL: *at = element != 0; break;
    case GRAPH_I8:
    case GRAPH_U8: {
      int low = value->dtype == GRAPH_I8 ? -128 : 0;
      double steps = (double)roundf((float)element / scale_at(value, i));
      *at = (uint8_t)(int)clamped(steps + value->quantization.zero_point, low, low + 255);
      break;
    }
    default: break; /* see op_require_foldable */
  }
}

insitu_status op_fold_same(op_site *site) {
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  if (!status) memcpy(data, op_input(site, 0)->data, op_output(site)->size_bytes);
  return status;
}

int64_t op_step_of(const graph_value *value, uint32_t i) {
  int64_t step = 1;
  for (uint32_t d = i + 1; d < value->rank; d++) step *= value->dims[d];
  return step;
}

void op_fold_strided(const graph_value *output, const uint8_t *from, int64_t base,
                     const int64_t *steps, uint8_t *to) {
  size_t element_bytes = graph_dtype_bytes(output->dtype);
  uint32_t at[INSITU_MAX_RANK] = {0};
  for (size_t i = 0; i < output->num_elements; i++) {
    memcpy(to + i * element_bytes, from + base * (int64_t)element_bytes, element_bytes);
    for (uint32_t d = output->rank; d-- > 0;) {
      base += steps[d];
      if (++at[d] < output->dims[d]) break;
      base -= steps[d] * output->dims[d];
      at[d] = 0;
    }
  }
}

insitu_status op_fold_convert(op_site *site) {
  const graph_value *output = op_output(site);
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < output->num_elements; i++) {
    double element = 0;
    op_constant_real(op_input(site, 0), i, &element);
    op_fold_put(output, data, i, element);
  }
  return status;
}
