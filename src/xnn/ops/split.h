/* What SPLIT and SPLIT_V share. */
#ifndef INSITU_XNN_OPS_SPLIT_H_
#define INSITU_XNN_OPS_SPLIT_H_

#include "xnn/builder.h"

/* lengths: of the parts along the axis, one an output; NULL: all the same. */
insitu_status split_check(op_site *site, uint32_t data_index, uint32_t axis_index,
                          const uint32_t *lengths);

#endif
