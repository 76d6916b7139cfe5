/* One picture's curves. What is taken away becomes the picture's mean colour. */
#include "cli/explain.h"

#include <stdlib.h> /* qsort */
#include <string.h>

#include "cli/cli.h"

/* Points of a curve, both ends among them. */
#define NUM_POINTS 10
#define MAX_CELLS 4096u

typedef struct curves {
  cli_model *model;
  insitu_prior prior;     /* the answer's, also where less of the picture seems of another device */
  uint32_t width, height; /* of the input */
  uint32_t cells_across, cells_down;
  uint32_t class_index;
  float values[MAX_CELLS];      /* of the map */
  uint32_t order[MAX_CELLS];    /* cells, first to last */
  const uint8_t *whole, *empty; /* [H,W,3] */
  uint8_t *mixed;
} curves;

static const float *sorted_by;

static int by_falling_value(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  float difference = sorted_by[right] - sorted_by[left];
  return difference > 0 ? 1 : difference < 0 ? -1 : left < right ? -1 : 1;
}

/* The same for every run (xorshift32), another for each picture. */
static void shuffle(uint32_t *order, uint32_t count, uint32_t seed) {
  uint32_t state = 2463534242u ^ (seed * 2654435761u);
  for (uint32_t i = count - 1; i > 0; --i) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    uint32_t j = state % (i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

/* The first `count` cells of the order from `changed`, the others from `kept`. */
static void mix(const curves *c, const uint8_t *kept, const uint8_t *changed, uint32_t count) {
  bool is_changed[MAX_CELLS] = {false};
  for (uint32_t i = 0; i < count; ++i) is_changed[c->order[i]] = true;
  for (uint32_t y = 0; y < c->height; ++y) {
    uint32_t row = y * c->cells_down / c->height;
    for (uint32_t x = 0; x < c->width; ++x) {
      uint32_t column = x * c->cells_across / c->width;
      size_t at = ((size_t)y * c->width + x) * 3;
      memcpy(c->mixed + at, (is_changed[row * c->cells_across + column] ? changed : kept) + at, 3);
    }
  }
}

/* Trapezoids over equal steps. */
static insitu_status area(const curves *c, const uint8_t *kept, const uint8_t *changed,
                          double *result, insitu_error *error) {
  uint32_t num_cells = c->cells_across * c->cells_down;
  insitu_classify_options options = {.prior = c->prior};
  double sum = 0;
  for (uint32_t point = 0; point < NUM_POINTS; ++point) {
    mix(c, kept, changed, num_cells * point / (NUM_POINTS - 1));
    insitu_status status =
        insitu_classifier_classify(c->model->classifier, c->mixed, NULL, &options, error);
    if (status) return status;
    double p = insitu_classifier_answer(c->model->classifier)->probabilities[c->class_index];
    sum += point == 0 || point == NUM_POINTS - 1 ? p / 2 : p;
  }
  *result = sum / (NUM_POINTS - 1);
  return INSITU_STATUS_OK;
}

static void fill_with_mean(const uint8_t *whole, size_t num_pixels, uint8_t *empty) {
  uint64_t sums[3] = {0};
  for (size_t i = 0; i < num_pixels; ++i) {
    for (int c = 0; c < 3; ++c) sums[c] += whole[3 * i + (size_t)c];
  }
  for (size_t i = 0; i < num_pixels; ++i) {
    for (int c = 0; c < 3; ++c) empty[3 * i + (size_t)c] = (uint8_t)(sums[c] / num_pixels);
  }
}

static insitu_status add_curves(explain_figures *figures, curves *c, insitu_error *error) {
  uint32_t num_cells = c->cells_across * c->cells_down;
  double areas[2][2]; /* [random][deletion, insertion] */
  for (uint32_t i = 0; i < num_cells; ++i) c->order[i] = i;
  sorted_by = c->values;
  qsort(c->order, num_cells, sizeof *c->order, by_falling_value);
  for (int is_random = 0; is_random < 2; ++is_random) {
    if (is_random) shuffle(c->order, num_cells, (uint32_t)figures->count + 1);
    insitu_status status = area(c, c->whole, c->empty, &areas[is_random][0], error);
    if (!status) status = area(c, c->empty, c->whole, &areas[is_random][1], error);
    if (status) return status;
  }
  ++figures->count;
  figures->deletion += areas[0][0];
  figures->insertion += areas[0][1];
  figures->random_deletion += areas[1][0];
  figures->random_insertion += areas[1][1];
  figures->num_better_deletions += areas[0][0] < areas[1][0];
  figures->num_better_insertions += areas[0][1] > areas[1][1];
  return INSITU_STATUS_OK;
}

insitu_status explain_add(explain_figures *figures, cli_model *model, insitu_error *error) {
  const insitu_answer *answer = insitu_classifier_answer(model->classifier);
  const insitu_input *input = insitu_pack_input(model->pack);
  size_t num_cells = answer ? (size_t)answer->map.width * answer->map.height : 0;
  if (num_cells == 0 || num_cells > MAX_CELLS) {
    return cli_fail(error, INSITU_STATUS_UNSUPPORTED, "the answer has no map of 1 to %u places",
                    MAX_CELLS);
  }
  size_t num_pixels = (size_t)input->width_px * input->height_px;
  curves *c = insitu_alloc(sizeof *c + num_pixels * 9);
  if (!c) return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the curves");
  uint8_t *pixels = (uint8_t *)(c + 1);
  *c = (curves){.model = model,
                .prior = answer->prior,
                .width = input->width_px,
                .height = input->height_px,
                .cells_across = answer->map.width,
                .cells_down = answer->map.height,
                .class_index = answer->map.class_index,
                .whole = pixels,
                .empty = pixels + 3 * num_pixels,
                .mixed = pixels + 6 * num_pixels};
  memcpy(c->values, answer->map.values, num_cells * sizeof *c->values);
  memcpy(pixels, model->rgb, 3 * num_pixels);
  fill_with_mean(pixels, num_pixels, pixels + 3 * num_pixels);
  insitu_status status = add_curves(figures, c, error);
  insitu_free(c);
  return status;
}
