/* Tables with a header line (RFC 4180), separated by commas or, as spreadsheets
 * of many languages write them, by semicolons or tabs. */
#ifndef INSITU_CLI_CSV_H_
#define INSITU_CLI_CSV_H_

#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

#define CSV_MAX_COLUMNS 256u
#define CSV_MAX_BYTES (64u << 20)

typedef struct csv_table {
  char *text; /* owned; the fields point into it */
  uint32_t num_columns;
  size_t num_rows;     /* without the header */
  const char **fields; /* [1 + num_rows][num_columns], owned; row 0 the header */
  size_t *lines;       /* [1 + num_rows], owned: where each begins in the file, from 1 */
} csv_table;

/* Reads a whole file. The separator is the first of , ; and tab outside quotes
 * in the header, or what a first line "sep=;" names. Lines end in LF, CRLF or
 * CR. Every row must have the header's number of columns; lines that are empty
 * but for separators are skipped. */
insitu_status csv_read(const char *path, csv_table *table, insitu_error *error);
void csv_free(csv_table *table);

/* Index of the column of that name, or -1. */
int csv_column(const csv_table *table, const char *name, size_t name_length);
/* row from 0, behind the header. */
const char *csv_field(const csv_table *table, size_t row, int column);
/* The line of the file where that row begins: quoted fields may hold line ends. */
size_t csv_line(const csv_table *table, size_t row);

#endif
