/* What RESHAPE and SQUEEZE share: the same elements under another shape. */
#ifndef INSITU_XNN_OPS_RESHAPE_H_
#define INSITU_XNN_OPS_RESHAPE_H_

#include "xnn/builder.h"

insitu_status reshape_check(op_site *site);

#endif
