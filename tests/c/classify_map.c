/* Class activation maps of feature maps that can be worked out by eye. */
#include "classify/map.h"

#include "check.h"

/* [2, 3, 2]: one channel lights the left, the other the right. */
static const float features[] = {1, 0, 0, 0, 0, 4, /**/ 0.5f, 0, 0, 0, 0, 2};
static const float weights[] = {1, -1, -1, 1, 0, 0}; /* [3, 2]: class 0 left, class 1 right */

static void each_class_lights_its_own_place(void) {
  static const float left[] = {1, 0, 0, 0.5f, 0, 0}, right[] = {0, 0, 1, 0, 0, 0.5f};
  float values[6];
  classify_map(features, 6, 2, weights, 3, 0, PACK_MULTICLASS, values);
  for (int i = 0; i < 6; ++i) CHECK_NEAR(values[i], left[i], 1e-6);
  classify_map(features, 6, 2, weights, 3, 1, PACK_MULTICLASS, values);
  for (int i = 0; i < 6; ++i) CHECK_NEAR(values[i], right[i], 1e-6);
}

static void nothing_that_speaks_for_it_is_all_zero(void) {
  static const float against[] = {-1, -1, 1, 1};
  float values[6];
  classify_map(features, 6, 2, against, 2, 0, PACK_MULTICLASS, values);
  for (int i = 0; i < 6; ++i) CHECK_NEAR(values[i], 0, 0);
}

/* What all scores of a softmax share changes no probability, so no map either. */
static void a_shared_weight_is_not_seen_by_softmax(void) {
  static const float shifted[] = {6, 4, 4, 6, 5, 5};
  float values[6], moved[6];
  classify_map(features, 6, 2, weights, 3, 1, PACK_MULTICLASS, values);
  classify_map(features, 6, 2, shifted, 3, 1, PACK_MULTICLASS, moved);
  for (int i = 0; i < 6; ++i) CHECK_NEAR(moved[i], values[i], 1e-6);
  classify_map(features, 6, 2, shifted, 3, 1, PACK_MULTILABEL, moved);
  CHECK(moved[0] > 0); /* a finding by itself has no others to compare with */
}

int main(void) {
  RUN(each_class_lights_its_own_place);
  RUN(nothing_that_speaks_for_it_is_all_zero);
  RUN(a_shared_weight_is_not_seen_by_softmax);
  return check_summary();
}
