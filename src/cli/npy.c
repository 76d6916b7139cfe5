/* .npy: "\x93NUMPY", two version bytes, the header's length (16 or 32 bits,
 * little-endian), a Python dictionary padded with spaces to a multiple of 64,
 * then the elements. All our types are little-endian, as are all targets. */
#include "cli/npy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/platform.h"

#define MAX_HEADER_BYTES 4096u
#define ALIGNMENT 64u

static const struct {
  insitu_dtype dtype;
  const char *descr, *name;
  size_t size_bytes;
} types[] = {{INSITU_F32, "<f4", "float32", 4},
             {INSITU_I8, "|i1", "int8", 1},
             {INSITU_U8, "|u1", "uint8", 1},
             {INSITU_I32, "<i4", "int32", 4},
             {INSITU_I64, "<i8", "int64", 8}};
enum { NUM_TYPES = sizeof types / sizeof *types };

const char *npy_dtype_name(insitu_dtype dtype) {
  for (int i = 0; i < NUM_TYPES; ++i) {
    if (types[i].dtype == dtype) return types[i].name;
  }
  return "unknown";
}

const char *npy_shape_text(uint32_t rank, const uint32_t *dims, char *text) {
  size_t used = (size_t)snprintf(text, NPY_SHAPE_CHARS, "(");
  for (uint32_t i = 0; i < rank; ++i) {
    used += (size_t)snprintf(text + used, NPY_SHAPE_CHARS - used, "%s%u", i ? ", " : "", dims[i]);
  }
  snprintf(text + used, NPY_SHAPE_CHARS - used, rank == 1 ? ",)" : ")");
  return text;
}

/* The text behind 'key': in the header's dictionary, past spaces; NULL if absent. */
static const char *find_value(const char *header, const char *key) {
  char quoted[32];
  snprintf(quoted, sizeof quoted, "'%s'", key);
  const char *at = strstr(header, quoted);
  if (!at) return NULL;
  at += strlen(quoted);
  at += strspn(at, " ");
  if (*at++ != ':') return NULL;
  return at + strspn(at, " ");
}

static bool parse_shape(const char *at, npy_array *array) {
  if (*at++ != '(') return false;
  array->rank = 0;
  for (;;) {
    at += strspn(at, " ");
    if (*at == ')') return true;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 9 || array->rank == INSITU_MAX_RANK) return false;
    uint32_t dim = 0;
    for (size_t i = 0; i < digits; ++i) dim = dim * 10 + (uint32_t)(at[i] - '0');
    array->dims[array->rank++] = dim;
    at += digits;
    at += strspn(at, " ");
    if (*at == ',') {
      ++at;
    } else if (*at != ')') {
      return false;
    }
  }
}

static insitu_status parse_header(const char *header, npy_array *array, insitu_error *error) {
  const char *descr = find_value(header, "descr"), *order = find_value(header, "fortran_order"),
             *shape = find_value(header, "shape");
  if (!descr || !order || !shape) {
    return cli_fail(error, INSITU_STATUS_DAMAGED,
                    "the .npy header lacks descr, fortran_order or shape");
  }
  if (strncmp(order, "False", 5) != 0) {
    return cli_fail(error, INSITU_STATUS_UNSUPPORTED,
                    "the array is in Fortran order: save numpy.ascontiguousarray of it");
  }
  size_t element_bytes = 0;
  for (int i = 0; i < NUM_TYPES; ++i) {
    if (descr[0] != '\0' && strncmp(descr + 1, types[i].descr, 3) == 0 &&
        (descr[4] == '\'' || descr[4] == '"')) {
      array->dtype = types[i].dtype;
      element_bytes = types[i].size_bytes;
    }
  }
  if (!element_bytes) {
    int length = descr[0] ? (int)strcspn(descr + 1, "'\"") : 0;
    return cli_fail(error, INSITU_STATUS_UNSUPPORTED,
                    "the array's type is '%.*s', but must be '<f4', '|i1', '|u1', '<i4' or '<i8': "
                    "save numpy.asarray(it, 'f4') or the like of it",
                    length < 24 ? length : 24, descr[0] ? descr + 1 : "");
  }
  if (!parse_shape(shape, array)) {
    return cli_fail(error, INSITU_STATUS_UNSUPPORTED,
                    "the array's shape is %.40s, but must have at most %d dimensions", shape,
                    INSITU_MAX_RANK);
  }
  array->size_bytes = element_bytes;
  for (uint32_t i = 0; i < array->rank; ++i) {
    if (__builtin_mul_overflow(array->size_bytes, (size_t)array->dims[i], &array->size_bytes)) {
      return cli_fail(error, INSITU_STATUS_TOO_LARGE, "the array's size overflows");
    }
  }
  return INSITU_STATUS_OK;
}

insitu_status npy_parse(const uint8_t *file, size_t file_size, npy_array *array,
                        insitu_error *error) {
  if (file_size < 12 || memcmp(file, "\x93NUMPY", 6) != 0) {
    return cli_fail(error, INSITU_STATUS_DAMAGED, "this is not a .npy file");
  }
  unsigned version = file[6];
  if (version != 1 && version != 2) {
    return cli_fail(error, INSITU_STATUS_UNSUPPORTED,
                    "the .npy file has version %u, but only 1 and 2 are read", version);
  }
  size_t start = version == 1 ? 10 : 12;
  uint32_t length = (uint32_t)file[8] | (uint32_t)file[9] << 8;
  if (version == 2) length |= (uint32_t)file[10] << 16 | (uint32_t)file[11] << 24;
  if (length >= MAX_HEADER_BYTES || length > file_size - start) {
    return cli_fail(error, INSITU_STATUS_TRUNCATED,
                    "the .npy header has %u bytes, but must lie in the file and have fewer than %u",
                    length, MAX_HEADER_BYTES);
  }
  char header[MAX_HEADER_BYTES];
  memcpy(header, file + start, length);
  header[length] = '\0';
  npy_array made;
  insitu_status status = parse_header(header, &made, error);
  if (status) return status;
  made.data = file + start + length;
  size_t present = file_size - start - length;
  if (made.size_bytes != present) {
    return cli_fail(
        error, made.size_bytes > present ? INSITU_STATUS_TRUNCATED : INSITU_STATUS_DAMAGED,
        "the array needs %zu bytes, but the .npy file has %zu", made.size_bytes, present);
  }
  *array = made;
  return INSITU_STATUS_OK;
}

insitu_status npy_write(const char *path, const insitu_tensor_info *tensor, const void *data,
                        insitu_error *error) {
  const char *descr = "";
  for (int i = 0; i < NUM_TYPES; ++i) {
    if (types[i].dtype == tensor->dtype) descr = types[i].descr;
  }
  char shape[NPY_SHAPE_CHARS], header[4 * ALIGNMENT];
  int length = snprintf(header + 10, sizeof header - 10,
                        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr,
                        npy_shape_text(tensor->rank, tensor->dims, shape));
  /* The header's end, a line feed, lies on a multiple of the alignment. */
  size_t end = (10 + (size_t)length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  memset(header + 10 + length, ' ', end - 10 - (size_t)length - 1);
  header[end - 1] = '\n';
  memcpy(header, "\x93NUMPY\x01\x00", 8);
  header[8] = (char)((end - 10) & 0xFF);
  header[9] = (char)((end - 10) >> 8);

  FILE *stream = platform_open(path, "wb");
  if (!stream) {
    return cli_fail(error, INSITU_STATUS_IO, "cannot create %.160s: %s", path, strerror(errno));
  }
  bool written = fwrite(header, 1, end, stream) == end &&
                 fwrite(data, 1, tensor->size_bytes, stream) == tensor->size_bytes;
  if (fclose(stream) || !written) {
    return cli_fail(error, INSITU_STATUS_IO, "cannot write %.160s: %s", path, strerror(errno));
  }
  return INSITU_STATUS_OK;
}
