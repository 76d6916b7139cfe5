/* From a checked graph to XNNPACK and back. Owns the order of XNNPACK's calls,
 * the buffers at both ends, and the meaning of XNNPACK's statuses. */
#include "xnn/runtime.h"

#include <pthreadpool.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xnnpack.h>

#include "base/alloc.h"
#include "base/error.h"
#include "xnn/allocator.h"
#include "xnn/builder.h"
#include "xnn/packing.h"
#include "xnn/postprocess.h"

#define MAX_ENDS (3 * GRAPH_MAX_INTERFACE)

struct runtime {
  xnn_runtime_t xnn;
  xnn_workspace_t workspace;
  pthreadpool_t threadpool; /* NULL: the calling thread alone */
  owned_block *owned;       /* constants that are read while running */
  packing packed;           /* weights */
  profile *times;           /* NULL: nobody asked */
  postprocess *behind;      /* NULL: nothing follows XNNPACK */
  /* XNNPACK's ends: the graph's inputs, those of its outputs that XNNPACK gives, and
   * what else is read behind it. */
  uint32_t num_inputs, num_ends;
  uint32_t ends[MAX_ENDS];                  /* values of the graph */
  void *buffers[MAX_ENDS];                  /* owned */
  const void *outputs[GRAPH_MAX_INTERFACE]; /* of the graph: among the buffers, or behind's */
};

/* What no operator reads or writes is checked by none. */
static insitu_status check_interface(const graph *net, insitu_error *error) {
  for (uint32_t i = 0; i < net->num_inputs + net->num_outputs; i++) {
    bool is_input = i < net->num_inputs;
    uint32_t at = is_input ? i : i - net->num_inputs;
    const graph_value *value = &net->values[is_input ? net->inputs[at] : net->outputs[at]];
    const char *what = is_input ? "input" : "output", *dtype = graph_dtype_name(value->dtype);
    if (value->is_postprocessed) continue;
    if (value->dtype != GRAPH_F32 && !op_is_quantized(value)) {
      return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                       "%s %u of the model is %s; float32, int8 and uint8 can be run", what, at,
                       dtype);
    }
    if (op_is_quantized(value) && value->quantization.num_scales != 1) {
      return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                       "%s %u of the model is %s with %u scales and must have 1", what, at, dtype,
                       value->quantization.num_scales);
    }
  }
  return INSITU_STATUS_OK;
}

insitu_status runtime_require(const plan *planned, insitu_error *error) {
  insitu_status status = plan_require(planned, error);
  return status ? status : check_interface(planned->net, error);
}

insitu_status runtime_check(graph *net, op_cost *cost, insitu_error *error) {
  plan *planned;
  insitu_status status = plan_create(net, &planned, error);
  if (status) return status;
  status = runtime_require(planned, error);
  if (!status) *cost = planned->total;
  plan_destroy(planned);
  return status;
}

static insitu_status from_xnn(enum xnn_status status, const char *what, insitu_error *error) {
  switch (status) {
    case xnn_status_success: return INSITU_STATUS_OK;
    case xnn_status_out_of_memory:
      return error_set(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: %s", what);
    case xnn_status_unsupported_parameter:
    case xnn_status_invalid_parameter:
      return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                       "XNNPACK refuses a parameter (status %d): %s", status, what);
    default:
      return error_set(error, INSITU_STATUS_INTERNAL, "XNNPACK gives status %d: %s", status, what);
  }
}

/* Which end a value is, num_ends where it is none. */
static uint32_t find_end(const runtime *made, uint32_t value) {
  uint32_t i = 0;
  while (i < made->num_ends && made->ends[i] != value) i++;
  return i;
}

static insitu_status find_ends(runtime *made, const graph *net, insitu_error *error) {
  uint32_t value;
  for (uint32_t i = 0; i < net->num_inputs; i++) made->ends[made->num_ends++] = net->inputs[i];
  for (uint32_t i = 0; i < net->num_outputs; i++) {
    if (net->values[net->outputs[i]].is_postprocessed) continue;
    made->ends[made->num_ends++] = net->outputs[i];
  }
  for (uint32_t i = 0; (value = postprocess_input(made->behind, i)) != GRAPH_NONE; i++) {
    if (find_end(made, value) < made->num_ends) continue;
    if (made->num_ends == MAX_ENDS) {
      return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                       "more than %u tensors are read at the end of the model", MAX_ENDS);
    }
    made->ends[made->num_ends++] = value;
  }
  return INSITU_STATUS_OK;
}

/* The values at both ends, with the external ids 0..num_ends-1. */
static void define_interface(builder *b, const runtime *made) {
  for (uint32_t i = 0; i < made->num_ends; i++) {
    bool is_input = i < made->num_inputs;
    builder_external(b, made->ends[i], i,
                     is_input ? XNN_VALUE_FLAG_EXTERNAL_INPUT : XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
  }
}

static insitu_status define_nodes(builder *b, const runtime *made, const plan *planned,
                                  insitu_error *error) {
  const graph *net = b->net;
  define_interface(b, made);
  insitu_status status = from_xnn(b->status, "the inputs and outputs", error);
  for (uint32_t i = 0; !status && i < net->num_nodes; i++) {
    if (planned->nodes[i].state != PLAN_RUN) continue;
    const op *found = op_find(net->nodes[i].code);
    op_site site = plan_site(planned, i);
    found->define(b, &site);
    char what[64];
    snprintf(what, sizeof what, "operator %u (%s)", i, found->name);
    status = from_xnn(b->status, what, error);
  }
  return status;
}

/* XNNPACK works the shapes out again; the buffers hold what the graph says. */
static bool shapes_agree(const runtime *made, const graph *net) {
  for (uint32_t i = made->num_inputs; i < made->num_ends; i++) {
    const graph_value *value = &net->values[made->ends[i]];
    size_t rank = 0, dims[XNN_MAX_TENSOR_DIMS], num_elements = 1;
    if (xnn_get_external_value_shape(made->xnn, i, &rank, dims) != xnn_status_success) {
      return false;
    }
    for (size_t j = 0; j < rank; j++) num_elements *= dims[j];
    if (num_elements != value->num_elements) return false;
  }
  return true;
}

/* Who reads and writes which buffer behind XNNPACK. */
static void connect_behind(runtime *made, const graph *net) {
  uint32_t value;
  for (uint32_t i = 0; (value = postprocess_input(made->behind, i)) != GRAPH_NONE; i++) {
    postprocess_give(made->behind, i, made->buffers[find_end(made, value)]);
  }
  for (uint32_t i = 0; i < net->num_outputs; i++) {
    const void *computed = postprocess_output(made->behind, net->outputs[i]);
    made->outputs[i] = computed != NULL ? computed : made->buffers[find_end(made, net->outputs[i])];
  }
}

static insitu_status prepare(runtime *made, const graph *net, insitu_error *error) {
  struct xnn_external_value externals[MAX_ENDS];
  for (uint32_t i = 0; i < made->num_ends; i++) {
    size_t size_bytes = net->values[made->ends[i]].size_bytes + XNN_EXTRA_BYTES;
    made->buffers[i] = alloc_aligned(64, size_bytes);
    if (made->buffers[i] == NULL) {
      return error_out_of_memory(error, "an input or output", size_bytes);
    }
    memset(made->buffers[i], 0, size_bytes);
    externals[i] = (struct xnn_external_value){.id = i, .data = made->buffers[i]};
  }
  connect_behind(made, net);
  insitu_status status =
      from_xnn(xnn_reshape_runtime(made->xnn), "planning the activations", error);
  if (!status && !shapes_agree(made, net)) {
    return error_set(error, INSITU_STATUS_INTERNAL,
                     "XNNPACK gives an output another size than the graph");
  }
  if (!status) {
    status = from_xnn(xnn_setup_runtime_v2(made->xnn, made->num_ends, externals),
                      "setting up the operators", error);
  }
  return status;
}

/* Everything between the first call that XNNPACK may leave unchecked and the
 * last; the reserve is on. */
static insitu_status build(runtime *made, const plan *planned, insitu_error *error) {
  const graph *net = planned->net;
  builder b = {.net = net, .status = xnn_status_success};
  b.ids = alloc_array(net->num_values, sizeof *b.ids);
  b.packed_last = alloc_array(net->num_nodes, 2 * sizeof *b.packed_last);
  if (b.ids == NULL || b.packed_last == NULL) {
    alloc_free(b.ids);
    alloc_free(b.packed_last);
    return error_out_of_memory(error, "the runtime", net->num_values * sizeof *b.ids);
  }
  for (uint32_t i = 0; i < net->num_values; i++) b.ids[i] = XNN_INVALID_VALUE_ID;
  insitu_status status =
      from_xnn(xnn_create_subgraph(made->num_ends, 0, &b.subgraph), "the graph", error);
  if (!status) status = define_nodes(&b, made, planned, error);
  if (!status) status = from_xnn(xnn_create_workspace(&made->workspace), "the arena", error);
  if (!status) {
    packing_init(&made->packed, planned->net, &b);
    status = from_xnn(xnn_create_runtime_v4(b.subgraph, &made->packed.provider, made->workspace,
                                            made->threadpool, 0, &made->xnn),
                      "making the operators", error);
  }
  if (b.subgraph != NULL) xnn_delete_subgraph(b.subgraph);
  alloc_free(b.ids);
  alloc_free(b.packed_last);
  made->owned = b.owned;
  if (!status) status = prepare(made, net, error);
  return status;
}

uint32_t runtime_max_threads(void) {
  long count = 1;
#if defined(__linux__)
  cpu_set_t allowed; /* containers and batch systems give fewer than there are */
  count = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed)
                                                              : sysconf(_SC_NPROCESSORS_ONLN);
#elif !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
  count = sysconf(_SC_NPROCESSORS_ONLN);
#endif
  return count<1 ? 1 : count>(long) INSITU_MAX_THREADS ? INSITU_MAX_THREADS : (uint32_t)count;
}

static insitu_status start_threads(runtime *made, uint32_t num_threads, insitu_error *error) {
  if (num_threads > INSITU_MAX_THREADS) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "num_threads is %u, the limit is %u",
                     num_threads, INSITU_MAX_THREADS);
  }
  /* Those without a processor of their own would spin for those that have one. */
  if (num_threads > runtime_max_threads()) num_threads = runtime_max_threads();
  if (num_threads < 2) return INSITU_STATUS_OK;
  made->threadpool = pthreadpool_create(num_threads);
  if (made->threadpool == NULL) {
    return error_set(error, INSITU_STATUS_OUT_OF_MEMORY,
                     "out of memory: %u threads cannot be started", num_threads);
  }
  return INSITU_STATUS_OK;
}

insitu_status runtime_create(const plan *planned, uint32_t num_threads, runtime **out,
                             insitu_error *error) {
  const graph *net = planned->net;
  insitu_status status = runtime_require(planned, error);
  if (status) return status;
  if (!allocator_initialize()) {
    return error_set(error, INSITU_STATUS_INTERNAL, "XNNPACK does not support this processor");
  }
  runtime *made = alloc_zeroed(sizeof *made);
  if (made == NULL) return error_out_of_memory(error, "the runtime", sizeof *made);
  made->num_inputs = net->num_inputs;
  status = postprocess_create(planned, &made->behind, error);
  if (!status) status = find_ends(made, net, error);
  if (!status) status = start_threads(made, num_threads, error);
  /* What XNNPACK leaves unchecked is at most a planner's record (below 128
   * bytes) for each value and node, of which an operator here makes up to 11,
   * and three more a part; and what a node's cost tells. */
  size_t reserve_bytes = 65536 + 1408 * ((size_t)net->num_values + net->num_nodes) +
                         384 * (size_t)planned->total.num_parts +
                         (size_t)planned->total.unchecked_bytes;
  if (!status && !allocator_reserve_begin(reserve_bytes)) {
    status = error_out_of_memory(error, "the runtime's reserve", reserve_bytes);
  }
  if (!status) {
    status = build(made, planned, error);
    if (allocator_reserve_was_used()) {
      status = error_set(error, INSITU_STATUS_OUT_OF_MEMORY,
                         "out of memory: the runtime of %u operators", net->num_nodes);
    }
  }
  if (status) runtime_destroy(made);
  allocator_reserve_end();
  if (status) return status;
  *out = made;
  return error_clear(error);
}

void runtime_destroy(runtime *made) {
  if (made == NULL) return;
  profile_destroy(made->times);
  xnn_delete_runtime(made->xnn);
  if (made->workspace != NULL) xnn_release_workspace(made->workspace);
  if (made->threadpool != NULL) pthreadpool_destroy(made->threadpool);
  builder_free_owned(made->owned);
  builder_free_owned(made->packed.blocks);
  postprocess_destroy(made->behind);
  for (size_t i = 0; i < MAX_ENDS; i++) alloc_free_aligned(made->buffers[i]);
  alloc_free(made);
}

void *runtime_input(const runtime *made, uint32_t index) { return made->buffers[index]; }

const void *runtime_output(const runtime *made, uint32_t index) { return made->outputs[index]; }

insitu_status runtime_run(runtime *made, insitu_error *error) {
  insitu_status status = from_xnn(xnn_invoke_runtime(made->xnn), "running the model", error);
  if (!status && made->behind != NULL) status = postprocess_run(made->behind, error);
  if (status) return status;
  profile_read(made->times);
  return error_clear(error);
}

insitu_status runtime_profile(runtime *made, insitu_error *error) {
  return made->times != NULL ? error_clear(error) : profile_create(made->xnn, &made->times, error);
}

const profile *runtime_times(const runtime *made) { return made->times; }
