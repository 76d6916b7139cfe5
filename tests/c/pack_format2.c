/* Format 2 of pack.json: what is new in it, and each rule that it can break. */
#include "pack/pack.h"

#include <math.h>

#include "base/alloc.h"
#include "cJSON.h"
#include "check.h"

#define STRIPES "tests/packs/stripes/"

static char *stripes;
static size_t stripes_size;

/* The pack with the field at `path` set to the JSON text `value`, or removed. */
static char *with(const char *path, const char *value) {
  cJSON *root = cJSON_ParseWithLength(stripes, stripes_size), *at = root;
  char parts[128], *key = parts;
  snprintf(parts, sizeof parts, "%s", path);
  for (char *slash; (slash = strchr(key, '/')); key = slash + 1) {
    *slash = '\0';
    at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, atoi(key)) : cJSON_GetObjectItem(at, key);
  }
  if (cJSON_IsArray(at)) {
    cJSON_ReplaceItemInArray(at, atoi(key), cJSON_Parse(value));
  } else {
    cJSON_DeleteItemFromObject(at, key);
    if (value) cJSON_AddItemToObject(at, key, cJSON_Parse(value));
  }
  char *printed = cJSON_PrintUnformatted(root);
  char *copy = malloc(strlen(printed) + 1); /* outside the core's counted memory */
  strcpy(copy, printed);
  cJSON_free(printed);
  cJSON_Delete(root);
  return copy;
}

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

static const struct {
  const char *path, *value, *message;
} refusals[] = {
    {"languages", "[]", "languages has 0 entries"},
    {"languages/0", "\"e n\"", "languages[0]"},
    {"languages/1", "\"en\"", "twice"},
    {"classes/1/action", "\"later\"", "classes[1].action is \"later\""},
    {"classes/1/action", NULL, "classes[1].action must be there for all classes or for none"},
    {"groups/0/id", "\"\"", "groups[0].id is empty"},
    {"groups/0/classes/0", "\"dots\"", "is none of the classes"},
    {"groups/0/classes", "[\"checked\",\"checked\"]", "twice"},
    {"variants/0/decision/prior", "\"flat\"", "prior is \"flat\""},
    {"variants/0/decision/answer_p", "1.5", "answer_p is 1.5"},
    {"variants/0/decision/set/thresholds", "[0.1,0.2]", "thresholds has 2 entries"},
    {"variants/0/decision/set/thresholds/1", "2", "thresholds[1] is 2"},
    {"variants/0/decision/groups/dots", "0.5", "groups.dots is none of the groups"},
    {"variants/0/decision/quality/0/measure", "\"smell\"", "measure is \"smell\""},
    {"variants/0/decision/quality/0/reason", "\"ugly\"", "reason is \"ugly\""},
    {"variants/0/decision/quality/0/below", "0.1", "only one of them"},
    {"variants/0/decision/quality/0/decision", "\"answer\"", "decision is \"answer\""},
    {"variants/0/decision/typicality/rows", "\"AAAA\"", "rows must be base64 of 4 bytes"},
    {"variants/0/decision/typicality/rows", "\"AA*AAA==\"", "rows must be base64 of 4 bytes"},
    {"variants/0/decision/typicality/mean", "\"AACAfwAAgH8=\"", "not finite"},
    {"variants/0/decision/typicality/features", "5000", "features is 5000"},
    {"variants/0/decision/typicality/knots/1", "[-100,0.5]", "does not rise"},
    {"variants/0/decision/typicality/knots/1", "[0]", "must be a pair"},
    {"variants/0/decision/typicality/limit", "-1", "limit is -1"},
};

static void refuses_each_broken_rule(void) {
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; ++i) {
    char *json = with(refusals[i].path, refusals[i].value);
    insitu_pack *pack = NULL;
    insitu_error error = {0};
    CHECK_INT(pack_read(json, strlen(json), &pack, &error), INSITU_STATUS_INVALID_PACK);
    CHECK_HAS(error.message, refusals[i].message);
    CHECK(pack == NULL);
    pack_destroy(pack);
    free(json);
  }
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
  RUN(refuses_each_broken_rule);
  RUN(texts_bring_labels_or_nothing);
  RUN(survives_want_of_memory);
  free(stripes);
  return check_summary();
}
