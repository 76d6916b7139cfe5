/* What comes behind XNNPACK: operators that it lacks, at the end of a network, where
 * they pick the best classes of its scores (ARG_MAX, TOPK_V2), and what follows them.
 * Each is computed by the function that folds it of constants. */
#ifndef INSITU_XNN_POSTPROCESS_H_
#define INSITU_XNN_POSTPROCESS_H_

#include "xnn/plan.h"

typedef struct postprocess postprocess;

/* Copies of the plan's nodes of PLAN_POSTPROCESS and what they read; *out is NULL
 * where there are none. Neither the plan nor its graph is needed afterwards. */
insitu_status postprocess_create(const plan *planned, postprocess **out, insitu_error *error);
void postprocess_destroy(postprocess *made); /* NULL is legal */

/* The values of the plan's graph that must be given: which, GRAPH_NONE past the last;
 * and their bytes, borrowed, which are read at each run. */
uint32_t postprocess_input(const postprocess *made, uint32_t index);
void postprocess_give(postprocess *made, uint32_t index, const void *data);

/* Fails only without memory. */
insitu_status postprocess_run(postprocess *made, insitu_error *error);

/* The bytes of a value of the plan's graph that it computes, stable; NULL: it computes
 * no such one. */
const void *postprocess_output(const postprocess *made, uint32_t value);

#endif
