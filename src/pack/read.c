/* pack.json into a pack: the fields that the core uses, in the order of
 * models/FORMAT.md. What only a page or a test uses is checked by texts.c. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "pack/decision.h"
#include "pack/fields.h"
#include "pack/json.h"
#include "pack/pack.h"
#include "pack/texts.h"

#define MAX_FORMAT 2
#define MIN_INPUT_SIDE_PX 16
#define MAX_VARIANTS 16
#define MAX_PACK_ID_CHARS 64
#define MAX_LANGUAGES 64
#define PRIOR_SUM_TOLERANCE 0.001
/* In logits: e^1000 to one is certainty, and far larger ones swallow the logits. */
#define MAX_BIAS 1000.0

/* Digits, dot, digits, dot, digits, and perhaps "-pre" or "+build". */
static bool is_semver(const char *text) {
  for (int part = 0; part < 3; ++part) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
    text += digits;
    if (part < 2 && *text++ != '.') return false;
  }
  if (*text == '\0') return true;
  size_t length =
      strspn(text + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+-");
  return (*text == '-' || *text == '+') && length > 0 && text[1 + length] == '\0';
}

static void read_identity(pack_reader *reader, const pack_node *root, insitu_pack *pack) {
  pack->id =
      pack_copy(reader, pack_word(reader, root, "id", pack_lower_alphabet, MAX_PACK_ID_CHARS));
  const char *version = pack_text(reader, root, "version");
  if (!reader->status && (!is_semver(version) || strlen(version) > PACK_MAX_NAME_BYTES)) {
    pack_fail(reader, root, "version", "is \"%.48s\", but must be as \"1.0.0\"", version);
  }
  pack->version = pack_copy(reader, version);
  static const char *const tasks[] = {"multiclass", "multilabel"};
  pack->task = (pack_task)pack_choice(reader, root, "task", tasks, 2);
  static const char *const outputs[] = {"logits", "probabilities"};
  pack->output = (pack_output)pack_choice(reader, root, "output", outputs, 2);
}

static void read_input(pack_reader *reader, const pack_node *root, insitu_input *input) {
  pack_node node = pack_object(reader, root, "input");
  input->width_px = pack_whole(reader, &node, "width", MIN_INPUT_SIDE_PX, INSITU_MAX_INPUT_SIDE_PX);
  input->height_px =
      pack_whole(reader, &node, "height", MIN_INPUT_SIDE_PX, INSITU_MAX_INPUT_SIDE_PX);
  input->crop_fraction = pack_positive(reader, &node, "crop_fraction", 1);
  input->num_views = pack_has(&node, "views") ? pack_whole(reader, &node, "views", 1, 4) : 1;
  if (input->num_views == 3) pack_fail(reader, &node, "views", "is 3, but must be 1, 2 or 4");
  double mean[3], std[3];
  pack_numbers(reader, &node, "mean", 3, -FLT_MAX, FLT_MAX, mean);
  /* FLT_MIN: below it, 1/std is no float. */
  pack_numbers(reader, &node, "std", 3, FLT_MIN, FLT_MAX, std);
  if (reader->status) return;
  for (int c = 0; c < 3; ++c) {
    input->mean[c] = (float)mean[c];
    input->std[c] = (float)std[c];
    double darkest = (0 - mean[c]) / std[c], lightest = (1 - mean[c]) / std[c];
    if (fabs(darkest) > FLT_MAX || fabs(lightest) > FLT_MAX) {
      pack_fail(reader, &node, "std", "is too small: (value - mean) / std overflows for channel %d",
                c);
    }
  }
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* names: [count], sorted here. */
static void check_unique(pack_reader *reader, const pack_node *root, const char *key,
                         const char **names, uint32_t count) {
  qsort(names, count, sizeof *names, compare_names);
  for (uint32_t i = 1; i < count; ++i) {
    if (strcmp(names[i - 1], names[i]) == 0) {
      pack_fail(reader, root, key, "name \"%.64s\" twice", names[i]);
    }
  }
}

/* Texts of format 2 lie in files of their own. */
static void read_classes(pack_reader *reader, const pack_node *root, const pack_node *array,
                         bool has_own_texts, insitu_pack *pack) {
  const char **ids = alloc_array(pack->num_classes, sizeof *ids);
  if (!ids) pack_fail_memory(reader);
  uint32_t index = 0;
  PACK_EACH(node, array) {
    pack_check_object(reader, &node);
    const char *id = pack_text(reader, &node, "id");
    if (strlen(id) > PACK_MAX_NAME_BYTES) {
      pack_fail(reader, &node, "id", "has %zu bytes, but at most %u are allowed", strlen(id),
                PACK_MAX_NAME_BYTES);
    }
    pack->classes[index].id = pack_copy(reader, id);
    if (has_own_texts) {
      pack->classes[index].label = pack_copy(reader, pack_text(reader, &node, "label"));
      pack_text(reader, &node, "text");
      pack_text(reader, &node, "advice");
    } else { /* until pack_add_texts */
      pack->classes[index].label = pack_copy(reader, id);
      pack->classes[index].action = pack_action(reader, &node);
      if (index > 0 && (pack->classes[index].action == INSITU_ACTION_NONE) !=
                           (pack->classes[0].action == INSITU_ACTION_NONE)) {
        pack_fail(reader, &node, "action", "must be there for all classes or for none");
      }
    }
    if (reader->status) break;
    ids[index] = pack->classes[index].id;
    ++index;
  }
  if (!reader->status) check_unique(reader, root, "classes", ids, pack->num_classes);
  alloc_free(ids);
}

/* temperature and the optional bias, as in the pack and in a variant */
static void read_calibration(pack_reader *reader, const pack_node *node, uint32_t num_classes,
                             pack_calibration *calibration) {
  calibration->temperature = pack_positive(reader, node, "temperature", DBL_MAX);
  if (reader->status || !pack_has(node, "bias")) return;
  calibration->bias = alloc_array(num_classes, sizeof *calibration->bias);
  if (!calibration->bias) {
    pack_fail_memory(reader);
    return;
  }
  pack_numbers(reader, node, "bias", num_classes, -MAX_BIAS, MAX_BIAS, calibration->bias);
}

static void read_priors(pack_reader *reader, const pack_node *node, insitu_pack *pack) {
  static const char *const priors[] = {"training", "uniform"};
  static const insitu_prior values[] = {INSITU_PRIOR_TRAINING, INSITU_PRIOR_UNIFORM};
  pack->score_prior = values[pack_choice(reader, node, "score_prior", priors, 2)];
  pack->default_prior = values[pack_choice(reader, node, "default_prior", priors, 2)];
  pack->training_prior = alloc_array(pack->num_classes, sizeof *pack->training_prior);
  if (!pack->training_prior) {
    pack_fail_memory(reader);
    return;
  }
  pack_numbers(reader, node, "training_prior", pack->num_classes, -DBL_MAX, 1,
               pack->training_prior);
  if (reader->status) return;
  double sum = 0;
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    if (pack->training_prior[i] <= 0) {
      pack_fail(reader, node, "training_prior", "[%u] is %.9g, but must be greater than 0", i,
                pack->training_prior[i]);
    }
    sum += pack->training_prior[i];
  }
  if (fabs(sum - 1) > PRIOR_SUM_TOLERANCE) {
    pack_fail(reader, node, "training_prior", "sums to %.9g, but must sum to 1 within %g", sum,
              PRIOR_SUM_TOLERANCE);
  }
}

static void read_variant(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                         pack_variant *variant) {
  insitu_variant *info = &variant->info;
  info->name =
      pack_copy(reader, pack_word(reader, node, "name", pack_name_alphabet, PACK_MAX_NAME_BYTES));
  pack_text(reader, node, "precision");
  info->file = pack_copy(reader, pack_file_name(reader, node, "file"));
  info->size_bytes = pack_whole(reader, node, "bytes", 1, INSITU_MAX_MODEL_BYTES);
  const char *sha256 = pack_word(reader, node, "sha256", pack_hex_alphabet, 64);
  if (!reader->status && strlen(sha256) != 64) {
    pack_fail(reader, node, "sha256", "has %zu digits, but must have 64", strlen(sha256));
  }
  info->sha256 = pack_copy(reader, sha256);
  variant->has_calibration = pack_has(node, "calibration");
  if (variant->has_calibration) {
    pack_node calibration = pack_object(reader, node, "calibration");
    read_calibration(reader, &calibration, pack->num_classes, &variant->calibration);
  }
  pack_check_metrics(reader, node, pack);
  if (pack->num_languages > 0) pack_read_decision(reader, node, pack, variant);
}

static void read_variants(pack_reader *reader, const pack_node *root, insitu_pack *pack) {
  pack_node array = pack_array(reader, root, "variants", 1, MAX_VARIANTS);
  if (reader->status) return;
  uint32_t count = pack_count(&array);
  pack->variants = alloc_array(count, sizeof *pack->variants);
  if (!pack->variants) {
    pack_fail_memory(reader);
    return;
  }
  const char *names[MAX_VARIANTS];
  PACK_EACH(node, &array) {
    pack_check_object(reader, &node);
    pack_variant *variant = &pack->variants[pack->num_variants++];
    read_variant(reader, &node, pack, variant);
    if (reader->status) return;
    names[pack->num_variants - 1] = variant->info.name;
  }
  check_unique(reader, root, "variants", names, count);

  const char *name = pack_text(reader, root, "default_variant");
  const pack_variant *found = pack_find_variant(pack, name);
  if (!reader->status && !found) {
    pack_fail(reader, root, "default_variant", "is \"%.64s\", which is none of the variants", name);
  }
  if (found) pack->default_variant = (uint32_t)(found - pack->variants);
}

static void read_fields(pack_reader *reader, const pack_node *root, insitu_pack **made) {
  bool has_own_texts = pack_whole(reader, root, "format", 1, MAX_FORMAT) == 1;
  pack_node classes = pack_array(reader, root, "classes", 2, INSITU_MAX_CLASSES);
  if (reader->status) return;
  insitu_pack *pack = *made = pack_allocate(pack_count(&classes));
  if (!pack) {
    pack_fail_memory(reader);
    return;
  }
  read_identity(reader, root, pack);
  if (has_own_texts) {
    pack_check_texts(reader, root);
  } else {
    pack->languages = pack_words(reader, root, "languages", 1, MAX_LANGUAGES, &pack->num_languages);
    if (!reader->status && pack_has(root, "domain")) {
      pack->domains = pack_words(reader, root, "domain", 0, PACK_MAX_DOMAINS, &pack->num_domains);
    }
  }
  pack_check_licence(reader, root);
  read_input(reader, root, &pack->input);
  read_classes(reader, root, &classes, has_own_texts, pack);
  if (!has_own_texts) pack_read_groups(reader, root, pack);
  pack_node calibration = pack_object(reader, root, "calibration");
  read_calibration(reader, &calibration, pack->num_classes, &pack->calibration);
  if (pack->task == PACK_MULTICLASS) read_priors(reader, &calibration, pack);
  read_variants(reader, root, pack);
  pack_check_selftest(reader, root, pack);
}

insitu_status pack_read(const char *json, size_t json_size, insitu_pack **pack,
                        insitu_error *error) {
  pack_json *tree;
  insitu_status status = pack_json_parse("pack.json", json, json_size, &tree, error);
  if (status) return status;
  pack_reader reader = {.error = error, .file = "pack.json"};
  pack_node root = {.json = tree};
  insitu_pack *made = NULL;
  read_fields(&reader, &root, &made);
  pack_json_destroy(tree);
  if (reader.status) {
    pack_destroy(made);
    return reader.status;
  }
  *pack = made;
  return error_clear(error);
}
