/* Networks that end by picking the best classes of their scores, ARG_MAX or TOPK_V2: an
 * index says nothing of how sure it is. A classifier reads the scores instead. */
#ifndef INSITU_XNN_PICKER_H_
#define INSITU_XNN_PICKER_H_

#include "graph/graph.h"

/* The node that picks from a value, GRAPH_NONE: none does. */
uint32_t picker_of(const graph *net, uint32_t value);
/* Whether any node picks. */
bool picker_is_in(const graph *net);

/* Makes the scores the outputs, each once, in place of what is picked from them; a net
 * without such outputs, or that cannot be planned, stays as it is. INVALID_MODEL where
 * classes are picked at several places, or from what is no tensor of scores. Plans for
 * itself; any plan of the net from before is void. */
insitu_status picker_remove(graph *net, insitu_error *error);

#endif
