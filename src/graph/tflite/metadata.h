/* TFLite metadata (metadata_schema.fbs, identifier M001): what a file says of
 * its own preprocessing and classes. */
#ifndef INSITU_GRAPH_TFLITE_METADATA_H_
#define INSITU_GRAPH_TFLITE_METADATA_H_

#include "base/span.h"
#include "insitu.h"

typedef struct tflite_metadata {
  bool has_normalization;
  insitu_error normalization_fault; /* why there is none, where the file has one; else empty */
  /* Per channel; one value in the file stands for all three. Of pixels 0..255,
   * as in the file: normalised = (pixel - mean) / std. */
  float mean[3], std[3];
  /* The text of the first output's labels, one a line; in the file, or in
   * owned_labels where they were compressed. Empty where it brings none. */
  span labels;
  uint8_t *owned_labels;
} tflite_metadata;

#define TFLITE_MAX_LABELS_BYTES (1u << 20) /* inflated */

/* Inflates a whole raw deflate stream (RFC 1951) of exactly size_bytes; DAMAGED where
 * it is damaged or of another size, else OUT_OF_MEMORY. decode/deflate.h has one: another folder's.
 */
typedef insitu_status (*tflite_inflate)(span deflated, uint8_t *to, size_t size_bytes);

/* file: a whole .tflite; subgraph: which of its subgraphs, whose metadata the file lists
 * in the order of the subgraphs. One without metadata, or whose first input has no
 * normalisation or one that cannot be used, is a success without has_normalization.
 * INVALID_MODEL where the rest of it is damaged; *metadata is then untouched. */
insitu_status tflite_metadata_read(span file, uint32_t subgraph, tflite_inflate inflate,
                                   tflite_metadata *metadata, insitu_error *error);
void tflite_metadata_deinit(tflite_metadata *metadata);

#endif
