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

void pack_destroy(insitu_pack *pack) {
  if (!pack) return;
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
  }
  alloc_free(pack->classes);
  alloc_free(pack->variants);
  alloc_free(pack->calibration.bias);
  alloc_free(pack->training_prior);
  alloc_free(pack->id);
  alloc_free(pack->version);
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

const pack_calibration *pack_calibration_of(const insitu_pack *pack, const pack_variant *variant) {
  return variant && variant->has_calibration ? &variant->calibration : &pack->calibration;
}
