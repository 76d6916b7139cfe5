/* insitu.h's packs: those of a pack.json. Bare models are in pack_bare.c. */
#include "pack/pack.h"

insitu_status insitu_pack_create(const char *json, size_t json_size, insitu_pack **pack,
                                 insitu_error *error) {
  return pack_read(json, json_size, pack, error);
}

insitu_status insitu_pack_add_texts(insitu_pack *pack, const char *json, size_t json_size,
                                    insitu_error *error) {
  return pack_add_texts(pack, json, json_size, error);
}

const char *insitu_pack_language(const insitu_pack *pack, uint32_t index) {
  return index < pack->num_languages ? pack->languages[index] : NULL;
}

void insitu_pack_destroy(insitu_pack *pack) { pack_destroy(pack); }

const char *insitu_pack_id(const insitu_pack *pack) { return pack->id; }

const char *insitu_pack_version(const insitu_pack *pack) { return pack->version; }

insitu_prior insitu_pack_default_prior(const insitu_pack *pack) { return pack->default_prior; }

const insitu_input *insitu_pack_input(const insitu_pack *pack) { return &pack->input; }

uint32_t insitu_pack_num_classes(const insitu_pack *pack) { return pack->num_classes; }

const char *insitu_pack_class_id(const insitu_pack *pack, uint32_t index) {
  return index < pack->num_classes ? pack->classes[index].id : NULL;
}

const char *insitu_pack_class_label(const insitu_pack *pack, uint32_t index) {
  return index < pack->num_classes ? pack->classes[index].label : NULL;
}

uint32_t insitu_pack_num_groups(const insitu_pack *pack) { return pack->num_groups; }

const char *insitu_pack_group_id(const insitu_pack *pack, uint32_t index) {
  return index < pack->num_groups ? pack->groups[index].id : NULL;
}

const char *insitu_pack_group_label(const insitu_pack *pack, uint32_t index) {
  return index < pack->num_groups ? pack->groups[index].label : NULL;
}

bool insitu_pack_group_has(const insitu_pack *pack, uint32_t index, uint32_t class_index) {
  return index < pack->num_groups && class_index < pack->num_classes &&
         pack->groups[index].members[class_index];
}

const insitu_variant *insitu_pack_variant(const insitu_pack *pack, const char *name) {
  const pack_variant *variant = pack_find_variant(pack, name);
  return variant ? &variant->info : NULL;
}

uint32_t insitu_pack_num_variants(const insitu_pack *pack) { return pack->num_variants; }

const insitu_variant *insitu_pack_variant_at(const insitu_pack *pack, uint32_t index) {
  return index < pack->num_variants ? &pack->variants[index].info : NULL;
}
