/* Owns what is read of XNNPACK's runtime while it is profiled: its own query,
 * xnn_get_runtime_profiling_info, gives whole microseconds, which is most of a
 * small operator's time, and no shapes. So the same fields are read here. */
#include "xnn/profile.h"

#include <stdio.h>
#include <string.h>
#include <xnnpack/operator.h>
#include <xnnpack/subgraph.h>

#include "base/alloc.h"
#include "base/error.h"

#define MAX_NAME_BYTES 64

typedef struct entry {
  const struct xnn_operator_data *data; /* the runtime's */
  char name[MAX_NAME_BYTES];
} entry;

struct profile {
  xnn_runtime_t timed;
  uint32_t num_operators;
  entry *entries;              /* [num_operators] */
  insitu_operator_time *times; /* [num_operators] */
};

/* Operators that were fused into others have no object. */
static bool is_run(const struct xnn_operator_data *data) {
  return data->operator_objects[0] != NULL;
}

static void describe(const struct xnn_runtime *timed, const struct xnn_operator_data *data,
                     entry *about, insitu_operator_time *time) {
  const struct xnn_operator *object = data->operator_objects[0];
  bool has_kernel = object->ukernel.type != xnn_microkernel_type_default;
  about->data = data;
  snprintf(about->name, sizeof about->name, "%s%s%s", xnn_operator_type_to_string(object->type),
           has_kernel ? " " : "",
           has_kernel ? xnn_microkernel_type_to_string(object->ukernel.type) : "");
  const struct xnn_shape *shape = &timed->values[data->outputs[0]].shape;
  time->name = about->name;
  for (size_t i = 0; i < shape->num_dims && i < INSITU_MAX_RANK; i++) {
    time->dims[time->rank++] = (uint32_t)shape->dim[i];
  }
}

insitu_status profile_create(xnn_runtime_t timed, profile **out, insitu_error *error) {
  profile *made = alloc_zeroed(sizeof *made);
  if (made == NULL) return error_out_of_memory(error, "the profile", sizeof *made);
  uint32_t count = 0;
  for (size_t i = 0; i < timed->num_ops; i++) count += is_run(&timed->opdata[i]);
  made->entries = alloc_array(count, sizeof *made->entries);
  made->times = alloc_array(count, sizeof *made->times);
  if (made->entries == NULL || made->times == NULL) {
    profile_destroy(made);
    return error_out_of_memory(error, "the profile", count * (sizeof(entry) + sizeof *made->times));
  }
  for (size_t i = 0; i < timed->num_ops; i++) {
    if (!is_run(&timed->opdata[i])) continue;
    uint32_t at = made->num_operators++;
    describe(timed, &timed->opdata[i], &made->entries[at], &made->times[at]);
  }
  made->timed = timed;
  timed->profiling = true;
  *out = made;
  return error_clear(error);
}

void profile_destroy(profile *made) {
  if (made == NULL) return;
  alloc_free(made->entries);
  alloc_free(made->times);
  alloc_free(made);
}

static double elapsed_ms(const xnn_timestamp *start, const xnn_timestamp *end) {
#if defined(__EMSCRIPTEN__)
  return *end - *start;
#elif defined(__MACH__)
  return (double)(*end - *start) / 1e6;
#else
  return (double)(end->tv_sec - start->tv_sec) * 1e3 +
         (double)(end->tv_nsec - start->tv_nsec) / 1e6;
#endif
}

/* Each operator began when the one before it ended. */
void profile_read(profile *made) {
  if (made == NULL) return;
  const xnn_timestamp *previous = &made->timed->start_ts;
  for (uint32_t i = 0; i < made->num_operators; i++) {
    const struct xnn_operator_data *data = made->entries[i].data;
    const xnn_timestamp *start = previous;
    for (size_t j = 0; j < XNN_MAX_OPERATOR_OBJECTS; j++) {
      if (data->operator_objects[j] != NULL) previous = &data->end_ts[j];
    }
    made->times[i].elapsed_ms = elapsed_ms(start, previous);
  }
}

uint32_t profile_num_operators(const profile *made) {
  return made == NULL ? 0 : made->num_operators;
}

const insitu_operator_time *profile_operator(const profile *made, uint32_t index) {
  return index < profile_num_operators(made) ? &made->times[index] : NULL;
}
