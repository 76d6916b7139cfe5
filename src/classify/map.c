/* The feature map times one row of the last layer, at each place. */
#include "classify/map.h"

static float weight_of(const float *weights, size_t num_channels, uint32_t num_classes,
                       uint32_t class_index, pack_task task, size_t channel) {
  float weight = weights[class_index * num_channels + channel];
  if (task != PACK_MULTICLASS) return weight;
  float sum = 0;
  for (uint32_t i = 0; i < num_classes; ++i) sum += weights[i * num_channels + channel];
  return weight - sum / (float)num_classes;
}

void classify_map(const float *feature_map, size_t num_places, size_t num_channels,
                  const float *weights, uint32_t num_classes, uint32_t class_index, pack_task task,
                  float *values) {
  for (size_t place = 0; place < num_places; ++place) values[place] = 0;
  for (size_t c = 0; c < num_channels; ++c) {
    float weight = weight_of(weights, num_channels, num_classes, class_index, task, c);
    for (size_t place = 0; place < num_places; ++place) {
      values[place] += weight * feature_map[place * num_channels + c];
    }
  }
  float largest = 0;
  for (size_t place = 0; place < num_places; ++place) {
    if (!(values[place] > 0)) values[place] = 0; /* also what is no number */
    if (values[place] > largest) largest = values[place];
  }
  for (size_t place = 0; place < num_places && largest > 0; ++place) values[place] /= largest;
}
