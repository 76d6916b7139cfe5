/* A pack in memory: what models/FORMAT.md says of a model, as far as the core
 * uses it. The texts that only a page shows are checked and then left to it. */
#ifndef INSITU_PACK_PACK_H_
#define INSITU_PACK_PACK_H_

#include <stddef.h>

#include "insitu.h"
#include "pack/typicality.h"

typedef enum pack_task { PACK_MULTICLASS, PACK_MULTILABEL } pack_task;

typedef enum pack_output {
  PACK_LOGITS,
  PACK_PROBABILITIES,
  PACK_SCORES_AS_GIVEN /* bare models that end in softmax or sigmoid: no calibration */
} pack_output;

typedef struct pack_class {
  char *id, *label;
  insitu_action action; /* NONE: the pack names none */
} pack_class;

/* Classes that are counted together. */
typedef struct pack_group {
  char *id, *label;
  insitu_action action;
  bool *members; /* [num_classes] */
} pack_group;

typedef struct pack_calibration {
  double temperature; /* > 0 */
  double *bias;       /* [num_classes], owned; NULL: all zero */
} pack_calibration;

/* One limit of one measure of a picture (insitu_quality). */
typedef struct pack_quality_rule {
  size_t measure_offset; /* of the double in insitu_quality */
  bool is_minimum;       /* the measure must be at least the limit; else at most */
  double limit;
  insitu_reason_id reason;
  insitu_decision decision; /* REJECT or UNSURE */
} pack_quality_rule;

#define PACK_MAX_QUALITY_RULES 16u
#define PACK_MAX_DOMAINS 8u

/* What probabilities are compared with. Its arrays are owned. */
typedef struct pack_limits {
  insitu_prior prior;     /* under which the numbers here hold; DEFAULT where none applies */
  double *set_thresholds; /* [num_classes]: a class is in the set from here on; NULL: no sets */
  double set_alone_p;     /* from here on the top class is the set by itself; above 1: never */
  double answer_p;        /* below it the top class is no answer; 0: none needed */
  double *group_limits;   /* [num_groups], NAN: none; NULL where there is no group */
} pack_limits;

/* How a variant decides what may be said (classify/decide.h). */
typedef struct pack_decision {
  pack_limits limits; /* of pictures whose device has none of its own */
  uint32_t num_devices;
  const char *devices[PACK_MAX_DOMAINS];       /* words of taken_with, the pack's own domains */
  pack_limits device_limits[PACK_MAX_DOMAINS]; /* [num_devices], whole: what an entry leaves out
                                                  is copied from `limits` */
  uint32_t num_quality_rules;
  pack_quality_rule quality_rules[PACK_MAX_QUALITY_RULES];
  pack_typicality typicality; /* num_tensors 0: none */
} pack_decision;

typedef struct pack_variant {
  insitu_variant info; /* its strings are owned */
  bool has_calibration;
  pack_calibration calibration; /* replaces the pack's, where it has one */
  pack_decision *decision;      /* owned; NULL: none */
} pack_variant;

/* How a bare model's ends are read, and what says so; owned, NULL in a pack,
 * which says it itself. */
typedef struct pack_reading {
  char *output, *output_from; /* "probabilities", "operator 30 (SOFTMAX)" */
  char *pixels, *pixels_from; /* "0..1", "assumed: …" */
  char *labels_from;
} pack_reading;

/* insitu.h's opaque handle. Everything it points to is owned. */
struct insitu_pack {
  char *id, *version; /* version NULL: a bare pack */
  pack_task task;
  insitu_input input;
  pack_output output;
  uint32_t num_classes;
  pack_class *classes; /* [num_classes] */
  uint32_t num_groups, num_languages, num_domains;
  pack_group *groups; /* [num_groups] */
  char **languages;   /* [num_languages] of texts/<language>.json, the default first */
  char **domains;     /* [num_domains] words of taken_with that it has learnt */
  pack_calibration calibration;
  double *training_prior;                  /* [num_classes], > 0; NULL: priors do not apply */
  insitu_prior score_prior, default_prior; /* DEFAULT where priors do not apply */
  uint32_t num_variants;
  pack_variant *variants; /* [num_variants]; none in a bare pack */
  uint32_t default_variant;
  char *signature; /* of a bare pack's model; NULL: its first */
  pack_reading reading;
};

/* Reads and checks a whole pack.json (UTF-8, not NUL-terminated). On failure
 * the message names the field, its value and the limit, and *pack is left. */
insitu_status pack_read(const char *json, size_t json_size, insitu_pack **pack,
                        insitu_error *error);
/* Takes the labels of a texts/<language>.json (UTF-8, not NUL-terminated); all
 * or none of them. INVALID_PACK for a pack of format 1, which has its own. */
insitu_status pack_add_texts(insitu_pack *pack, const char *json, size_t json_size,
                             insitu_error *error);
/* An empty pack for num_classes classes, NULL when out of memory. */
insitu_pack *pack_allocate(uint32_t num_classes);
void pack_destroy(insitu_pack *pack); /* NULL is legal */

/* name NULL: the default. NULL where there is none. */
const pack_variant *pack_find_variant(const insitu_pack *pack, const char *name);
/* The limits of pictures that were taken with a device, NULL: it cannot be told.
 * NULL where the variant has none. */
const pack_limits *pack_limits_of(const pack_variant *variant, const char *taken_with);
/* The calibration that holds for a variant; variant NULL: the pack's own. */
const pack_calibration *pack_calibration_of(const insitu_pack *pack, const pack_variant *variant);

#endif
