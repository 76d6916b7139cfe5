/* decode_module.c: what the decode module exports to the page's worker. Owns
 * the last error of its instance; everything else is insitu.h. It keeps no
 * picture: the worker drops the instance after each, since WASM memory grows
 * with the photo and never shrinks.
 *
 * Exported with a leading underscore (Module._decode_prepare). Pointers and
 * sizes are 32-bit offsets into the module's memory; statuses are the numbers
 * of INSITU_STATUS_LIST, 0 is success; strings are UTF-8 and end in NUL. Any
 * call may grow the memory: take HEAPU8 and HEAPF64 afresh after each.
 *
 *   const char *decode_version(void)
 *       "0.1.0"; static.
 *
 *   uint8_t *decode_alloc(size_t size_bytes)
 *   void decode_free(void *memory)
 *       Memory for the file, for the pixels and for `info`; aligned to 8. NULL
 *       when there is none left.
 *
 *   int decode_probe(const uint8_t *file, size_t file_size, double *info)
 *       Reads the header alone.
 *
 *   int decode_prepare(const uint8_t *file, size_t file_size, int has_crop,
 *                      double x, double y, double width, double height,
 *                      uint32_t out_width, uint32_t out_height,
 *                      double crop_fraction, uint8_t *rgb, double *info)
 *       file: the whole JPEG or PNG. has_crop: 1 where x..height are the part
 *       to look at, in fractions of the upright picture; 0 for its centre, by
 *       crop_fraction. rgb: out_height * out_width * 3 bytes, [H,W,3] u8. The
 *       file is not needed afterwards.
 *
 *   info: 6 doubles, or 0 where they are not wanted: format (1 JPEG, 2 PNG),
 *   width and height of the upright picture, EXIF orientation 1..8,
 *   milliseconds of decoding and of preparing (0 from decode_probe).
 *
 *   const char *decode_status_name(int status)
 *       "too-large"; static.
 *   const char *decode_last_message(void)
 *       The sentence of the last call, "" after success; until the next call.
 *
 * After a failure rgb and info are as they were.
 */
#include <emscripten.h>
#include <stdlib.h>

#include "insitu.h"

static insitu_error last_error;

EMSCRIPTEN_KEEPALIVE const char *decode_version(void) { return INSITU_VERSION; }

EMSCRIPTEN_KEEPALIVE uint8_t *decode_alloc(size_t size_bytes) { return malloc(size_bytes); }

EMSCRIPTEN_KEEPALIVE void decode_free(void *memory) { free(memory); }

EMSCRIPTEN_KEEPALIVE const char *decode_status_name(int status) {
  return insitu_status_name((insitu_status)status);
}

EMSCRIPTEN_KEEPALIVE const char *decode_last_message(void) { return last_error.message; }

static void write_info(const insitu_picture_info *info, double *out) {
  if (out == NULL) return;
  out[0] = info->format;
  out[1] = info->width_px;
  out[2] = info->height_px;
  out[3] = info->orientation;
  out[4] = info->decode_ms;
  out[5] = info->prepare_ms;
}

EMSCRIPTEN_KEEPALIVE int decode_probe(const uint8_t *file, size_t file_size, double *info) {
  insitu_picture_info found = {0};
  insitu_status status = insitu_picture_probe(file, file_size, &found, &last_error);
  if (status == INSITU_STATUS_OK) write_info(&found, info);
  return status;
}

EMSCRIPTEN_KEEPALIVE int decode_prepare(const uint8_t *file, size_t file_size, int has_crop,
                                        double x, double y, double width, double height,
                                        uint32_t out_width, uint32_t out_height,
                                        double crop_fraction, uint8_t *rgb, double *info) {
  insitu_crop crop = {x, y, width, height};
  insitu_input input = {
      .width_px = out_width, .height_px = out_height, .crop_fraction = crop_fraction};
  insitu_picture_info found = {0};
  insitu_status status = insitu_picture_prepare(file, file_size, has_crop != 0 ? &crop : NULL,
                                                &input, rgb, &found, &last_error);
  if (status == INSITU_STATUS_OK) write_info(&found, info);
  return status;
}
