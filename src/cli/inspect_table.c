/* Descriptions as tables. A field that is missing prints as "-". */
#include "cli/inspect_table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const cJSON *object, const char *key) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
  return text ? text : "-";
}

static double number_of(const cJSON *object, const char *key) {
  const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, key);
  return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

static void print_tensors(const cJSON *tensors, const char *what, const char *indent) {
  const cJSON *tensor;
  cJSON_ArrayForEach(tensor, tensors) {
    printf("%s%-12s %s [", indent, what, text_of(tensor, "dtype"));
    const cJSON *dim;
    const char *comma = "";
    cJSON_ArrayForEach(dim, cJSON_GetObjectItemCaseSensitive(tensor, "shape")) {
      printf("%s%.0f", comma, dim->valuedouble);
      comma = ",";
    }
    printf("]  %s", text_of(tensor, "name"));
    if (cJSON_HasObjectItem(tensor, "scale")) {
      printf("  = %.9g * (q - %.0f)", number_of(tensor, "scale"), number_of(tensor, "zero_point"));
    }
    putchar('\n');
  }
}

void inspect_print_model(const cJSON *model, const char *indent) {
  printf("%s%-12s %.0f\n", indent, "bytes", number_of(model, "bytes"));
  printf("%s%-12s %s\n", indent, "precision", text_of(model, "precision"));
  printf("%s%-12s %.0f\n", indent, "parameters", number_of(model, "parameters"));
  const cJSON *assumed = cJSON_GetObjectItemCaseSensitive(model, "size_assumed");
  printf("%s%-12s %.0f (multiply-accumulates a run", indent, "macs", number_of(model, "macs"));
  if (assumed) {
    printf(", at %.0f x %.0f: the file leaves the size open", assumed->child->valuedouble,
           assumed->child->next->valuedouble);
  }
  printf(")\n");
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(model, "signatures")) {
    bool is_read = strcmp(item->valuestring, text_of(model, "signature")) == 0;
    printf("%s%-12s %s%s\n", indent, "signature", item->valuestring, is_read ? " (this one)" : "");
  }
  print_tensors(cJSON_GetObjectItemCaseSensitive(model, "inputs"), "input", indent);
  print_tensors(cJSON_GetObjectItemCaseSensitive(model, "outputs"), "output", indent);
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(model, "operators")) {
    printf("%s%-12s %4.0f x %s\n", indent, "operator", number_of(item, "count"),
           text_of(item, "name"));
  }
  const cJSON *unsupported = cJSON_GetObjectItemCaseSensitive(model, "unsupported");
  cJSON_ArrayForEach(item, unsupported) {
    printf("%s%-12s %s: %s\n", indent, "unsupported", text_of(item, "operator"),
           text_of(item, "why"));
  }
  printf("%s%-12s %s\n", indent, "supported", cJSON_GetArraySize(unsupported) ? "no" : "yes");
}

/* "a, b" of an array of texts; nothing where there is none. */
static void print_list(const cJSON *pack, const char *key) {
  const cJSON *list = cJSON_GetObjectItemCaseSensitive(pack, key), *item;
  if (!cJSON_IsArray(list)) return;
  printf("%-16s ", key);
  cJSON_ArrayForEach(item, list) {
    printf("%s%s", item == list->child ? "" : ", ", cJSON_GetStringValue(item));
  }
  putchar('\n');
}

static void print_named(const cJSON *pack, const char *key, const char *title) {
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(pack, key)) {
    printf("%-16s %s: %s", title, text_of(item, "id"), text_of(item, "label"));
    if (cJSON_HasObjectItem(item, "action")) printf(" (%s)", text_of(item, "action"));
    putchar('\n');
  }
}

/* Of a decision, or of what it holds for one device. */
static void print_limits(const cJSON *decision) {
  const cJSON *set = cJSON_GetObjectItemCaseSensitive(decision, "set");
  if (set) printf(" sets of coverage %g;", number_of(set, "coverage"));
  if (cJSON_HasObjectItem(decision, "answer_p")) {
    printf(" an answer from %g;", number_of(decision, "answer_p"));
  }
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(decision, "groups")) {
    printf(" %s from %g;", item->string, item->valuedouble);
  }
}

/* What a variant decides by. */
static void print_decision(const cJSON *decision) {
  if (!decision) return;
  printf("  %-12s", "decides by");
  print_limits(decision);
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(decision, "quality")) {
    bool is_minimum = cJSON_HasObjectItem(item, "below");
    printf(" %s %s %g;", text_of(item, "measure"), is_minimum ? "below" : "above",
           number_of(item, is_minimum ? "below" : "above"));
  }
  printf("%s\n", cJSON_HasObjectItem(decision, "typicality") ? " typicality" : "");
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(decision, "taken_with")) {
    printf("  %-12s by", item->string);
    print_limits(item);
    if (cJSON_HasObjectItem(item, "prior")) printf(" prior %s", text_of(item, "prior"));
    putchar('\n');
  }
}

void inspect_print_pack(const cJSON *pack) {
  static const char *const texts[] = {"id", "version", "name", "task", "output", "default_variant"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    printf("%-16s %s\n", texts[i], text_of(pack, texts[i]));
  }
  const cJSON *input = cJSON_GetObjectItemCaseSensitive(pack, "input");
  printf("%-16s %.0f x %.0f px\n", "input", number_of(input, "width"), number_of(input, "height"));
  print_list(pack, "languages");
  print_list(pack, "domain");
  print_named(pack, "classes", "class");
  print_named(pack, "groups", "group");
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(pack, "texts")) {
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "usable"))) continue;
    printf("%-16s %s cannot be used: %s\n", "texts", text_of(item, "language"),
           text_of(item, "message"));
  }
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(pack, "variants")) {
    printf("\n%-16s %s (%s)\n", "variant", text_of(item, "name"), text_of(item, "file"));
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "usable"))) {
      printf("  %-12s yes: size, SHA-256 and shapes are as the pack says\n", "usable");
    } else {
      printf("  %-12s no: %s\n", "usable", text_of(item, "message"));
    }
    print_decision(cJSON_GetObjectItemCaseSensitive(item, "decision"));
    const cJSON *model = cJSON_GetObjectItemCaseSensitive(item, "model");
    if (model) inspect_print_model(model, "  ");
  }
}
