/* One change to a valid pack.json: what may be left out is taken, and each rule
 * that is broken is refused, by name. tests/packs/changes.json has the changes;
 * tests/schema holds models/pack.schema.json to the same ones. */
#include "cJSON.h"
#include "check.h"
#include "pack/pack.h"
#include "pack_fixture.h"

static cJSON *read_json(const char *path) {
  size_t size;
  uint8_t *text = check_read_file(path, &size);
  cJSON *json = cJSON_ParseWithLength((const char *)text, size);
  free(text);
  if (!json) check_fail(__FILE__, __LINE__, "the file is no JSON");
  return json;
}

static const char *text_at(const cJSON *row, const char *key) {
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, key));
}

static void check_change(const cJSON *base, const cJSON *row, bool is_taken) {
  cJSON *changed = cJSON_Duplicate(base, true);
  cJSON *value = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(row, "value"), true);
  fixture_change(changed, text_at(row, "at"), value);
  char *json = cJSON_PrintUnformatted(changed);
  insitu_pack *pack = NULL;
  insitu_error error = {0};
  insitu_status status = pack_read(json, strlen(json), &pack, &error);
  CHECK_INT(status, is_taken ? INSITU_STATUS_OK : INSITU_STATUS_INVALID_PACK);
  if (is_taken) CHECK_STR(error.message, "");
  else CHECK_HAS(error.message, text_at(row, "message"));
  CHECK((pack != NULL) == is_taken);
  if (check_state.case_failed) printf("    with %s changed\n", text_at(row, "at"));
  pack_destroy(pack);
  cJSON_free(json);
  cJSON_Delete(changed);
}

static void check_all(const char *list, bool is_taken) {
  cJSON *packs = read_json("tests/packs/changes.json");
  int num_changes = 0;
  const cJSON *entry, *row;
  cJSON_ArrayForEach(entry, packs) {
    const cJSON *base = cJSON_GetObjectItemCaseSensitive(entry, "base");
    cJSON *read = cJSON_IsString(base) ? read_json(base->valuestring) : cJSON_Duplicate(base, true);
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(entry, list)) {
      check_change(read, row, is_taken);
      ++num_changes;
    }
    cJSON_Delete(read);
  }
  cJSON_Delete(packs);
  CHECK(num_changes > 20);
}

static void takes_what_is_optional(void) { check_all("taken", true); }
static void refuses_each_broken_rule(void) { check_all("refused", false); }

static void begins_with_the_fixture(void) {
  cJSON *packs = read_json("tests/packs/changes.json"), *fixture = cJSON_Parse(fixture_pack);
  CHECK(cJSON_Compare(fixture, cJSON_GetObjectItem(packs->child, "base"), true));
  cJSON_Delete(fixture);
  cJSON_Delete(packs);
}

int main(void) {
  RUN(takes_what_is_optional);
  RUN(refuses_each_broken_rule);
  RUN(begins_with_the_fixture);
  return check_summary();
}
