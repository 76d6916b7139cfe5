/* A .tflite file's signatures: names for its subgraphs. */
#ifndef INSITU_GRAPH_TFLITE_SIGNATURES_H_
#define INSITU_GRAPH_TFLITE_SIGNATURES_H_

#include "graph/graph.h"
#include "graph/tflite/flatbuffer.h"

/* Reads the names, up to GRAPH_MAX_SIGNATURES, into net, and which of them is `wanted`
 * (NULL: the first). Returns the subgraph of that one, unchecked; 0 where a file has no
 * signature. Where there is none of the name the file fails with those that there are. */
uint32_t signatures_read(flat_file *file, flat_table model, const char *wanted, graph *net);

#endif
