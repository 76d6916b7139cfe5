/* NumPy's .npy files, versions 1 and 2, in C order: one tensor each.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef INSITU_CLI_NPY_H_
#define INSITU_CLI_NPY_H_

#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

typedef struct npy_array {
  insitu_dtype dtype; /* '<f4', '|i1', '|u1', '<i4', '<i8' */
  uint32_t rank;
  uint32_t dims[INSITU_MAX_RANK];
  const uint8_t *data; /* within the file's bytes */
  size_t size_bytes;
} npy_array;

/* Reads a whole file's bytes, which array->data then borrows. DAMAGED,
 * TRUNCATED or UNSUPPORTED (other types, Fortran order, higher rank). */
insitu_status npy_parse(const uint8_t *file, size_t file_size, npy_array *array,
                        insitu_error *error);
/* Writes version 1; IO on failure. */
insitu_status npy_write(const char *path, const insitu_tensor_info *tensor, const void *data,
                        insitu_error *error);
/* "float32", "int8", "uint8", "int32", "int64" */
const char *npy_dtype_name(insitu_dtype dtype);
/* "(1, 224, 224, 3)" into text[NPY_SHAPE_CHARS], as Python writes it. */
#define NPY_SHAPE_CHARS 96
const char *npy_shape_text(uint32_t rank, const uint32_t *dims, char *text);

#endif
