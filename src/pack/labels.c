/* texts/<language>.json, as far as the core uses it: the labels. The rest is the
 * page's to show; models/texts.schema.json is the norm of all of it. */
#include "base/alloc.h"
#include "base/error.h"
#include "pack/fields.h"
#include "pack/json.h"
#include "pack/pack.h"

/* New labels: classes first, then groups; [num_classes + num_groups]. */
static void read_labels(pack_reader *reader, const pack_node *root, const insitu_pack *pack,
                        char **labels) {
  pack_node classes = pack_object(reader, root, "classes");
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    pack_node texts = pack_object(reader, &classes, pack->classes[i].id);
    labels[i] = pack_copy(reader, pack_text(reader, &texts, "label"));
    if (reader->status) return;
  }
  if (pack->num_groups == 0) return;
  pack_node groups = pack_object(reader, root, "groups");
  for (uint32_t i = 0; i < pack->num_groups; ++i) {
    pack_node texts = pack_object(reader, &groups, pack->groups[i].id);
    labels[pack->num_classes + i] = pack_copy(reader, pack_text(reader, &texts, "label"));
    if (reader->status) return;
  }
}

static void swap(char **a, char **b) {
  char *kept = *a;
  *a = *b;
  *b = kept;
}

insitu_status pack_add_texts(insitu_pack *pack, const char *json, size_t json_size,
                             insitu_error *error) {
  if (pack->num_languages == 0) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "the pack \"%.64s\" has no texts of its own files: its format is 1", pack->id);
  }
  pack_json *tree;
  insitu_status status = pack_json_parse("texts", json, json_size, &tree, error);
  if (status) return status;
  pack_reader reader = {.error = error, .file = "texts"};
  pack_node root = {.json = tree};
  uint32_t count = pack->num_classes + pack->num_groups;
  char **labels = alloc_array(count, sizeof *labels);
  if (!labels) pack_fail_memory(&reader);
  else read_labels(&reader, &root, pack, labels);
  pack_json_destroy(tree);
  /* All are there: the old ones are what is freed below. */
  for (uint32_t i = 0; labels && !reader.status && i < count; ++i) {
    bool is_class = i < pack->num_classes;
    swap(&labels[i],
         is_class ? &pack->classes[i].label : &pack->groups[i - pack->num_classes].label);
  }
  for (uint32_t i = 0; labels && i < count; ++i) alloc_free(labels[i]);
  alloc_free(labels);
  return reader.status ? reader.status : error_clear(error);
}
