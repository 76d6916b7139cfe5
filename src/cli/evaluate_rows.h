/* The labelled pictures of a table: which file, which class, each once. */
#ifndef INSITU_CLI_EVALUATE_ROWS_H_
#define INSITU_CLI_EVALUATE_ROWS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/csv.h"
#include "insitu.h"

typedef struct evaluate_row {
  const char *image; /* as the table names it */
  const char *label; /* likewise */
  uint32_t truth;    /* index of its class in the pack; 0 where these are findings */
  const bool *has;   /* [num_classes] the findings that it has; NULL where these are none */
  size_t line;       /* of the table's file */
} evaluate_row;

typedef struct evaluate_rows {
  csv_table table;    /* owns the texts */
  evaluate_row *rows; /* [count], in the table's order, owned */
  size_t count;
  bool *has;       /* [rows of the table][num_classes] of a pack of findings, else NULL; owned */
  size_t repeated; /* rows left out since they repeat a picture under its label */
} evaluate_rows;

/* Reads the table at `labels`, columns image and label, and checks all of it
 * before a picture is opened, since a wrong table would only waste the time:
 * each label is a class of the pack, and no picture has two. Of a pack of findings
 * a label names any number of them, with | between, and an empty one none. Rows that
 * repeat a picture are named on standard error and counted once. split: "COLUMN=VALUE",
 * or NULL for every row. Returns an exit code, after complaining. */
int evaluate_rows_read(const char *labels, const char *split, const insitu_pack *pack,
                       evaluate_rows *rows);
/* Whether the pack's classes are findings, each by itself. */
bool evaluate_are_findings(const insitu_pack *pack);
void evaluate_rows_free(evaluate_rows *rows);

#endif
