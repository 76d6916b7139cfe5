/* What becomes of each node of a graph: constants are folded, shapes that the
 * file leaves open are worked out, every operator is checked and its record
 * kept for its definition, and what no output needs is left out. */
#ifndef INSITU_XNN_PLAN_H_
#define INSITU_XNN_PLAN_H_

#include "xnn/op.h"

typedef enum plan_state {
  PLAN_RUN,         /* by XNNPACK */
  PLAN_POSTPROCESS, /* runs, but behind XNNPACK (xnn/postprocess.h) */
  PLAN_FOLDED,      /* its outputs are constants now */
  PLAN_UNUSED,      /* no output of the model needs it */
  PLAN_REFUSED
} plan_state;

typedef struct plan_node {
  plan_state state;
  op_record record;
  op_cost cost;
} plan_node;

typedef struct plan {
  graph *net;       /* borrowed; folding and shapes change it */
  plan_node *nodes; /* [net->num_nodes] */
  uint32_t num_refused;
  op_cost total; /* of what runs */
  uint64_t macs; /* of what runs and of what is refused */
} plan;

/* Fails only without memory or above a limit of a constant or a shape; what
 * cannot be run is counted, and plan_require says why. A plan may be made again
 * of the same graph. Destroying NULL is legal. */
insitu_status plan_create(graph *net, plan **out, insitu_error *error);
void plan_destroy(plan *made);

/* The error of a refused node. */
insitu_status plan_why(const plan *made, uint32_t node_index, insitu_error *error);
/* OK where all can be run within the limits; else one message that names every
 * operator that cannot, with its index and the reason. */
insitu_status plan_require(const plan *made, insitu_error *error);

/* A site for the definition of a node that runs. */
op_site plan_site(const plan *made, uint32_t node_index);

#endif
