/* Steps other than 1 of STRIDED_SLICE while running. */
#ifndef INSITU_XNN_OPS_STEPS_H_
#define INSITU_XNN_OPS_STEPS_H_

#include "xnn/builder.h"

/* Fails where record.slice steps as cannot be run, and adds up the parts. */
insitu_status steps_check(op_site *site);
/* Defines the output as every stride-th element of the input, by record.slice. */
void steps_define(builder *b, const op_site *site);

#endif
