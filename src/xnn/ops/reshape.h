/* What RESHAPE, SQUEEZE and EXPAND_DIMS share: the same elements under another
 * shape, defined and folded by reshape.c. */
#ifndef INSITU_XNN_OPS_RESHAPE_H_
#define INSITU_XNN_OPS_RESHAPE_H_

#include "xnn/op.h"

insitu_status reshape_check(op_site *site);

#endif
