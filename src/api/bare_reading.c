/* The rules by which a .tflite file without a pack is read; each leaves a
 * sentence that says which one it was. */
#include "api/bare_reading.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/tflite/read.h"
#include "xnn/picker.h"
#include "xnn/scores.h"

static insitu_status say(char **text, insitu_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static insitu_status say(char **text, insitu_error *error, const char *format, ...) {
  char line[192];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  alloc_free(*text);
  *text = alloc_string(line);
  return *text ? INSITU_STATUS_OK : error_out_of_memory(error, "the model's reading", sizeof line);
}

static const char *operator_name(const plan *planned, uint32_t node) {
  return tflite_operator_name(planned->net->nodes[node].code);
}

/* [1,H,W,3], [1,3,H,W], [1,H,W,1], [1,1,H,W] or [1,H,W]. */
static bool find_size(const graph_value *value, insitu_input *input) {
  if ((value->rank != 4 && value->rank != 3) || value->dims[0] != 1) return false;
  bool is_planar = graph_is_planar(value);
  if (value->rank == 4 && !is_planar && value->dims[3] != 3 && value->dims[3] != 1) return false;
  input->height_px = value->dims[is_planar ? 2 : 1];
  input->width_px = value->dims[is_planar ? 3 : 2];
  return input->height_px <= INSITU_MAX_INPUT_SIDE_PX &&
         input->width_px <= INSITU_MAX_INPUT_SIDE_PX;
}

/* Full range: mean and std that make a quantised input the pixel itself (less
 * 128 for int8): (v/255 − mean)/std = scale * (v − offset − zero_point). */
static insitu_status full_range(const graph_value *value, float *mean, float *std,
                                insitu_error *error) {
  if (value->quantization.num_scales != 1 || !(value->quantization.scales[0] > 0)) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's input is %s, but has no scale above 0",
                     graph_dtype_name(value->dtype));
  }
  double offset = value->dtype == GRAPH_I8 ? 128 : 0;
  *mean = (float)((offset + value->quantization.zero_point) / 255);
  *std = (float)(1 / (255 * (double)value->quantization.scales[0]));
  return INSITU_STATUS_OK;
}

/* Teachable Machine's networks are MobileNets whose last layers a page of TensorFlow.js
 * made: they are named dense_Dense1, dense_Dense7…, and no convolution is named its way
 * (conv2d_Conv2D1), as in other networks of that library. They take pixels of -1..1
 * (capture() in its library for pictures), and their files say so nowhere. */
static bool is_teachable_machine(const graph *net, const graph_value *input) {
  const uint32_t *dims = input->dims;
  if (input->rank != 4 || dims[1] != 224 || dims[2] != 224 || dims[3] != 3) return false;
  bool is_found = false;
  for (uint32_t i = 0; i < net->num_values; i++) {
    if (strstr(net->values[i].name, "conv2d_Conv2D") != NULL) return false;
    is_found |= strstr(net->values[i].name, "dense_Dense") != NULL;
  }
  return is_found;
}

static insitu_status set_pixels(const plan *planned, const tflite_metadata *metadata,
                                const insitu_bare_options *options, insitu_input *input,
                                pack_reading *reading, insitu_error *error) {
  const graph_value *value = &planned->net->values[planned->net->inputs[0]];
  bool is_quantised = value->dtype == GRAPH_I8 || value->dtype == GRAPH_U8;
  float mean = 0, std = 1;
  uint32_t node;
  int low, high;
  insitu_status status;
  if (is_quantised) { /* NormalizationOptions are for float inputs */
    status = full_range(value, &mean, &std, error);
    if (!status) status = say(&reading->pixels_from, error, "the bytes of a quantised input");
  } else if (metadata->has_normalization) {
    status = say(&reading->pixels_from, error, "the file's metadata");
  } else if (scores_pixel_range(planned, &node, &low, &high)) {
    mean = -(float)low / (float)(high - low);
    std = 1.0f / (float)(high - low);
    bool is_quantise = planned->net->nodes[node].code == TFLITE_QUANTIZE;
    status = say(&reading->pixels_from, error, "operator %u (%s) %s itself", node,
                 operator_name(planned, node), is_quantise ? "quantises them" : "scales bytes");
  } else if (is_teachable_machine(planned->net, value)) {
    mean = std = 0.5f;
    status = say(&reading->pixels_from, error, "a network of Teachable Machine takes them so");
  } else {
    status = say(&reading->pixels_from, error,
                 "assumed, since the file does not say; others take -1..1 or 0..255 (--range)");
  }
  bool is_asked_for = options && options->has_mean && options->has_std;
  if (!status && !is_quantised && !is_asked_for && metadata->normalization_fault.message[0]) {
    status = error_set(error, INSITU_STATUS_INVALID_MODEL, "%.180s; --range says it instead",
                       metadata->normalization_fault.message);
  }
  for (int c = 0; c < 3 && !status; ++c) {
    bool from_file = !is_quantised && metadata->has_normalization;
    /* of pixels 0..255 there, 0..1 here */
    input->mean[c] = from_file ? metadata->mean[c] / 255 : mean;
    input->std[c] = from_file ? metadata->std[c] / 255 : std;
  }
  return status;
}

/* "0..1" where all channels are alike. */
static insitu_status say_pixels(const insitu_input *input, pack_reading *reading,
                                insitu_error *error) {
  const float *m = input->mean, *s = input->std;
  if (m[0] == m[1] && m[1] == m[2] && s[0] == s[1] && s[1] == s[2]) {
    double low = -(double)m[0] / (double)s[0], high = (1 - (double)m[0]) / (double)s[0];
    return say(&reading->pixels, error, "%.4g..%.4g", low == 0 ? 0 : low, high);
  }
  return say(&reading->pixels, error, "0..1 less %.4g,%.4g,%.4g over %.4g,%.4g,%.4g", (double)m[0],
             (double)m[1], (double)m[2], (double)s[0], (double)s[1], (double)s[2]);
}

insitu_status bare_read_input(const plan *planned, const tflite_metadata *metadata,
                              const insitu_bare_options *options, insitu_input *input,
                              pack_reading *reading, insitu_error *error) {
  const graph_value *value = &planned->net->values[planned->net->inputs[0]];
  if (!find_size(value, input)) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's input is %s, but a classifier of pictures takes [1,H,W,3], "
                     "[1,3,H,W] or one channel, with sides of at most %u",
                     graph_shape(value).text, INSITU_MAX_INPUT_SIDE_PX);
  }
  input->crop_fraction = 1;
  input->num_views = 1;
  insitu_status status = set_pixels(planned, metadata, options, input, reading, error);
  for (int c = 0; c < 3 && !status; ++c) {
    if (options && options->has_mean) input->mean[c] = options->mean[c];
    if (options && options->has_std) input->std[c] = options->std[c];
    if (!isfinite(input->mean[c]) || !isnormal(input->std[c]) || input->std[c] < 0) {
      status = error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                         "channel %d: mean %g must be finite and std %g greater than 0", c,
                         (double)input->mean[c], (double)input->std[c]);
    }
  }
  if (!status && options && (options->has_mean || options->has_std)) {
    status = say(&reading->pixels_from, error, "asked for");
  }
  return status ? status : say_pixels(input, reading, error);
}

/* ", which operator 9 (ARG_MAX) picks from", behind where the scores come from. */
static insitu_status say_picker(const plan *planned, char **text, insitu_error *error) {
  uint32_t picker = picker_of(planned->net, planned->net->outputs[0]);
  if (picker == GRAPH_NONE) return INSITU_STATUS_OK;
  return say(text, error, "%s, which operator %u (%s) picks from", *text, picker,
             operator_name(planned, picker));
}

insitu_status bare_read_output(const plan *planned, const insitu_bare_options *options,
                               insitu_pack *pack, insitu_error *error) {
  scores found;
  insitu_output wanted = options ? options->output : INSITU_OUTPUT_DEFAULT;
  insitu_status status = scores_of(planned, &found, error);
  if (status) return status;
  bool is_one = planned->net->values[planned->net->outputs[0]].num_elements == 1;
  bool are_findings = found.kind == SCORES_FINDINGS || (is_one && pack->num_classes == 1);
  char **from = &pack->reading.output_from;
  if (wanted != INSITU_OUTPUT_DEFAULT) {
    status = say(from, error, "asked for");
  } else if (found.kind == SCORES_LOGITS) {
    wanted = INSITU_OUTPUT_LOGITS;
    status = say(from, error, "no softmax or sigmoid of the network reaches its output");
  } else {
    wanted = INSITU_OUTPUT_PROBABILITIES;
    bool is_last = found.source == found.last;
    status =
        say(from, error, "operator %u (%s)%s%s", found.source, operator_name(planned, found.source),
            is_last ? "" : ", kept up to ", is_last ? "" : operator_name(planned, found.last));
  }
  if (!status) status = say_picker(planned, from, error);
  if (status) return status;
  pack->output = wanted == INSITU_OUTPUT_PROBABILITIES ? PACK_SCORES_AS_GIVEN : PACK_LOGITS;
  if (wanted == INSITU_OUTPUT_SIGMOID) are_findings = true;
  if (wanted == INSITU_OUTPUT_LOGITS) are_findings = is_one && pack->num_classes == 1;
  if (is_one && pack->num_classes == 2) are_findings = false; /* no and yes exclude each other */
  pack->task = are_findings ? PACK_MULTILABEL : PACK_MULTICLASS;
  const char *text = wanted != INSITU_OUTPUT_PROBABILITIES ? "logits" : "probabilities";
  const char *task = is_one && pack->num_classes == 2 ? "of no and yes"
                     : are_findings                   ? "of findings"
                                                      : "of classes";
  return say(&pack->reading.output, error, "%s %s", text, task);
}

static bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\t'; }

static size_t behind(span text, size_t at, const char *any_of) {
  while (at < text.size_bytes && strchr(any_of, text.data[at]) != NULL && text.data[at]) at++;
  return at;
}

/* Ultralytics names its classes in what it says of a network, in Python's words:
 * {…, 'names': {0: 'glass', 1: "cat's eye"}}. 0 where that is not what follows. */
static uint32_t split_names(span text, size_t at, span *lines) {
  for (uint32_t count = 0;; count++) {
    at = behind(text, at, ", ");
    if (span_has(text, at, 1) && text.data[at] == '}') return count;
    char number[16];
    size_t length = (size_t)snprintf(number, sizeof number, "%u:", count);
    if (!span_has(text, at, length) || memcmp(text.data + at, number, length) != 0) return 0;
    at = behind(text, at + length, " ");
    if (!span_has(text, at, 1) || (text.data[at] != '\'' && text.data[at] != '"')) return 0;
    uint8_t quote = text.data[at++];
    size_t start = at;
    while (at < text.size_bytes && text.data[at] != quote && text.data[at] != '\\') at++;
    if (at == text.size_bytes || text.data[at] != quote) return 0; /* or one with escapes */
    if (lines && count < INSITU_MAX_CLASSES) lines[count] = (span){text.data + start, at - start};
    at++;
  }
}

/* Where the names begin; 0 where the text is no such description. */
static size_t find_names(span text) {
  static const char begin[] = "'names': {";
  size_t length = sizeof begin - 1;
  if (text.size_bytes == 0 || text.data[0] != '{') return 0;
  for (size_t at = 1; span_has(text, at, length); at++) {
    if (memcmp(text.data + at, begin, length) == 0) return at + length;
  }
  return 0;
}

/* The file's labels, one a line in LF, CRLF or CR, without the spaces round them, into
 * lines (or NULL: they are counted); a byte order mark, blank lines at the end and,
 * where every line begins with its own number, as Teachable Machine and spreadsheets write
 * them, the numbers are none of them, nor are the quotes of a line in quotes. */
static uint32_t split_labels(span text, span *lines) {
  size_t names = find_names(text);
  if (names > 0) return split_names(text, names, lines);
  uint32_t count = 0, last = 0;
  size_t at = text.size_bytes >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  while (at < text.size_bytes) {
    while (at < text.size_bytes && is_blank(text.data[at])) at++;
    size_t start = at, end;
    while (at < text.size_bytes && text.data[at] != '\n' && text.data[at] != '\r') at++;
    for (end = at; end > start && is_blank(text.data[end - 1]);) end--;
    if (lines && count < INSITU_MAX_CLASSES) lines[count] = (span){text.data + start, end - start};
    count++;
    if (end > start) last = count;
    bool is_crlf = span_has(text, at, 2) && memcmp(text.data + at, "\r\n", 2) == 0;
    at += is_crlf ? 2 : 1;
  }
  return last;
}

/* Bytes of "12 ", "12;" or "12," where a line begins with its number and goes on; else 0,
 * as of "0,5 mg". */
static size_t number_bytes(span line, uint32_t index) {
  char number[16];
  size_t length = (size_t)snprintf(number, sizeof number, "%u", index);
  if (line.size_bytes <= length || memcmp(line.data, number, length) != 0) return 0;
  size_t end = length;
  while (end < line.size_bytes && is_blank(line.data[end])) end++;
  if (span_has(line, end, 2) && (line.data[end] == ';' || line.data[end] == ',')) {
    uint8_t next = line.data[end + 1];
    if (line.data[end] == ';' || next < '0' || next > '9') end++;
  }
  while (end < line.size_bytes && is_blank(line.data[end])) end++;
  return end > length && end < line.size_bytes ? end : 0; /* a number alone is the label */
}

uint32_t bare_count_labels(const tflite_metadata *metadata) {
  return split_labels(metadata->labels, NULL);
}

/* Without its quotes where it is one field in quotes, of which two within are one. */
static char *copy_line(span line) {
  const uint8_t *from = line.data;
  size_t size = line.size_bytes, length = 0;
  bool is_quoted = size >= 2 && from[0] == '"' && from[size - 1] == '"';
  for (size_t i = 1; is_quoted && i < size - 1; i++) {
    if (from[i] == '"') is_quoted = ++i < size - 1 && from[i] == '"';
  }
  char *copy = alloc_bytes(size + 1);
  if (copy == NULL) return NULL;
  for (size_t i = is_quoted; i < size - is_quoted; i++) {
    copy[length++] = (char)from[i];
    if (is_quoted && from[i] == '"') i++;
  }
  copy[length] = '\0';
  return copy;
}

/* lines [count], or NULL for the numbers or the labels that were given. */
static bool name_classes(const span *lines, const char *const *given, insitu_pack *pack) {
  uint32_t numbered = 0;
  while (lines && numbered < pack->num_classes && number_bytes(lines[numbered], numbered)) {
    numbered++;
  }
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    char index[16];
    snprintf(index, sizeof index, "%u", i);
    span line = lines ? lines[i] : (span){0};
    size_t skipped = numbered == pack->num_classes ? number_bytes(line, i) : 0;
    if (skipped > 0) line = (span){line.data + skipped, line.size_bytes - skipped};
    pack->classes[i].id = alloc_string(index);
    pack->classes[i].label =
        line.size_bytes > 0 ? copy_line(line) : alloc_string(given ? given[i] : index);
    if (!pack->classes[i].id || !pack->classes[i].label) return false;
  }
  return true;
}

insitu_status bare_read_labels(const tflite_metadata *metadata, const insitu_bare_options *options,
                               insitu_pack *pack, insitu_error *error) {
  const char *const *given = options ? options->labels : NULL;
  if (given && options->num_labels != pack->num_classes) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "there are %u labels, but the model has %u outputs", options->num_labels,
                     pack->num_classes);
  }
  uint32_t count = given ? 0 : bare_count_labels(metadata);
  span *lines = NULL;
  if (count == pack->num_classes) {
    lines = alloc_array(INSITU_MAX_CLASSES, sizeof *lines);
    if (!lines) return error_out_of_memory(error, "the labels", count * sizeof *lines);
    split_labels(metadata->labels, lines);
  }
  bool is_named = name_classes(lines, given, pack);
  alloc_free(lines);
  if (!is_named) return error_out_of_memory(error, "a class's label", 1);
  if (!given && count > 0 && count != pack->num_classes) {
    return say(&pack->reading.labels_from, error,
               "the outputs' numbers, since the file's metadata has %u labels for %u", count,
               pack->num_classes);
  }
  return say(&pack->reading.labels_from, error, "%s",
             given   ? "asked for"
             : count ? "the file's metadata"
                     : "the outputs' numbers");
}
