/* A file kept in a ZIP archive at the end of a run of bytes (APPNOTE 6.3.10,
 * sections 4.3.7, 4.3.12, 4.3.16). */
#ifndef INSITU_GRAPH_TFLITE_ZIP_H_
#define INSITU_GRAPH_TFLITE_ZIP_H_

#include "base/span.h"
#include "insitu.h"

typedef struct zip_entry {
  span content; /* as it lies in the archive */
  bool is_deflated;
  size_t size_bytes; /* inflated: what the archive says */
} zip_entry;

/* Finds the file of this name. OK with an empty entry where there is no archive,
 * no such file, or where it is encrypted or compressed in another way. */
insitu_status zip_find(span bytes, span name, zip_entry *entry, insitu_error *error);

#endif
