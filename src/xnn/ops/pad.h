/* What PAD, PADV2 and MIRROR_PAD share: paddings [rank,2], a constant, before and
 * after each dimension, into record.pad. */
#ifndef INSITU_XNN_OPS_PAD_H_
#define INSITU_XNN_OPS_PAD_H_

#include "xnn/builder.h"

/* Fails where the paddings (input 1) do not fit; requires the output's shape. */
insitu_status pad_check(op_site *site);

#endif
