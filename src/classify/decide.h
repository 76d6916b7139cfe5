/* What may be said of a picture: answer, unsure or reject, why, and what a
 * person is asked to do. The only place that knows; front ends show it. */
#ifndef INSITU_CLASSIFY_DECIDE_H_
#define INSITU_CLASSIFY_DECIDE_H_

#include "insitu.h"
#include "pack/pack.h"

/* What is known before the decision. */
typedef struct decide_evidence {
  const double *probabilities;     /* [num_classes] as they are shown */
  const double *set_probabilities; /* [num_classes] under the prior of the limits */
  const insitu_picture *picture;   /* NULL: nothing is known of it */
  double typicality;               /* NAN: not told */
  double typicality_limit;
  const char *taken_with; /* NULL: not told */
  double taken_with_p;    /* how sure that is, 0..1 */
} decide_evidence;

/* Where an answer's lists lie; owned by the caller, made once for a pack. */
typedef struct decide_room {
  uint32_t *ranking, *set;     /* [num_classes] each */
  insitu_group_answer *groups; /* [num_groups] */
  insitu_reason reasons[INSITU_NUM_REASONS];
} decide_room;

/* Fills decision, action, reasons, ranking, set and groups of *answer, which
 * then points into *room. variant: NULL for bare packs. The limits are the
 * variant's, or those that it has for what the picture was taken with
 * (pack_limits_of).
 *
 *   reject   where a rule of the pack says so: quality, typicality, device
 *   unsure   where a rule of quality says so; where the set holds classes that
 *            call for different action; where the top class is below the pack's
 *            answer_p. A pack without limits: where the top
 *            class has not one half, or not twice the second
 *   answer   else; of a multilabel pack always
 *   action   the most urgent one of the set's classes and the reached groups; of
 *            a pack without sets, of the classes from one in twenty on
 *
 * The set of a multiclass pack holds each class at or above its threshold, and
 * always the top class; from the pack's "alone" on the top class by itself (Vovk, Gammerman &
 * Shafer 2005, "Algorithmic learning in a random world": label-conditional conformal prediction);
 * of a multilabel pack each finding at or above its threshold, or one half. */
void decide(const insitu_pack *pack, const pack_variant *variant, const decide_evidence *evidence,
            decide_room *room, insitu_answer *answer);

#endif
