/* From a table's text to labelled pictures. */
#include "cli/evaluate_rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h> /* qsort */
#include <string.h>

#include "cli/cli.h"

#define MAX_NAMED 10 /* rows that are named one by one */

typedef struct columns {
  int image, label;
  int split; /* -1: every row */
  const char *split_value;
} columns;

/* The header as it stands, for a message. */
static const char *header_text(const csv_table *table, char text[160]) {
  size_t used = 0;
  text[0] = '\0';
  for (uint32_t i = 0; i < table->num_columns && used < 159; ++i) {
    int added = snprintf(text + used, 160 - used, "%s'%s'", i ? ", " : "",
                         csv_field(table, (size_t)-1, (int)i));
    used += (size_t)added;
  }
  return text;
}

static int find_columns(const csv_table *table, const char *labels, const char *split,
                        columns *found) {
  char header[160];
  found->image = csv_column(table, "image", 5);
  found->label = csv_column(table, "label", 5);
  if (found->image < 0 || found->label < 0) {
    cli_complain(
        "%s: the table must have the columns 'image' and 'label', but its header has %u: %s",
        labels, table->num_columns, header_text(table, header));
    return CLI_FAILED;
  }
  found->split = -1;
  if (!split) return CLI_OK;
  const char *equals = strchr(split, '=');
  if (!equals) return cli_usage(&cli_evaluate, "--split is '%s', but must be COLUMN=VALUE", split);
  found->split = csv_column(table, split, (size_t)(equals - split));
  found->split_value = equals + 1;
  if (found->split >= 0) return CLI_OK;
  return cli_usage(&cli_evaluate, "%s has no column '%.*s', but has %s", labels,
                   (int)(equals - split), split, header_text(table, header));
}

bool evaluate_are_findings(const insitu_pack *pack) {
  return insitu_pack_default_prior(pack) ==
         INSITU_PRIOR_DEFAULT; /* of a pack, these alone have none */
}

/* id [length]; -1 where the pack has no such class. */
static int class_of(const insitu_pack *pack, const char *id, size_t length) {
  for (uint32_t i = 0; i < insitu_pack_num_classes(pack); ++i) {
    const char *name = insitu_pack_class_id(pack, i);
    if (strncmp(name, id, length) == 0 && name[length] == '\0') return (int)i;
  }
  return -1;
}

/* Marks in has [num_classes], all false, what the label names; false after
 * complaining. */
static bool read_findings(const char *where, size_t line, const char *image, const char *label,
                          const insitu_pack *pack, bool *has) {
  if (*label == '\0') return true;
  for (const char *at = label;; ++at) {
    size_t length = strcspn(at, "|");
    int found = class_of(pack, at, length);
    if (found < 0) {
      cli_complain(
          "%s: line %zu (%s) has the label '%s', where '%.*s' is no finding of the pack '%s': "
          "between findings must be a |, and where nothing was found nothing at all",
          where, line, image, label, (int)length, at, insitu_pack_id(pack));
      return false;
    }
    has[found] = true;
    at += length;
    if (*at == '\0') return true;
  }
}

/* "a, b, c", cut with "..." where they are many. */
static void list_classes(const insitu_pack *pack, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (uint32_t i = 0; i < insitu_pack_num_classes(pack); ++i) {
    const char *id = insitu_pack_class_id(pack, i);
    if (used + strlen(id) + sizeof ", ..." > size) {
      snprintf(text + used, size - used, "...");
      return;
    }
    bool is_last = i + 1 == insitu_pack_num_classes(pack);
    used += (size_t)snprintf(text + used, size - used, "%s%s", id, is_last ? "" : ", ");
  }
}

/* Fills rows->rows with every chosen row; an exit code after complaining. */
static int choose_rows(const char *labels, const columns *columns, const insitu_pack *pack,
                       evaluate_rows *rows) {
  const csv_table *table = &rows->table;
  bool are_findings = evaluate_are_findings(pack);
  size_t num_classes = insitu_pack_num_classes(pack), num_cells = table->num_rows * num_classes;
  rows->rows = insitu_alloc(table->num_rows * sizeof *rows->rows);
  if (are_findings) {
    bool fits = table->num_rows <= SIZE_MAX / num_classes;
    rows->has = fits ? insitu_alloc(num_cells * sizeof *rows->has) : NULL;
    if (rows->has) memset(rows->has, 0, num_cells * sizeof *rows->has);
  }
  if (!rows->rows || (are_findings && !rows->has)) {
    cli_complain("out of memory: the rows of %s", labels);
    return CLI_FAILED;
  }
  for (size_t row = 0; row < table->num_rows; ++row) {
    if (columns->split >= 0 &&
        strcmp(csv_field(table, row, columns->split), columns->split_value) != 0) {
      continue;
    }
    const char *image = csv_field(table, row, columns->image);
    const char *label = csv_field(table, row, columns->label);
    if (are_findings) {
      bool *has = rows->has + rows->count * num_classes;
      if (!read_findings(labels, csv_line(table, row), image, label, pack, has)) return CLI_FAILED;
      rows->rows[rows->count++] =
          (evaluate_row){.image = image, .label = label, .has = has, .line = csv_line(table, row)};
      continue;
    }
    int truth = class_of(pack, label, strlen(label));
    if (truth < 0) {
      char known[320];
      list_classes(pack, known, sizeof known);
      cli_complain("%s: line %zu (%s) has the label '%s', which is no class of the pack '%s': %s",
                   labels, csv_line(table, row), image, label, insitu_pack_id(pack), known);
      return CLI_FAILED;
    }
    rows->rows[rows->count++] = (evaluate_row){
        .image = image, .label = label, .truth = (uint32_t)truth, .line = csv_line(table, row)};
  }
  if (rows->count) return CLI_OK;
  cli_complain("%s: no row was chosen", labels);
  return CLI_FAILED;
}

/* Past what does not change which file a path names: "./" and doubled slashes. */
static const char *first_part(const char *path) {
  while (path[0] == '.' && path[1] == '/') {
    path += 2;
    while (*path == '/') ++path;
  }
  return path;
}

static const char *next_part(const char *path) {
  for (;;) {
    if (path[0] == '.' && path[1] == '/') {
      path += 2;
    } else if (path[0] == '/' && path[1] == '/') {
      ++path;
    } else if (path[0] == '/' && path[1] == '.' && path[2] == '/') {
      path += 2;
    } else {
      return path;
    }
  }
}

/* Orders paths; 0 where both name one file. */
static int compare_paths(const char *a, const char *b) {
  a = first_part(a);
  b = first_part(b);
  for (;; ++a, ++b) {
    if (*a == '/') a = next_part(a);
    if (*b == '/') b = next_part(b);
    if (*a != *b) return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    if (*a == '\0') return 0;
  }
}

static int by_image(const void *a, const void *b) {
  const evaluate_row *left = *(evaluate_row *const *)a, *right = *(evaluate_row *const *)b;
  int order = compare_paths(left->image, right->image);
  return order ? order : left->line < right->line ? -1 : left->line > right->line;
}

static int refuse_two_labels(const char *labels, const evaluate_row *first,
                             const evaluate_row *second) {
  cli_complain("%s: line %zu labels %s '%s', but line %zu labels it '%s': a picture has one label",
               labels, first->line, first->image, first->label, second->line, second->label);
  return CLI_FAILED;
}

static bool is_same_label(const insitu_pack *pack, const evaluate_row *a, const evaluate_row *b) {
  if (!a->has) return a->truth == b->truth;
  return memcmp(a->has, b->has, insitu_pack_num_classes(pack) * sizeof *a->has) == 0;
}

/* Takes out rows that repeat an earlier one, by marking them with a NULL image. */
static int mark_repeats(const char *labels, const insitu_pack *pack, evaluate_row **sorted,
                        evaluate_rows *rows) {
  const evaluate_row *kept = sorted[0];
  for (size_t i = 1; i < rows->count; ++i) {
    if (compare_paths(kept->image, sorted[i]->image) != 0) {
      kept = sorted[i];
      continue;
    }
    if (!is_same_label(pack, kept, sorted[i])) return refuse_two_labels(labels, kept, sorted[i]);
    if (++rows->repeated <= MAX_NAMED) {
      cli_complain("%s: line %zu repeats line %zu (%s): counted once", labels, sorted[i]->line,
                   kept->line, kept->image);
    }
    sorted[i]->image = NULL;
  }
  if (rows->repeated > MAX_NAMED) {
    cli_complain("%s: %zu more rows repeat a picture: each is counted once", labels,
                 rows->repeated - MAX_NAMED);
  }
  return CLI_OK;
}

static int drop_repeats(const char *labels, const insitu_pack *pack, evaluate_rows *rows) {
  evaluate_row **sorted = insitu_alloc(rows->count * sizeof *sorted);
  if (!sorted) {
    cli_complain("out of memory: the rows of %s", labels);
    return CLI_FAILED;
  }
  for (size_t i = 0; i < rows->count; ++i) sorted[i] = &rows->rows[i];
  qsort(sorted, rows->count, sizeof *sorted, by_image);
  int code = mark_repeats(labels, pack, sorted, rows);
  insitu_free(sorted);
  size_t kept = 0;
  for (size_t i = 0; i < rows->count; ++i) {
    if (rows->rows[i].image) rows->rows[kept++] = rows->rows[i];
  }
  rows->count = kept;
  return code;
}

int evaluate_rows_read(const char *labels, const char *split, const insitu_pack *pack,
                       evaluate_rows *rows) {
  memset(rows, 0, sizeof *rows);
  insitu_error error;
  if (csv_read(labels, &rows->table, &error)) {
    cli_complain("%s: %s", labels, error.message);
    return CLI_FAILED;
  }
  columns columns;
  int code = find_columns(&rows->table, labels, split, &columns);
  if (!code) code = choose_rows(labels, &columns, pack, rows);
  if (!code) code = drop_repeats(labels, pack, rows);
  if (code) evaluate_rows_free(rows);
  return code;
}

void evaluate_rows_free(evaluate_rows *rows) {
  csv_free(&rows->table);
  insitu_free(rows->rows);
  insitu_free(rows->has);
  rows->rows = NULL;
  rows->has = NULL;
}
