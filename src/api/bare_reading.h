/* How a bare model's input and output are read. */
#ifndef INSITU_API_BARE_READING_H_
#define INSITU_API_BARE_READING_H_

#include "base/span.h"
#include "graph/tflite/metadata.h"
#include "pack/pack.h"
#include "xnn/plan.h"

/* Sizes, mean and std of the graph's only input, and the reading's pixels. */
insitu_status bare_read_input(const plan *planned, const tflite_metadata *metadata,
                              const insitu_bare_options *options, insitu_input *input,
                              pack_reading *reading, insitu_error *error);
/* Task and output of the pack, and the reading's output. */
insitu_status bare_read_output(const plan *planned, const insitu_bare_options *options,
                               insitu_pack *pack, insitu_error *error);
/* How many labels the file brings. */
uint32_t bare_count_labels(const tflite_metadata *metadata);
/* Labels and ids of the pack's classes. */
insitu_status bare_read_labels(const tflite_metadata *metadata, const insitu_bare_options *options,
                               insitu_pack *pack, insitu_error *error);

#endif
