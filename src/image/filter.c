/* Filter weights, equal bit for bit to those of Pillow's BILINEAR (its
 * precompute_coeffs and normalize_coeffs_8bpc), so that a model sees on the
 * phone what it saw in training. Only +, -, *, / and truncation on doubles:
 * IEEE 754 gives the same on every platform, as long as the compiler does not
 * fuse (-ffp-contract=off). */
#include "image/filter.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

static double triangle(double x) {
  if (x < 0.0) x = -x;
  return x < 1.0 ? 1.0 - x : 0.0;
}

/* scratch: [max_taps] doubles */
static void compute_weights(image_filter *filter, uint32_t index, uint32_t in_size, double begin,
                            double scale, double *scratch) {
  double widening = scale < 1.0 ? 1.0 : scale;
  double center = begin + (index + 0.5) * scale;
  double inverse = 1.0 / widening;
  /* The triangle reaches `widening` to each side. */
  int64_t low = (int64_t)(center - widening + 0.5);
  int64_t high = (int64_t)(center + widening + 0.5);
  if (low < 0) low = 0;
  if (high > in_size) high = in_size;
  uint32_t count = (uint32_t)(high - low);

  double sum = 0.0;
  for (uint32_t i = 0; i < count; ++i) {
    scratch[i] = triangle(((double)(i + low) - center + 0.5) * inverse);
    sum += scratch[i];
  }
  int32_t *weights = filter->weights + (size_t)index * filter->max_taps;
  for (uint32_t i = 0; i < count; ++i) {
    double weight = sum != 0.0 ? scratch[i] / sum : scratch[i];
    weights[i] = (int32_t)(0.5 + weight * (1 << IMAGE_FILTER_BITS));
  }
  filter->first[index] = (uint32_t)low;
  filter->count[index] = count;
}

bool image_filter_init(image_filter *filter, uint32_t in_size, uint32_t begin, uint32_t end,
                       uint32_t out_size) {
  double scale = (double)(end - begin) / out_size;
  uint32_t max_taps = (uint32_t)ceil(scale < 1.0 ? 1.0 : scale) * 2 + 1;
  image_filter made = {.num_outputs = out_size, .max_taps = max_taps};
  size_t num_weights;
  double *scratch = alloc_array(max_taps, sizeof *scratch);
  made.first = alloc_array(out_size, sizeof *made.first);
  made.count = alloc_array(out_size, sizeof *made.count);
  if (checked_mul(out_size, max_taps, &num_weights)) {
    made.weights = alloc_array(num_weights, sizeof *made.weights);
  }
  bool ok = scratch != NULL && made.first != NULL && made.count != NULL && made.weights != NULL;
  if (ok) {
    for (uint32_t i = 0; i < out_size; ++i) {
      compute_weights(&made, i, in_size, begin, scale, scratch);
    }
    *filter = made;
  } else {
    image_filter_deinit(&made);
  }
  alloc_free(scratch);
  return ok;
}

void image_filter_deinit(image_filter *filter) {
  alloc_free(filter->first);
  alloc_free(filter->count);
  alloc_free(filter->weights);
  *filter = (image_filter){0};
}

static void reverse(int32_t *values, uint32_t count) {
  for (uint32_t i = 0, j = count; i + 1 < j; ++i) {
    int32_t value = values[i];
    values[i] = values[--j];
    values[j] = value;
  }
}

static void swap(uint32_t *a, uint32_t *b) {
  uint32_t value = *a;
  *a = *b;
  *b = value;
}

void image_filter_mirror(image_filter *filter, uint32_t in_size) {
  uint32_t taps = filter->max_taps;
  for (uint32_t i = 0; i < filter->num_outputs; ++i) {
    filter->first[i] = in_size - filter->first[i] - filter->count[i];
    reverse(filter->weights + (size_t)i * taps, filter->count[i]);
  }
  for (uint32_t i = 0, j = filter->num_outputs - 1; i < j; ++i, --j) {
    swap(&filter->first[i], &filter->first[j]);
    swap(&filter->count[i], &filter->count[j]);
    for (uint32_t k = 0; k < taps; ++k) {
      int32_t *a = filter->weights + (size_t)i * taps + k;
      int32_t *b = filter->weights + (size_t)j * taps + k;
      int32_t value = *a;
      *a = *b;
      *b = value;
    }
  }
}

void image_filter_reduce(image_filter *filter, uint32_t in_size, uint32_t reduction) {
  uint32_t last_mean = in_size / reduction - 1;
  for (uint32_t i = 0; i < filter->num_outputs; ++i) {
    int32_t *weights = filter->weights + (size_t)i * filter->max_taps;
    uint32_t first = filter->first[i], count = filter->count[i], first_mean = first / reduction;
    if (first_mean > last_mean) first_mean = last_mean;
    uint32_t num_means = 0;
    for (uint32_t k = 0; k < count; ++k) { /* in place: no mean comes before its samples */
      uint32_t mean = (first + k) / reduction, weight = (uint32_t)weights[k];
      uint32_t place = (mean > last_mean ? last_mean : mean) - first_mean;
      if (place == num_means) weights[num_means++] = 0;
      weights[place] += (int32_t)weight;
    }
    filter->first[i] = first_mean;
    filter->count[i] = num_means;
  }
}

uint32_t image_filter_max_overlap(const image_filter *filter) {
  uint32_t most = 0;
  /* Outputs i..last share the input sample that output `last` begins with. */
  for (uint32_t i = 0, last = 0; i < filter->num_outputs; ++i) {
    uint32_t end = filter->first[i] + filter->count[i];
    while (last + 1 < filter->num_outputs && filter->first[last + 1] < end) ++last;
    if (last - i + 1 > most) most = last - i + 1;
  }
  return most;
}
