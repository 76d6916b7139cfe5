/* The limits of insitu.h that both formats share. */
#ifndef INSITU_DECODE_LIMITS_H_
#define INSITU_DECODE_LIMITS_H_

#include <stdint.h>

#include "insitu.h"

/* Sides and area. */
insitu_status limits_check_size(uint64_t width_px, uint64_t height_px, insitu_error *error);

/* Memory that decoding will hold beside the file, estimated from the header. */
insitu_status limits_check_memory(uint64_t working_bytes, insitu_error *error);

#endif
