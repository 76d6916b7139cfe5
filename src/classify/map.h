/* Where a network looked: the class activation map of one class (Zhou et al.
 * 2016, "Learning deep features for discriminative localization", CVPR). */
#ifndef INSITU_CLASSIFY_MAP_H_
#define INSITU_CLASSIFY_MAP_H_

#include <stddef.h>
#include <stdint.h>

#include "pack/pack.h"

/* feature_map: [num_places, num_channels]; weights: [num_classes, num_channels]
 * of the dense layer behind it; values: [num_places], what speaks for the class
 * at each place, 0..1 of the largest; all 0 where nothing does. Of a multiclass
 * network the mean over all classes' weights is taken off first: softmax does
 * not see what all scores share. */
void classify_map(const float *feature_map, size_t num_places, size_t num_channels,
                  const float *weights, uint32_t num_classes, uint32_t class_index, pack_task task,
                  float *values);

#endif
