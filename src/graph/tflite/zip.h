/* A file stored in a ZIP archive at the end of a run of bytes (APPNOTE 6.3.10,
 * sections 4.3.7, 4.3.12, 4.3.16). */
#ifndef INSITU_GRAPH_TFLITE_ZIP_H_
#define INSITU_GRAPH_TFLITE_ZIP_H_

#include "base/span.h"
#include "insitu.h"

/* Finds the file of this name. OK with an empty span where there is no archive,
 * no such file, or where it is not stored as it is. */
insitu_status zip_find(span bytes, span name, span *content, insitu_error *error);

#endif
