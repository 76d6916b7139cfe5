/* One axis of the antialiased resize: for each output sample, which input
 * samples it is made of and how much each weighs. */
#ifndef INSITU_IMAGE_FILTER_H_
#define INSITU_IMAGE_FILTER_H_

#include <stdbool.h>
#include <stdint.h>

/* Weights are fixed point and sum to about 1 << 22 per output sample: 32 bits
 * less 8 for the pixel and 2 spare, so that a sum of weight * pixel fits. */
#define IMAGE_FILTER_BITS 22

typedef struct image_filter {
  uint32_t num_outputs, max_taps;
  uint32_t *first, *count; /* [num_outputs]; both first and first + count never fall */
  int32_t *weights;        /* [num_outputs, max_taps], not negative */
} image_filter;

/* A triangle that widens with the reduction, over the input samples
 * [0, in_size), for an output of out_size samples that covers [begin, end).
 * 0 <= begin < end <= in_size, out_size > 0. False: out of memory, and
 * nothing to free. */
bool image_filter_init(image_filter *filter, uint32_t in_size, uint32_t begin, uint32_t end,
                       uint32_t out_size);
void image_filter_deinit(image_filter *filter);

/* The same filter seen from the other end: output i becomes num_outputs-1-i
 * and input j becomes in_size-1-j. */
void image_filter_mirror(image_filter *filter, uint32_t in_size);

/* The same filter over means of `reduction` input samples each: a mean has the weight of all
 * of its samples. What is left over at the end goes to the last whole one. in_size >=
 * reduction > 0. */
void image_filter_reduce(image_filter *filter, uint32_t in_size, uint32_t reduction);

/* Most output samples that any one input sample is part of. */
uint32_t image_filter_max_overlap(const image_filter *filter);

#endif
