/* Limits, checked before anything is allocated for pixels. */
#include "decode/limits.h"

#include <inttypes.h>

#include "base/error.h"

insitu_status limits_check_size(uint64_t width_px, uint64_t height_px, insitu_error *error) {
  if (width_px == 0 || height_px == 0) {
    return error_set(error, INSITU_STATUS_DAMAGED,
                     "The picture's header says %" PRIu64 " x %" PRIu64 " pixels", width_px,
                     height_px);
  }
  if (width_px < INSITU_MIN_SIDE_PX || height_px < INSITU_MIN_SIDE_PX) {
    return error_set(error, INSITU_STATUS_TOO_SMALL,
                     "The picture has %" PRIu64 " x %" PRIu64
                     " pixels; each side must have at least %u",
                     width_px, height_px, INSITU_MIN_SIDE_PX);
  }
  if (width_px > INSITU_MAX_SIDE_PX || height_px > INSITU_MAX_SIDE_PX) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "The picture has %" PRIu64 " x %" PRIu64
                     " pixels; a side may have at most %u. Make it smaller and try again",
                     width_px, height_px, INSITU_MAX_SIDE_PX);
  }
  if (width_px * height_px > INSITU_MAX_PIXELS) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "The picture has %" PRIu64 " x %" PRIu64
                     " pixels; at most %u in all are read. Make it smaller and try again",
                     width_px, height_px, INSITU_MAX_PIXELS);
  }
  return error_clear(error);
}

insitu_status limits_check_memory(uint64_t working_bytes, insitu_error *error) {
  if (working_bytes > INSITU_MAX_DECODE_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "Decoding the picture would need %" PRIu64
                     " MiB; at most %u are used. "
                     "Make it smaller and try again",
                     (working_bytes + (1u << 20) - 1) >> 20, INSITU_MAX_DECODE_BYTES >> 20);
  }
  return error_clear(error);
}
