/* TFLite metadata (metadata_schema.fbs, identifier M001): what a file says of
 * its own preprocessing and classes. */
#ifndef INSITU_GRAPH_TFLITE_METADATA_H_
#define INSITU_GRAPH_TFLITE_METADATA_H_

#include "base/span.h"
#include "insitu.h"

typedef struct tflite_metadata {
  bool has_normalization;
  /* Per channel; one value in the file stands for all three. Of pixels 0..255,
   * as in the file: normalised = (pixel - mean) / std. */
  float mean[3], std[3];
  /* The text of the first output's labels, in the file, one a line; empty where
   * it brings none, or where they are compressed, which no known tool does. */
  span labels;
} tflite_metadata;

/* file: a whole .tflite. A file without metadata, or whose first input has no
 * normalisation, is a success without has_normalization. INVALID_MODEL where
 * the metadata is damaged or its values cannot be used; *metadata is then
 * untouched. */
insitu_status tflite_metadata_read(span file, tflite_metadata *metadata, insitu_error *error);

#endif
