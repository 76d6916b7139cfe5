/* Fields of a JSON object, read with their limits. The first failure stays in
 * the reader; every call after it does nothing, so a run of reads needs one
 * check at its end. */
#ifndef INSITU_PACK_FIELDS_H_
#define INSITU_PACK_FIELDS_H_

#include <stdbool.h>
#include <stdint.h>

#include "insitu.h"
#include "pack/json.h"

typedef struct pack_reader {
  insitu_status status; /* the first failure, described in *error */
  insitu_error *error;  /* may be NULL */
  const char *file;     /* how messages call it: "pack.json" */
} pack_reader;

/* A value, mostly an object or an array, and how messages call it: the names
 * from the root on ("variants[1].calibration."). */
typedef struct pack_node {
  const pack_json *json; /* NULL after a failure, for an absent optional one, behind the last */
  const struct pack_node *parent; /* outlives this node; NULL: the root */
  const char *name;               /* NULL: an entry of the parent, an array */
  uint32_t index; /* among its parent's members or entries, where it was walked to */
} pack_node;

#define PACK_MAX_TEXT_BYTES 8192u
#define PACK_MAX_NAME_BYTES 128u

/* Records a failure: "FILE: PATHkey <what>". Does nothing after another. */
void pack_fail(pack_reader *reader, const pack_node *parent, const char *key, const char *what, ...)
    __attribute__((format(printf, 4, 5)));
/* The same of a node that was walked to. */
void pack_fail_entry(pack_reader *reader, const pack_node *node, const char *what);
void pack_fail_memory(pack_reader *reader);

bool pack_has(const pack_node *parent, const char *key);
pack_node pack_object(pack_reader *reader, const pack_node *parent, const char *key);
/* An array of min..max entries. */
pack_node pack_array(pack_reader *reader, const pack_node *parent, const char *key, uint32_t min,
                     uint32_t max);
uint32_t pack_count(const pack_node *array);

/* The members of an object or the entries of an array, in their order:
 *   PACK_EACH(entry, &array) { ... pack_text(reader, &entry, "id") ... }
 * Behind the last, and where parent's json is NULL, the node's json is NULL.
 * A member has its name, an entry its index. parent outlives the nodes. */
#define PACK_EACH(node, parent) \
  for (pack_node node = pack_first(parent); (node).json; node = pack_next(&(node)))
pack_node pack_first(const pack_node *parent);
pack_node pack_next(const pack_node *node);
/* Of a node that was walked to: fails unless it is an object, is a text. */
void pack_check_object(pack_reader *reader, const pack_node *node);
/* The text may be empty and of any length; "" after a failure. */
const char *pack_entry_text(pack_reader *reader, const pack_node *node);

/* Numbers are finite and in low..high, whole ones without fraction. 0 after a failure. */
double pack_number(pack_reader *reader, const pack_node *parent, const char *key, double low,
                   double high);
/* The same, and greater than zero. */
double pack_positive(pack_reader *reader, const pack_node *parent, const char *key, double high);
uint32_t pack_whole(pack_reader *reader, const pack_node *parent, const char *key, uint32_t low,
                    uint32_t high);
/* Exactly count finite numbers in low..high into values[count]. */
void pack_numbers(pack_reader *reader, const pack_node *parent, const char *key, uint32_t count,
                  double low, double high, double *values);
/* 1..PACK_MAX_TEXT_BYTES bytes of text, owned by the JSON tree; "" after a failure. */
const char *pack_text(pack_reader *reader, const pack_node *parent, const char *key);
/* The same, up to another limit. */
const char *pack_long_text(pack_reader *reader, const pack_node *parent, const char *key,
                           size_t max_bytes);
/* Text of 1..max characters, all of them in `alphabet`. */
const char *pack_word(pack_reader *reader, const pack_node *parent, const char *key,
                      const char *alphabet, size_t max);
/* A plain file name: letters, digits, '.', '_', '-', and not only dots. */
const char *pack_file_name(pack_reader *reader, const pack_node *parent, const char *key);
/* Index of the text in options[count]. */
uint32_t pack_choice(pack_reader *reader, const pack_node *parent, const char *key,
                     const char *const *options, uint32_t count);
/* An array of min..max texts of 1..64 letters, digits and '-', no two the same:
 * [*num_words], the caller's with each of them, also after a failure. */
char **pack_words(pack_reader *reader, const pack_node *parent, const char *key, uint32_t min,
                  uint32_t max, uint32_t *num_words);
/* A copy that the caller owns; NULL after a failure. */
char *pack_copy(pack_reader *reader, const char *text);

extern const char pack_lower_alphabet[]; /* a-z 0-9 - */
extern const char pack_name_alphabet[];  /* A-Z a-z 0-9 . _ - */
extern const char pack_hex_alphabet[];   /* 0-9 a-f */

#endif
