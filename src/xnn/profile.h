/* How long each of XNNPACK's operators took in the last run of a runtime. */
#ifndef INSITU_XNN_PROFILE_H_
#define INSITU_XNN_PROFILE_H_

#include <xnnpack.h>

#include "insitu.h"

typedef struct profile profile;

/* Makes `timed` read the clock round every operator, from its next run on, as
 * XNN_FLAG_BASIC_PROFILING at its creation would. timed: outlives the profile,
 * and keeps its shapes. On success *out is the caller's to destroy. */
insitu_status profile_create(xnn_runtime_t timed, profile **out, insitu_error *error);
void profile_destroy(profile *made); /* NULL is legal */

/* Takes over the times of the run that just ended; made NULL does nothing. */
void profile_read(profile *made);
uint32_t profile_num_operators(const profile *made); /* 0 where made is NULL */
/* Stable until destroy; NULL where index is out of range. */
const insitu_operator_time *profile_operator(const profile *made, uint32_t index);

#endif
