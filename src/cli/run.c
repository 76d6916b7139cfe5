/* insitu run: raw tensors through a model, for comparing with other engines. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/file.h"
#include "cli/npy.h"
#include "cli/options.h"

static const char help[] =
    "Usage: insitu run FILE.tflite --in A.npy --out B.npy [OPTION]...\n\n"
    "Runs a model once on raw tensors: float32, int8 or uint8 arrays in C order,\n"
    "of the input's type and shape; indices that a model gives are int32 or int64.\n"
    "A model with several inputs or outputs takes --in or --out as often, in the\n"
    "model's order.\n\n"
    "  --in FILE.npy     an input\n"
    "  --out FILE.npy    where to write an output\n"
    "  --size W,H        of its pictures, where the file leaves that open\n"
    "  --signature NAME  of the file's, where it has several (default: the first)\n"
    "  --threads N       1 to 64, but no more than processors (default 1)\n"
    "  --help            this text\n\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

static insitu_status read_input(insitu_model *model, uint32_t index, const char *path,
                                insitu_error *error) {
  const insitu_tensor_info *tensor = insitu_model_input(model, index);
  uint8_t *file;
  size_t size;
  npy_array array;
  insitu_status status = file_read(path, INSITU_MAX_MODEL_BYTES, &file, &size, error);
  if (status) return status;
  status = npy_parse(file, size, &array, error);
  if (!status && (array.dtype != tensor->dtype || array.rank != tensor->rank ||
                  memcmp(array.dims, tensor->dims, array.rank * sizeof *array.dims) != 0)) {
    char got[NPY_SHAPE_CHARS], wanted[NPY_SHAPE_CHARS];
    status =
        cli_fail(error, INSITU_STATUS_INVALID_ARGUMENT,
                 "the array is %s %s, but the model's input %u is %s %s",
                 npy_dtype_name(array.dtype), npy_shape_text(array.rank, array.dims, got), index,
                 npy_dtype_name(tensor->dtype), npy_shape_text(tensor->rank, tensor->dims, wanted));
  }
  /* Equal type and shape: array.size_bytes equals the tensor's. */
  if (!status) memcpy(insitu_model_input_data(model, index), array.data, array.size_bytes);
  insitu_free(file);
  return status;
}

/* Kernels lose NaN on the way (the least of NaN and 6 is 6 to some, NaN to
 * others), so an output cannot tell of one. */
static insitu_status check_finite(const insitu_model *model, uint32_t index, const float *values,
                                  insitu_error *error) {
  const insitu_tensor_info *tensor = insitu_model_input(model, index);
  if (tensor->dtype != INSITU_F32) return INSITU_STATUS_OK;
  for (size_t i = 0; i < tensor->size_bytes / sizeof *values; ++i) {
    if (isfinite(values[i])) continue;
    return cli_fail(error, INSITU_STATUS_NOT_FINITE,
                    "value %zu is %g, but a model's input must be finite", i, values[i]);
  }
  return INSITU_STATUS_OK;
}

/* Runs the opened model; *culprit: the file that an error is about. */
static insitu_status run_model(insitu_model *model, const cli_list *in, const cli_list *out,
                               const char **culprit, insitu_error *error) {
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t i = 0; i < in->count && !status; ++i) {
    *culprit = in->values[i];
    status = read_input(model, i, in->values[i], error);
    if (!status) status = check_finite(model, i, insitu_model_input_data(model, i), error);
  }
  if (status) return status;
  const char *named = *culprit;
  *culprit = "model";
  status = insitu_model_run(model, error);
  *culprit = status ? *culprit : named;
  for (uint32_t i = 0; i < out->count && !status; ++i) {
    *culprit = out->values[i];
    status = npy_write(out->values[i], insitu_model_output(model, i),
                       insitu_model_output_data(model, i), error);
  }
  return status;
}

static int run(int argc, char **argv) {
  cli_list in = {.count = 0}, out = {.count = 0};
  cli_pair image_size = {.given = false};
  insitu_model_options model_options = {.num_threads = 1};
  const cli_option options[] = {
      {"--in", OPTION_LIST, &in, 0, 0},
      {"--out", OPTION_LIST, &out, 0, 0},
      {"--size", OPTION_PAIR, &image_size, 1, INSITU_MAX_INPUT_SIDE_PX},
      {"--signature", OPTION_TEXT, &model_options.signature, 0, 0},
      {"--threads", OPTION_COUNT, &model_options.num_threads, 1, INSITU_MAX_THREADS},
  };
  int num_files;
  cli_parse parsed = cli_parse_options(&cli_run, options, sizeof options / sizeof *options, argc,
                                       argv, &num_files);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (num_files != 1) return cli_usage(&cli_run, "name one FILE.tflite");
  if (in.count == 0 || out.count == 0) return cli_usage(&cli_run, "name --in and --out");

  model_options.width_px = (uint32_t)image_size.values[0];
  model_options.height_px = (uint32_t)image_size.values[1];
  insitu_error error;
  uint8_t *file = NULL;
  size_t size;
  insitu_model *model = NULL;
  const char *culprit = argv[0];
  int code = CLI_FAILED;
  insitu_status status = file_read(argv[0], INSITU_MAX_MODEL_BYTES, &file, &size, &error);
  if (!status) status = insitu_model_create(file, size, &model_options, &model, &error);
  if (!status && (in.count != insitu_model_num_inputs(model) ||
                  out.count != insitu_model_num_outputs(model))) {
    code = cli_usage(&cli_run,
                     "the model has %u inputs and %u outputs, but %u --in and %u --out "
                     "were given",
                     insitu_model_num_inputs(model), insitu_model_num_outputs(model), in.count,
                     out.count);
  } else {
    if (!status) status = run_model(model, &in, &out, &culprit, &error);
    if (status) cli_complain("%s: %s", culprit, error.message);
    if (!status) code = CLI_OK;
  }
  insitu_model_destroy(model);
  insitu_free(file);
  return code;
}

const cli_command cli_run = {"run", "run a model on raw .npy tensors", help, run};
