/* A pack's memory and what is looked up in it. */
#include "pack/pack.h"

#include <string.h>

#include "base/alloc.h"

insitu_pack *pack_allocate(uint32_t num_classes) {
  insitu_pack *pack = alloc_zeroed(sizeof *pack);
  if (!pack) return NULL;
  pack->num_classes = num_classes;
  pack->classes = alloc_array(num_classes, sizeof *pack->classes);
  if (!pack->classes) {
    alloc_free(pack);
    return NULL;
  }
  pack->calibration.temperature = 1;
  return pack;
}

void pack_typicality_deinit(pack_typicality *typicality) {
  for (uint32_t i = 0; i < PACK_MAX_TAPS; ++i) alloc_free(typicality->tensors[i]);
  for (uint32_t i = 0; i < PACK_MAX_KINDS; ++i) alloc_free(typicality->kinds[i]);
  alloc_free(typicality->mean);
  alloc_free(typicality->gain);
  alloc_free(typicality->rows);
  alloc_free(typicality->row_scales);
  alloc_free(typicality->row_biases);
  alloc_free(typicality->knot_scores);
  alloc_free(typicality->knot_values);
}

static void deinit_limits(pack_limits *limits) {
  alloc_free(limits->set_thresholds);
  alloc_free(limits->group_limits);
}

static void destroy_decision(pack_decision *decision) {
  if (!decision) return;
  deinit_limits(&decision->limits);
  for (uint32_t i = 0; i < decision->num_devices; ++i) deinit_limits(&decision->device_limits[i]);
  pack_typicality_deinit(&decision->typicality);
  alloc_free(decision);
}

static void free_texts(char **texts, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) alloc_free(texts[i]);
  alloc_free(texts);
}

void pack_destroy(insitu_pack *pack) {
  if (!pack) return;
  alloc_free(pack->signature);
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    alloc_free(pack->classes[i].id);
    alloc_free(pack->classes[i].label);
  }
  for (uint32_t i = 0; i < pack->num_variants; ++i) {
    pack_variant *variant = &pack->variants[i];
    alloc_free((char *)variant->info.name);
    alloc_free((char *)variant->info.file);
    alloc_free((char *)variant->info.sha256);
    alloc_free(variant->calibration.bias);
    destroy_decision(variant->decision);
  }
  for (uint32_t i = 0; i < pack->num_groups; ++i) {
    alloc_free(pack->groups[i].id);
    alloc_free(pack->groups[i].label);
    alloc_free(pack->groups[i].members);
  }
  alloc_free(pack->groups);
  free_texts(pack->languages, pack->num_languages);
  free_texts(pack->domains, pack->num_domains);
  alloc_free(pack->classes);
  alloc_free(pack->variants);
  alloc_free(pack->calibration.bias);
  alloc_free(pack->training_prior);
  alloc_free(pack->id);
  alloc_free(pack->version);
  alloc_free(pack->reading.output);
  alloc_free(pack->reading.output_from);
  alloc_free(pack->reading.pixels);
  alloc_free(pack->reading.pixels_from);
  alloc_free(pack->reading.labels_from);
  alloc_free(pack);
}

const pack_variant *pack_find_variant(const insitu_pack *pack, const char *name) {
  if (pack->num_variants == 0) return NULL;
  if (!name) return &pack->variants[pack->default_variant];
  for (uint32_t i = 0; i < pack->num_variants; ++i) {
    if (strcmp(pack->variants[i].info.name, name) == 0) return &pack->variants[i];
  }
  return NULL;
}

const pack_limits *pack_limits_of(const pack_variant *variant, const char *taken_with) {
  const pack_decision *decision = variant ? variant->decision : NULL;
  if (!decision) return NULL;
  for (uint32_t i = 0; i < decision->num_devices && taken_with; ++i) {
    if (strcmp(decision->devices[i], taken_with) == 0) return &decision->device_limits[i];
  }
  return &decision->limits;
}

const pack_calibration *pack_calibration_of(const insitu_pack *pack, const pack_variant *variant) {
  return variant && variant->has_calibration ? &variant->calibration : &pack->calibration;
}
