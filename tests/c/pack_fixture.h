/* A small valid pack.json and a way to change one field of it. */
#ifndef INSITU_TESTS_PACK_FIXTURE_H_
#define INSITU_TESTS_PACK_FIXTURE_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cJSON.h"

#define FIXTURE_SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char fixture_pack[] =
    "{\"format\":1,\"id\":\"two-spots\",\"version\":\"1.2.3\",\"name\":\"Two spots\","
    "\"task\":\"multiclass\",\"intended_use\":\"Tests.\",\"not_for\":\"People.\","
    "\"notices\":[\"Only a test.\"],"
    "\"licence\":{\"weights\":\"Apache-2.0\",\"data\":\"drawn\",\"source\":\"the tests\"},"
    "\"card\":\"card.md\","
    "\"input\":{\"width\":32,\"height\":24,\"crop_fraction\":0.875,"
    "\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225]},"
    "\"output\":\"logits\","
    "\"classes\":[{\"id\":\"dark\",\"label\":\"Dark\",\"text\":\"t\",\"advice\":\"a\"},"
    "{\"id\":\"light\",\"label\":\"L\\u00edght\",\"text\":\"t\",\"advice\":\"a\"}],"
    "\"calibration\":{\"temperature\":1.5,\"bias\":[0.25,-0.25],\"score_prior\":\"uniform\","
    "\"training_prior\":[0.75,0.25],\"default_prior\":\"training\"},"
    "\"default_variant\":\"int8\","
    "\"variants\":[{\"name\":\"float32\",\"precision\":\"float32\",\"file\":\"f.tflite\","
    "\"bytes\":100,\"sha256\":\"" FIXTURE_SHA256
    "\"},"
    "{\"name\":\"int8\",\"precision\":\"int8\",\"file\":\"i.tflite\",\"bytes\":50,"
    "\"sha256\":\"" FIXTURE_SHA256
    "\",\"calibration\":{\"temperature\":2},"
    "\"metrics\":{\"split\":\"s=test\",\"n\":10,"
    "\"accuracy\":{\"value\":0.5,\"low\":0.4,\"high\":0.6,\"prior\":\"training\"},"
    "\"balanced_accuracy\":{\"value\":0.5,\"low\":0.4,\"high\":0.6},"
    "\"macro_auc\":{\"value\":0.5,\"low\":0.4,\"high\":0.6},"
    "\"ece\":{\"value\":0.5,\"low\":0.4,\"high\":0.6},"
    "\"recall\":{\"light\":{\"value\":0.5,\"low\":0.4,\"high\":0.6,\"prior\":\"uniform\"}}}}],"
    "\"selftest\":[{\"file\":\"selftest/disc.png\",\"prior\":\"training\",\"tolerance\":0.02,"
    "\"expected\":{\"int8\":[0.1,0.9],\"float32\":[0.2,0.8]}}]}";

/* Sets the field at `path` ("input.mean[1]" as "input/mean/1") to value, which
 * goes over to root, or removes it where value is NULL. */
__attribute__((unused)) static void fixture_change(cJSON *root, const char *path, cJSON *value) {
  char parts[128], *key = parts;
  snprintf(parts, sizeof parts, "%s", path);
  for (char *slash; (slash = strchr(key, '/')); key = slash + 1) {
    *slash = '\0';
    root =
        cJSON_IsArray(root) ? cJSON_GetArrayItem(root, atoi(key)) : cJSON_GetObjectItem(root, key);
  }
  if (cJSON_IsArray(root)) {
    cJSON_ReplaceItemInArray(root, atoi(key), value);
  } else {
    cJSON_DeleteItemFromObject(root, key);
    if (value) cJSON_AddItemToObject(root, key, value);
  }
}

/* The fixture with one change, its value as JSON text. The caller frees. */
__attribute__((unused)) static char *fixture_with(const char *path, const char *value) {
  cJSON *root = cJSON_Parse(fixture_pack);
  fixture_change(root, path, value ? cJSON_Parse(value) : NULL);
  char *printed = cJSON_PrintUnformatted(root);
  char *copy = malloc(strlen(printed) + 1); /* outside the core's counted memory */
  strcpy(copy, printed);
  cJSON_free(printed);
  cJSON_Delete(root);
  return copy;
}

#endif
