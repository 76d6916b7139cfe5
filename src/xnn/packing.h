/* Where XNNPACK packs filters and biases to, and what goes once they are packed. */
#ifndef INSITU_XNN_PACKING_H_
#define INSITU_XNN_PACKING_H_

#include <xnnpack.h>

#include "xnn/builder.h"

typedef struct packing {
  struct xnn_weights_cache_provider provider; /* for xnn_create_runtime_v4 */
  owned_block *blocks;                        /* the packed weights */
  graph *net;
  const uint32_t *last; /* values in the order in which they are packed, each for the last time */
  size_t num_last;
} packing;

/* Fills *made, which must stay where it is until after xnn_delete_runtime; then its blocks
 * are the caller's to free (builder_free_owned). net and b's list are read, and constants of
 * net that were worked out are freed, only while the runtime is made. */
void packing_init(packing *made, graph *net, const builder *b);

#endif
