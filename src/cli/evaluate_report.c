/* An evaluation in print. Figures that are not defined are null, or "-". */
#include "cli/evaluate_report.h"

#include <math.h>
#include <stdio.h>

#include "cli/evaluate_decisions.h"
#include "cli/evaluate_findings.h"
#include "cli/output.h"

/* The one that was measured; "none" where scores carry none, "mixed" where the
 * pictures' were not all under the same. */
static const char *prior_name(const evaluate_report *report) {
  const metrics_answers *answers = report->answers;
  insitu_prior prior = report->prior;
  if (prior == INSITU_PRIOR_DEFAULT) prior = insitu_pack_default_prior(report->pack);
  for (size_t i = 0; i < answers->count; ++i) {
    if (answers->rows[i].prior != answers->rows[0].prior) return "mixed";
    prior = answers->rows[i].prior;
  }
  return evaluate_prior_names[prior];
}

static bool add_number(cJSON *object, const char *key, double value) {
  return isnan(value) ? cJSON_AddNullToObject(object, key) != NULL
                      : cJSON_AddNumberToObject(object, key, value) != NULL;
}

static bool add_class(cJSON *array, const insitu_pack *pack, uint32_t index,
                      const metrics_class *figures) {
  cJSON *item = cJSON_CreateObject();
  if (!item) return false;
  if (!cJSON_AddItemToArray(array, item)) {
    cJSON_Delete(item);
    return false;
  }
  return cJSON_AddStringToObject(item, "id", insitu_pack_class_id(pack, index)) &&
         cJSON_AddStringToObject(item, "label", insitu_pack_class_label(pack, index)) &&
         add_number(item, "n", (double)figures->n) && add_number(item, "recall", figures->recall) &&
         add_number(item, "precision", figures->precision) && add_number(item, "auc", figures->auc);
}

static bool add_confusion(cJSON *object, const metrics_figures *figures, uint32_t num_classes) {
  cJSON *rows = cJSON_AddArrayToObject(object, "confusion");
  for (uint32_t truth = 0; rows && truth < num_classes; ++truth) {
    cJSON *row = cJSON_CreateArray();
    if (!row || !cJSON_AddItemToArray(rows, row)) {
      cJSON_Delete(row);
      return false;
    }
    for (uint32_t named = 0; named < num_classes; ++named) {
      cJSON *count = cJSON_CreateNumber((double)figures->confusion[truth * num_classes + named]);
      if (!count || !cJSON_AddItemToArray(row, count)) {
        cJSON_Delete(count);
        return false;
      }
    }
  }
  return rows != NULL;
}

static bool add_figures(cJSON *object, const evaluate_report *report) {
  const metrics_figures *figures = report->figures;
  if (!figures) { /* no picture was answered: nothing is measured */
    static const char *const keys[] = {"accuracy", "balanced_accuracy", "macro_auc", "ece",
                                       "ece_bins", "per_class",         "confusion"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i) {
      if (!cJSON_AddNullToObject(object, keys[i])) return false;
    }
    return true;
  }
  uint32_t num_classes = report->answers->num_classes;
  if (!add_number(object, "accuracy", figures->accuracy) ||
      !add_number(object, "balanced_accuracy", figures->balanced_accuracy) ||
      !add_number(object, "macro_auc", figures->macro_auc) ||
      !add_number(object, "ece", figures->ece) ||
      !add_number(object, "ece_bins", METRICS_ECE_BINS)) {
    return false;
  }
  cJSON *classes = cJSON_AddArrayToObject(object, "per_class");
  for (uint32_t i = 0; classes && i < num_classes; ++i) {
    if (!add_class(classes, report->pack, i, &figures->classes[i])) return false;
  }
  return classes && add_confusion(object, figures, num_classes);
}

/* cJSON_AddItemReferenceToObject would leak where memory is short. */
static bool add_failures(cJSON *object, const cJSON *failures) {
  cJSON *reference = cJSON_CreateArrayReference(failures->child);
  if (reference && cJSON_AddItemToObject(object, "failures", reference)) return true;
  cJSON_Delete(reference);
  return false;
}

bool evaluate_print_json(const evaluate_report *report) {
  cJSON *object = cJSON_CreateObject();
  cJSON *model = cJSON_AddObjectToObject(object, "model");
  bool done = model && cJSON_AddStringToObject(model, "id", insitu_pack_id(report->pack)) &&
              cJSON_AddStringToObject(model, "version", insitu_pack_version(report->pack)) &&
              cJSON_AddStringToObject(model, "variant", report->variant->name) &&
              cJSON_AddStringToObject(object, "prior", prior_name(report));
  if (done && report->split) done = cJSON_AddStringToObject(object, "split", report->split);
  done = done && add_number(object, "n", (double)report->num_answers) &&
         add_number(object, "failed", (double)cJSON_GetArraySize(report->failures)) &&
         add_number(object, "repeated", (double)report->repeated) &&
         (report->are_findings ? evaluate_add_findings(object, report->pack, report->findings)
                               : add_figures(object, report) &&
                                     evaluate_add_decisions(object, report->pack, report->answers,
                                                            report->decisions)) &&
         (!report->explain || evaluate_add_explain(object, report->explain)) &&
         add_failures(object, report->failures);
  char *text = done ? cJSON_PrintUnformatted(object) : NULL;
  done = text != NULL;
  if (done) output_line(text);
  cJSON_free(text);
  cJSON_Delete(object);
  return done;
}

static void print_figure(const char *name, double value) {
  if (isnan(value)) {
    printf("%-18s     -\n", name);
  } else {
    printf("%-18s %.4f\n", name, value);
  }
}

static void print_cell(double value) {
  if (isnan(value)) {
    printf("%10s", "-");
  } else {
    printf("%10.4f", value);
  }
}

static void print_classes(const evaluate_report *report) {
  uint32_t num_classes = report->answers->num_classes;
  printf("\n%-16s%10s%10s%10s%10s\n", "class", "n", "recall", "precision", "AUC");
  for (uint32_t i = 0; i < num_classes; ++i) {
    const metrics_class *figures = &report->figures->classes[i];
    printf("%-16.15s%10zu", insitu_pack_class_id(report->pack, i), figures->n);
    print_cell(figures->recall);
    print_cell(figures->precision);
    print_cell(figures->auc);
    putchar('\n');
  }
  printf("\nconfusion (a row is the true class, a column the named one)\n%-16s", "");
  for (uint32_t i = 0; i < num_classes; ++i) {
    printf(" %7.7s", insitu_pack_class_id(report->pack, i));
  }
  for (uint32_t truth = 0; truth < num_classes; ++truth) {
    printf("\n%-16.15s", insitu_pack_class_id(report->pack, truth));
    for (uint32_t named = 0; named < num_classes; ++named) {
      printf(" %7zu", report->figures->confusion[truth * num_classes + named]);
    }
  }
  putchar('\n');
}

bool evaluate_print_tables(const evaluate_report *report) {
  printf("%s, variant %s, prior %s%s%s\n", insitu_pack_id(report->pack), report->variant->name,
         prior_name(report), report->split ? ", " : "", report->split ? report->split : "");
  printf("%-18s %zu\n%-18s %d\n", "n", report->num_answers, "failed",
         cJSON_GetArraySize(report->failures));
  if (report->repeated) printf("%-18s %zu\n", "repeated rows", report->repeated);
  if (report->figures) {
    print_figure("accuracy", report->figures->accuracy);
    print_figure("balanced accuracy", report->figures->balanced_accuracy);
    print_figure("macro AUC", report->figures->macro_auc);
    print_figure("ECE (15 bins)", report->figures->ece);
    print_classes(report);
    evaluate_print_decisions(report->pack, report->answers, report->decisions);
  }
  if (report->findings) evaluate_print_findings(report->pack, report->findings);
  if (report->num_answers && report->explain) evaluate_print_explain(report->explain);
  const cJSON *failure;
  cJSON_ArrayForEach(failure, report->failures) {
    printf("failed: %s: %s\n",
           cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(failure, "file")),
           cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(failure, "message")));
  }
  return true;
}
