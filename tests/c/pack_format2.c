/* Format 2 of pack.json: what is new in it. What it refuses: pack_changes.c. */
#include "pack/pack.h"

#include <math.h>

#include "base/alloc.h"
#include "check.h"

#define STRIPES "tests/packs/stripes/"

static char *stripes;
static size_t stripes_size;

static insitu_pack *open_stripes(void) {
  insitu_pack *pack = NULL;
  insitu_error error = {0};
  if (insitu_pack_create(stripes, stripes_size, &pack, &error)) printf("    %s\n", error.message);
  return pack;
}

static void reads_what_it_says(void) {
  insitu_pack *pack = open_stripes();
  CHECK(pack != NULL);
  if (!pack) return;
  CHECK_STR(insitu_pack_language(pack, 0), "en");
  CHECK_STR(insitu_pack_language(pack, 1), "ar");
  CHECK(insitu_pack_language(pack, 2) == NULL);
  CHECK_STR(insitu_pack_class_label(pack, 2), "checked"); /* until there are texts */
  CHECK_INT(pack->classes[2].action, INSITU_ACTION_SOON);
  CHECK_INT(pack->num_groups, 1);
  CHECK(!pack->groups[0].members[0] && pack->groups[0].members[2]);
  CHECK_STR(pack->domains[0], "drawing");
  const pack_decision *decision = pack->variants[0].decision;
  CHECK(decision != NULL);
  CHECK_INT(decision->prior, INSITU_PRIOR_TRAINING);
  CHECK_NEAR(decision->set_thresholds[2], 0.2, 0);
  CHECK_NEAR(decision->answer_p, 0.5, 0);
  CHECK_NEAR(decision->group_limits[0], 0.1, 0);
  CHECK_INT(decision->num_quality_rules, 1);
  CHECK(!decision->quality_rules[0].is_minimum);
  CHECK_INT(decision->quality_rules[0].reason, INSITU_REASON_TOO_DARK);
  CHECK_INT(decision->typicality.num_tensors, 1);
  CHECK_STR(decision->typicality.tensors[0], "edges");
  pack_destroy(pack);
}

static void texts_bring_labels_or_nothing(void) {
  static const char whole[] =
      "{\"classes\":{\"standing\":{\"label\":\"S\"},\"lying\":{\"label\":\"L\"},"
      "\"checked\":{\"label\":\"C\"}},\"groups\":{\"crossing\":{\"label\":\"G\"}}}";
  static const char partly[] = "{\"classes\":{\"standing\":{\"label\":\"X\"}}}";
  insitu_pack *pack = open_stripes();
  insitu_error error = {0};
  if (!pack) return;
  CHECK_INT(insitu_pack_add_texts(pack, whole, strlen(whole), &error), INSITU_STATUS_OK);
  CHECK_STR(insitu_pack_class_label(pack, 2), "C");
  CHECK_STR(pack->groups[0].label, "G");
  CHECK_INT(insitu_pack_add_texts(pack, partly, strlen(partly), &error),
            INSITU_STATUS_INVALID_PACK);
  CHECK_HAS(error.message, "classes.lying is missing");
  CHECK_STR(insitu_pack_class_label(pack, 0), "S");
  CHECK_INT(insitu_pack_add_texts(pack, "{", 1, &error), INSITU_STATUS_INVALID_PACK);
  pack_destroy(pack);
}

static void survives_want_of_memory(void) {
  insitu_status status = INSITU_STATUS_OUT_OF_MEMORY;
  for (long i = 0; status != INSITU_STATUS_OK && i < 2000; ++i) {
    insitu_pack *pack = NULL;
    alloc_fail_after(i);
    status = pack_read(stripes, stripes_size, &pack, NULL);
    alloc_fail_after(-1);
    CHECK(status == INSITU_STATUS_OK || status == INSITU_STATUS_OUT_OF_MEMORY);
    CHECK((pack != NULL) == (status == INSITU_STATUS_OK));
    pack_destroy(pack);
  }
  CHECK_INT(status, INSITU_STATUS_OK);
}

int main(void) {
  stripes = (char *)check_read_file(STRIPES "pack.json", &stripes_size);
  RUN(reads_what_it_says);
  RUN(texts_bring_labels_or_nothing);
  RUN(survives_want_of_memory);
  free(stripes);
  return check_summary();
}
