/* CSV in one pass, in place: quotes are taken out within the text. */
#include "cli/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/file.h"

typedef struct parser {
  char *at, *end; /* *end is a zero byte */
  csv_table *table;
  size_t num_fields, room;
} parser;

static bool add_field(parser *parser, const char *field) {
  if (parser->num_fields == parser->room) {
    size_t room = parser->room ? parser->room * 2 : 1024;
    const char **grown = realloc(parser->table->fields, room * sizeof *grown);
    if (!grown) return false;
    parser->table->fields = grown;
    parser->room = room;
  }
  parser->table->fields[parser->num_fields++] = field;
  return true;
}

/* Takes one field and what ends it: ',', '\n', or 0 at the end; -1 where a
 * quote is never closed or has something behind it. */
static int take_field(parser *parser, const char **field) {
  char *write = parser->at;
  *field = write;
  if (*parser->at == '"') {
    ++parser->at;
    for (;; ++parser->at) {
      if (parser->at == parser->end) return -1;
      if (*parser->at == '"' && *++parser->at != '"') break;
      *write++ = *parser->at;
    }
  } else {
    size_t length = strcspn(parser->at, ",\r\n");
    parser->at += length;
    write += length;
  }
  if (parser->at[0] == '\r' && (parser->at[1] == '\n' || parser->at + 1 == parser->end)) {
    ++parser->at;
  }
  int ending = *parser->at;
  if (ending != ',' && ending != '\n' && parser->at != parser->end) return -1;
  if (parser->at < parser->end) ++parser->at;
  *write = '\0'; /* over what was read already */
  return ending;
}

static bool skip_empty_line(parser *parser) {
  size_t length = strspn(parser->at, "\r");
  if (parser->at[length] != '\n') return false;
  parser->at += length + 1;
  return true;
}

static insitu_status parse(parser *parser, insitu_error *error) {
  csv_table *table = parser->table;
  for (size_t line = 1; parser->at < parser->end; ++line) {
    if (skip_empty_line(parser)) continue;
    size_t before = parser->num_fields;
    int ending;
    do {
      const char *field;
      ending = take_field(parser, &field);
      if (ending < 0) {
        return cli_fail(error, INSITU_STATUS_DAMAGED, "line %zu: a quote or a line end is in the wrong place",
                        line);
      }
      if (!add_field(parser, field)) {
        return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the table");
      }
    } while (ending == ',');
    size_t count = parser->num_fields - before;
    if (before == 0) table->num_columns = (uint32_t)count;
    if (count > CSV_MAX_COLUMNS || count != table->num_columns) {
      return cli_fail(error, INSITU_STATUS_DAMAGED,
                      "line %zu has %zu columns, but the header has %u (at most %u)", line, count,
                      table->num_columns, CSV_MAX_COLUMNS);
    }
  }
  if (parser->num_fields == 0) {
    return cli_fail(error, INSITU_STATUS_DAMAGED, "the table is empty: it needs a header line");
  }
  table->num_rows = parser->num_fields / table->num_columns - 1;
  return INSITU_STATUS_OK;
}

insitu_status csv_read(const char *path, csv_table *table, insitu_error *error) {
  uint8_t *bytes;
  size_t size;
  insitu_status status = file_read(path, CSV_MAX_BYTES, &bytes, &size, error);
  if (status) return status;
  csv_table made = {.text = (char *)bytes};
  parser parser = {.at = made.text, .end = made.text + size, .table = &made};
  if (memchr(bytes, 0, size)) {
    status = cli_fail(error, INSITU_STATUS_DAMAGED, "the table holds a zero byte, so is no CSV");
  } else {
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) parser.at += 3; /* a spreadsheet's mark */
    status = parse(&parser, error);
  }
  if (status) {
    csv_free(&made);
    return status;
  }
  *table = made;
  return INSITU_STATUS_OK;
}

void csv_free(csv_table *table) {
  free(table->fields);
  free(table->text);
  table->fields = NULL;
  table->text = NULL;
}

int csv_column(const csv_table *table, const char *name, size_t name_length) {
  for (uint32_t i = 0; i < table->num_columns; ++i) {
    if (strlen(table->fields[i]) == name_length &&
        memcmp(table->fields[i], name, name_length) == 0) {
      return (int)i;
    }
  }
  return -1;
}

const char *csv_field(const csv_table *table, size_t row, int column) {
  return table->fields[(row + 1) * table->num_columns + (size_t)column];
}
