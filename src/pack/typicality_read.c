/* Reads the statistics. Arrays of numbers are base64 of their bytes: float32
 * little-endian, or int8. Every size is checked before it is allocated. */
#include "pack/typicality_read.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/base64.h"

#define MAX_TENSOR_NAME_BYTES 1024
#define MAX_KIND_WEIGHT 1000

/* size_bytes of base64 under a key; NULL after a failure. Owned by the caller. */
static void *read_bytes(pack_reader *reader, const pack_node *node, const char *key,
                        size_t size_bytes) {
  const char *text = pack_long_text(reader, node, key, (size_bytes + 2) / 3 * 4);
  if (reader->status) return NULL;
  uint8_t *bytes = alloc_bytes(size_bytes);
  if (!bytes) {
    pack_fail_memory(reader);
  } else if (!base64_decode(text, bytes, size_bytes)) {
    pack_fail(reader, node, key, "must be base64 of %zu bytes", size_bytes);
    alloc_free(bytes);
    bytes = NULL;
  }
  return bytes;
}

static float *read_floats(pack_reader *reader, const pack_node *node, const char *key,
                          uint32_t count) {
  float *values = read_bytes(reader, node, key, count * sizeof *values);
  for (uint32_t i = 0; values && i < count; ++i) {
    const uint8_t *b = (const uint8_t *)&values[i];
    uint32_t bits =
        (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    memcpy(&values[i], &bits, sizeof bits);
    if (!isfinite(values[i])) {
      pack_fail(reader, node, key, "holds a number that is not finite, at %u", i);
      break;
    }
  }
  return values;
}

static void read_tensors(pack_reader *reader, const pack_node *node, pack_typicality *made) {
  pack_node tensors = pack_array(reader, node, "tensors", 1, PACK_MAX_TAPS);
  PACK_EACH(entry, &tensors) {
    const char *name = pack_entry_text(reader, &entry);
    if (strlen(name) > MAX_TENSOR_NAME_BYTES) {
      pack_fail_entry(reader, &entry, "has more than 1024 bytes");
    }
    char *copy = pack_copy(reader, name);
    if (reader->status) return;
    made->tensors[made->num_tensors++] = copy;
  }
}

/* Words of taken_with, null for what has no name. */
static void read_kinds(pack_reader *reader, const pack_node *node, pack_typicality *made) {
  if (reader->status || !pack_has(node, "kinds")) return;
  pack_node kinds = pack_array(reader, node, "kinds", 2, PACK_MAX_KINDS);
  PACK_EACH(entry, &kinds) {
    if (!pack_json_is_null(entry.json)) {
      made->kinds[made->num_kinds] = pack_copy(reader, pack_entry_text(reader, &entry));
    }
    ++made->num_kinds;
    if (reader->status) return;
  }
}

/* [[score, typicality], …], scores rising, typicality never falling */
static void read_knots(pack_reader *reader, const pack_node *node, pack_typicality *made) {
  pack_node array = pack_array(reader, node, "knots", 2, PACK_MAX_KNOTS);
  if (reader->status) return;
  uint32_t count = pack_count(&array);
  made->knot_scores = alloc_array(count, sizeof(double));
  made->knot_values = alloc_array(count, sizeof(double));
  if (!made->knot_scores || !made->knot_values) {
    pack_fail_memory(reader);
    return;
  }
  PACK_EACH(knot, &array) {
    const pack_json *first = pack_json_first(knot.json);
    uint32_t i = made->num_knots;
    double *score = &made->knot_scores[i], *value = &made->knot_values[i];
    bool is_pair = pack_json_is_array(knot.json) && pack_json_count(knot.json) == 2 &&
                   pack_json_number(first, score) && pack_json_number(pack_json_next(first), value);
    if (!is_pair || !isfinite(*score) || !(*value >= 0 && *value <= 1)) {
      pack_fail_entry(reader, &knot, "must be a pair of a score and a value within 0..1");
    } else if (i > 0 && !(*score > score[-1] && *value >= value[-1])) {
      pack_fail_entry(reader, &knot, "does not rise");
    }
    if (reader->status) return;
    ++made->num_knots;
  }
}

void pack_read_typicality(pack_reader *reader, const pack_node *parent, pack_typicality *made) {
  pack_node node = pack_object(reader, parent, "typicality");
  if (reader->status) return;
  read_tensors(reader, &node, made);
  read_kinds(reader, &node, made);
  made->num_features = pack_whole(reader, &node, "features", 1, PACK_MAX_FEATURES);
  made->num_distance_rows = pack_whole(reader, &node, "distance_rows", 1, PACK_MAX_ROWS);
  if (made->num_kinds > 0) {
    made->num_learnt_kinds = pack_whole(reader, &node, "learnt_kinds", 1, made->num_kinds);
    made->kind_weight = pack_number(reader, &node, "kind_weight", 0, MAX_KIND_WEIGHT);
  }
  made->num_rows = made->num_distance_rows + made->num_kinds;
  made->mean = read_floats(reader, &node, "mean", made->num_features);
  made->gain = read_floats(reader, &node, "gain", made->num_features);
  made->rows = read_bytes(reader, &node, "rows", (size_t)made->num_rows * made->num_features);
  made->row_scales = read_floats(reader, &node, "row_scales", made->num_rows);
  made->row_biases = read_floats(reader, &node, "row_biases", made->num_rows);
  read_knots(reader, &node, made);
  made->limit = pack_number(reader, &node, "limit", 0, 1);
}
