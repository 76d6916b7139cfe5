/* graph/tflite/ and graph/: what a damaged or contradictory file is answered.
 * Each case takes a small good model and changes one field. */
#include "check.h"

#include "base/alloc.h"
#include "graph/graph.h"
#include "graph/tflite/flatbuffer.h"
#include "graph/tflite/metadata.h"
#include "graph/tflite/read.h"

static uint8_t *bytes; /* the model under change */
static size_t size_bytes;
static flat_file file;
static insitu_error error;

static void load(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "tests/golden/models/%s.tflite", name);
  free(bytes);
  bytes = check_read_file(path, &size_bytes);
  file = (flat_file){.bytes = {bytes, size_bytes}, .error = &error};
}

static flat_table at(flat_table table, uint32_t field, uint32_t index) {
  return flat_vector_table(&file, flat_vector_of(&file, table, field, 4, "v"), index, "t");
}
static flat_table subgraph(void) { return at(flat_root(&file, "TFL3"), 2, 0); }
static flat_table tensor(uint32_t index) { return at(subgraph(), 0, index); }
static flat_table operator_at(uint32_t index) { return at(subgraph(), 3, index); }

static void put(uint32_t position, uint32_t value, uint32_t width_bytes) {
  CHECK(position + width_bytes <= size_bytes);
  for (uint32_t i = 0; i < width_bytes; i++) bytes[position + i] = (uint8_t)(value >> (8 * i));
}
static uint32_t get_u16(uint32_t position) { return bytes[position] | bytes[position + 1] << 8; }

static void put_field(flat_table table, uint32_t field, uint32_t value, uint32_t width_bytes) {
  CHECK(flat_has(&file, table, field));
  put(table.position + get_u16(table.vtable + 4 + 2 * field), value, width_bytes);
}
static void put_element(flat_table table, uint32_t field, uint32_t index, uint32_t value) {
  flat_vector vector = flat_vector_of(&file, table, field, 4, "v");
  CHECK(index < vector.count);
  put(vector.position + 4 * index, value, 4);
}
static void put_count(flat_table table, uint32_t field, uint32_t count) {
  put(flat_vector_of(&file, table, field, 1, "v").position - 4, count, 4);
}

/* Reads the changed model; the status and a part of the message. */
static void expect(insitu_status status, const char *message) {
  CHECK_INT(file.status, INSITU_STATUS_OK); /* the change itself found its place */
  graph *net = NULL;
  CHECK_INT(tflite_read((span){bytes, size_bytes}, NULL, &net, &error), status);
  CHECK_HAS(error.message, message);
  CHECK((net != NULL) == (status == INSITU_STATUS_OK));
  graph_destroy(net);
}
#define INVALID INSITU_STATUS_INVALID_MODEL
#define UNSUPPORTED INSITU_STATUS_UNSUPPORTED_MODEL

static void reads_values_and_nodes(void) {
  load("conv_2d_i8");
  graph *net = NULL;
  CHECK_INT(tflite_read((span){bytes, size_bytes}, NULL, &net, &error), INSITU_STATUS_OK);
  if (net == NULL) return;
  CHECK_INT(net->num_values, 4);
  CHECK_INT(net->num_nodes, 1);
  CHECK_INT(net->nodes[0].code, 3);
  CHECK_INT(graph_option_i32(&net->nodes[0], 1, 0), 1);   /* stride_w */
  CHECK_INT(graph_option_u8(&net->nodes[0], 3, 0), 3);    /* RELU6 */
  CHECK_INT(graph_option_i32(&net->nodes[0], 9, 42), 42); /* absent */
  const graph_value *filter = &net->values[net->nodes[0].inputs[1]];
  CHECK_STR(graph_shape(filter).text, "[9,3,3,3]");
  CHECK_INT(filter->dtype, GRAPH_I8);
  CHECK_INT(filter->quantization.num_scales, 9);
  CHECK_INT(filter->size_bytes, 243);
  CHECK(filter->data != NULL);
  const graph_value *input = &net->values[net->inputs[0]];
  CHECK_NEAR((double)input->quantization.scales[0], 0.05, 1e-8);
  CHECK_INT(input->quantization.zero_point, -3);
  CHECK(input->is_input && input->last_consumer == 0);
  graph_destroy(net);
}

static void refuses_what_is_no_tflite(void) {
  load("add_f32");
  file.bytes.size_bytes = size_bytes = 0;
  expect(INVALID, "0 bytes is not a .tflite file");
  load("add_f32");
  bytes[5] = 'X';
  expect(INVALID, "no identifier \"TFL3\"");
  load("add_f32");
  put_field(flat_root(&file, "TFL3"), 0, 4, 4);
  expect(UNSUPPORTED, "Model.version is 4");
}

/* Every proper prefix is refused or, where only padding is cut, read. */
static void survives_truncation_everywhere(void) {
  load("network_pad_conv_i8");
  size_t whole = size_bytes;
  int num_read = 0;
  for (size_t n = 0; n < whole; n++) {
    uint8_t *prefix = malloc(n > 0 ? n : 1); /* its own block: the sanitizer sees its end */
    memcpy(prefix, bytes, n);
    graph *net = NULL;
    insitu_status status = tflite_read((span){prefix, n}, NULL, &net, &error);
    num_read += status == INSITU_STATUS_OK;
    CHECK(status == INSITU_STATUS_OK || error.message[0] != '\0');
    graph_destroy(net);
    free(prefix);
  }
  CHECK(num_read < 4);
}

static void refuses_offsets_outside(void) {
  load("add_f32");
  put(0, 0x7FFFFFF0, 4);
  expect(INVALID, "outside the file");
  load("add_f32");
  put(0, 6, 4);
  expect(INVALID, "the root table");
  load("add_f32");
  put_count(subgraph(), 0, 0x40000000);
  expect(INVALID, "SubGraph.tensors");
  load("add_f32");
  put(tensor(0).position, 0x80000000, 4);
  expect(INVALID, "its vtable");
  load("add_f32");
  put_count(tensor(0), 3, 3); /* a name without its zero byte */
  flat_vector name = flat_vector_of(&file, tensor(0), 3, 1, "v");
  put(name.position + 3, 'x', 1);
  expect(INVALID, "does not end in a zero byte");
}

/* Exporters join names; a pack may name a tensor by up to 1,024 bytes. */
static void keeps_long_names(void) {
  enum { LONG = 1024, LONGER = 1030 };
  load("add_f32");
  uint32_t place = (uint32_t)(size_bytes + 3) / 4 * 4;
  uint8_t *grown = calloc(1, place + 4 + LONGER + 1);
  if (!grown) exit(1);
  memcpy(grown, bytes, size_bytes);
  free(bytes);
  bytes = grown;
  size_bytes = place + 4 + LONGER + 1;
  file.bytes = (span){bytes, size_bytes};
  put(place, LONGER, 4);
  memset(bytes + place + 4, 'n', LONGER);
  flat_table first = tensor(0);
  uint32_t field = first.position + get_u16(first.vtable + 4 + 2 * 3);
  put(field, place - field, 4);
  graph *net = NULL;
  CHECK_INT(tflite_read((span){bytes, size_bytes}, NULL, &net, &error), INSITU_STATUS_OK);
  if (net) CHECK_INT(strlen(net->values[0].name), LONG);
  graph_destroy(net);
}

static void refuses_wrong_indices(void) {
  load("add_f32");
  put_element(operator_at(0), 1, 1, 99);
  expect(INVALID, "operator 0 has tensor 99, but there are 3");
  load("add_f32");
  put_element(operator_at(0), 2, 0, (uint32_t)-2);
  expect(INVALID, "an output of operator 0");
  load("add_f32");
  put_element(subgraph(), 1, 0, 7);
  expect(INVALID, "model input 0 is tensor 7");
  load("add_f32");
  put_element(subgraph(), 1, 1, 0);
  expect(INVALID, "another input already");
  load("add_f32");
  put_element(subgraph(), 2, 0, 0);
  expect(INVALID, "no operator writes");
  load("add_f32");
  put_element(operator_at(0), 2, 0, 0);
  expect(INVALID, "an input of the model");
  load("network_two_outputs_f32");
  put_element(operator_at(0), 1, 0, 4); /* reads what only the second writes */
  expect(INVALID, "no earlier operator writes");
  load("network_two_outputs_f32");
  put_element(operator_at(1), 2, 0, 3);
  expect(INVALID, "written by another operator already");
  load("conv_2d_f32");
  put_field(tensor(1), 2, 77, 4);
  expect(INVALID, "buffer 77");
}

static void refuses_wrong_shapes(void) {
  load("add_f32");
  put_element(tensor(0), 0, 1, 0);
  expect(INVALID, "model input 0 is without elements");
  load("add_f32");
  put_element(tensor(0), 0, 1, (uint32_t)-2);
  expect(INVALID, "dimension 1 is -2");
  load("add_f32");
  put_element(tensor(0), 0, 0, (uint32_t)-1);
  expect(INSITU_STATUS_OK, ""); /* an open batch is one picture */
  load("add_f32");
  put_element(tensor(0), 0, 1, 1 << 30);
  expect(INSITU_STATUS_TOO_LARGE, "1073741824");
  load("add_f32");
  for (uint32_t i = 1; i < 4; i++) put_element(tensor(0), 0, i, 1 << 22);
  expect(INSITU_STATUS_TOO_LARGE, "the limit is");
  load("conv_2d_f32");
  put_element(tensor(1), 0, 0, 10);
  expect(INVALID, "its buffer has 972 bytes");
}

static void refuses_wrong_quantisation(void) {
  static const uint32_t bad_scales[] = {0, 0x7FC00000, 0x7F800000, 0xBF800000, 1};
  for (size_t i = 0; i < sizeof bad_scales / sizeof *bad_scales; i++) {
    load("add_i8");
    put_element(flat_sub_table(&file, tensor(0), 4, "q"), 2, 0, bad_scales[i]);
    expect(INVALID, "must be finite and positive");
  }
  load("add_i8");
  flat_table table = flat_sub_table(&file, tensor(0), 4, "q");
  put(flat_vector_of(&file, table, 3, 8, "v").position, 200, 4);
  put(flat_vector_of(&file, table, 3, 8, "v").position + 4, 0, 4);
  expect(INVALID, "zero point 0 is 200");
  load("conv_2d_i8");
  put_count(flat_sub_table(&file, tensor(1), 4, "q"), 2, 8);
  expect(INVALID, "8 scales along axis 0");
}

static void refuses_what_changes_meaning(void) {
  load("add_f32");
  put_count(flat_root(&file, "TFL3"), 2, 2); /* reads the first; running is refused later */
  graph *net = NULL;
  CHECK_INT(tflite_read((span){bytes, size_bytes}, NULL, &net, &error), INSITU_STATUS_OK);
  CHECK(net != NULL && net->num_subgraphs == 2);
  graph_destroy(net);
}

/* The weights of newer, larger files lie behind the flatbuffer. */
static void reads_buffers_behind_the_flatbuffer(void) {
  load("fully_connected_f32");
  flat_table model = flat_root(&file, "TFL3");
  uint32_t buffer_index = 0;
  flat_vector buffers = flat_vector_of(&file, model, 4, 4, "v");
  for (uint32_t i = 0; i < buffers.count; i++) {
    if (flat_vector_of(&file, at(model, 4, i), 0, 1, "v").count == 37 * 10 * 4) buffer_index = i;
  }
  CHECK(buffer_index > 0);
  flat_table old = at(model, 4, buffer_index);
  flat_vector data = flat_vector_of(&file, old, 0, 1, "v");
  /* Append: a vtable with offset and size, its table, then the data. */
  size_t table_at = (size_bytes + 15) / 8 * 8 + 16, data_at = table_at + 32;
  uint8_t *longer = calloc(1, data_at + data.count);
  memcpy(longer, bytes, size_bytes);
  memcpy(longer + data_at, bytes + data.position, data.count);
  free(bytes);
  bytes = longer;
  size_t vector_entry = buffers.position + 4 * buffer_index;
  size_bytes = data_at + data.count;
  put((uint32_t)vector_entry, (uint32_t)(table_at - vector_entry), 4);
  uint32_t vtable_at = (uint32_t)table_at - 16;
  put(vtable_at, 10, 2), put(vtable_at + 2, 24, 2); /* fields 0 absent, 1 at 8, 2 at 16 */
  put(vtable_at + 4, 0, 2), put(vtable_at + 6, 8, 2), put(vtable_at + 8, 16, 2);
  put((uint32_t)table_at, 16, 4);
  put((uint32_t)table_at + 8, (uint32_t)data_at, 4), put((uint32_t)table_at + 16, data.count, 4);
  graph *net = NULL;
  CHECK_INT(tflite_read((span){bytes, size_bytes}, NULL, &net, &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  if (net != NULL) CHECK(net->values[net->nodes[0].inputs[1]].data == bytes + data_at);
  graph_destroy(net);
  put((uint32_t)table_at + 8, (uint32_t)data_at + 1, 4);
  file = (flat_file){.bytes = {bytes, size_bytes}, .error = &error};
  expect(INVALID, "outside the file");
}

static void fails_cleanly_without_memory(void) {
  load("network_pad_conv_i8");
  for (long n = 0;; n++) {
    graph *net = NULL;
    alloc_fail_after(n);
    insitu_status status = tflite_read((span){bytes, size_bytes}, NULL, &net, &error);
    alloc_fail_after(-1);
    graph_destroy(net);
    if (!status) {
      CHECK(n > 10);
      return;
    }
    CHECK_INT(status, INSITU_STATUS_OUT_OF_MEMORY);
    CHECK(net == NULL);
    CHECK_HAS(error.message, "out of memory");
  }
}

/* Two subgraphs, of which the second one's signature is the second. */
static void reads_the_signature_that_is_named(void) {
  free(bytes);
  bytes = check_read_file("tests/golden/bare/two_signatures.tflite", &size_bytes);
  file = (flat_file){.bytes = {bytes, size_bytes}, .error = &error};
  static const struct {
    const char *name;
    uint32_t num_nodes, index;
  } cases[] = {{NULL, 2, 0}, {"scores", 2, 0}, {"shares", 3, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    graph *net = NULL;
    span whole = {bytes, size_bytes};
    CHECK_INT(tflite_read(whole, cases[i].name, &net, &error), INSITU_STATUS_OK);
    if (net == NULL) return;
    CHECK_INT(net->num_nodes, cases[i].num_nodes);
    CHECK_INT(net->num_signatures, 2);
    CHECK_STR(net->signatures[1], "shares");
    CHECK_INT(net->read_signature, cases[i].index);
    graph_destroy(net);
  }
  graph *net = NULL;
  CHECK_INT(tflite_read((span){bytes, size_bytes}, "", &net, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "no signature \"\", but has: scores, shares");
  put_field(at(flat_root(&file, "TFL3"), TFLITE_MODEL_SIGNATURE_DEFS, 1),
            TFLITE_SIGNATURE_DEF_SUBGRAPH_INDEX, 7, 4);
  expect(INSITU_STATUS_OK, ""); /* nobody asks for it */
  CHECK_INT(tflite_read((span){bytes, size_bytes}, "shares", &net, &error), INVALID);
  CHECK_HAS(error.message, "subgraph_index is 7, but there are 2 subgraphs");
}

static void metadata_is_optional(void) {
  load("add_f32");
  tflite_metadata metadata = {.has_normalization = true};
  CHECK_INT(tflite_metadata_read((span){bytes, size_bytes}, 0, NULL, &metadata, &error),
            INSITU_STATUS_OK);
  CHECK(!metadata.has_normalization);
}

static void metadata_gives_mean_and_std(void) {
  free(bytes);
  bytes = check_read_file("tests/golden/metadata/normalization.tflite", &size_bytes);
  tflite_metadata metadata = {0};
  CHECK_INT(tflite_metadata_read((span){bytes, size_bytes}, 0, NULL, &metadata, &error),
            INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  CHECK(metadata.has_normalization);
  for (int i = 0; i < 3; i++) CHECK_NEAR((double)metadata.mean[i], 127.5, 0);
  CHECK_NEAR((double)metadata.std[0], 64, 0);
  CHECK_NEAR((double)metadata.std[2], 66, 0);
  /* No byte of it may crash the reader. */
  for (size_t i = 0; i < size_bytes; i++) {
    for (int bit = 0; bit < 8; bit += 7) {
      bytes[i] ^= (uint8_t)(1 << bit);
      insitu_status status =
          tflite_metadata_read((span){bytes, size_bytes}, 0, NULL, &metadata, &error);
      CHECK(status == INSITU_STATUS_OK || error.message[0] != '\0');
      bytes[i] ^= (uint8_t)(1 << bit);
    }
  }
}

int main(void) {
  RUN(reads_values_and_nodes);
  RUN(refuses_what_is_no_tflite);
  RUN(survives_truncation_everywhere);
  RUN(refuses_offsets_outside);
  RUN(keeps_long_names);
  RUN(refuses_wrong_indices);
  RUN(refuses_wrong_shapes);
  RUN(refuses_wrong_quantisation);
  RUN(refuses_what_changes_meaning);
  RUN(reads_buffers_behind_the_flatbuffer);
  RUN(fails_cleanly_without_memory);
  RUN(reads_the_signature_that_is_named);
  RUN(metadata_is_optional);
  RUN(metadata_gives_mean_and_std);
  free(bytes);
  return check_summary();
}
