/* One message of all that keeps a model from running: operators that are
 * refused for the same reason are named together. Each is asked once, and only
 * so many reasons are told apart, since a hostile file has thousands. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "xnn/plan.h"

#define MAX_REASONS 32u
#define MAX_INDICES 8u /* named of each; the rest are counted */

typedef struct reason {
  uint32_t code, count, indices[MAX_INDICES];
  char why[256]; /* "(CONV_2D): …" */
} reason;

typedef struct text {
  char *data;
  size_t size, length;
  bool is_cut;
} text;

static void append(text *t, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(t->data + t->length, t->size - t->length, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= t->size - t->length) t->is_cut = true;
  else t->length += (size_t)length;
  t->data[t->length] = '\0';
}

/* "operator 7 (CONV_2D): why": what is behind the index. */
static const char *behind_index(const char *message) {
  const char *open = strchr(message, '(');
  return open != NULL ? open : message;
}

/* Adds the node to its reason; false where there is no room for another. */
static bool add(reason *reasons, uint32_t *num_reasons, uint32_t node, uint32_t code,
                const char *why) {
  uint32_t r = 0;
  while (r < *num_reasons && (reasons[r].code != code ||
                              strncmp(reasons[r].why, why, sizeof reasons[r].why - 1) != 0)) {
    r++;
  }
  if (r == MAX_REASONS) return false;
  if (r == *num_reasons) {
    reasons[r] = (reason){.code = code};
    snprintf(reasons[r].why, sizeof reasons[r].why, "%.255s", why);
    (*num_reasons)++;
  }
  if (reasons[r].count < MAX_INDICES) reasons[r].indices[reasons[r].count] = node;
  reasons[r].count++;
  return true;
}

static void write_reason(text *t, const reason *of, bool is_first) {
  uint32_t num_named = of->count < MAX_INDICES ? of->count : MAX_INDICES;
  append(t, "%s%s", is_first ? "" : "; ", of->count > 1 ? "operators " : "operator ");
  for (uint32_t i = 0; i < num_named; i++) append(t, i > 0 ? ", %u" : "%u", of->indices[i]);
  if (of->count > num_named) append(t, " and %u more", of->count - num_named);
  append(t, " %s", of->why);
}

static insitu_status refuse(const plan *made, insitu_error *error) {
  insitu_status first = INSITU_STATUS_OK;
  uint32_t num_reasons = 0, num_named = 0;
  insitu_error why;
  reason *reasons = alloc_array(MAX_REASONS, sizeof *reasons);
  if (reasons == NULL)
    return error_out_of_memory(error, "a message", MAX_REASONS * sizeof *reasons);
  for (uint32_t n = 0; n < made->net->num_nodes; n++) {
    if (made->nodes[n].state != PLAN_REFUSED) continue;
    insitu_status status = plan_why(made, n, &why);
    if (!first) first = status;
    if (!add(reasons, &num_reasons, n, made->net->nodes[n].code, behind_index(why.message))) break;
  }
  char message[sizeof error->message], rest[64] = "";
  text t = {.data = message, .size = sizeof message - sizeof rest};
  message[0] = '\0';
  for (uint32_t r = 0; r < num_reasons; r++) {
    size_t before = t.length;
    write_reason(&t, &reasons[r], r == 0);
    if (t.is_cut) { /* a reason that does not fit whole is left out */
      message[before] = '\0';
      break;
    }
    num_named += reasons[r].count;
  }
  alloc_free(reasons);
  if (num_named < made->num_refused) {
    snprintf(rest, sizeof rest, "; and %u more, which inspect lists",
             made->num_refused - num_named);
  }
  return error_set(error, first, "%s%s", message, rest);
}

insitu_status plan_require(const plan *made, insitu_error *error) {
  const graph *net = made->net;
  if (made->num_refused > 0) return refuse(made, error);
  if (made->total.work > OP_MAX_WORK) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "the model needs at least %llu multiply-adds, the limit is %llu",
                     (unsigned long long)made->total.work, OP_MAX_WORK);
  }
  if (made->total.memory_bytes > OP_MAX_MEMORY_BYTES) {
    return error_set(
        error, INSITU_STATUS_TOO_LARGE,
        "the model needs at least %llu bytes for weights and tables, the limit is %llu",
        (unsigned long long)made->total.memory_bytes, OP_MAX_MEMORY_BYTES);
  }
  if (net->arena_bytes > GRAPH_MAX_ARENA_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "the model needs %zu bytes of activations, the limit is %u", net->arena_bytes,
                     GRAPH_MAX_ARENA_BYTES);
  }
  return INSITU_STATUS_OK;
}
