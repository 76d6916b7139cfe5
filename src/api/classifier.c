/* insitu.h's classifier: a pack's variant with its model, ready to answer.
 * Refuses a model that is not the one its pack names. Writes no JSON: see
 * result_json.c. */
#include "api/classifier.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"

/* Is the file the one that the variant names? */
static insitu_status check_file(const insitu_variant *info, const uint8_t *file, size_t file_size,
                                bool digest_verified, insitu_error *error) {
  if (file_size != info->size_bytes) {
    return error_set(error, INSITU_STATUS_DIGEST_MISMATCH,
                     "%s has %zu bytes, but the pack says %llu: take the file and the pack.json of "
                     "one version",
                     info->file, file_size, (unsigned long long)info->size_bytes);
  }
  if (digest_verified) return INSITU_STATUS_OK;
  char hex[65];
  sha256_hex((span){file, file_size}, hex);
  if (strcmp(hex, info->sha256) != 0) {
    return error_set(error, INSITU_STATUS_DIGEST_MISMATCH,
                     "%s has the SHA-256 %.12s..., but the pack says %.12s...: the file is damaged "
                     "or of another version",
                     info->file, hex, info->sha256);
  }
  return INSITU_STATUS_OK;
}

/* Does the model have the one input and one output that the pack describes? */
static insitu_status check_model(insitu_classifier *classifier, insitu_error *error) {
  const insitu_model *model = classifier->model;
  uint32_t num_inputs = insitu_model_num_inputs(model);
  uint32_t num_outputs = insitu_model_num_outputs(model);
  if (num_inputs != 1 || num_outputs != 1) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model has %u inputs and %u outputs, but a classifier has one of each",
                     num_inputs, num_outputs);
  }
  insitu_status status = classify_input_table_init(
      &classifier->input_table, &classifier->pack->input, insitu_model_input(model, 0), error);
  if (status) return status;
  return classify_output_check(insitu_model_output(model, 0), classifier->pack->num_classes, error);
}

static insitu_status find_variant(const insitu_pack *pack, const char *name,
                                  const pack_variant **variant, insitu_error *error) {
  *variant = pack_find_variant(pack, name);
  if (*variant || (pack->num_variants == 0 && !name)) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "the pack \"%.64s\" has no variant \"%.64s\"",
                   pack->id, name ? name : "");
}

insitu_status insitu_classifier_create(const insitu_pack *pack, const char *variant,
                                       const uint8_t *file, size_t file_size,
                                       const insitu_classifier_options *options,
                                       insitu_classifier **classifier, insitu_error *error) {
  const pack_variant *found;
  insitu_status status = find_variant(pack, variant, &found, error);
  if (!status && found) { /* a bare pack has no digest to compare with */
    status = check_file(&found->info, file, file_size, options && options->digest_verified, error);
  }
  if (status) return status;

  insitu_classifier *made = alloc_zeroed(sizeof *made);
  if (!made) return error_out_of_memory(error, "the classifier", sizeof *made);
  made->pack = pack;
  made->variant = found;
  made->scores = alloc_array(pack->num_classes, sizeof *made->scores);
  made->probabilities = alloc_array(pack->num_classes, sizeof *made->probabilities);
  if (!made->scores || !made->probabilities) {
    status = error_out_of_memory(error, "the probabilities",
                                 pack->num_classes * 2 * sizeof *made->scores);
  } else {
    insitu_model_options model_options = {.num_threads = options ? options->num_threads : 0};
    status = insitu_model_create(file, file_size, &model_options, &made->model, error);
  }
  if (!status) status = check_model(made, error);
  if (status) {
    insitu_classifier_destroy(made);
    return status;
  }
  *classifier = made;
  return error_clear(error);
}

void insitu_classifier_destroy(insitu_classifier *classifier) {
  if (!classifier) return;
  insitu_model_destroy(classifier->model);
  alloc_free(classifier->scores);
  alloc_free(classifier->probabilities);
  alloc_free(classifier);
}

/* The mean of the scores of each view that the pack asks for. */
static insitu_status score_views(insitu_classifier *classifier, const uint8_t *rgb,
                                 insitu_error *error) {
  const insitu_pack *pack = classifier->pack;
  insitu_model *model = classifier->model;
  double *scores = classifier->scores, *of_view = classifier->probabilities; /* until they are known */
  for (uint32_t i = 0; i < pack->num_classes; ++i) scores[i] = 0;
  for (uint32_t view = 0; view < pack->input.num_views; ++view) {
    classify_input_fill(&classifier->input_table, rgb, &pack->input, view,
                        insitu_model_input_data(model, 0));
    insitu_status status = insitu_model_run(model, error);
    if (status) return status;
    classify_output_read(insitu_model_output(model, 0), insitu_model_output_data(model, 0),
                         pack->num_classes, of_view);
    for (uint32_t i = 0; i < pack->num_classes; ++i) scores[i] += of_view[i];
  }
  for (uint32_t i = 0; i < pack->num_classes; ++i) scores[i] /= pack->input.num_views;
  return INSITU_STATUS_OK;
}

insitu_status insitu_classifier_classify(insitu_classifier *classifier, const uint8_t *rgb,
                                         insitu_prior prior, insitu_error *error) {
  const insitu_pack *pack = classifier->pack;
  classifier->has_answer = false; /* until this one is whole */
  double start_ms = clock_ms();
  const insitu_tensor_info *output = insitu_model_output(classifier->model, 0);
  insitu_status status = score_views(classifier, rgb, error);
  if (status) return status;
  /* One step of a quantised output; float32 needs none beside the fixed one. */
  double tolerance = output->dtype == INSITU_F32 ? 0 : (double)output->scale;
  status = classify_scores(pack, classifier->variant, classifier->scores, tolerance, prior,
                           classifier->probabilities, error);
  if (status) return status;
  classifier->infer_ms = clock_ms() - start_ms;
  classifier->has_answer = true;
  return error_clear(error);
}

const double *insitu_classifier_probabilities(const insitu_classifier *classifier) {
  return classifier->has_answer ? classifier->probabilities : NULL;
}

double insitu_classifier_infer_ms(const insitu_classifier *classifier) {
  return classifier->infer_ms;
}
