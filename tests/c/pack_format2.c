/* Format 2 of pack.json: what is new in it. What it refuses: pack_changes.c. */
#include "pack/pack.h"

#include <math.h>

#include "base/alloc.h"
#include "cJSON.h"
#include "check.h"
#include "pack_fixture.h"

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
  CHECK_INT(decision->limits.prior, INSITU_PRIOR_TRAINING);
  CHECK_NEAR(decision->limits.set_thresholds[2], 0.2, 0);
  CHECK_NEAR(decision->limits.answer_p, 0.5, 0);
  CHECK_NEAR(decision->limits.group_limits[0], 0.1, 0);
  CHECK_INT(decision->num_quality_rules, 1);
  CHECK(!decision->quality_rules[0].is_minimum);
  CHECK_INT(decision->quality_rules[0].reason, INSITU_REASON_TOO_DARK);
  CHECK_INT(decision->typicality.num_tensors, 1);
  CHECK_STR(decision->typicality.tensors[0], "edges");
  pack_destroy(pack);
}

/* The pack with these "taken_with" limits and another domain; the caller frees. */
static char *with_devices(const char *domain, const char *limits) {
  cJSON *root = cJSON_ParseWithLength(stripes, stripes_size);
  fixture_change(root, "domain", cJSON_Parse(domain));
  fixture_change(root, "variants/0/decision/taken_with", cJSON_Parse(limits));
  char *json = cJSON_PrintUnformatted(root);
  cJSON_Delete(root);
  return json;
}

static insitu_pack *open_with_devices(const char *domain, const char *limits) {
  char *json = with_devices(domain, limits);
  insitu_pack *pack = NULL;
  insitu_error error = {0};
  if (insitu_pack_create(json, strlen(json), &pack, &error)) printf("    %s\n", error.message);
  cJSON_free(json);
  return pack;
}

static const char two_devices[] =
    "{\"photo\":{\"answer_p\":0.75},\"drawing\":{\"prior\":\"uniform\","
    "\"set\":{\"coverage\":0.8,\"alone\":0.9,\"thresholds\":[0.4,0.5,0.6]},"
    "\"answer_p\":0.25,\"groups\":{\"crossing\":0.3}}}";

static void devices_have_limits_of_their_own(void) {
  insitu_pack *pack = open_with_devices("[\"drawing\",\"photo\",\"print\"]", two_devices);
  CHECK(pack != NULL);
  if (!pack) return;
  const pack_variant *variant = &pack->variants[0];
  const pack_limits *own = pack_limits_of(variant, NULL);
  const pack_limits *photo = pack_limits_of(variant, "photo");
  const pack_limits *drawing = pack_limits_of(variant, "drawing");
  CHECK(own == &variant->decision->limits);
  CHECK(pack_limits_of(variant, "print") == own); /* learnt, without limits of its own */
  CHECK(pack_limits_of(variant, "screen") == own);
  CHECK(pack_limits_of(NULL, "photo") == NULL);
  CHECK_INT(own->prior, INSITU_PRIOR_TRAINING);
  CHECK_NEAR(own->set_thresholds[2], 0.2, 0);
  CHECK_NEAR(own->group_limits[0], 0.1, 0);
  CHECK(isinf(own->set_alone_p));
  CHECK_INT(drawing->prior, INSITU_PRIOR_UNIFORM);
  CHECK_NEAR(drawing->set_thresholds[2], 0.6, 0);
  CHECK_NEAR(drawing->set_alone_p, 0.9, 0);
  CHECK_NEAR(drawing->answer_p, 0.25, 0);
  CHECK_NEAR(drawing->group_limits[0], 0.3, 0);
  /* what is absent is the decision's own */
  CHECK_INT(photo->prior, INSITU_PRIOR_TRAINING);
  CHECK_NEAR(photo->answer_p, 0.75, 0);
  CHECK_NEAR(photo->set_thresholds[2], 0.2, 0);
  CHECK_NEAR(photo->group_limits[0], 0.1, 0);
  CHECK(isinf(photo->set_alone_p));
  pack_destroy(pack);
}

/* A set of its own has no "alone" where it names none. */
static void a_set_is_replaced_whole(void) {
  cJSON *root = cJSON_ParseWithLength(stripes, stripes_size);
  fixture_change(root, "variants/0/decision/set/alone", cJSON_Parse("0.95"));
  fixture_change(root, "variants/0/decision/taken_with",
                 cJSON_Parse("{\"drawing\":{\"set\":{\"coverage\":0.8,\"thresholds\":[1,1,1]}}}"));
  char *json = cJSON_PrintUnformatted(root);
  insitu_pack *pack = NULL;
  CHECK_INT(insitu_pack_create(json, strlen(json), &pack, NULL), INSITU_STATUS_OK);
  if (pack) {
    CHECK_NEAR(pack_limits_of(&pack->variants[0], NULL)->set_alone_p, 0.95, 0);
    CHECK(isinf(pack_limits_of(&pack->variants[0], "drawing")->set_alone_p));
  }
  pack_destroy(pack);
  cJSON_free(json);
  cJSON_Delete(root);
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
  char *json = with_devices("[\"drawing\",\"photo\"]", two_devices);
  for (long i = 0; status != INSITU_STATUS_OK && i < 2000; ++i) {
    insitu_pack *pack = NULL;
    alloc_fail_after(i);
    status = pack_read(json, strlen(json), &pack, NULL);
    alloc_fail_after(-1);
    CHECK(status == INSITU_STATUS_OK || status == INSITU_STATUS_OUT_OF_MEMORY);
    CHECK((pack != NULL) == (status == INSITU_STATUS_OK));
    pack_destroy(pack);
  }
  CHECK_INT(status, INSITU_STATUS_OK);
  cJSON_free(json);
}

int main(void) {
  stripes = (char *)check_read_file(STRIPES "pack.json", &stripes_size);
  RUN(reads_what_it_says);
  RUN(devices_have_limits_of_their_own);
  RUN(a_set_is_replaced_whole);
  RUN(texts_bring_labels_or_nothing);
  RUN(survives_want_of_memory);
  free(stripes);
  return check_summary();
}
