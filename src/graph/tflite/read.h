/* A .tflite file (schema version 3, identifier TFL3) into a graph. */
#ifndef INSITU_GRAPH_TFLITE_READ_H_
#define INSITU_GRAPH_TFLITE_READ_H_

#include "base/span.h"
#include "graph/graph.h"
#include "graph/tflite/schema.h"

/* Reads the first subgraph and checks it with graph_check. Operators may be
 * any; dtypes too. On success *out is the caller's to destroy; its constants
 * point into `file`, which must outlive it. */
insitu_status tflite_read(span file, graph **out, insitu_error *error);

/* "CONV_2D"; "UNKNOWN" for codes newer than the table. */
const char *tflite_operator_name(uint32_t code);

#endif
