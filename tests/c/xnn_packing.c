/* xnn/packing: constants that were worked out go while XNNPACK packs them, and
 * what is packed belongs to its runtime alone. */
#include "check.h"

#include <unistd.h>

#include "base/alloc.h"
#include "graph/tflite/schema.h"
#include "xnn/plan.h"
#include "xnn/runtime.h"

/* A chain of dense layers with float16 weights, each with a DEQUANTIZE before it. */
#define NUM_LAYERS 6u
#define WIDTH 512u
#define WEIGHTS_BYTES ((size_t)WIDTH * WIDTH * 4) /* of one layer, in float32 */

static uint16_t halves[WIDTH * WIDTH];
static insitu_error error;

#if defined(__SANITIZE_ADDRESS__)
/* As in sanitizer/allocator_interface.h, which not every gcc brings. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *memory);

static size_t live_bytes, peak_bytes;
static void on_allocation(const volatile void *memory, size_t size_bytes) {
  (void)memory;
  live_bytes += size_bytes;
  if (live_bytes > peak_bytes) peak_bytes = live_bytes;
}
static void on_free(const volatile void *memory) {
  if (memory != NULL) live_bytes -= __sanitizer_get_allocated_size(memory);
}
static void start_counting(void) {
  __sanitizer_install_malloc_and_free_hooks(on_allocation, on_free);
}
/* The most bytes that were allocated at once, since now. */
static size_t peak_from_now(void) { return peak_bytes = live_bytes; }
static size_t peak_now(void) { return peak_bytes; }
#else /* WebAssembly, whose heap never shrinks: its end */
static void start_counting(void) {}
static size_t peak_now(void) { return (size_t)sbrk(0); }
static size_t peak_from_now(void) { return peak_now(); }
#endif

static void put_value(graph *net, graph_dtype dtype, uint32_t rows, const void *data) {
  graph_value *value = &net->values[net->num_values++];
  *value = (graph_value){.name = alloc_string(""),
                         .dtype = dtype,
                         .rank = 2,
                         .dims = {rows, WIDTH},
                         .data = data,
                         .producer = GRAPH_NONE,
                         .last_consumer = GRAPH_NONE};
  CHECK_INT(graph_value_measure(value, "a tensor", &error), INSITU_STATUS_OK);
}

static void put_node(graph *net, uint32_t code, uint32_t input, uint32_t filter, uint32_t output) {
  graph_node *node = &net->nodes[net->num_nodes++];
  node->code = code;
  node->num_inputs = filter == GRAPH_NONE ? 1 : 2;
  node->num_outputs = 1;
  node->inputs = alloc_array(2, sizeof *node->inputs);
  node->outputs = alloc_array(1, sizeof *node->outputs);
  node->inputs[0] = input;
  node->inputs[1] = filter;
  node->outputs[0] = output;
}

/* Values: the input, then for each layer the halves, the floats and the output. */
static graph *make_chain(void) {
  graph *net = graph_create();
  net->values = alloc_array(1 + 3 * NUM_LAYERS, sizeof *net->values);
  net->nodes = alloc_array(2 * NUM_LAYERS, sizeof *net->nodes);
  net->num_inputs = net->num_outputs = 1;
  put_value(net, GRAPH_F32, 1, NULL);
  for (uint32_t i = 0; i < NUM_LAYERS; i++) {
    put_value(net, GRAPH_F16, WIDTH, halves);
    put_value(net, GRAPH_F32, WIDTH, NULL);
    put_value(net, GRAPH_F32, 1, NULL);
    put_node(net, TFLITE_DEQUANTIZE, 3 * i + 1, GRAPH_NONE, 3 * i + 2);
    put_node(net, TFLITE_FULLY_CONNECTED, 3 * i, 3 * i + 2, 3 * i + 3);
  }
  net->outputs[0] = 3 * NUM_LAYERS;
  CHECK_INT(graph_check(net, &error), INSITU_STATUS_OK);
  return net;
}

/* The chain as a runtime; *more_bytes: what making it took at its peak, beside what
 * the plan holds. */
static runtime *make_runtime(size_t *more_bytes) {
  graph *net = make_chain();
  plan *planned = NULL;
  runtime *made = NULL;
  CHECK_INT(plan_create(net, &planned, &error), INSITU_STATUS_OK);
  size_t before_bytes = peak_from_now();
  CHECK_INT(runtime_create(planned, 1, &made, &error), INSITU_STATUS_OK);
  *more_bytes = peak_now() - before_bytes;
  for (uint32_t i = 0; i < NUM_LAYERS; i++) CHECK(net->values[3 * i + 2].data == NULL);
  CHECK(net->values[1].data == (const uint8_t *)halves);
  plan_destroy(planned);
  graph_destroy(net);
  return made;
}

/* Each layer moves its input on by one place and doubles it. */
static void expect_answer(runtime *made) {
  float *input = runtime_input(made, 0);
  for (uint32_t i = 0; i < WIDTH; i++) input[i] = (float)i;
  CHECK_INT(runtime_run(made, &error), INSITU_STATUS_OK);
  const float *output = runtime_output(made, 0);
  uint32_t num_wrong = 0;
  for (uint32_t i = 0; i < WIDTH; i++) {
    num_wrong += output[i] != (float)(((i + NUM_LAYERS) % WIDTH) << NUM_LAYERS);
  }
  CHECK_INT(num_wrong, 0);
}

static void frees_what_was_widened_while_it_packs(void) {
  size_t more_bytes;
  runtime *made = make_runtime(&more_bytes);
  /* One layer packed and not yet freed, the next one where what went leaves too little
   * room by its biases, and what a runtime takes beside weights. */
  CHECK(more_bytes < NUM_LAYERS / 2 * WEIGHTS_BYTES);
  expect_answer(made);
  runtime_destroy(made);
}

static void keeps_the_weights_of_two_models_apart(void) {
  size_t more_bytes;
  runtime *first = make_runtime(&more_bytes), *second = make_runtime(&more_bytes);
  expect_answer(first);
  runtime_destroy(first);
  expect_answer(second);
  first = make_runtime(&more_bytes);
  runtime_destroy(second);
  expect_answer(first);
  runtime_destroy(first);
}

int main(void) {
  start_counting();
  for (uint32_t i = 0; i < WIDTH; i++) halves[i * WIDTH + (i + 1) % WIDTH] = 0x4000; /* 2 */
  RUN(frees_what_was_widened_while_it_packs);
  RUN(keeps_the_weights_of_two_models_apart);
  return check_summary();
}
