/* What TILE and BROADCAST_TO share: an input that is repeated along its dimensions. */
#ifndef INSITU_XNN_OPS_TILE_H_
#define INSITU_XNN_OPS_TILE_H_

#include "xnn/builder.h"

/* Requires the output's shape, and adds up the cost. */
insitu_status tile_check(op_site *site, uint32_t rank, const uint32_t *dims);

#endif
