/* XNNPACK's interface for caches of weights, answered without a cache: each operator gets a
 * block of its own, and nothing is found again. What it is for: it says when an operator has
 * packed its filter and bias. Those that were worked out when the model was planned, as
 * float16 ones in float32 are, go then, one by one, while the packed ones come; else both
 * would be there at once, beside the file. */
#include "xnn/packing.h"

#include "base/alloc.h"

#define HEADER_BYTES 64u /* a whole line: the block behind it is aligned as it is */

static size_t look_up(void *context, const struct xnn_weights_cache_look_up_key *key) {
  (void)context, (void)key;
  return SIZE_MAX; /* not found */
}

static void *reserve_space(void *context, size_t size_bytes) {
  packing *made = context;
  if (size_bytes > SIZE_MAX - HEADER_BYTES) return NULL;
  owned_block *block = alloc_aligned(HEADER_BYTES, HEADER_BYTES + size_bytes);
  if (block == NULL) return NULL;
  block->next = made->blocks;
  made->blocks = block;
  return (uint8_t *)block + HEADER_BYTES;
}

/* After packing. XNNPACK makes operators in the order in which they were defined, so that
 * all before this one are packed too: depthwise convolutions, which it makes without a cache. */
static size_t look_up_or_insert(void *context, const struct xnn_weights_cache_look_up_key *key,
                                void *packed, size_t size_bytes) {
  packing *made = context;
  size_t num_packed = 0;
  (void)size_bytes;
  for (size_t i = 0; i < made->num_last; i++) {
    const uint8_t *data = made->net->values[made->last[i]].data;
    if (data == key->kernel || data == key->bias) num_packed = i + 1;
    else if (num_packed > 0) break;
  }
  for (; num_packed > 0; num_packed--, made->num_last--) {
    graph_value *value = &made->net->values[*made->last++];
    alloc_free(value->owned_data);
    value->data = value->owned_data = NULL;
  }
  return (size_t)(uintptr_t)packed; /* its offset: from 0 */
}

static bool is_finalized(void *context) {
  (void)context;
  return true;
}

static void *offset_to_addr(void *context, size_t offset) {
  (void)context;
  return (void *)(uintptr_t)offset;
}

void packing_init(packing *made, graph *net, const builder *b) {
  *made = (packing){.provider = {.context = made,
                                 .look_up = look_up,
                                 .reserve_space = reserve_space,
                                 .look_up_or_insert = look_up_or_insert,
                                 .is_finalized = is_finalized,
                                 .offset_to_addr = offset_to_addr},
                    .net = net,
                    .last = b->packed_last,
                    .num_last = b->num_packed_last};
}
