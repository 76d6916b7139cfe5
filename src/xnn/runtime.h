/* A graph as one XNNPACK runtime, made once and run often. */
#ifndef INSITU_XNN_RUNTIME_H_
#define INSITU_XNN_RUNTIME_H_

#include "graph/graph.h"
#include "xnn/plan.h"
#include "xnn/profile.h"

typedef struct runtime runtime;

/* A plan of net, that it can be run (plan_require), and that its ends are of
 * types that can be handed over. *cost gets the sums. */
insitu_status runtime_check(graph *net, op_cost *cost, insitu_error *error);
insitu_status runtime_require(const plan *planned, insitu_error *error);

/* Checks, then builds. Neither the plan, its graph nor the file behind its
 * constants is needed afterwards; constants of the graph that were worked out are
 * gone where weights were packed of them, on failure too. num_threads: 0 and 1 are the calling
 * thread alone; more than runtime_max_threads are not made. On success *out is the caller's to
 * destroy. */
insitu_status runtime_create(const plan *planned, uint32_t num_threads, runtime **out,
                             insitu_error *error);
/* The processors that this process may use, 1..INSITU_MAX_THREADS; 1 in a WASM
 * build without threads. */
uint32_t runtime_max_threads(void);
void runtime_destroy(runtime *made); /* NULL is legal */

/* [net's inputs' or outputs' size_bytes], owned, 64-byte aligned, stable. */
void *runtime_input(const runtime *made, uint32_t index);
const void *runtime_output(const runtime *made, uint32_t index);

/* One inference from the inputs' buffers to the outputs'. */
insitu_status runtime_run(runtime *made, insitu_error *error);

/* Times each operator of every run from now on; a second call changes nothing. */
insitu_status runtime_profile(runtime *made, insitu_error *error);
/* Owned by the runtime; NULL before runtime_profile. */
const profile *runtime_times(const runtime *made);

#endif
