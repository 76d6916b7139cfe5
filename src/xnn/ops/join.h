/* What CONCATENATION and PACK share: inputs one behind the other along an axis. */
#ifndef INSITU_XNN_OPS_JOIN_H_
#define INSITU_XNN_OPS_JOIN_H_

#include "xnn/builder.h"

/* Joins `count` ids into output_id, five at a time as XNNPACK can; `part` has
 * the shape of each (their length along the axis is in lengths). */
void join_define(builder *b, const graph_value *part, uint32_t axis, uint32_t count,
                 const uint32_t *ids, const uint32_t *lengths, uint32_t output_id);
/* Copies constants; each input has lengths[i] along the axis. */
insitu_status join_fold(op_site *site, uint32_t axis);

#endif
