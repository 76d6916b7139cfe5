/* Operators of one input, an element at a time, without parameters. Quantised,
 * XNNPACK makes a table of 256 bytes of them, which is nearer to the formula
 * than TFLite's fixed point. ELU is that of TFLite, with a slope of 1. */
#include <math.h>

#include "xnn/builder.h"

typedef struct unary_kind {
  uint32_t code;
  enum xnn_unary_operator operation;
  uint32_t work; /* of an element, in multiply-adds */
} unary_kind;

static const unary_kind kinds[] = {
    {TFLITE_ABS, xnn_unary_abs, 4},           {TFLITE_ELU, xnn_unary_elu, 64},
    {TFLITE_EXP, xnn_unary_exp, 64},          {TFLITE_HARD_SWISH, xnn_unary_hardswish, 16},
    {TFLITE_LOG, xnn_unary_log, 64},          {TFLITE_LOGISTIC, xnn_unary_sigmoid, 64},
    {TFLITE_NEG, xnn_unary_negate, 4},        {TFLITE_RSQRT, xnn_unary_reciprocal_square_root, 32},
    {TFLITE_SQRT, xnn_unary_square_root, 32}, {TFLITE_SQUARE, xnn_unary_square, 4},
    {TFLITE_TANH, xnn_unary_tanh, 64},
};

static const unary_kind *kind_of(const op_site *site) {
  const unary_kind *kind = kinds;
  while (kind->code != site->node->code) kind++; /* ops.inc sends no other here */
  return kind;
}

insitu_status op_unary_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->cost.work = kind_of(site)->work * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_unary_define(builder *b, const op_site *site) {
  union xnn_unary_params params = {.elu = {.alpha = 1}};
  uint32_t input_id = builder_input(b, site, 0);
  builder_unary(b, kind_of(site)->operation, site->node->code == TFLITE_ELU ? &params : NULL,
                input_id, builder_output(b, site));
}

static double apply(uint32_t code, double x) {
  switch (code) {
    case TFLITE_ABS: return fabs(x);
    case TFLITE_EXP: return exp(x);
    case TFLITE_LOG: return log(x);
    case TFLITE_NEG: return -x;
    case TFLITE_RSQRT: return 1 / sqrt(x);
    case TFLITE_SQRT: return sqrt(x);
    default: return x * x;
  }
}

insitu_status op_unary_fold(op_site *site) {
  const graph_value *output = op_output(site);
  uint8_t *data = NULL;
  insitu_status status = op_require_foldable(site);
  if (!status) status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < output->num_elements; i++) {
    double x = 0;
    op_constant_real(op_input(site, 0), i, &x);
    op_fold_put(output, data, i, apply(site->node->code, x));
  }
  return status;
}
