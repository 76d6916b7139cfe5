/* The bytes of one of Model.buffers: in its vector, or, in files above 2 GB and those that
 * are mapped, at an offset from the file's start behind the flatbuffer. Buffer 0 is the
 * empty one by convention; an empty buffer means "not constant". */
#ifndef INSITU_GRAPH_TFLITE_BUFFER_H_
#define INSITU_GRAPH_TFLITE_BUFFER_H_

#include "graph/tflite/flatbuffer.h"

/* what: for the message. */
span buffer_read(flat_file *file, flat_vector buffers, uint32_t index, const char *what);

#endif
