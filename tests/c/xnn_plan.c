/* xnn/plan and its passes: what is folded, what is left out, what is refused and
 * how that is said. That folded values are right: the network_... cases of
 * xnn_operators.c. */
#include "xnn/plan.h"

#include "check.h"

#include <math.h>
#include "graph/tflite/read.h"
#include "insitu.h"

static uint8_t *bytes;
static size_t size_bytes;
static graph *net;
static plan *planned;
static insitu_error error;

static void load_file(const char *path) {
  plan_destroy(planned);
  graph_destroy(net);
  free(bytes);
  net = NULL;
  planned = NULL;
  bytes = check_read_file(path, &size_bytes);
  if (tflite_read((span){bytes, size_bytes}, NULL, &net, &error)) CHECK_STR(error.message, "");
}

static void load(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "tests/golden/models/%s.tflite", name);
  load_file(path);
}

static void make_plan(void) { CHECK_INT(plan_create(net, &planned, &error), INSITU_STATUS_OK); }

static uint32_t count(plan_state state) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < net->num_nodes; i++) found += planned->nodes[i].state == state;
  return found;
}

static void folds_the_arithmetic_of_shapes(void) {
  load("network_keras_flatten_f32");
  make_plan();
  CHECK_INT(count(PLAN_FOLDED), 3); /* SHAPE, STRIDED_SLICE, PACK */
  CHECK_INT(count(PLAN_RUN), 2);
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_OK);
  load("network_folded_shapes_f32");
  make_plan();
  CHECK_INT(count(PLAN_RUN), 2);
  CHECK_INT(count(PLAN_FOLDED), net->num_nodes - 2);
  CHECK_INT(net->arena_bytes, 3 * 24 * 4); /* input, RESHAPE's and ADD's outputs */
}

static void makes_the_same_plan_again(void) {
  load("network_folded_shapes_f32");
  make_plan();
  uint64_t folded_bytes = net->folded_bytes;
  plan_destroy(planned);
  make_plan();
  CHECK_INT(count(PLAN_RUN), 2);
  CHECK_INT(net->folded_bytes, folded_bytes);
}

static void limits_what_folding_makes(void) {
  load("network_folded_shapes_f32");
  net->folded_bytes = OP_MAX_FOLDED_BYTES;
  CHECK_INT(plan_create(net, &planned, &error), INSITU_STATUS_TOO_LARGE);
  CHECK_HAS(error.message, "constants worked out of the file's become");
}

static void limits_what_strides_and_padding_spread(void) {
  load("others/transpose_conv_far_apart");
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_TOO_LARGE);
  CHECK_HAS(error.message, "bytes");
  load("others/average_pool_far_taller");
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_TOO_LARGE);
  CHECK_HAS(error.message, "bytes");
}

/* The seven largest of 16,777,216: three levels of a heap, each of 256 steps an element. */
static void counts_the_heap_of_a_top_k(void) {
  load_file("tests/fuzz/fixtures/model-topk-of-long-rows.crash");
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_TOO_LARGE);
  CHECK_HAS(error.message, "12884901888 multiply-adds");
}

static void leaves_out_what_nothing_needs(void) {
  load("network_unused_f32");
  make_plan();
  CHECK_INT(planned->nodes[0].state, PLAN_RUN);
  CHECK_INT(planned->nodes[1].state, PLAN_UNUSED);
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_OK);
}

/* The pass "pad in pool". */
static void pools_take_padding_over(void) {
  const char *taken[] = {"f32", "i8", "u8", "relu6_f32"};
  const char *left[] = {"zero_f32", "channels_f32", "far_f32"};
  char name[64];
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
    snprintf(name, sizeof name, "network_padded_pool_%s", taken[i]);
    load(name);
    for (int again = 0; again < 2; again++) {
      make_plan();
      CHECK_INT(planned->nodes[0].state, PLAN_UNUSED);
      CHECK_INT(planned->nodes[1].state, PLAN_RUN);
      CHECK_INT(net->nodes[1].padding[0], 1);
      CHECK_INT(planned->nodes[1].record.windows.width.pad_after, 1);
      if (!again) plan_destroy(planned);
    }
  }
  for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
    snprintf(name, sizeof name, "network_padded_pool_%s", left[i]);
    load(name);
    make_plan();
    CHECK_INT(count(PLAN_RUN), 2);
  }
}

static void pads_with_numbers_alone(void) {
  load("padv2_f32");
  const float infinite = -INFINITY, none = NAN;
  uint8_t *fill = (uint8_t *)(uintptr_t)net->values[net->nodes[0].inputs[2]].data; /* in bytes */
  memcpy(fill, &infinite, sizeof infinite);
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_OK);
  plan_destroy(planned);
  memcpy(fill, &none, sizeof none);
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_HAS(error.message, "is not a constant number");
}

/* The pass "widen filters". */
static void widens_depthwise_filters(void) {
  load("dynamic_depthwise_conv_2d_f32");
  const graph_value *filter = &net->values[net->nodes[0].inputs[1]];
  CHECK_INT(filter->dtype, GRAPH_I8);
  double scale = (double)filter->quantization.scales[3];
  int whole = ((const int8_t *)filter->data)[3];
  make_plan();
  CHECK_INT(filter->dtype, GRAPH_F32);
  CHECK_INT(filter->size_bytes, 3 * 3 * 8 * 4);
  CHECK_NEAR((double)((const float *)filter->data)[3], scale * whole, 1e-6);
  load("dynamic_conv_2d_f32");
  make_plan();
  CHECK_INT(net->values[net->nodes[0].inputs[1]].dtype, GRAPH_I8);
  CHECK_INT(planned->nodes[0].record.weights, OP_WEIGHTS_DYNAMIC);
}

static void says_dynamic_range_of_what_it_cannot(void) {
  load("dynamic_conv_2d_f32");
  net->values[net->nodes[0].inputs[1]].quantization.zero_point = 3;
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_HAS(error.message, "operator 0 (CONV_2D): dynamic range");
}

static void names_all_that_cannot_run_at_once(void) {
  load("others/forty_unsupported");
  make_plan();
  CHECK_INT(planned->num_refused, 40);
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_STR(error.message,
            "operators 0, 2, 4, 6, 8, 10, 12, 14 and 12 more (SIN): this operator is not built in; "
            "operators 1, 3, 5, 7, 9, 11, 13, 15 and 12 more (COS): this operator is not built in");
  insitu_model *model = NULL;
  CHECK_INT(insitu_model_create(bytes, size_bytes, NULL, &model, &error),
            INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_HAS(error.message, "; operators 1, 3,");
  /* inspect lists every one, with the work of all. */
  char *json = NULL;
  CHECK_INT(insitu_model_inspect_json(bytes, size_bytes, NULL, &json, &error), INSITU_STATUS_OK);
  int num_listed = 0;
  for (const char *at = json; at && (at = strstr(at, "not built in")) != NULL; at++) num_listed++;
  CHECK_INT(num_listed, 40);
  CHECK_HAS(json, "operator 39 (COS): ");
  CHECK_HAS(json, "\"macs\":240");
  insitu_free(json);
}

/* The same operator for other reasons, and more than a message holds. */
static void cuts_a_message_between_entries(void) {
  load("others/forty_unsupported");
  for (uint32_t i = 0; i < 40; i++) net->nodes[i].code = i % 2 ? 140 + i : TFLITE_SLICE;
  make_plan();
  CHECK(planned->num_refused == 40);
  CHECK(plan_require(planned, &error) != INSITU_STATUS_OK);
  CHECK_HAS(error.message, "operators 0, 2, 4");
  CHECK_HAS(error.message, " more, which inspect lists");
  CHECK(strlen(error.message) < sizeof error.message - 1);
}

/* ARG_MAX and TOPK_V2, which XNNPACK lacks. */
static void leaves_picking_to_what_comes_behind(void) {
  load("network_picks_f32");
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_OK);
  CHECK_INT(count(PLAN_RUN), 2);
  CHECK_INT(count(PLAN_POSTPROCESS), 3); /* ARG_MAX, CAST, RESHAPE */
  load("others/picked_within");
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_STR(error.message,
            "operator 3 (SOFTMAX): it reads what operator 2 (TOPK_V2) gives, which "
            "only the end of a network can");
  load("topk_v2_f32");
  const int32_t too_many = 301;
  memcpy((uint8_t *)(uintptr_t)net->values[net->nodes[0].inputs[1]].data, &too_many, 4);
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "its k is 301, but a row has 300 elements");
  load("arg_max_f32");
  net->values[net->nodes[0].outputs[0]].dtype = GRAPH_F32;
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_HAS(error.message, "its output is float32; int32 and int64 can be had");
}

/* What the file leaves open follows from the inputs. */
static void works_out_open_shapes(void) {
  load("conv_2d_f32");
  graph_value *output = &net->values[net->nodes[0].outputs[0]];
  output->dims[1] = output->dims[2] = 1;
  output->open_dims = 1 << 1 | 1 << 2;
  CHECK_INT(graph_value_measure(output, "it", &error), INSITU_STATUS_OK);
  make_plan();
  CHECK_INT(plan_require(planned, &error), INSITU_STATUS_OK);
  CHECK_STR(graph_shape(output).text, "[1,5,6,9]");
  CHECK_INT(output->size_bytes, 5 * 6 * 9 * 4);
}

int main(void) {
  RUN(folds_the_arithmetic_of_shapes);
  RUN(makes_the_same_plan_again);
  RUN(limits_what_folding_makes);
  RUN(limits_what_strides_and_padding_spread);
  RUN(counts_the_heap_of_a_top_k);
  RUN(leaves_out_what_nothing_needs);
  RUN(pools_take_padding_over);
  RUN(pads_with_numbers_alone);
  RUN(widens_depthwise_filters);
  RUN(says_dynamic_range_of_what_it_cannot);
  RUN(names_all_that_cannot_run_at_once);
  RUN(cuts_a_message_between_entries);
  RUN(leaves_picking_to_what_comes_behind);
  RUN(works_out_open_shapes);
  plan_destroy(planned);
  graph_destroy(net);
  free(bytes);
  return check_summary();
}
