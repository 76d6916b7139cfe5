/* Reading a flatbuffer in place, each step checked against the file's end and
 * the alignment that the format asks for. A flatbuffer is
 *
 *   [u32 root offset][4-byte file identifier] ...
 *   table:  [i32 distance back to its vtable][fields ...]
 *   vtable: [u16 vtable bytes][u16 table bytes][u16 offset of field 0, 0: absent] ...
 *   vector: [u32 count][elements ...]      string: a vector of bytes, then a 0
 *
 * The first failure sticks: every later read gives the default, and the caller
 * looks at `status` once. `what` names the field in the message. */
#ifndef INSITU_GRAPH_TFLITE_FLATBUFFER_H_
#define INSITU_GRAPH_TFLITE_FLATBUFFER_H_

#include <stdint.h>

#include "base/span.h"
#include "insitu.h"

typedef struct flat_file {
  span bytes; /* at most INSITU_MAX_MODEL_BYTES */
  insitu_status status;
  insitu_error *error;
} flat_file;

typedef struct flat_table {
  uint32_t position; /* 0: absent; reading from it gives defaults */
  uint32_t vtable, num_fields, size_bytes;
} flat_table;

typedef struct flat_vector {
  uint32_t position, count; /* of the first element; count 0 where absent */
} flat_vector;

/* identifier: 4 characters. */
flat_table flat_root(flat_file *file, const char *identifier);
bool flat_has(const flat_file *file, flat_table table, uint32_t field);
uint8_t flat_u8(flat_file *file, flat_table table, uint32_t field, const char *what);
int32_t flat_i32(flat_file *file, flat_table table, uint32_t field, int32_t fallback,
                 const char *what);
uint64_t flat_u64(flat_file *file, flat_table table, uint32_t field, const char *what);
flat_table flat_sub_table(flat_file *file, flat_table table, uint32_t field, const char *what);
flat_vector flat_vector_of(flat_file *file, flat_table table, uint32_t field,
                           uint32_t element_bytes, const char *what);
/* A vector of bytes with a 0 behind it. */
span flat_string(flat_file *file, flat_table table, uint32_t field, const char *what);

/* index < vector.count is the caller's promise: the elements were checked. */
int32_t flat_vector_i32(const flat_file *file, flat_vector vector, uint32_t index);
int64_t flat_vector_i64(const flat_file *file, flat_vector vector, uint32_t index);
float flat_vector_f32(const flat_file *file, flat_vector vector, uint32_t index);
flat_table flat_vector_table(flat_file *file, flat_vector vector, uint32_t index, const char *what);
/* Raw bits of a scalar field of unknown type: up to 4 bytes, as many as the
 * table holds. Returns their number, 0 where absent. */
uint32_t flat_bits(flat_file *file, flat_table table, uint32_t field, uint32_t *bits,
                   const char *what);

/* A copy of the text up to FLAT_MAX_NAME_BYTES and its first zero, the caller's to free
 * with alloc_free; NULL after a failure: without memory. */
#define FLAT_MAX_NAME_BYTES 1024u /* converters join the names of what they fused */
char *flat_copy_string(flat_file *file, span text);

/* Sets the sticky failure; for the callers' own checks. */
void flat_fail(flat_file *file, insitu_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
