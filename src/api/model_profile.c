/* insitu_model_profile and what it makes known: the time of each operator. */
#include "api/model.h"

insitu_status insitu_model_profile(insitu_model *model, insitu_error *error) {
  return runtime_profile(model->runtime, error);
}

uint32_t insitu_model_num_operators(const insitu_model *model) {
  return profile_num_operators(runtime_times(model->runtime));
}

const insitu_operator_time *insitu_model_operator(const insitu_model *model, uint32_t index) {
  return profile_operator(runtime_times(model->runtime), index);
}
