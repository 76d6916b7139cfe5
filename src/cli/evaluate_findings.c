/* Figures that are not defined are null, or "-". */
#include "cli/evaluate_findings.h"

#include <math.h>
#include <stdio.h>

typedef struct column {
  const char *key, *title;
  size_t offset; /* of a double in findings_class */
} column;

static const column columns[] = {
    {"auc", "AUC", offsetof(findings_class, auc)},
    {"sensitivity", "sensitivity", offsetof(findings_class, sensitivity)},
    {"specificity", "specificity", offsetof(findings_class, specificity)},
    {"precision", "precision", offsetof(findings_class, precision)},
    {"brier", "Brier", offsetof(findings_class, brier)},
};
enum { NUM_COLUMNS = sizeof columns / sizeof *columns };

static double value_of(const findings_class *figures, const column *of) {
  return *(const double *)(const void *)((const char *)figures + of->offset);
}

static bool add_number(cJSON *object, const char *key, double value) {
  return isnan(value) ? cJSON_AddNullToObject(object, key) != NULL
                      : cJSON_AddNumberToObject(object, key, value) != NULL;
}

static bool add_class(cJSON *array, const insitu_pack *pack, uint32_t index,
                      const findings_class *figures) {
  cJSON *item = cJSON_CreateObject();
  if (!item) return false;
  if (!cJSON_AddItemToArray(array, item)) {
    cJSON_Delete(item);
    return false;
  }
  bool done = cJSON_AddStringToObject(item, "id", insitu_pack_class_id(pack, index)) &&
              cJSON_AddStringToObject(item, "label", insitu_pack_class_label(pack, index)) &&
              add_number(item, "n", (double)figures->n);
  for (int i = 0; i < NUM_COLUMNS && done; ++i) {
    done = add_number(item, columns[i].key, value_of(figures, &columns[i]));
  }
  return done;
}

bool evaluate_add_findings(cJSON *object, const insitu_pack *pack,
                           const findings_figures *figures) {
  if (!figures) {
    return cJSON_AddNullToObject(object, "rejected") &&
           cJSON_AddNullToObject(object, "macro_auc") &&
           cJSON_AddNullToObject(object, "per_finding");
  }
  if (!add_number(object, "rejected", (double)figures->rejected) ||
      !add_number(object, "macro_auc", figures->macro_auc)) {
    return false;
  }
  cJSON *classes = cJSON_AddArrayToObject(object, "per_finding");
  for (uint32_t i = 0; classes && i < insitu_pack_num_classes(pack); ++i) {
    if (!add_class(classes, pack, i, &figures->classes[i])) return false;
  }
  return classes != NULL;
}

static void print_cell(double value) {
  if (isnan(value)) {
    printf("%13s", "-");
  } else {
    printf("%13.4f", value);
  }
}

void evaluate_print_findings(const insitu_pack *pack, const findings_figures *figures) {
  printf("%-18s %zu\n%-18s", "rejected", figures->rejected, "macro AUC");
  if (isnan(figures->macro_auc)) {
    printf("     -\n");
  } else {
    printf(" %.4f\n", figures->macro_auc);
  }
  printf("\n%-20s%8s", "finding", "n");
  for (int i = 0; i < NUM_COLUMNS; ++i) printf("%13s", columns[i].title);
  putchar('\n');
  for (uint32_t c = 0; c < insitu_pack_num_classes(pack); ++c) {
    printf("%-20.19s%8zu", insitu_pack_class_id(pack, c), figures->classes[c].n);
    for (int i = 0; i < NUM_COLUMNS; ++i) print_cell(value_of(&figures->classes[c], &columns[i]));
    putchar('\n');
  }
}
