/* A .tflite file (schema version 3, identifier TFL3) into a graph. */
#ifndef INSITU_GRAPH_TFLITE_READ_H_
#define INSITU_GRAPH_TFLITE_READ_H_

#include "base/span.h"
#include "graph/graph.h"
#include "graph/tflite/schema.h"

/* Reads one subgraph and checks it with graph_check: that of the signature with
 * that name; where `signature` is NULL that of the file's first signature, or the
 * first subgraph of a file that has none. INVALID_ARGUMENT, with those that there
 * are, where there is none of that name. Operators may be any; dtypes too. On success *out is the
 * caller's to destroy; its constants point into `file`, which must outlive it. */
insitu_status tflite_read(span file, const char *signature, graph **out, insitu_error *error);

/* "CONV_2D"; "UNKNOWN" for codes newer than the table. */
const char *tflite_operator_name(uint32_t code);

#endif
