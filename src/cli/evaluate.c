/* insitu evaluate: a pack's figures on labelled pictures. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cJSON.h"
#include "cli/cli.h"
#include "cli/evaluate_decisions.h"
#include "cli/evaluate_report.h"
#include "cli/evaluate_rows.h"
#include "cli/explain.h"
#include "cli/file.h"
#include "cli/findings.h"
#include "cli/metrics.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/platform.h"
#include "cli/progress.h"

static const char help[] =
    "Usage: insitu evaluate --labels FILE.csv --images DIR [OPTION]...\n\n"
    "Classifies every picture of a table with the columns image (a file in DIR)\n"
    "and label (a class id of the pack), and prints: n, accuracy, balanced\n"
    "accuracy (mean recall), macro AUC (one class against the rest, ties by\n"
    "midranks), recall, precision and AUC of each class, the expected calibration\n"
    "error (15 bins of equal width of the top probability), and the confusion\n"
    "matrix. Then what was decided: shares answered, unsure and rejected with the\n"
    "error of each and the reasons; coverage and mean size of the sets; the error\n"
    "left when the least certain pictures are put aside; each group's sensitivity\n"
    "and specificity at its limit, and again for each device whose pictures have\n"
    "limits of their own. Pictures that fail are counted and listed, never left\n"
    "out silently; rows that repeat a picture are counted once.\n\n"
    "Of a pack of findings, each by itself (multilabel), a label names any number of\n"
    "them with | between, an empty one none; printed are of each finding its AUC,\n"
    "sensitivity, specificity and precision at its threshold, and Brier score.\n\n"
    "  --pack DIR           the pack (default: INSITU_PACK, else the first one\n"
    "                       beside the program)\n"
    "  --variant NAME       of the pack (default: the pack's)\n"
    "  --prior NAME         class prior of the probabilities: training or uniform\n"
    "                       (default: that of the device's limits, else the pack's;\n"
    "                       'mixed' where they differ)\n"
    "  --labels FILE.csv    the table\n"
    "  --images DIR         the pictures' folder\n"
    "  --split COLUMN=VALUE only the rows with that value\n"
    "  --scores FILE.csv    write every picture's probabilities there, unrounded, and\n"
    "                       its decision, typicality and reasons, their prior, and\n"
    "                       by whose limits it was decided\n"
    "  --explain            check the maps: deletion and insertion curves against\n"
    "                       random ones (40 more runs a picture)\n"
    "  --json               one JSON object instead of tables\n"
    "  --threads N          1 to 64, but no more than processors (default 1)\n"
    "  --progress           counts on standard error, also where that is no terminal\n"
    "  --help               this text\n\n"
    "Exit status: 0 all answered, 1 some failed, 2 wrong usage.\n";

typedef struct evaluation {
  cli_model model;
  evaluate_rows rows;
  const char *images;
  FILE *scores; /* NULL: not asked */
  metrics_answers answers;
  findings_answers findings; /* instead, where the pack's classes are findings */
  bool is_explained;
  explain_figures explain;
  cJSON *failures; /* array of error objects */
} evaluation;

static void print_csv_field(FILE *stream, const char *text) {
  if (!text[strcspn(text, ",\"\r\n")]) {
    fputs(text, stream);
    return;
  }
  fputc('"', stream);
  for (; *text; ++text) {
    if (*text == '"') fputc('"', stream);
    fputc(*text, stream);
  }
  fputc('"', stream);
}

static void print_scores_header(evaluation *e) {
  fputs("image,label", e->scores);
  for (uint32_t i = 0; i < insitu_pack_num_classes(e->model.pack); ++i) {
    fputc(',', e->scores);
    print_csv_field(e->scores, insitu_pack_class_id(e->model.pack, i));
  }
  fputs(",decision,typicality,reasons,prior,limits_of,group_limits\n", e->scores);
}

/* answer NULL: the picture failed, and its fields stay empty. */
static void print_scores(evaluation *e, const evaluate_row *row, const insitu_answer *answer) {
  static const char *const decisions[] = {NULL, "answer", "unsure", "reject"};
  print_csv_field(e->scores, row->image);
  fputc(',', e->scores);
  print_csv_field(e->scores, row->label);
  for (uint32_t i = 0; i < insitu_pack_num_classes(e->model.pack); ++i) {
    fputc(',', e->scores);
    if (answer) fprintf(e->scores, "%.17g", answer->probabilities[i]);
  }
  fprintf(e->scores, ",%s,", answer ? decisions[answer->decision] : "");
  if (answer && !isnan(answer->typicality)) fprintf(e->scores, "%.6g", answer->typicality);
  fputc(',', e->scores);
  for (uint32_t i = 0; answer && i < answer->num_reasons; ++i) {
    fprintf(e->scores, "%s%s", i ? " " : "", insitu_reason_name(answer->reasons[i].id));
  }
  fprintf(e->scores, ",%s,%s,", answer ? evaluate_prior_names[answer->prior] : "",
          answer && answer->limits_of ? answer->limits_of : "");
  for (uint32_t i = 0; answer && i < answer->num_groups; ++i) {
    const insitu_group_answer *group = &answer->groups[i];
    fprintf(e->scores, "%s%s:", i ? " " : "", group->id);
    if (!isnan(group->limit)) fprintf(e->scores, "%.9g", group->limit);
  }
  fputc('\n', e->scores);
}

static bool keep_failure(evaluation *e, const char *image, const insitu_error *error) {
  char *json = insitu_error_json(image, error);
  cJSON *item = json ? cJSON_Parse(json) : NULL;
  insitu_free(json);
  return item && cJSON_AddItemToArray(e->failures, item);
}

/* False when out of memory. */
static bool evaluate_picture(evaluation *e, const evaluate_row *row) {
  char path[CLI_MAX_PATH_BYTES];
  insitu_error error;
  insitu_status status = file_join(e->images, row->image, path, &error);
  insitu_classify_options options = {
      .prior = e->model.prior, .is_map_wanted = e->is_explained, .map_class = INSITU_TOP_CLASS};
  if (!status) status = cli_model_classify(&e->model, path, &options, &error);
  const insitu_answer *answer = status ? NULL : insitu_classifier_answer(e->model.classifier);
  if (e->scores) print_scores(e, row, answer);
  if (!answer) return keep_failure(e, row->image, &error);
  if (row->has ? !findings_add(&e->findings, answer, row->has)
               : !metrics_add(&e->answers, answer, row->truth)) {
    return false;
  }
  if (!e->is_explained || answer->map.width == 0) return true; /* a rejected picture has no map */
  return explain_add(&e->explain, &e->model, &error) == INSITU_STATUS_OK ||
         keep_failure(e, row->image, &error);
}

static int close_scores(evaluation *e, const char *path) {
  if (!e->scores) return CLI_OK;
  bool failed = ferror(e->scores) != 0;
  if (!fclose(e->scores) && !failed) return CLI_OK;
  cli_complain("%s: cannot write: %s", path, strerror(errno));
  return CLI_FAILED;
}

typedef struct evaluate_options {
  cli_model_options model;
  const char *labels, *images, *split, *scores;
  bool json, explain, show_progress;
} evaluate_options;

/* Everything that needs the opened model; returns an exit code. */
static int evaluate(evaluation *e, const evaluate_options *options) {
  int code = evaluate_rows_read(options->labels, options->split, e->model.pack, &e->rows);
  if (code) return code;
  e->answers.num_classes = e->findings.num_classes = insitu_pack_num_classes(e->model.pack);
  e->failures = cJSON_CreateArray();
  if (options->scores) {
    e->scores = platform_open(options->scores, "wb");
    if (!e->scores) {
      cli_complain("%s: cannot create: %s", options->scores, strerror(errno));
      return CLI_FAILED;
    }
    print_scores_header(e);
  }
  progress progress;
  progress_start(&progress, "pictures", e->rows.count, options->show_progress, false);
  bool has_memory = e->failures != NULL;
  for (size_t i = 0; i < e->rows.count && has_memory; ++i) {
    has_memory = evaluate_picture(e, &e->rows.rows[i]);
    progress_step(&progress);
  }
  progress_end(&progress);
  code = close_scores(e, options->scores);
  metrics_figures figures = {0};
  decisions_figures decisions = {0};
  findings_figures findings = {0};
  evaluate_report report = {.pack = e->model.pack,
                            .variant = insitu_pack_variant(e->model.pack, options->model.variant),
                            .prior = options->model.prior,
                            .split = options->split,
                            .repeated = e->rows.repeated,
                            .are_findings = evaluate_are_findings(e->model.pack),
                            .num_answers = e->answers.count + e->findings.count,
                            .answers = &e->answers,
                            .figures = e->answers.count ? &figures : NULL,
                            .decisions = e->answers.count ? &decisions : NULL,
                            .findings = e->findings.count ? &findings : NULL,
                            .explain = e->is_explained ? &e->explain : NULL,
                            .failures = e->failures};
  has_memory = has_memory &&
               (!e->answers.count || (metrics_compute(&e->answers, &figures) &&
                                      decisions_compute(&e->answers, e->model.pack, &decisions))) &&
               (!e->findings.count || findings_compute(&e->findings, &findings)) &&
               (options->json ? evaluate_print_json(&report) : evaluate_print_tables(&report));
  if (!has_memory) cli_complain("out of memory: the evaluation");
  if (!has_memory || cJSON_GetArraySize(e->failures) > 0) code = CLI_FAILED;
  metrics_free(&e->answers, &figures);
  decisions_free(&decisions);
  findings_free(&e->findings, &findings);
  return code;
}

static int run(int argc, char **argv) {
  evaluate_options o = {.model = {.num_threads = 1}};
  const cli_option options[] = {
      {"--pack", OPTION_TEXT, &o.model.pack, 0, 0},
      {"--variant", OPTION_TEXT, &o.model.variant, 0, 0},
      {"--prior", OPTION_PRIOR, &o.model.prior, 0, 0},
      {"--threads", OPTION_COUNT, &o.model.num_threads, 1, INSITU_MAX_THREADS},
      {"--labels", OPTION_TEXT, &o.labels, 0, 0},
      {"--images", OPTION_TEXT, &o.images, 0, 0},
      {"--split", OPTION_TEXT, &o.split, 0, 0},
      {"--scores", OPTION_TEXT, &o.scores, 0, 0},
      {"--explain", OPTION_FLAG, &o.explain, 0, 0},
      {"--json", OPTION_FLAG, &o.json, 0, 0},
      {"--progress", OPTION_FLAG, &o.show_progress, 0, 0},
  };
  int num_operands;
  cli_parse parsed = cli_parse_options(&cli_evaluate, options, sizeof options / sizeof *options,
                                       argc, argv, &num_operands);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (num_operands) return cli_usage(&cli_evaluate, "'%s' is not expected", argv[0]);
  if (!o.labels || !o.images) return cli_usage(&cli_evaluate, "name --labels and --images");

  evaluation e = {.images = o.images, .is_explained = o.explain};
  insitu_error error;
  if (cli_model_open(&o.model, &e.model, &error)) {
    cli_complain("%s: %s", e.model.source, error.message);
    return CLI_FAILED;
  }
  int code = evaluate(&e, &o);
  cli_model_close(&e.model);
  cJSON_Delete(e.failures);
  evaluate_rows_free(&e.rows);
  return code;
}

const cli_command cli_evaluate = {"evaluate", "measure a pack on labelled pictures", help, run};
