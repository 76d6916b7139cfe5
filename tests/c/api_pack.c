/* insitu.h's packs and JSON lines, as a caller sees them. */
#include "insitu.h"

#include "check.h"
#include "pack_fixture.h"

static void a_pack_answers_for_itself(void) {
  insitu_pack *pack = NULL;
  CHECK_INT(insitu_pack_create(fixture_pack, strlen(fixture_pack), &pack, NULL), INSITU_STATUS_OK);
  CHECK_STR(insitu_pack_id(pack), "two-spots");
  CHECK_INT(insitu_pack_input(pack)->width_px, 32);
  CHECK_INT(insitu_pack_num_classes(pack), 2);
  CHECK_STR(insitu_pack_class_id(pack, 1), "light");
  CHECK_STR(insitu_pack_class_label(pack, 0), "Dark");
  CHECK(insitu_pack_class_id(pack, 2) == NULL);
  CHECK(insitu_pack_class_label(pack, UINT32_MAX) == NULL);
  CHECK_INT(insitu_pack_num_variants(pack), 2);
  CHECK_STR(insitu_pack_variant(pack, NULL)->name, "int8");
  CHECK_STR(insitu_pack_variant(pack, "float32")->file, "f.tflite");
  CHECK_STR(insitu_pack_variant_at(pack, 1)->file, "i.tflite");
  CHECK(insitu_pack_variant(pack, "int4") == NULL);
  CHECK(insitu_pack_variant_at(pack, 2) == NULL);
  insitu_pack_destroy(pack);
  insitu_pack_destroy(NULL);
}

static void a_failure_leaves_the_pointer(void) {
  insitu_pack *pack = (insitu_pack *)fixture_pack; /* any address */
  CHECK_INT(insitu_pack_create("{}", 2, &pack, NULL), INSITU_STATUS_INVALID_PACK);
  CHECK(pack == (insitu_pack *)fixture_pack);
}

static void an_error_is_one_json_line(void) {
  insitu_error error = {.status = INSITU_STATUS_TOO_LARGE, .message = "say \"no\"\n"};
  char *json = insitu_error_json("a\\b\xff.jpg", &error);
  CHECK_STR(json,
            "{\"file\":\"a\\\\b\xef\xbf\xbd.jpg\",\"ok\":false,\"status\":\"too-large\","
            "\"message\":\"say \\\"no\\\"\\n\"}");
  insitu_free(json);
}

int main(void) {
  RUN(a_pack_answers_for_itself);
  RUN(a_failure_leaves_the_pointer);
  RUN(an_error_is_one_json_line);
  return check_summary();
}
