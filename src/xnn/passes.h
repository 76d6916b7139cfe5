/* Rewrites of single nodes before they are checked. */
#ifndef INSITU_XNN_PASSES_H_
#define INSITU_XNN_PASSES_H_

#include "xnn/op.h"

/* Applies each pass of the table to the node. Out of memory or TOO_LARGE. */
insitu_status passes_apply(op_site *site);

#endif
