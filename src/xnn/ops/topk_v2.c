/* TOPK_V2: the k largest elements of each row, largest first and of equal ones the
 * earlier first, with their indices. XNNPACK has no such operator: it is computed
 * behind it. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "xnn/op.h"

insitu_status op_topk_v2_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  int64_t k;
  uint32_t dims[INSITU_MAX_RANK];
  insitu_status status = op_require_activation(site, input, "input");
  if (status) return status;
  if (site->node->num_outputs != 2 || input->rank == 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "it has %u outputs of a row, and must have 2: elements and indices",
                   site->node->num_outputs);
  }
  if (!op_constant_int(op_input(site, 1), 0, &k)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its k is not constant");
  }
  uint32_t length = input->dims[input->rank - 1];
  const graph_value *values = op_output(site), *indices = op_output_at(site, 1);
  if (k < 1 || k > length) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its k is %lld, but a row has %u elements",
                   (long long)k, length);
  }
  if (values->dtype != input->dtype || indices->dtype != GRAPH_I32) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "of %s it gives %s and indices as %s; the same type and int32 can be had",
                   graph_dtype_name(input->dtype), graph_dtype_name(values->dtype),
                   graph_dtype_name(indices->dtype));
  }
  status = op_require_same_quantization(site, input, values);
  memcpy(dims, input->dims, sizeof dims);
  dims[input->rank - 1] = (uint32_t)k;
  /* As in arg_max.c for each level of the heap, which every element of a rising row comes into. */
  uint64_t num_steps = 1;
  for (int64_t left = k; left > 1; left /= 2) num_steps++;
  site->cost.work = 256 * num_steps * (uint64_t)input->num_elements;
  if (!status) status = op_require_output_shape_at(site, 0, input->rank, dims);
  return status ? status : op_require_output_shape_at(site, 1, input->rank, dims);
}

typedef struct entry {
  double value;
  uint32_t index;
} entry;

static bool is_before(entry a, entry b) {
  return a.value > b.value || (a.value == b.value && a.index < b.index);
}

/* heap [count]: each entry comes behind its two children, but maybe that at `at`. */
static void sift(entry *heap, uint32_t at, uint32_t count) {
  for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && is_before(heap[child], heap[child + 1])) child++;
    if (!is_before(heap[at], heap[child])) return;
    entry moved = heap[at];
    heap[at] = heap[child];
    heap[child] = moved;
  }
}

/* kept [k], the first k of the row in their order. The heap's top comes last of those. */
static void select_first(const graph_value *input, size_t row, uint32_t length, entry *kept,
                         uint32_t k) {
  for (uint32_t i = 0; i < k; i++) kept[i] = (entry){op_element(input, row * length + i), i};
  for (uint32_t at = k; at-- > 0;) sift(kept, at, k);
  for (uint32_t i = k; i < length; i++) {
    double value = op_element(input, row * length + i);
    if (!(value > kept[0].value)) continue; /* of equal ones the earlier stays */
    kept[0] = (entry){value, i};
    sift(kept, 0, k);
  }
  for (uint32_t count = k; count-- > 1;) {
    entry last = kept[0];
    kept[0] = kept[count];
    kept[count] = last;
    sift(kept, 0, count);
  }
}

insitu_status op_topk_v2_fold(op_site *site) {
  const graph_value *input = op_input(site, 0), *indices = op_output_at(site, 1);
  uint32_t length = input->dims[input->rank - 1], k = indices->dims[input->rank - 1];
  size_t element_bytes = graph_dtype_bytes(input->dtype);
  uint8_t *values_data = NULL, *indices_data = NULL;
  entry *kept = alloc_array(k, sizeof *kept);
  if (kept == NULL) return error_out_of_memory(site->error, "the first of a row", k * sizeof *kept);
  insitu_status status = op_fold_output(site, 0, &values_data);
  if (!status) status = op_fold_output(site, 1, &indices_data);
  for (size_t row = 0; !status && row < indices->num_elements / k; row++) {
    select_first(input, row, length, kept, k);
    for (uint32_t i = 0; i < k; i++) {
      memcpy(values_data + (row * k + i) * element_bytes,
             input->data + (row * length + kept[i].index) * element_bytes, element_bytes);
      op_fold_put(indices, indices_data, row * k + i, kept[i].index);
    }
  }
  alloc_free(kept);
  return status;
}
