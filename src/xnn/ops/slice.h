/* What SLICE, STRIDED_SLICE, SPLIT and UNPACK share: a box of the input,
 * record.slice, perhaps under a shape without dimensions of 1. */
#ifndef INSITU_XNN_OPS_SLICE_H_
#define INSITU_XNN_OPS_SLICE_H_

#include "xnn/builder.h"

/* Defines output `index` as the box. */
void slice_define(builder *b, const op_site *site, uint32_t index, const size_t *begin,
                  const size_t *size);

#endif
