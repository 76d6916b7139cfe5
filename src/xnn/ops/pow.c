/* POW by one constant exponent. XNNPACK's kernel for it is its slow one, which is left out
 * of the builds for browsers: whole exponents are products, halves are roots, and any other
 * is exp(exponent * log(x)), which is not a number below 0 as POW is not. */
#include <math.h>
#include <string.h>

#include "xnn/builder.h"

#define MAX_FACTORS 64 /* of more, products would be further off than 4e-6 */

insitu_status op_pow_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *exponents = op_input(site, 1);
  double first = 0;
  insitu_status status = op_require_in_out(site);
  if (status) return status;
  site->record.range = (op_range){-INFINITY, INFINITY};
  uint32_t rank = input->rank > exponents->rank ? input->rank : exponents->rank;
  uint32_t dims[INSITU_MAX_RANK];
  if (!op_broadcast(input, exponents, rank, dims)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s and %s do not broadcast",
                   graph_shape(input).text, graph_shape(exponents).text);
  }
  bool is_one = op_constant_real(exponents, 0, &first) && isfinite(first);
  for (size_t i = 1; is_one && i < exponents->num_elements; i++) {
    double other = 0;
    is_one = op_constant_real(exponents, i, &other) && other == first;
  }
  bool is_as_large = rank == input->rank && memcmp(dims, input->dims, rank * sizeof *dims) == 0;
  bool is_whole = first == floor(first) && fabs(first) > MAX_FACTORS;
  if (!site->is_folding && (!is_one || is_whole || !is_as_large || input->dtype != GRAPH_F32)) {
    return op_fail(
        site, INSITU_STATUS_UNSUPPORTED_MODEL,
        "%s by the exponents %s cannot be run; float32 by one constant, whole up to %d, can",
        graph_dtype_name(input->dtype), graph_shape(exponents).text, MAX_FACTORS);
  }
  site->record.unary.slope = (float)first;
  status = op_require_output_shape(site, rank, dims);
  site->cost.work = 128 * (uint64_t)op_output(site)->num_elements;
  return status;
}

/* x to a whole number from 1 to MAX_FACTORS, by squares. */
static uint32_t define_whole(builder *b, const graph_value *like, uint32_t x, uint32_t exponent) {
  uint32_t product = XNN_INVALID_VALUE_ID;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1 && product == XNN_INVALID_VALUE_ID) product = x;
    else if (exponent % 2 == 1) {
      uint32_t grown = builder_float_like(b, like);
      builder_binary(b, xnn_binary_multiply, product, x, grown);
      product = grown;
    }
    if (exponent == 1) break;
    uint32_t squared = builder_float_like(b, like);
    builder_unary(b, xnn_unary_square, NULL, x, squared);
    x = squared;
  }
  return product;
}

void op_pow_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  float exponent = site->record.unary.slope, size = fabsf(exponent);
  uint32_t x = builder_input(b, site, 0), id = builder_float_like(b, input);
  if (size >= 1 && size <= MAX_FACTORS && size == floorf(size)) {
    id = define_whole(b, input, x, (uint32_t)size);
    if (exponent < 0) {
      uint32_t whole_id = id;
      id = builder_float_like(b, input);
      builder_binary(b, xnn_binary_divide, builder_scalar(b, 1), whole_id, id);
    }
  } else if (size == 0) { /* 1, of 0 and below it, too */
    builder_clamp(b, (op_range){1, 1}, x, id);
  } else if (size == 0.5f) {
    builder_unary(b, exponent > 0 ? xnn_unary_square_root : xnn_unary_reciprocal_square_root, NULL,
                  x, id);
  } else {
    uint32_t log_id = builder_float_like(b, input), grown_id = builder_float_like(b, input);
    builder_unary(b, xnn_unary_log, NULL, x, log_id);
    builder_binary(b, xnn_binary_multiply, log_id, builder_scalar(b, exponent), grown_id);
    builder_unary(b, xnn_unary_exp, NULL, grown_id, id);
  }
  builder_reshape(b, output->rank, output->dims, id, builder_output(b, site));
}
