/* Counting, from first definitions. */
#include "cli/findings.h"

#include <math.h>
#include <string.h>

#include "cli/metrics.h"

/* False when out of memory; what was there stays. */
static bool make_room(findings_answers *answers) {
  if (answers->count < answers->room) return true;
  size_t room = answers->room ? answers->room * 2 : 256;
  size_t cells = room * answers->num_classes;
  double *probabilities = insitu_resize(answers->probabilities, cells * sizeof *probabilities);
  if (!probabilities) return false;
  answers->probabilities = probabilities;
  bool *has = insitu_resize(answers->has, cells * sizeof *has);
  if (!has) return false;
  answers->has = has;
  bool *named = insitu_resize(answers->named, cells * sizeof *named);
  if (!named) return false;
  answers->named = named;
  bool *rejected = insitu_resize(answers->rejected, room * sizeof *rejected);
  if (!rejected) return false;
  answers->rejected = rejected;
  answers->room = room;
  return true;
}

bool findings_add(findings_answers *answers, const insitu_answer *answer, const bool *has) {
  if (!make_room(answers)) return false;
  uint32_t num_classes = answers->num_classes;
  size_t at = answers->count * num_classes;
  memcpy(answers->probabilities + at, answer->probabilities,
         num_classes * sizeof *answers->probabilities);
  memcpy(answers->has + at, has, num_classes * sizeof *has);
  memset(answers->named + at, 0, num_classes * sizeof *answers->named);
  for (uint32_t i = 0; i < answer->set_size; ++i) answers->named[at + answer->set[i]] = true;
  answers->rejected[answers->count++] = answer->decision == INSITU_DECISION_REJECT;
  return true;
}

static double share(size_t part, size_t whole) {
  return whole ? (double)part / (double)whole : NAN;
}

static void count_class(const findings_answers *answers, uint32_t index, findings_class *made) {
  size_t with = 0, without = 0, found = 0, named = 0;
  double squares = 0;
  for (size_t i = 0; i < answers->count; ++i) {
    size_t cell = i * answers->num_classes + index;
    bool has = answers->has[cell];
    double distance = answers->probabilities[cell] - (has ? 1 : 0);
    squares += distance * distance;
    made->n += has;
    if (answers->rejected[i]) continue;
    ++*(has ? &with : &without);
    named += answers->named[cell];
    found += has && answers->named[cell];
  }
  made->sensitivity = share(found, with);
  made->specificity = share(without - (named - found), without);
  made->precision = share(found, named);
  made->brier = squares / (double)answers->count;
}

bool findings_compute(const findings_answers *answers, findings_figures *figures) {
  uint32_t num_classes = answers->num_classes;
  double *scores = insitu_alloc(answers->count * sizeof *scores);
  bool *has = insitu_alloc(answers->count * sizeof *has);
  figures->classes = insitu_alloc(num_classes * sizeof *figures->classes);
  bool done = scores && has && figures->classes;
  if (done) memset(figures->classes, 0, num_classes * sizeof *figures->classes);
  double sum = 0;
  uint32_t num_aucs = 0;
  for (uint32_t c = 0; c < num_classes && done; ++c) {
    for (size_t i = 0; i < answers->count; ++i) {
      scores[i] = answers->probabilities[i * num_classes + c];
      has[i] = answers->has[i * num_classes + c];
    }
    count_class(answers, c, &figures->classes[c]);
    double auc = metrics_auc(scores, has, answers->count);
    done = auc != -1;
    figures->classes[c].auc = auc;
    if (isnan(auc)) continue;
    sum += auc;
    ++num_aucs;
  }
  figures->macro_auc = num_aucs ? sum / num_aucs : NAN;
  figures->rejected = 0;
  for (size_t i = 0; i < answers->count; ++i) figures->rejected += answers->rejected[i];
  insitu_free(scores);
  insitu_free(has);
  return done;
}

void findings_free(findings_answers *answers, findings_figures *figures) {
  insitu_free(answers->probabilities);
  insitu_free(answers->has);
  insitu_free(answers->named);
  insitu_free(answers->rejected);
  insitu_free(figures->classes);
}
