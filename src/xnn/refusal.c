/* One message of all that keeps a model from running: operators that are
 * refused for the same reason are named together. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "xnn/plan.h"

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

/* The next refused node from `from` on, num_nodes where there is none. */
static uint32_t next_refused(const plan *made, uint32_t from) {
  while (from < made->net->num_nodes && made->nodes[from].state != PLAN_REFUSED) from++;
  return from;
}

/* True where an earlier refused node of the same operator was refused alike. */
static bool was_named(const plan *made, uint32_t node, const insitu_error *why) {
  insitu_error other;
  for (uint32_t n = next_refused(made, 0); n < node; n = next_refused(made, n + 1)) {
    if (made->net->nodes[n].code != made->net->nodes[node].code) continue;
    plan_why(made, n, &other);
    if (strcmp(behind_index(other.message), behind_index(why->message)) == 0) return true;
  }
  return false;
}

/* All that were refused as `node` was, into one entry. Returns how many. */
static uint32_t name_all(const plan *made, uint32_t node, const insitu_error *why, text *t) {
  insitu_error other;
  uint32_t indices[8], count = 0;
  for (uint32_t n = node; n < made->net->num_nodes; n = next_refused(made, n + 1)) {
    if (made->net->nodes[n].code != made->net->nodes[node].code) continue;
    plan_why(made, n, &other);
    if (strcmp(behind_index(other.message), behind_index(why->message)) != 0) continue;
    if (count < sizeof indices / sizeof *indices) indices[count] = n;
    count++;
  }
  append(t, count > 1 ? "operators " : "operator ");
  for (uint32_t i = 0; i < count && i < sizeof indices / sizeof *indices; i++) {
    append(t, i > 0 ? ", %u" : "%u", indices[i]);
  }
  if (count > sizeof indices / sizeof *indices) {
    append(t, " and %u more", count - (uint32_t)(sizeof indices / sizeof *indices));
  }
  append(t, " %s", behind_index(why->message));
  return count;
}

static insitu_status refuse(const plan *made, insitu_error *error) {
  char message[sizeof error->message], rest[64] = "";
  text t = {.data = message, .size = sizeof message - sizeof rest};
  insitu_status first = INSITU_STATUS_OK;
  uint32_t num_named = 0;
  insitu_error why;
  message[0] = '\0';
  for (uint32_t n = next_refused(made, 0); n < made->net->num_nodes;
       n = next_refused(made, n + 1)) {
    insitu_status status = plan_why(made, n, &why);
    if (!first) first = status;
    if (num_named > 0 && was_named(made, n, &why)) continue;
    size_t before = t.length;
    if (num_named > 0) append(&t, "; ");
    uint32_t count = name_all(made, n, &why, &t);
    if (t.is_cut) { /* an entry that does not fit whole is left out */
      t.length = before;
      message[before] = '\0';
      break;
    }
    num_named += count;
  }
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
