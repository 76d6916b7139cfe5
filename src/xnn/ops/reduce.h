/* What MEAN, SUM, REDUCE_MAX and REDUCE_PROD share: constant axes. */
#ifndef INSITU_XNN_OPS_REDUCE_H_
#define INSITU_XNN_OPS_REDUCE_H_

#include "xnn/op.h"

/* Fills record.reduce and requires the output's shape. */
insitu_status reduce_check(op_site *site);

#endif
