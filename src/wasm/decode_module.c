/* decode_module.c: what the decode module exports to the page's worker. Owns
 * the last error of its instance; everything else is insitu.h. It keeps no
 * picture: the worker drops the instance after each, since WASM memory grows
 * with the photo and never shrinks.
 *
 * Exported with a leading underscore (Module._decode_prepare). Pointers and
 * sizes are 32-bit offsets into the module's memory; statuses are the numbers
 * of INSITU_STATUS_LIST, 0 is success; strings are UTF-8 and end in NUL. Any
 * call may grow the memory: take HEAPU8 afresh after each.
 *
 *   const char *decode_version(void)
 *       "0.2.0"; static.
 *
 *   uint8_t *decode_alloc(size_t size_bytes)
 *   void decode_free(void *memory)
 *       Memory for the file, for the pixels and for `info`; aligned to 8. NULL
 *       when there is none left.
 *
 *   size_t decode_picture_bytes(void)
 *       How large the block is that the next two fill: the facts of a picture
 *       (insitu_picture), for infer_picture_json and infer_classify alone to
 *       read.
 *
 *   int decode_probe(const uint8_t *file, size_t file_size,
 *                    insitu_picture *picture)
 *       Reads the header alone.
 *
 *   int decode_prepare(const uint8_t *file, size_t file_size, int has_crop,
 *                      double x, double y, double width, double height,
 *                      uint32_t out_width, uint32_t out_height,
 *                      double crop_fraction, uint8_t *rgb,
 *                      insitu_picture *picture)
 *       file: the whole file. has_crop: 1 where x..height are the part
 *       to look at, in fractions of the upright picture; 0 for its centre, by
 *       crop_fraction. rgb: out_height * out_width * 3 bytes, [H,W,3] u8. The
 *       file is not needed afterwards.
 *
 *   int decode_prepare_pixels(const uint8_t *pixels, size_t size_bytes,
 *                      uint32_t width_px, uint32_t height_px, int has_crop,
 *                      double x, double y, double width, double height,
 *                      uint32_t out_width, uint32_t out_height,
 *                      double crop_fraction, uint8_t *rgb,
 *                      insitu_picture *picture)
 *       The same from what a canvas gives: upright rows of RGBA, 4 bytes a
 *       pixel, without gaps.
 *
 *   const char *decode_status_name(int status)
 *       "too-large"; static.
 *   const char *decode_last_message(void)
 *       The sentence of the last call, "" after success; until the next call.
 *
 * After a failure rgb and the block are as they were.
 */
#include <emscripten.h>

#include "insitu.h"

static insitu_error last_error;

EMSCRIPTEN_KEEPALIVE const char *decode_version(void) { return INSITU_VERSION; }

EMSCRIPTEN_KEEPALIVE uint8_t *decode_alloc(size_t size_bytes) { return insitu_alloc(size_bytes); }

EMSCRIPTEN_KEEPALIVE void decode_free(void *memory) { insitu_free(memory); }

EMSCRIPTEN_KEEPALIVE const char *decode_status_name(int status) {
  return insitu_status_name((insitu_status)status);
}

EMSCRIPTEN_KEEPALIVE const char *decode_last_message(void) { return last_error.message; }

EMSCRIPTEN_KEEPALIVE size_t decode_picture_bytes(void) { return sizeof(insitu_picture); }

EMSCRIPTEN_KEEPALIVE int decode_probe(const uint8_t *file, size_t file_size,
                                      insitu_picture *picture) {
  return insitu_picture_probe(file, file_size, picture, &last_error);
}

EMSCRIPTEN_KEEPALIVE int decode_prepare(const uint8_t *file, size_t file_size, int has_crop,
                                        double x, double y, double width, double height,
                                        uint32_t out_width, uint32_t out_height,
                                        double crop_fraction, uint8_t *rgb,
                                        insitu_picture *picture) {
  insitu_crop crop = {x, y, width, height};
  insitu_input input = {
      .width_px = out_width, .height_px = out_height, .crop_fraction = crop_fraction};
  return insitu_picture_prepare(file, file_size, has_crop != 0 ? &crop : NULL, &input, rgb, picture,
                                &last_error);
}

EMSCRIPTEN_KEEPALIVE int decode_prepare_pixels(const uint8_t *data, size_t size_bytes,
                                               uint32_t width_px, uint32_t height_px, int has_crop,
                                               double x, double y, double width, double height,
                                               uint32_t out_width, uint32_t out_height,
                                               double crop_fraction, uint8_t *rgb,
                                               insitu_picture *picture) {
  insitu_crop crop = {x, y, width, height};
  insitu_input input = {
      .width_px = out_width, .height_px = out_height, .crop_fraction = crop_fraction};
  insitu_pixels pixels = {.data = data,
                          .size_bytes = size_bytes,
                          .stride_bytes = (size_t)width_px * 4,
                          .width_px = width_px,
                          .height_px = height_px,
                          .layout = INSITU_PIXELS_RGBA,
                          .bits = 8,
                          .orientation = 1};
  return insitu_picture_prepare_pixels(&pixels, has_crop != 0 ? &crop : NULL, &input, rgb, picture,
                                       &last_error);
}
