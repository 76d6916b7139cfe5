/* A value's meaning is what its producer makes of the meanings of its inputs.
 * What is not known to keep probabilities loses them. */
#include "xnn/scores.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

typedef struct meaning {
  scores_kind kind;
  uint32_t axis;   /* of the classes, for probabilities */
  uint32_t source; /* the operator that made them */
  double weight;   /* they are so many times a probability: of a sum of n, n */
} meaning;

static const meaning NONE = {.kind = SCORES_LOGITS, .source = GRAPH_NONE};

static meaning as_findings(meaning of) {
  of.kind = of.kind == SCORES_LOGITS ? SCORES_LOGITS : SCORES_FINDINGS;
  return of;
}

/* The same elements under another shape: the classes stay an axis of their own,
 * or nothing is known of them any more. */
static meaning reshaped(meaning of, const graph_value *from, const graph_value *to) {
  if (of.kind != SCORES_PROBABILITIES) return of;
  int64_t step = op_step_of(from, of.axis);
  for (uint32_t i = 0; i < to->rank; i++) {
    if (to->dims[i] != from->dims[of.axis] || op_step_of(to, i) != step) continue;
    of.axis = i;
    return of;
  }
  return NONE;
}

static meaning transposed(meaning of, const op_site *site) {
  for (uint32_t i = 0; i < op_output(site)->rank; i++) {
    if (site->record.transpose.axes[i] != of.axis) continue;
    of.axis = i;
    break;
  }
  return of;
}

/* A mean over other axes than the classes' is a distribution again. */
static meaning averaged(meaning of, const op_site *site) {
  if (of.kind != SCORES_PROBABILITIES) return of;
  uint32_t dropped = 0;
  for (uint32_t i = 0; i < site->record.reduce.num_axes; i++) {
    if (site->record.reduce.axes[i] == of.axis) return NONE;
    dropped += site->record.reduce.axes[i] < of.axis;
  }
  if (!site->record.reduce.keep_dims) of.axis -= dropped;
  return of;
}

/* A part of a distribution is none: each of it is a probability by itself. */
static meaning taken(meaning of, const op_site *site, uint32_t data_index) {
  const graph_value *from = op_input(site, data_index), *to = op_output(site);
  if (of.kind != SCORES_PROBABILITIES) return of;
  if (from->rank == to->rank && from->dims[of.axis] == to->dims[of.axis]) return of;
  meaning kept = reshaped(of, from, to);
  return kept.kind == SCORES_PROBABILITIES ? kept : as_findings(of);
}

static bool all_equal(const graph_value *value, double *element) {
  if (!op_constant_real(value, 0, element)) return false;
  for (size_t i = 1; i < value->num_elements; i++) {
    double other;
    if (!op_constant_real(value, i, &other) || other != *element) return false;
  }
  return true;
}

/* A product, quotient, bound or complement with one constant. */
static meaning with_constant(meaning of, const op_site *site, uint32_t constant_index) {
  double c;
  bool is_first = constant_index == 0;
  switch (site->node->code) {
    case TFLITE_MAXIMUM:
    case TFLITE_MINIMUM: return of;
    case TFLITE_MUL:
      if (!all_equal(op_input(site, constant_index), &c) || !(c > 0)) return NONE;
      of.weight *= c;
      return of;
    case TFLITE_DIV:
      if (is_first || !all_equal(op_input(site, constant_index), &c) || !(c > 0)) return NONE;
      of.weight /= c;
      return of;
    case TFLITE_SUB: /* 1 - p */
      return is_first && all_equal(op_input(site, 0), &c) && c == of.weight ? as_findings(of)
                                                                            : NONE;
    default: return NONE;
  }
}

static meaning combined(const op_site *site, meaning a, meaning b) {
  const graph_value *x = op_input(site, 0), *y = op_input(site, 1);
  bool is_same_shape =
      x->rank == y->rank && memcmp(x->dims, y->dims, x->rank * sizeof *x->dims) == 0;
  if (a.kind == SCORES_LOGITS || b.kind == SCORES_LOGITS || !is_same_shape) return NONE;
  bool is_alike = a.kind == b.kind && (a.kind != SCORES_PROBABILITIES || a.axis == b.axis);
  switch (site->node->code) {
    case TFLITE_ADD: a.weight += b.weight; return is_alike ? a : NONE;
    case TFLITE_MUL: a.weight *= b.weight; return as_findings(a);
    case TFLITE_MAXIMUM:
    case TFLITE_MINIMUM: return a.weight == b.weight ? as_findings(a) : NONE;
    default: return NONE;
  }
}

static meaning joined(const op_site *site, const meaning *meanings) {
  meaning first = meanings[site->node->inputs[0]];
  bool is_pack = site->node->code == TFLITE_PACK;
  uint32_t axis = site->record.join.axis;
  for (uint32_t i = 1; i < site->node->num_inputs; i++) {
    const meaning *other = &meanings[site->node->inputs[i]];
    if (other->kind != first.kind || other->weight != first.weight ||
        (first.kind == SCORES_PROBABILITIES && other->axis != first.axis)) {
      return other->kind != SCORES_LOGITS && other->weight == first.weight ? as_findings(first)
                                                                           : NONE;
    }
  }
  if (first.kind != SCORES_PROBABILITIES || site->node->num_inputs == 1) return first;
  if (!is_pack && axis == first.axis) return as_findings(first); /* several distributions */
  if (is_pack && axis <= first.axis) first.axis++;
  return first;
}

static bool pads_nothing(const op_site *site) {
  return op_input(site, 0)->num_elements == op_output(site)->num_elements;
}

/* What a value repeats or holds under another shape. */
static uint32_t shown_by(const graph *net, uint32_t value) {
  for (;;) {
    uint32_t n = net->values[value].producer;
    uint32_t code = n == GRAPH_NONE ? TFLITE_ADD : net->nodes[n].code;
    bool is_shown = code == TFLITE_RESHAPE || code == TFLITE_EXPAND_DIMS ||
                    code == TFLITE_BROADCAST_TO || code == TFLITE_TILE;
    if (!is_shown || net->nodes[n].inputs[0] == GRAPH_NONE) return value;
    value = net->nodes[n].inputs[0];
  }
}

/* The SUM of a softmax that is written out: what is nowhere negative, over its SUM along
 * one axis, which stays as a dimension of 1 or is all that there is. GRAPH_NONE: it is none. */
static uint32_t normalised_by(const plan *planned, const op_site *site, const meaning *meanings) {
  const graph *net = planned->net;
  if (site->node->code != TFLITE_DIV) return GRAPH_NONE;
  uint32_t over = site->node->inputs[0], from = net->values[over].producer;
  uint32_t sum = net->values[shown_by(net, site->node->inputs[1])].producer;
  if (from == GRAPH_NONE || sum == GRAPH_NONE) return GRAPH_NONE;
  if (net->nodes[sum].code != TFLITE_SUM || net->nodes[sum].inputs[0] != over) return GRAPH_NONE;
  op_site summed = plan_site(planned, sum);
  bool is_whole = summed.record.reduce.keep_dims || op_output(&summed)->num_elements == 1;
  bool is_positive = net->nodes[from].code == TFLITE_EXP || meanings[over].kind != SCORES_LOGITS;
  return summed.record.reduce.num_axes == 1 && is_whole && is_positive ? sum : GRAPH_NONE;
}

/* 1 / (1 + EXP(..)): a sigmoid that is written out. */
static bool is_sigmoid(const plan *planned, const op_site *site) {
  const graph *net = planned->net;
  double one = 0;
  uint32_t below = op_input(site, 1)->producer;
  if (site->node->code != TFLITE_DIV || below == GRAPH_NONE || op_input(site, 0)->data == NULL ||
      !all_equal(op_input(site, 0), &one) || one != 1 || net->nodes[below].code != TFLITE_ADD) {
    return false;
  }
  op_site added = plan_site(planned, below);
  uint32_t constant = op_input(&added, 0)->data != NULL ? 0 : 1;
  uint32_t grown = op_input(&added, 1 - constant)->producer;
  return all_equal(op_input(&added, constant), &one) && one == 1 && grown != GRAPH_NONE &&
         net->nodes[grown].code == TFLITE_EXP;
}

static meaning meaning_of(const plan *planned, const op_site *site, uint32_t n,
                          const meaning *meanings) {
  const graph_node *node = site->node;
  uint32_t code = node->code;
  if (code == TFLITE_SOFTMAX) {
    return (meaning){SCORES_PROBABILITIES, op_output(site)->rank - 1, n, 1};
  }
  if (code == TFLITE_LOGISTIC) return (meaning){SCORES_FINDINGS, 0, n, 1};
  uint32_t data_index = code == TFLITE_SPLIT ? 1 : 0;
  if (op_input(site, data_index) == NULL) return NONE;
  meaning of = meanings[node->inputs[data_index]];
  switch (code) {
    case TFLITE_QUANTIZE:
    case TFLITE_DEQUANTIZE:
    case TFLITE_CAST:
    case TFLITE_RELU:
    case TFLITE_RELU6:
    case TFLITE_RELU_0_TO_1: return of;
    case TFLITE_PAD:
    case TFLITE_PADV2: return pads_nothing(site) ? of : NONE;
    case TFLITE_RESHAPE:
    case TFLITE_SQUEEZE:
    case TFLITE_EXPAND_DIMS: return reshaped(of, op_input(site, 0), op_output(site));
    case TFLITE_TRANSPOSE: return of.kind == SCORES_PROBABILITIES ? transposed(of, site) : of;
    case TFLITE_MEAN: return averaged(of, site);
    case TFLITE_AVERAGE_POOL_2D: return of.kind == SCORES_PROBABILITIES && of.axis != 3 ? NONE : of;
    case TFLITE_MAX_POOL_2D:
    case TFLITE_REDUCE_MAX:
    case TFLITE_REDUCE_MIN: return as_findings(of);
    case TFLITE_SLICE:
    case TFLITE_STRIDED_SLICE:
    case TFLITE_GATHER:
    case TFLITE_SPLIT:
    case TFLITE_SPLIT_V:
    case TFLITE_UNPACK: return taken(of, site, data_index);
    case TFLITE_CONCATENATION:
    case TFLITE_PACK: return joined(site, meanings);
    case TFLITE_ADD:
    case TFLITE_SUB:
    case TFLITE_MUL:
    case TFLITE_DIV:
    case TFLITE_MAXIMUM:
    case TFLITE_MINIMUM: {
      uint32_t normalised = normalised_by(planned, site, meanings);
      if (normalised != GRAPH_NONE) {
        op_site sum = plan_site(planned, normalised);
        return (meaning){SCORES_PROBABILITIES, (uint32_t)sum.record.reduce.axes[0], n, 1};
      }
      if (is_sigmoid(planned, site)) return (meaning){SCORES_FINDINGS, 0, n, 1};
      meaning other = meanings[node->inputs[1]];
      if (op_input(site, 1)->data != NULL) return with_constant(of, site, 1);
      if (op_input(site, 0)->data != NULL) return with_constant(other, site, 0);
      return combined(site, of, other);
    }
    default: return NONE;
  }
}

insitu_status scores_of(const plan *planned, scores *found, insitu_error *error) {
  const graph *net = planned->net;
  meaning *meanings = alloc_array(net->num_values, sizeof *meanings);
  if (meanings == NULL) {
    return error_out_of_memory(error, "the scores", net->num_values * sizeof *meanings);
  }
  for (uint32_t i = 0; i < net->num_values; i++) meanings[i] = NONE;
  for (uint32_t n = 0; n < net->num_nodes; n++) {
    if (planned->nodes[n].state != PLAN_RUN) continue;
    op_site site = plan_site(planned, n);
    meaning made = meaning_of(planned, &site, n, meanings);
    for (uint32_t i = 0; i < site.node->num_outputs; i++) meanings[site.node->outputs[i]] = made;
  }
  uint32_t output = net->outputs[0];
  meaning last = meanings[output];
  alloc_free(meanings);
  if (last.kind != SCORES_LOGITS && fabs(last.weight - 1) > 1e-3) last = NONE;
  *found = (scores){last.kind, last.source, net->values[output].producer};
  return INSITU_STATUS_OK;
}

/* The scales or means that a node applies to the picture, all of them. Of pixels of 0..1 a
 * product with 0.03 would leave nothing; over a deviation of bytes it is what there is. */
static bool brings_bytes(const op_site *site, uint32_t value) {
  uint32_t code = site->node->code, index = site->node->inputs[0] == value ? 1 : 0;
  const graph_value *constant = op_input(site, index);
  if (constant == NULL || constant->data == NULL) return false;
  for (size_t i = 0; i < constant->num_elements; i++) {
    double c;
    if (!op_constant_real(constant, i, &c)) return false;
    bool fits = (code == TFLITE_MUL && c > 0 && c <= 0.03) || (code == TFLITE_ADD && c <= -2) ||
                (index == 1 && code == TFLITE_DIV && c >= 30) ||
                (index == 1 && code == TFLITE_SUB && c >= 2);
    if (!fits) return false;
  }
  return constant->num_elements > 0;
}

/* Whether a node reads the value as a picture, on either side of a constant. */
static bool reads(const op_site *site, uint32_t value) {
  const graph_node *node = site->node;
  bool is_second =
      (node->code == TFLITE_MUL || node->code == TFLITE_ADD) && node->inputs[1] == value;
  return node->inputs[0] == value || is_second;
}

/* Where a float input is quantised at once, its quantisation was fitted to the pixels
 * that it is made for. */
static bool quantises_range(const op_site *site, int *low, int *high) {
  const graph_value *to = op_output(site);
  if (site->node->code != TFLITE_QUANTIZE || to->quantization.num_scales != 1) return false;
  float scale = to->quantization.scales[0];
  float first = scale * (float)((to->dtype == GRAPH_I8 ? -128 : 0) - to->quantization.zero_point);
  float last = first + 255 * scale, slack = 0.06f * (last - first);
  *low = last < 2 && first < -0.5f ? -1 : 0;
  *high = last > 2 ? 255 : 1;
  return fabsf(first - (float)*low) < slack && fabsf(last - (float)*high) < slack;
}

bool scores_pixel_range(const plan *planned, uint32_t *node, int *low, int *high) {
  const graph *net = planned->net;
  uint32_t value = net->inputs[0];
  *low = 0;
  *high = 255;
  for (uint32_t n = 0; n < net->num_nodes; n++) {
    op_site site = plan_site(planned, n);
    if (planned->nodes[n].state != PLAN_RUN || !reads(&site, value)) continue;
    switch (site.node->code) {
      case TFLITE_TRANSPOSE:
      case TFLITE_RESHAPE:
      case TFLITE_EXPAND_DIMS:
      case TFLITE_RESIZE_BILINEAR:
      case TFLITE_RESIZE_NEAREST_NEIGHBOR:
      case TFLITE_STRIDED_SLICE:
      case TFLITE_REVERSE_V2:
      case TFLITE_GATHER:
      case TFLITE_PAD:
      case TFLITE_PADV2:
      case TFLITE_MIRROR_PAD:
      case TFLITE_CAST: value = site.node->outputs[0]; break;
      default: *node = n; return brings_bytes(&site, value) || quantises_range(&site, low, high);
    }
  }
  return false;
}
