/* CSV in one pass, in place: quotes are taken out within the text. */
#include "cli/csv.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/file.h"

typedef struct parser {
  char *at, *end; /* *end is a zero byte */
  csv_table *table;
  char separator;
  size_t line; /* of `at`, from 1 */
  size_t num_fields, field_room;
  size_t num_records, record_room;
} parser;

/* Room for one more element in an array that doubles; NULL without memory. */
static void *grow(void *array, size_t count, size_t *room, size_t element_bytes) {
  if (count < *room) return array;
  size_t wanted = *room ? *room * 2 : 1024;
  void *grown = insitu_resize(array, wanted * element_bytes);
  if (grown) *room = wanted;
  return grown;
}

static bool add_field(parser *parser, const char *field) {
  const char **fields =
      grow(parser->table->fields, parser->num_fields, &parser->field_room, sizeof *fields);
  if (!fields) return false;
  parser->table->fields = fields;
  fields[parser->num_fields++] = field;
  return true;
}

static bool add_record(parser *parser) {
  size_t *lines =
      grow(parser->table->lines, parser->num_records, &parser->record_room, sizeof *lines);
  if (!lines) return false;
  parser->table->lines = lines;
  lines[parser->num_records++] = parser->line;
  return true;
}

/* Bytes of the line end at `at`: 0 where there is none. */
static size_t line_end(const char *at) {
  if (*at == '\n') return 1;
  if (*at == '\r') return at[1] == '\n' ? 2 : 1;
  return 0;
}

typedef enum ending { ENDS_FIELD, ENDS_RECORD, ENDS_WRONGLY } ending;

/* Takes one field and what ends it. Wrong is a quote that is never closed or
 * has something behind it. */
static ending take_field(parser *parser, const char **field) {
  char *write = parser->at;
  *field = write;
  if (*parser->at == '"') {
    ++parser->at;
    for (;; ++parser->at) {
      if (parser->at == parser->end) return ENDS_WRONGLY;
      if (*parser->at == '"' && *++parser->at != '"') break;
      if (*parser->at == '\n' || (*parser->at == '\r' && parser->at[1] != '\n')) ++parser->line;
      *write++ = *parser->at;
    }
  } else {
    while (*parser->at && *parser->at != parser->separator && !line_end(parser->at)) ++parser->at;
    write = parser->at;
  }
  ending ending = ENDS_RECORD;
  size_t length = line_end(parser->at);
  if (length) {
    ++parser->line;
  } else if (*parser->at == parser->separator) {
    ending = ENDS_FIELD;
    length = 1;
  } else if (parser->at != parser->end) {
    return ENDS_WRONGLY;
  }
  parser->at += length;
  *write = '\0'; /* over what was read already */
  return ending;
}

/* The first separator outside quotes in the header, a comma where none is. */
static char find_separator(const char *header) {
  bool quoted = false;
  for (; *header && (quoted || !line_end(header)); ++header) {
    if (*header == '"') quoted = !quoted;
    if (!quoted && strchr(",;\t", *header)) return *header;
  }
  return ',';
}

static void pass_blank_lines(parser *parser) {
  for (size_t length; (length = line_end(parser->at)) > 0; ++parser->line) parser->at += length;
}

/* Takes a line for the spreadsheet alone, "sep=;", where the table begins with one. */
static bool take_separator_line(parser *parser) {
  const char *at = parser->at;
  bool quoted = *at == '"';
  at += quoted;
  if (strncmp(at, "sep=", 4) != 0 || at[4] == '\0' || line_end(at + 4)) return false;
  char separator = at[4];
  at += 5;
  if (quoted && *at++ != '"') return false;
  if (!line_end(at)) return false;
  parser->separator = separator;
  parser->at += (size_t)(at - parser->at) + line_end(at);
  ++parser->line;
  return true;
}

static void start(parser *parser) {
  pass_blank_lines(parser);
  if (take_separator_line(parser)) return;
  parser->separator = find_separator(parser->at);
}

/* "line 7 (record 4)", "line 1 (the header)": a quoted line end makes the two differ. */
static const char *place(const parser *parser, char text[64]) {
  size_t line = parser->table->lines[parser->num_records - 1];
  if (parser->num_records == 1) {
    snprintf(text, 64, "line %zu (the header)", line);
  } else {
    snprintf(text, 64, "line %zu (record %zu)", line, parser->num_records - 1);
  }
  return text;
}

/* A record's fields; *count of them. */
static insitu_status take_record(parser *parser, size_t *count, insitu_error *error) {
  char where[64];
  ending ending = ENDS_FIELD;
  for (*count = 0; ending == ENDS_FIELD; ++*count) {
    const char *field;
    ending = take_field(parser, &field);
    if (ending == ENDS_WRONGLY) {
      return cli_fail(error, INSITU_STATUS_DAMAGED,
                      "%s: a quote is not closed, or has something behind it",
                      place(parser, where));
    }
    if (!add_field(parser, field)) {
      return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the table");
    }
  }
  return INSITU_STATUS_OK;
}

/* True where none of the last `count` fields has anything in it. */
static bool is_empty_record(const parser *parser, size_t count) {
  for (size_t i = 1; i <= count; ++i) {
    if (parser->table->fields[parser->num_fields - i][0] != '\0') return false;
  }
  return true;
}

static insitu_status parse(parser *parser, insitu_error *error) {
  csv_table *table = parser->table;
  char where[64];
  while (parser->at < parser->end) {
    pass_blank_lines(parser);
    if (parser->at == parser->end) break;
    if (!add_record(parser)) {
      return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the table");
    }
    size_t count;
    insitu_status status = take_record(parser, &count, error);
    if (status) return status;
    if (is_empty_record(parser, count)) { /* spreadsheets keep cleared rows */
      --parser->num_records;
      parser->num_fields -= count;
      continue;
    }
    if (parser->num_records == 1) table->num_columns = (uint32_t)count;
    if (count > CSV_MAX_COLUMNS || count != table->num_columns) {
      return cli_fail(error, INSITU_STATUS_DAMAGED,
                      "%s has %zu columns, but the header has %u (at most %u)",
                      place(parser, where), count, table->num_columns, CSV_MAX_COLUMNS);
    }
  }
  if (parser->num_records == 0) {
    return cli_fail(error, INSITU_STATUS_DAMAGED, "the table is empty: it needs a header line");
  }
  table->num_rows = parser->num_records - 1;
  return INSITU_STATUS_OK;
}

insitu_status csv_read(const char *path, csv_table *table, insitu_error *error) {
  uint8_t *bytes;
  size_t size;
  insitu_status status = file_read_text(path, CSV_MAX_BYTES, &bytes, &size, error);
  if (status) return status;
  csv_table made = {.text = (char *)bytes};
  parser parser = {.at = made.text, .end = made.text + size, .table = &made, .line = 1};
  start(&parser);
  status = parse(&parser, error);
  if (status) {
    csv_free(&made);
    return status;
  }
  *table = made;
  return INSITU_STATUS_OK;
}

void csv_free(csv_table *table) {
  insitu_free(table->fields);
  insitu_free(table->lines);
  insitu_free(table->text);
  table->fields = NULL;
  table->lines = NULL;
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

size_t csv_line(const csv_table *table, size_t row) { return table->lines[row + 1]; }
