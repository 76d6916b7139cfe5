/* Bounds and alignment of flatbuffer reads. Allocates nothing, follows no
 * offset that it has not checked; positions are below 2^28 (the file's limit),
 * so sums of two fit 32 bits. */
#include "graph/tflite/flatbuffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

void flat_fail(flat_file *file, insitu_status status, const char *format, ...) {
  if (file->status) return;
  char message[sizeof file->error->message];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  file->status = error_set(file->error, status, "%s", message);
}

static bool check(flat_file *file, uint32_t position, uint64_t size_bytes, uint32_t alignment,
                  const char *what) {
  if (file->status) return false;
  if (position > file->bytes.size_bytes || size_bytes > file->bytes.size_bytes - position) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL,
              "%s: %llu bytes at offset %u are outside the file of %zu bytes", what,
              (unsigned long long)size_bytes, position, file->bytes.size_bytes);
    return false;
  }
  if (position % alignment != 0) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s: offset %u is not a multiple of %u", what,
              position, alignment);
    return false;
  }
  return true;
}

static uint32_t load_u16(const flat_file *file, uint32_t position) {
  uint16_t value = 0;
  return span_u16_le(file->bytes, position, &value) ? value : 0;
}

static uint32_t load_u32(const flat_file *file, uint32_t position) {
  uint32_t value = 0;
  return span_u32_le(file->bytes, position, &value) ? value : 0;
}

static flat_table table_at(flat_file *file, uint32_t position, const char *what) {
  flat_table none = {0};
  if (!check(file, position, 4, 4, what)) return none;
  int64_t vtable = (int64_t)position - (int32_t)load_u32(file, position);
  if (vtable < 0 || vtable > (int64_t)file->bytes.size_bytes) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL,
              "%s: its vtable at offset %lld is outside the file of %zu bytes", what,
              (long long)vtable, file->bytes.size_bytes);
    return none;
  }
  flat_table table = {.position = position, .vtable = (uint32_t)vtable};
  if (!check(file, table.vtable, 4, 2, what)) return none;
  uint32_t vtable_bytes = load_u16(file, table.vtable);
  table.size_bytes = load_u16(file, table.vtable + 2);
  if (vtable_bytes < 4 || vtable_bytes % 2 != 0 || table.size_bytes < 4) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL,
              "%s: its vtable says %u and %u bytes and must say at least 4 of each", what,
              vtable_bytes, table.size_bytes);
    return none;
  }
  if (!check(file, table.vtable, vtable_bytes, 2, what)) return none;
  if (!check(file, position, table.size_bytes, 4, what)) return none;
  table.num_fields = (vtable_bytes - 4) / 2;
  return table;
}

static uint32_t follow(flat_file *file, uint32_t position, const char *what) {
  uint32_t offset = load_u32(file, position);
  if (offset > file->bytes.size_bytes - position) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL,
              "%s: offset %u leads outside the file of %zu bytes", what, offset,
              file->bytes.size_bytes);
    return 0;
  }
  return position + offset;
}

flat_table flat_root(flat_file *file, const char *identifier) {
  flat_table none = {0};
  if (!check(file, 0, 8, 4, "the flatbuffer's header")) return none;
  if (memcmp(file->bytes.data + 4, identifier, 4) != 0) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "the file has no identifier \"%s\" at offset 4",
              identifier);
    return none;
  }
  uint32_t position = follow(file, 0, "the root table");
  return file->status ? none : table_at(file, position, "the root table");
}

/* Position of a field inside its table, 0 where absent. */
static uint32_t field_at(flat_file *file, flat_table table, uint32_t field, uint32_t size_bytes,
                         uint32_t alignment, const char *what) {
  if (file->status || table.position == 0 || field >= table.num_fields) return 0;
  uint32_t offset = load_u16(file, table.vtable + 4 + 2 * field);
  if (offset == 0) return 0;
  if (offset < 4 || offset > table.size_bytes || size_bytes > table.size_bytes - offset) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s: offset %u is outside its table of %u bytes",
              what, offset, table.size_bytes);
    return 0;
  }
  uint32_t position = table.position + offset;
  return check(file, position, size_bytes, alignment, what) ? position : 0;
}

bool flat_has(const flat_file *file, flat_table table, uint32_t field) {
  return table.position != 0 && field < table.num_fields &&
         load_u16(file, table.vtable + 4 + 2 * field) != 0;
}

uint8_t flat_u8(flat_file *file, flat_table table, uint32_t field, const char *what) {
  uint32_t position = field_at(file, table, field, 1, 1, what);
  return position ? file->bytes.data[position] : 0;
}

int32_t flat_i32(flat_file *file, flat_table table, uint32_t field, int32_t fallback,
                 const char *what) {
  uint32_t position = field_at(file, table, field, 4, 4, what);
  return position ? (int32_t)load_u32(file, position) : fallback;
}

/* 8-byte fields are aligned to 8 from the buffer's end, and a file with data
 * behind it need not keep that: 4 is what may be asked. */
uint64_t flat_u64(flat_file *file, flat_table table, uint32_t field, const char *what) {
  uint32_t position = field_at(file, table, field, 8, 4, what);
  if (!position) return 0;
  return load_u32(file, position) | (uint64_t)load_u32(file, position + 4) << 32;
}

flat_table flat_sub_table(flat_file *file, flat_table table, uint32_t field, const char *what) {
  flat_table none = {0};
  uint32_t position = field_at(file, table, field, 4, 4, what);
  if (position) position = follow(file, position, what);
  return position && !file->status ? table_at(file, position, what) : none;
}

flat_vector flat_vector_of(flat_file *file, flat_table table, uint32_t field,
                           uint32_t element_bytes, const char *what) {
  flat_vector none = {0};
  uint32_t position = field_at(file, table, field, 4, 4, what);
  if (position) position = follow(file, position, what);
  if (!position || !check(file, position, 4, 4, what)) return none;
  flat_vector vector = {.position = position + 4, .count = load_u32(file, position)};
  uint32_t alignment = element_bytes < 4 ? element_bytes : 4;
  if (!check(file, vector.position, (uint64_t)vector.count * element_bytes, alignment, what)) {
    return none;
  }
  return vector;
}

span flat_string(flat_file *file, flat_table table, uint32_t field, const char *what) {
  flat_vector vector = flat_vector_of(file, table, field, 1, what);
  span text = {file->bytes.data + vector.position, vector.count};
  if (vector.position == 0) return (span){file->bytes.data, 0};
  uint8_t end = 1;
  if (!span_u8(file->bytes, (size_t)vector.position + vector.count, &end) || end != 0) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s: the string does not end in a zero byte",
              what);
    text.size_bytes = 0;
  }
  return text;
}

int32_t flat_vector_i32(const flat_file *file, flat_vector vector, uint32_t index) {
  return (int32_t)load_u32(file, vector.position + 4 * index);
}

int64_t flat_vector_i64(const flat_file *file, flat_vector vector, uint32_t index) {
  uint32_t position = vector.position + 8 * index;
  return (int64_t)(load_u32(file, position) | (uint64_t)load_u32(file, position + 4) << 32);
}

float flat_vector_f32(const flat_file *file, flat_vector vector, uint32_t index) {
  uint32_t bits = load_u32(file, vector.position + 4 * index);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

flat_table flat_vector_table(flat_file *file, flat_vector vector, uint32_t index,
                             const char *what) {
  flat_table none = {0};
  if (file->status) return none;
  uint32_t position = follow(file, vector.position + 4 * index, what);
  return file->status ? none : table_at(file, position, what);
}

uint32_t flat_bits(flat_file *file, flat_table table, uint32_t field, uint32_t *bits,
                   const char *what) {
  uint32_t position = field_at(file, table, field, 1, 1, what);
  if (!position) return 0;
  uint32_t width_bytes = table.position + table.size_bytes - position;
  if (width_bytes > 4) width_bytes = 4;
  *bits = 0;
  for (uint32_t i = 0; i < width_bytes; i++) {
    *bits |= (uint32_t)file->bytes.data[position + i] << (8 * i);
  }
  return width_bytes;
}

char *flat_copy_string(flat_file *file, span text) {
  size_t length = 0;
  while (length < text.size_bytes && length < FLAT_MAX_NAME_BYTES && text.data[length] != 0) {
    length++;
  }
  char *copy = alloc_bytes(length + 1);
  if (copy == NULL) {
    flat_fail(file, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: a name needs %zu bytes",
              length + 1);
    return NULL;
  }
  memcpy(copy, text.data, length);
  copy[length] = '\0';
  return copy;
}
