/* Checks of fields that are shown or tested, not computed with. */
#include "pack/texts.h"

#include <float.h>
#include <string.h>

#include "base/alloc.h"

#define MAX_NOTICES 32
#define MAX_SELFTESTS 64
#define MAX_METRIC_N 1000000000u

void pack_check_texts(pack_reader *reader, const pack_node *root) {
  pack_text(reader, root, "name");
  pack_text(reader, root, "intended_use");
  pack_text(reader, root, "not_for");
  pack_node notices = pack_array(reader, root, "notices", 0, MAX_NOTICES);
  PACK_EACH(notice, &notices) pack_entry_text(reader, &notice);
}

void pack_check_licence(pack_reader *reader, const pack_node *root) {
  pack_node licence = pack_object(reader, root, "licence");
  pack_text(reader, &licence, "weights");
  pack_text(reader, &licence, "data");
  pack_text(reader, &licence, "source");
  pack_file_name(reader, root, "card");
}

/* {value, low, high} and perhaps the prior that it was measured under. */
static void check_figure(pack_reader *reader, const pack_node *parent, const char *key) {
  pack_node figure = pack_object(reader, parent, key);
  double low = pack_number(reader, &figure, "low", 0, 1);
  double value = pack_number(reader, &figure, "value", 0, 1);
  double high = pack_number(reader, &figure, "high", 0, 1);
  if (!reader->status && (low > value || value > high)) {
    pack_fail(reader, &figure, "value", "is %.9g, which is not between low and high (%.9g, %.9g)",
              value, low, high);
  }
  static const char *const priors[] = {"training", "uniform"};
  if (!reader->status && pack_has(&figure, "prior")) {
    pack_choice(reader, &figure, "prior", priors, 2);
  }
}

static bool has_class(const insitu_pack *pack, const char *id) {
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    if (strcmp(pack->classes[i].id, id) == 0) return true;
  }
  return false;
}

void pack_check_metrics(pack_reader *reader, const pack_node *variant, const insitu_pack *pack) {
  if (reader->status || !pack_has(variant, "metrics")) return;
  pack_node metrics = pack_object(reader, variant, "metrics");
  pack_text(reader, &metrics, "split");
  pack_whole(reader, &metrics, "n", 1, MAX_METRIC_N);
  static const char *const names[] = {"accuracy", "balanced_accuracy", "macro_auc", "ece"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    check_figure(reader, &metrics, names[i]);
  }
  if (reader->status || !pack_has(&metrics, "recall")) return;
  pack_node recall = pack_object(reader, &metrics, "recall");
  PACK_EACH(figure, &recall) {
    if (!has_class(pack, figure.name)) {
      pack_fail(reader, &recall, figure.name, "is none of the classes");
    }
    check_figure(reader, &recall, figure.name);
    if (reader->status) return;
  }
}

/* A relative path of plain names: "selftest/disc.png". */
static void check_relative_path(pack_reader *reader, const pack_node *node, const char *key) {
  const char *path = pack_text(reader, node, key);
  if (reader->status) return;
  for (const char *name = path;; ++name) {
    size_t length = strcspn(name, "/");
    if (length == 0 || strspn(name, pack_name_alphabet) < length || strspn(name, ".") >= length) {
      pack_fail(reader, node, key, "is \"%.64s\", but must be plain names joined by /", path);
      return;
    }
    name += length;
    if (*name == '\0') return;
  }
}

void pack_check_selftest(pack_reader *reader, const pack_node *root, const insitu_pack *pack) {
  pack_node array = pack_array(reader, root, "selftest", 0, MAX_SELFTESTS);
  if (reader->status) return;
  double *expected = alloc_array(pack->num_classes, sizeof *expected);
  if (!expected) pack_fail_memory(reader);
  PACK_EACH(node, &array) {
    pack_check_object(reader, &node);
    check_relative_path(reader, &node, "file");
    static const char *const priors[] = {"training", "uniform"};
    if (pack->task == PACK_MULTICLASS) pack_choice(reader, &node, "prior", priors, 2);
    pack_positive(reader, &node, "tolerance", 1);
    pack_node outputs = pack_object(reader, &node, "expected");
    PACK_EACH(output, &outputs) {
      if (!pack_find_variant(pack, output.name)) {
        pack_fail(reader, &outputs, output.name, "is none of the variants");
      }
      pack_numbers(reader, &outputs, output.name, pack->num_classes, 0, 1, expected);
    }
    if (reader->status) break;
  }
  alloc_free(expected);
}
