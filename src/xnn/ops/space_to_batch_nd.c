/* SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND of [N,H,W,C], as TensorFlow writes convolutions
 * with dilation round one without: a picture padded and taken apart into block x block
 * pictures of every block-th pixel, and these put together and cropped. XNNPACK has
 * neither: a pad, a transpose between two reshapes, a slice. */
#include <string.h>

#include "xnn/builder.h"

static bool read_four(const graph_value *value, int64_t *four) {
  if (value == NULL || value->num_elements != 4) return false;
  for (uint32_t i = 0; i < 4; i++) {
    if (!op_constant_int(value, i, &four[i]) || four[i] < 0 || four[i] > GRAPH_MAX_DIM)
      return false;
  }
  return true;
}

/* The block, and what is padded or cropped, into the record. */
static insitu_status parse(op_site *site) {
  const graph_value *input = op_input(site, 0), *block = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (status) return status;
  int64_t high, wide, edges[4];
  if (block->num_elements != 2 || !op_constant_int(block, 0, &high) ||
      !op_constant_int(block, 1, &wide) || high < 1 || wide < 1 || high > 1024 || wide > 1024 ||
      !read_four(op_input(site, 2), edges)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its block (tensor %u) and edges (tensor %u) are not constants of height and "
                   "width",
                   site->node->inputs[1], site->node->inputs[2]);
  }
  for (uint32_t i = 0; i < 4; i++) site->record.blocks.edges[i] = (uint32_t)edges[i];
  site->record.blocks.high = (uint32_t)high;
  site->record.blocks.wide = (uint32_t)wide;
  return INSITU_STATUS_OK;
}

static insitu_status fail_size(const op_site *site) {
  return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                 "blocks of %ux%u do not make whole pictures of %s", site->record.blocks.high,
                 site->record.blocks.wide, graph_shape(op_input(site, 0)).text);
}

insitu_status op_space_to_batch_nd_check(op_site *site) {
  insitu_status status = parse(site);
  if (status) return status;
  const graph_value *input = op_input(site, 0);
  uint32_t high = site->record.blocks.high, wide = site->record.blocks.wide;
  const uint32_t *edges = site->record.blocks.edges;
  uint32_t height = edges[0] + input->dims[1] + edges[1];
  uint32_t width = edges[2] + input->dims[2] + edges[3];
  if (height % high != 0 || width % wide != 0) return fail_size(site);
  uint64_t batch = (uint64_t)input->dims[0] * high * wide;
  if (batch > GRAPH_MAX_DIM) return fail_size(site);
  uint32_t dims[4] = {(uint32_t)batch, height / high, width / wide, input->dims[3]};
  status = op_require_output_shape(site, 4, dims);
  site->cost.work = 24 * (uint64_t)op_output(site)->num_elements;
  return status;
}

/* The elements in six dimensions, these in another order. */
static uint32_t define_turned(builder *b, const graph_value *like, const uint32_t *apart,
                              const size_t *order, uint32_t id) {
  uint32_t turned[6];
  for (uint32_t i = 0; i < 6; i++) turned[i] = apart[order[i]];
  uint32_t apart_id = builder_shaped(b, like, 6, apart);
  uint32_t turned_id = builder_shaped(b, like, 6, turned);
  builder_reshape(b, 6, apart, id, apart_id);
  if (!builder_is_ok(b)) return XNN_INVALID_VALUE_ID;
  builder_expect(b, xnn_define_static_transpose(b->subgraph, 6, order, apart_id, turned_id, 0));
  return turned_id;
}

void op_space_to_batch_nd_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  const uint32_t *edges = site->record.blocks.edges;
  uint32_t high = site->record.blocks.high, wide = site->record.blocks.wide;
  uint32_t n = input->dims[0], h = output->dims[1], w = output->dims[2], c = input->dims[3];
  const uint32_t padded[4] = {n, h * high, w * wide, c}, apart[6] = {n, h, high, w, wide, c};
  const size_t before[4] = {0, edges[0], edges[2], 0}, after[4] = {0, edges[1], edges[3], 0};
  uint32_t id = builder_input(b, site, 0), padded_id = builder_shaped(b, input, 4, padded);
  if (!builder_is_ok(b)) return;
  builder_expect(b,
                 xnn_define_static_constant_pad(b->subgraph, before, after, 0, id, padded_id, 0));
  uint32_t turned_id =
      define_turned(b, input, apart, (const size_t[]){2, 4, 0, 1, 3, 5}, padded_id);
  builder_reshape(b, 4, output->dims, turned_id, builder_output(b, site));
}

insitu_status op_batch_to_space_nd_check(op_site *site) {
  insitu_status status = parse(site);
  if (status) return status;
  const graph_value *input = op_input(site, 0);
  uint32_t high = site->record.blocks.high, wide = site->record.blocks.wide;
  const uint32_t *edges = site->record.blocks.edges;
  uint64_t height = (uint64_t)input->dims[1] * high, width = (uint64_t)input->dims[2] * wide;
  if (input->dims[0] % (high * wide) != 0 || height > GRAPH_MAX_DIM || width > GRAPH_MAX_DIM ||
      (uint64_t)edges[0] + edges[1] >= height || (uint64_t)edges[2] + edges[3] >= width) {
    return fail_size(site);
  }
  uint32_t dims[4] = {input->dims[0] / (high * wide), (uint32_t)height - edges[0] - edges[1],
                      (uint32_t)width - edges[2] - edges[3], input->dims[3]};
  status = op_require_output_shape(site, 4, dims);
  site->cost.work = 24 * (uint64_t)input->num_elements;
  return status;
}

void op_batch_to_space_nd_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  const uint32_t *edges = site->record.blocks.edges;
  uint32_t high = site->record.blocks.high, wide = site->record.blocks.wide;
  uint32_t n = output->dims[0], h = input->dims[1], w = input->dims[2], c = input->dims[3];
  const uint32_t apart[6] = {high, wide, n, h, w, c}, whole[4] = {n, h * high, w * wide, c};
  const size_t begin[4] = {0, edges[0], edges[2], 0},
               size[4] = {n, output->dims[1], output->dims[2], c};
  uint32_t id = builder_input(b, site, 0), whole_id = builder_shaped(b, input, 4, whole);
  uint32_t output_id = builder_output(b, site);
  uint32_t turned_id = define_turned(b, input, apart, (const size_t[]){2, 3, 0, 4, 1, 5}, id);
  builder_reshape(b, 4, whole, turned_id, whole_id);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_static_slice(b->subgraph, 4, begin, size, whole_id, output_id, 0));
}
