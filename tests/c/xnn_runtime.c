/* xnn/: what cannot be run says why, costs are limited before anything is
 * allocated, and any allocation may fail. */
#include "check.h"

#include "base/alloc.h"
#include "graph/tflite/read.h"
#include "insitu.h"
#include "xnn/allocator.h"
#include "xnn/builder.h"
#include "xnn/plan.h"
#include "xnn/runtime.h"

static uint8_t *bytes;
static graph *net;
static insitu_error error;

static graph_value *input_of(uint32_t node, uint32_t index) {
  return &net->values[net->nodes[node].inputs[index]];
}
static graph_value *output_of(uint32_t node) { return &net->values[net->nodes[node].outputs[0]]; }

static void load(const char *name) {
  char path[128];
  size_t size_bytes;
  snprintf(path, sizeof path, "tests/golden/models/%s.tflite", name);
  graph_destroy(net);
  free(bytes);
  net = NULL;
  bytes = check_read_file(path, &size_bytes);
  if (tflite_read((span){bytes, size_bytes}, NULL, &net, &error)) CHECK_STR(error.message, "");
}

static void expect(insitu_status status, const char *message) {
  op_cost cost;
  CHECK_INT(runtime_check(net, &cost, &error), status);
  CHECK_HAS(error.message, message);
}
#define INVALID INSITU_STATUS_INVALID_MODEL
#define UNSUPPORTED INSITU_STATUS_UNSUPPORTED_MODEL

static void names_what_is_not_built_in(void) {
  load("relu_f32");
  net->nodes[0].code = TFLITE_LSTM;
  expect(UNSUPPORTED, "operator 0 (LSTM): this operator is not built in");
  net->nodes[0].code = 100000;
  expect(UNSUPPORTED, "UNKNOWN");
  load("relu_f32");
  net->num_subgraphs = 2; /* another signature: the first one runs */
  expect(INSITU_STATUS_OK, "");
  load("add_f32");
  net->nodes[0].num_inputs = 1;
  expect(INVALID, "1 inputs and 1 outputs and must have 2 to 2 and 1 to 1");
}

static void checks_shapes_against_operators(void) {
  load("conv_2d_f32");
  output_of(0)->dims[1]++;
  expect(INVALID, "the shape [1,6,6,9], its inputs give [1,5,6,9]");
  load("conv_2d_f32");
  net->nodes[0].options.bits[1] = 0; /* stride_w */
  expect(INVALID, "does not fit");
  load("conv_2d_dilated_f32");
  net->nodes[0].options.bits[5] = 0x7FFFFFFF; /* dilation_h */
  expect(INVALID, "does not fit");
  load("conv_2d_dilated_f32");
  net->nodes[0].options.bits[4] = 9; /* dilation_w */
  expect(INVALID, "does not fit");
  load("conv_2d_f32");
  net->nodes[0].options.bits[3] = 5; /* sign_bit */
  expect(UNSUPPORTED, "fused_activation_function is 5");
  load("conv_2d_f32");
  input_of(0, 1)->data = NULL;
  expect(UNSUPPORTED, "filter is not constant");
  load("depthwise_conv_2d_f32");
  net->nodes[0].options.bits[3] = 3;
  expect(INVALID, "depth_multiplier 3");
  load("fully_connected_f32");
  input_of(0, 1)->dims[1] = 36;
  expect(INVALID, "does not make whole rows");
  load("add_f32");
  input_of(0, 1)->dims[3] = 5;
  expect(INVALID, "do not broadcast");
  load("reshape_f32");
  input_of(0, 0)->num_elements++;
  expect(INVALID, "it makes 24 elements of 25");
  load("mean_f32");
  input_of(0, 1)->data = NULL;
  expect(INVALID, "axes");
  load("pad_f32");
  input_of(0, 1)->num_elements = 6;
  expect(INVALID, "paddings");
  load("softmax_f32");
  net->nodes[0].options.bits[0] = 0x7f800000;
  expect(INVALID, "beta is inf and must be finite");
  load("mirror_pad_reflect_f32");
  input_of(0, 0)->dims[1] = 3; /* of which 3 are mirrored, without the edge */
  expect(INVALID, "the shape [1,8,11,3], its inputs give [1,7,11,3]");
  output_of(0)->dims[1] = 7;
  expect(INVALID, "3 and 1 elements beside dimension 1 of [1,3,5,3] cannot be mirrored");
  load("transpose_conv_f32");
  net->nodes[0].options.bits[TFLITE_TRANSPOSE_CONV_OPTIONS_STRIDE_H] = 9;
  expect(INVALID, "filter [7,3,3,5] with strides 9 and 2 does not make 8x6 of input [1,4,3,5]");
  load("transpose_conv_f32");
  input_of(0, 0)->data = NULL;
  expect(UNSUPPORTED, "its output's shape is not a constant [1,H,W,7]");
  load("max_pool_2d_f32");
  net->nodes[0].options.bits[3] = 0;
  expect(INVALID, "a window of 3x0");
  load("squeeze_f32");
  output_of(0)->dims[0] = 9, output_of(0)->dims[1] = 1;
  expect(INVALID, "without dimensions of 1");
}

static void checks_types_and_scales(void) {
  load("add_i8");
  input_of(0, 0)->quantization.num_scales = 0;
  expect(UNSUPPORTED, "int8 with 0 scales");
  load("add_i8");
  input_of(0, 1)->dtype = GRAPH_U8;
  expect(UNSUPPORTED, "its inputs are int8 and uint8");
  load("add_f32");
  input_of(0, 0)->dtype = output_of(0)->dtype = GRAPH_I32;
  expect(UNSUPPORTED, "its input is int32");
  load("conv_2d_i8");
  ((float *)input_of(0, 2)->quantization.scales)[3] += 0.03f * output_of(0)->quantization.scales[0];
  expect(INVALID, "bias scale 3");
  load("conv_2d_i8"); /* TFLite lets this much pass */
  ((float *)input_of(0, 2)->quantization.scales)[3] += 0.01f * output_of(0)->quantization.scales[0];
  expect(INSITU_STATUS_OK, "");
  load("conv_2d_i8");
  input_of(0, 2)->dtype = GRAPH_F32;
  expect(UNSUPPORTED, "bias is float32 and must be int32");
  load("conv_2d_i8");
  input_of(0, 1)->quantization.axis = 3;
  expect(UNSUPPORTED, "scales along axis 3");
  load("conv_2d_i8");
  ((float *)output_of(0)->quantization.scales)[0] = 1e-9f;
  expect(UNSUPPORTED, "the limit is 256");
  load("reshape_i8");
  output_of(0)->quantization.zero_point++;
  expect(UNSUPPORTED, "zero points -3 and -2 differ");
}

/* What no operator touches is checked all the same, and a type that slips
 * through the checks is refused when it is built, never taken for float32. */
static void checks_unused_inputs(void) {
  static const graph_dtype dtypes[] = {GRAPH_I16, GRAPH_I32, GRAPH_I64, GRAPH_BOOL, GRAPH_OTHER};
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
    load("add_f32");
    graph_value *unused = input_of(0, 1);
    net->nodes[0].inputs[1] = net->nodes[0].inputs[0];
    expect(INSITU_STATUS_OK, "");
    unused->dtype = dtypes[i];
    char message[96];
    snprintf(message, sizeof message, "input 1 of the model is %s; float32, int8 and uint8 can",
             graph_dtype_name(dtypes[i]));
    expect(UNSUPPORTED, message);
    unused->dtype = GRAPH_I8;
    expect(UNSUPPORTED, "input 1 of the model is int8 with 0 scales and must have 1");
  }
}

static void builds_no_unknown_type(void) {
  static const graph_dtype dtypes[] = {GRAPH_F16, GRAPH_I16, GRAPH_I32,   GRAPH_I64,
                                       GRAPH_I8,  GRAPH_U8,  GRAPH_OTHER, GRAPH_F32};
  allocator_initialize();
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
    load("relu_f32");
    input_of(0, 0)->dtype = dtypes[i];
    uint32_t ids[64];
    for (uint32_t j = 0; j < 64; j++) ids[j] = XNN_INVALID_VALUE_ID;
    builder b = {.net = net, .status = xnn_status_success, .ids = ids};
    CHECK_INT(xnn_create_subgraph(2, 0, &b.subgraph), xnn_status_success);
    uint32_t id = builder_tensor(&b, net->nodes[0].inputs[0]);
    CHECK_INT(b.status,
              dtypes[i] == GRAPH_F32 ? xnn_status_success : xnn_status_unsupported_parameter);
    CHECK((id == XNN_INVALID_VALUE_ID) == (dtypes[i] != GRAPH_F32));
    xnn_delete_subgraph(b.subgraph);
  }
}

/* float16 is a way to keep tensors; nothing is computed in it. */
static void widens_float16(void) {
  plan *planned = NULL;
  load("dequantize_weights_f16");
  CHECK_INT(plan_create(net, &planned, &error), INSITU_STATUS_OK);
  CHECK_INT(planned->nodes[0].state, PLAN_FOLDED);
  CHECK_INT(planned->nodes[2].state, PLAN_RUN);
  CHECK_INT(net->arena_bytes, (10 + 6) * 4); /* weights are no activations */
  CHECK(input_of(2, 1)->data != NULL);       /* what DEQUANTIZE wrote, a constant now */
  CHECK_NEAR((double)((const float *)input_of(2, 2)->data)[5], -65504, 0);
  plan_destroy(planned);
  load("relu_f32");
  input_of(0, 0)->dtype = output_of(0)->dtype = GRAPH_F16;
  expect(INSITU_STATUS_OK, "");
  CHECK_INT(input_of(0, 0)->dtype, GRAPH_F32);
  CHECK_INT(output_of(0)->size_bytes, 4 * output_of(0)->num_elements);
  load("dequantize_i8");
  output_of(0)->dtype = GRAPH_F16;
  expect(INSITU_STATUS_OK, "");
  load("fully_connected_f32");
  input_of(0, 1)->dtype = GRAPH_F16; /* no DEQUANTIZE before it; half of its bytes */
  expect(INSITU_STATUS_OK, "");
  CHECK_INT(input_of(0, 1)->dtype, GRAPH_F32);
  load("relu_f32");
  input_of(0, 0)->dtype = GRAPH_F16;
  input_of(0, 0)->rank = 2;
  input_of(0, 0)->dims[0] = 1u << 24;
  input_of(0, 0)->dims[1] = 16;
  expect(INSITU_STATUS_TOO_LARGE, "a tensor in float32: shape");
}

static void limits_the_work(void) {
  load("conv_2d_f32");
  for (int i = 1; i < 3; i++) input_of(0, 0)->dims[i] = output_of(0)->dims[i] = 4096;
  expect(INSITU_STATUS_TOO_LARGE, "the limit is");
  load("depthwise_conv_2d_f32"); /* too many taps for the depthwise kernels: groups */
  input_of(0, 1)->dims[1] = input_of(0, 1)->dims[2] = 101;
  for (int i = 1; i < 3; i++) input_of(0, 0)->dims[i] = output_of(0)->dims[i] = 40;
  input_of(0, 0)->dims[3] = input_of(0, 1)->dims[3] = output_of(0)->dims[3] = 19;
  expect(INSITU_STATUS_TOO_LARGE, "multiply-adds, the limit is");
  load("max_pool_2d_f32"); /* a table of pointers, one a tap */
  net->nodes[0].options.bits[3] = net->nodes[0].options.bits[4] = 15;
  for (int i = 1; i < 3; i++) input_of(0, 0)->dims[i] = 2000, output_of(0)->dims[i] = 1000;
  expect(INSITU_STATUS_TOO_LARGE, "bytes for weights and tables");
}

static void survives_any_failed_allocation(void) {
  static const char *const names[] = {"network_pad_conv_i8",
                                      "network_two_outputs_f32",
                                      "softmax_u8",
                                      "add_far_scales_i8",
                                      "dequantize_weights_f16",
                                      "average_pool_2d_i8",
                                      "mean_i8",
                                      "depthwise_conv_2d_i8",
                                      "transpose_conv_i8",
                                      "mirror_pad_symmetric_f32",
                                      "strided_slice_steps_u8",
                                      "strided_slice_backwards_f32",
                                      "float16_throughout_f32",
                                      "network_picks_f32",
                                      "network_best_f32",
                                      "topk_v2_i8",
                                      "softmax_cold_u8"};
  long total_named = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[128];
    size_t size_bytes;
    snprintf(path, sizeof path, "tests/golden/models/%s.tflite", names[i]);
    uint8_t *file = check_read_file(path, &size_bytes);
    long n = 0, num_named = 0;
    for (;; n++) {
      insitu_model *model = NULL;
      alloc_fail_after(n);
      insitu_status status = insitu_model_create(file, size_bytes, NULL, &model, &error);
      if (!status) status = insitu_model_run(model, &error);
      alloc_fail_after(-1);
      insitu_model_destroy(model);
      if (!status) break;
      CHECK_INT(status, INSITU_STATUS_OUT_OF_MEMORY);
      CHECK_HAS(error.message, "out of memory: ");
      if (strstr(error.message, "operator ")) { /* its number and name, said once */
        unsigned index;
        char name[32];
        int end = 0;
        sscanf(error.message, "out of memory: operator %u (%31[A-Z_0-9])%n", &index, name, &end);
        CHECK_INT(end, strlen(error.message));
        num_named++;
      }
      if (status != INSITU_STATUS_OUT_OF_MEMORY) break;
    }
    CHECK(n > 15);
    total_named += num_named;
    free(file);
  }
  CHECK(total_named > 5);
}

static void times_each_operator_once_asked(void) {
  size_t size_bytes;
  uint8_t *file = check_read_file("tests/golden/models/network_pad_conv_i8.tflite", &size_bytes);
  insitu_model *model = NULL;
  CHECK_INT(insitu_model_create(file, size_bytes, NULL, &model, &error), INSITU_STATUS_OK);
  CHECK_INT(insitu_model_run(model, &error), INSITU_STATUS_OK);
  CHECK_INT(insitu_model_num_operators(model), 0);
  CHECK(insitu_model_operator(model, 0) == NULL);
  long n = 0;
  for (insitu_status status = INSITU_STATUS_INTERNAL; status != INSITU_STATUS_OK; n++) {
    alloc_fail_after(n);
    status = insitu_model_profile(model, &error);
    alloc_fail_after(-1);
    if (status) CHECK_INT(status, INSITU_STATUS_OUT_OF_MEMORY);
    CHECK_INT(insitu_model_num_operators(model) > 0, status == INSITU_STATUS_OK);
  }
  CHECK(n > 3);
  uint32_t num_operators = insitu_model_num_operators(model);
  CHECK(insitu_model_operator(model, num_operators) == NULL);
  CHECK_NEAR(insitu_model_operator(model, 0)->elapsed_ms, 0, 0);    /* nothing ran since */
  CHECK_INT(insitu_model_profile(model, &error), INSITU_STATUS_OK); /* again changes nothing */
  CHECK_INT(insitu_model_num_operators(model), num_operators);
  double sum_ms = 0;
  /* A clock may not tell one short run from none. */
  for (int run = 0; run < 10000 && sum_ms == 0; run++) {
    CHECK_INT(insitu_model_run(model, &error), INSITU_STATUS_OK);
    for (uint32_t i = 0; i < num_operators; i++) {
      const insitu_operator_time *about = insitu_model_operator(model, i);
      CHECK(about->elapsed_ms >= 0 && about->name[0] != '\0' && about->rank > 0);
      sum_ms += about->elapsed_ms;
    }
  }
  CHECK(sum_ms > 0);
  const insitu_operator_time *last = insitu_model_operator(model, num_operators - 1);
  const insitu_tensor_info *output = insitu_model_output(model, 0);
  CHECK_INT(last->rank, output->rank);
  for (uint32_t i = 0; i < last->rank; i++) CHECK_INT(last->dims[i], output->dims[i]);
  insitu_model_destroy(model);
  free(file);
}

static void refuses_too_many_threads(void) {
  size_t size_bytes;
  uint8_t *file = check_read_file("tests/golden/models/add_f32.tflite", &size_bytes);
  insitu_model *model = NULL;
  insitu_model_options options = {.num_threads = INSITU_MAX_THREADS + 1};
  CHECK_INT(insitu_model_create(file, size_bytes, &options, &model, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "num_threads is 65, the limit is 64");
  free(file);
}

static void inspects_what_cannot_run(void) {
  size_t size_bytes;
  uint8_t *file = check_read_file("tests/golden/models/conv_2d_i8.tflite", &size_bytes);
  char *json = NULL;
  CHECK_INT(insitu_model_inspect_json(file, size_bytes, NULL, &json, &error), INSITU_STATUS_OK);
  CHECK_HAS(json, "\"precision\":\"int8\",\"parameters\":252");
  CHECK_HAS(json, "\"shape\":[1,5,6,3],\"scale\":0.05,\"zero_point\":-3");
  CHECK_HAS(json, "{\"name\":\"CONV_2D\",\"count\":1,\"built_in\":true}");
  CHECK_HAS(json, "\"unsupported\":[],\"supported\":true,\"macs\":7290}");
  insitu_free(json);
  /* The same with another operator's code: 3 becomes LSTM, 16. */
  for (size_t i = 0; i + 4 < size_bytes; i++) {
    /* OperatorCode: builtin_code 3 and deprecated 3 lie in one table */
    if (file[i] == 3 && file[i + 1] == 0 && file[i + 2] == 0 && file[i + 3] == 0) {
      uint8_t *copy = malloc(size_bytes);
      memcpy(copy, file, size_bytes);
      copy[i] = TFLITE_LSTM;
      json = NULL;
      if (!insitu_model_inspect_json(copy, size_bytes, NULL, &json, &error) &&
          strstr(json, "LSTM") != NULL) {
        CHECK_HAS(json, "\"built_in\":false");
        CHECK_HAS(json,
                  "\"unsupported\":[{\"operator\":\"LSTM\",\"why\":\"operator 0 (LSTM): this "
                  "operator is not built in\"}],\"supported\":false");
        insitu_free(json);
        free(copy);
        free(file);
        return;
      }
      insitu_free(json);
      free(copy);
    }
  }
  CHECK(!"the operator's code was not found");
  free(file);
}

int main(void) {
  RUN(names_what_is_not_built_in);
  RUN(checks_shapes_against_operators);
  RUN(checks_types_and_scales);
  RUN(checks_unused_inputs);
  RUN(builds_no_unknown_type);
  RUN(widens_float16);
  RUN(limits_the_work);
  RUN(survives_any_failed_allocation);
  RUN(times_each_operator_once_asked);
  RUN(refuses_too_many_threads);
  RUN(inspects_what_cannot_run);
  graph_destroy(net);
  free(bytes);
  return check_summary();
}
