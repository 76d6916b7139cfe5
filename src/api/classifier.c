/* insitu.h's classifier: a pack's variant with its model, ready to answer.
 * Refuses a model that is not the one its pack names. Joins classify/'s parts
 * and owns their memory; decides nothing itself. JSON: see answer_json.c. */
#include "api/classifier.h"

#include <math.h>
#include <string.h>

#include "api/model.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "classify/map.h"
#include "classify/scores.h"
#include "classify/typicality.h"

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

/* Does the model have the one input and one output that the pack describes?
 * Fills the network that classify/ runs. */
static insitu_status open_network(insitu_classifier *classifier, insitu_error *error) {
  insitu_model *model = classifier->model;
  classify_network *network = &classifier->network;
  if (model->num_inputs != 1 || model->num_own_outputs != 1) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model has %u inputs and %u outputs, but a classifier has one of each",
                     model->num_inputs, model->num_own_outputs);
  }
  network->runtime = model->runtime;
  network->input = &model->inputs[0];
  network->output = &model->outputs[0];
  network->of_logits = classifier->pack->output == PACK_LOGITS;
  insitu_status status =
      classify_input_table_init(&network->table, &classifier->pack->input, network->input, error);
  if (!status)
    status = classify_output_check(network->output, classifier->pack->num_classes, error);
  const pack_decision *decision = classifier->variant ? classifier->variant->decision : NULL;
  network->num_taps = decision ? decision->typicality.num_tensors : 0;
  for (uint32_t i = 0; i < network->num_taps && !status; ++i) {
    network->taps[i] = (classify_tap){i + 1, &model->outputs[i + 1]};
    status = classify_tap_check(&network->taps[i], error);
  }
  if (model->head_weights.data) {
    network->features = (classify_tap){model->head_output, &model->outputs[model->head_output]};
  }
  return status;
}

/* The statistics fit only the tensors that they were taken from. */
static insitu_status check_features(const insitu_classifier *classifier, insitu_error *error) {
  if (classifier->network.num_taps == 0) return INSITU_STATUS_OK;
  const pack_typicality *typicality = &classifier->variant->decision->typicality;
  uint64_t num_features = 0;
  for (uint32_t i = 0; i < classifier->network.num_taps; ++i) {
    num_features += classifier->network.taps[i].tensor->dims[3];
  }
  if (num_features == typicality->num_features) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_PACK,
                   "the pack's typicality is of %u features, but its tensors have %llu channels",
                   typicality->num_features, (unsigned long long)num_features);
}

static insitu_status find_variant(const insitu_pack *pack, const char *name,
                                  const pack_variant **variant, insitu_error *error) {
  *variant = pack_find_variant(pack, name);
  if (*variant || (pack->num_variants == 0 && !name)) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                   "the pack \"%.64s\" has no variant \"%.64s\"", pack->id, name ? name : "");
}

/* What an answer needs room for, but for a map. */
static insitu_status allocate(insitu_classifier *made, insitu_error *error) {
  const insitu_pack *pack = made->pack;
  const pack_decision *decision = made->variant ? made->variant->decision : NULL;
  size_t num_features = decision ? decision->typicality.num_features : 0;
  made->sums.scores = alloc_array(pack->num_classes, sizeof(double));
  made->sums.scratch = alloc_array(pack->num_classes, sizeof(double));
  made->sums.sums = alloc_array(num_features, sizeof *made->sums.sums);
  made->sums.pooled = alloc_array(num_features, sizeof(float));
  made->probabilities = alloc_array(pack->num_classes, sizeof(double));
  made->set_probabilities = alloc_array(pack->num_classes, sizeof(double));
  made->room.ranking = alloc_array(pack->num_classes, sizeof(uint32_t));
  made->room.set = alloc_array(pack->num_classes, sizeof(uint32_t));
  made->room.groups = alloc_array(pack->num_groups, sizeof(insitu_group_answer));
  if (made->sums.scores && made->sums.scratch && made->sums.sums && made->sums.pooled &&
      made->probabilities && made->set_probabilities && made->room.ranking && made->room.set &&
      made->room.groups) {
    return INSITU_STATUS_OK;
  }
  return error_out_of_memory(error, "the answer", pack->num_classes * 5 * sizeof(double));
}

static insitu_status open_model(insitu_classifier *made, const uint8_t *file, size_t file_size,
                                const insitu_classifier_options *options, insitu_error *error) {
  const pack_decision *decision = made->variant ? made->variant->decision : NULL;
  insitu_model_options model_options = {.num_threads = options ? options->num_threads : 0};
  if (decision) {
    model_options.interior = (const char *const *)decision->typicality.tensors;
    model_options.num_interior = decision->typicality.num_tensors;
  }
  if (made->pack->num_variants == 0) { /* a bare model's file may leave its size open */
    model_options.width_px = made->pack->input.width_px;
    model_options.height_px = made->pack->input.height_px;
    model_options.signature = made->pack->signature;
  }
  return model_create(file, file_size, &model_options, true, &made->model, error);
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
  status = allocate(made, error);
  if (!status) status = open_model(made, file, file_size, options, error);
  if (!status) status = open_network(made, error);
  if (!status) status = check_features(made, error);
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
  alloc_free(classifier->sums.scores);
  alloc_free(classifier->sums.scratch);
  alloc_free(classifier->sums.sums);
  alloc_free(classifier->sums.pooled);
  alloc_free(classifier->probabilities);
  alloc_free(classifier->set_probabilities);
  alloc_free(classifier->room.ranking);
  alloc_free(classifier->room.set);
  alloc_free(classifier->room.groups);
  alloc_free(classifier->feature_map);
  alloc_free(classifier->map_values);
  alloc_free(classifier->map_weights);
  alloc_free(classifier);
}

/* [classes, channels]. A yes/no network's one row speaks for yes; for no stands a
 * row of zeros, as in classify_output_read. */
static float *map_weights(insitu_classifier *classifier) {
  head_weights *head = &classifier->model->head_weights;
  uint32_t num_classes = classifier->pack->num_classes;
  float *rows = alloc_array(num_classes * head->num_channels, sizeof *rows);
  if (rows) {
    head_weights_read(head, rows + (num_classes - head->num_rows) * head->num_channels);
    head_weights_release(head); /* one copy is enough */
  }
  return rows;
}

/* What a map needs, kept from then on. */
static insitu_status prepare_map(insitu_classifier *classifier, insitu_error *error) {
  const insitu_tensor_info *features = classifier->network.features.tensor;
  size_t num_places = (size_t)features->dims[1] * features->dims[2];
  if (!classifier->feature_map) {
    classifier->feature_map = alloc_array(num_places * features->dims[3], sizeof(float));
  }
  if (!classifier->map_values) classifier->map_values = alloc_array(num_places, sizeof(float));
  bool has_room = classifier->feature_map && classifier->map_values;
  if (has_room && !classifier->map_weights) {
    classifier->map_weights = map_weights(classifier);
    if (!classifier->map_weights) return error_out_of_memory(error, "the last layer", 0);
  }
  if (has_room) return INSITU_STATUS_OK;
  return error_out_of_memory(error, "the map", num_places * features->dims[3] * sizeof(float));
}

static void draw_map(insitu_classifier *classifier, uint32_t class_index) {
  const insitu_tensor_info *features = classifier->network.features.tensor;
  size_t num_places = (size_t)features->dims[1] * features->dims[2];
  if (class_index == INSITU_TOP_CLASS) class_index = classifier->room.ranking[0];
  classify_map(classifier->feature_map, num_places, features->dims[3], classifier->map_weights,
               classifier->pack->num_classes, class_index, classifier->pack->task,
               classifier->map_values);
  classifier->answer.map = (insitu_map){.class_index = class_index,
                                        .width = features->dims[2],
                                        .height = features->dims[1],
                                        .values = classifier->map_values};
}

/* What is known of the picture before anything is said of its classes. */
static void gather_evidence(insitu_classifier *classifier, const insitu_picture *picture,
                            decide_evidence *evidence) {
  const pack_decision *decision = classifier->variant ? classifier->variant->decision : NULL;
  classifier->picture = picture ? *picture : (insitu_picture){0};
  *evidence = (decide_evidence){.probabilities = classifier->probabilities,
                                .set_probabilities = classifier->set_probabilities,
                                .picture = picture ? &classifier->picture : NULL,
                                .typicality = NAN};
  if (!decision || decision->typicality.num_tensors == 0) return;
  classify_typicality found =
      classify_typicality_of(&decision->typicality, classifier->sums.pooled);
  evidence->typicality = found.typicality;
  evidence->typicality_limit = decision->typicality.limit;
  evidence->taken_with = found.taken_with;
  evidence->taken_with_p = found.taken_with_p;
}

/* Scores to probabilities, under the prior that is shown and under that of the
 * limits that hold for the picture. Begins the answer. */
static insitu_status calibrate(insitu_classifier *classifier, const decide_evidence *evidence,
                               insitu_prior asked, insitu_error *error) {
  const insitu_pack *pack = classifier->pack;
  const pack_variant *variant = classifier->variant;
  const double *scores = classifier->sums.scores;
  const insitu_tensor_info *output = classifier->network.output;
  const pack_limits *limits = pack_limits_of(variant, evidence->taken_with);
  bool is_of_device = limits && limits != &variant->decision->limits;
  insitu_prior own = is_of_device ? limits->prior : pack->default_prior;
  insitu_answer answer = {.num_classes = pack->num_classes,
                          .scores = scores,
                          .probabilities = classifier->probabilities,
                          .prior = asked == INSITU_PRIOR_DEFAULT ? own : asked,
                          .typicality = evidence->typicality,
                          .taken_with = evidence->taken_with,
                          .limits_of = is_of_device ? evidence->taken_with : NULL,
                          .limits_prior = limits ? limits->prior : pack->default_prior};
  /* One step of a quantised output; float32 needs none beside the fixed one. */
  double tolerance = output->dtype == INSITU_F32 ? 0 : (double)output->scale;
  insitu_status status = classify_scores(pack, variant, scores, tolerance, answer.prior,
                                         classifier->probabilities, error);
  if (status) return status;
  classifier->answer = answer;
  return classify_scores(pack, variant, scores, tolerance, answer.limits_prior,
                         classifier->set_probabilities, error);
}

static insitu_status check_request(const insitu_classifier *classifier,
                                   const insitu_picture *picture,
                                   const insitu_classify_options *options, insitu_error *error) {
  if (picture &&
      (picture->version != INSITU_PICTURE_VERSION || picture->size_bytes != sizeof *picture)) {
    return error_set(
        error, INSITU_STATUS_INVALID_ARGUMENT,
        "the picture's record has version %u and %u bytes, but this is version %u with "
        "%zu: take both modules of one release",
        picture->version, picture->size_bytes, INSITU_PICTURE_VERSION, sizeof *picture);
  }
  if (options->is_map_wanted && options->map_class != INSITU_TOP_CLASS &&
      options->map_class >= classifier->pack->num_classes) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "map_class is %u, but there are %u classes", options->map_class,
                     classifier->pack->num_classes);
  }
  uint32_t most = options->most_views;
  if (most != 0 && most != 1 && most != 2 && most != 4) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "most_views is %u; it must be 1, 2 or 4, or 0 for the pack's own", most);
  }
  return INSITU_STATUS_OK;
}

insitu_status insitu_classifier_classify(insitu_classifier *classifier, const uint8_t *rgb,
                                         const insitu_picture *picture,
                                         const insitu_classify_options *options,
                                         insitu_error *error) {
  static const insitu_classify_options defaults = {.prior = INSITU_PRIOR_DEFAULT};
  if (!options) options = &defaults;
  classifier->has_answer = false; /* until this one is whole */
  insitu_status status = check_request(classifier, picture, options, error);
  if (status) return status;
  double start_ms = clock_ms();
  bool with_map = options->is_map_wanted && classifier->network.features.tensor;
  if (with_map) status = prepare_map(classifier, error);
  classifier->sums.feature_map = with_map ? classifier->feature_map : NULL;
  insitu_input input = classifier->pack->input;
  if (options->most_views != 0 && options->most_views < input.num_views) {
    input.num_views = options->most_views;
  }
  if (!status) {
    status = classify_views(&classifier->network, &input, classifier->pack->num_classes, rgb,
                            &classifier->sums, error);
  }
  if (status) return status;
  decide_evidence evidence;
  gather_evidence(classifier, picture, &evidence);
  status = calibrate(classifier, &evidence, options->prior, error);
  if (status) return status;
  decide(classifier->pack, classifier->variant, &evidence, &classifier->room, &classifier->answer);
  /* Of a rejected picture nothing is shown, so nothing is drawn either. */
  if (with_map && classifier->answer.decision != INSITU_DECISION_REJECT) {
    draw_map(classifier, options->map_class);
  }
  classifier->answer.infer_ms = clock_ms() - start_ms;
  classifier->has_answer = true;
  return error_clear(error);
}

const insitu_answer *insitu_classifier_answer(const insitu_classifier *classifier) {
  return classifier->has_answer ? &classifier->answer : NULL;
}
