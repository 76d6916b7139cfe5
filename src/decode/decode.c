/* The table of formats: sniffs which one a file is and hands over to its reader. */
#include "decode/decode.h"

#include <string.h>

#include "base/error.h"
#include "decode/jpeg.h"
#include "decode/jpeg_bands.h"
#include "decode/png.h"
#include "decode/sniff.h"
#include "decode/webp.h"

/* Which rows there are: all, but in the page, where a module is fetched for the
 * kind of file that comes (wasm-build/rules.mk). */
#ifndef DECODE_JPEG
#define DECODE_JPEG 1
#endif
#ifndef DECODE_PNG
#define DECODE_PNG 1
#endif
#ifndef DECODE_WEBP
#define DECODE_WEBP 1
#endif

static void take_profile(decode_header *header, const decode_profile *profile) {
  header->profile = profile->use;
  memcpy(header->profile_name, profile->name, sizeof header->profile_name);
}

#if DECODE_JPEG
static insitu_status read_jpeg(span file, decode_header *header, insitu_error *error) {
  jpeg_header *jpeg = &header->detail.jpeg;
  insitu_status status = jpeg_read_header(file, jpeg, error);
  header->width_px = jpeg->width_px;
  header->height_px = jpeg->height_px;
  header->orientation = jpeg->orientation;
  header->max_reduction = jpeg_max_reduction(jpeg);
  take_profile(header, &jpeg->profile);
  return status;
}

static insitu_status give_jpeg(span file, const decode_header *header, const image_sink *sink,
                               insitu_error *error) {
  return jpeg_decode_rows(file, &header->detail.jpeg, sink, error);
}
#endif

#if DECODE_PNG
static insitu_status read_png(span file, decode_header *header, insitu_error *error) {
  png_header *png = &header->detail.png;
  insitu_status status = png_read_header(file, png, error);
  header->width_px = png->width_px;
  header->height_px = png->height_px;
  header->orientation = png->orientation;
  take_profile(header, &png->profile);
  return status;
}

static insitu_status give_png(span file, const decode_header *header, const image_sink *sink,
                              insitu_error *error) {
  return png_decode_rows(file, &header->detail.png, sink, error);
}
#endif

#if DECODE_WEBP
static insitu_status read_webp(span file, decode_header *header, insitu_error *error) {
  webp_header *webp = &header->detail.webp;
  insitu_status status = webp_read_header(file, webp, error);
  header->width_px = webp->width_px;
  header->height_px = webp->height_px;
  header->orientation = 1;
  take_profile(header, &webp->profile);
  return status;
}

static insitu_status give_webp(span file, const decode_header *header, const image_sink *sink,
                               insitu_error *error) {
  return webp_decode_rows(file, &header->detail.webp, sink, error);
}
#endif

struct decode_format {
  insitu_format format;
  /* All must match; one of length 0 matches any file. */
  sniff_signature signatures[2];
  /* Fills all of the header but its format. It is zeroed, and left to itself on failure. */
  insitu_status (*read_header)(span file, decode_header *header, insitu_error *error);
  /* See decode_rows. */
  insitu_status (*give_rows)(span file, const decode_header *header, const image_sink *sink,
                             insitu_error *error);
};

/* A new format is a row here, a member of decode_header's union, and a name in sniff.c's messages.
 */
static const decode_format formats[] = {
#if DECODE_JPEG
    {INSITU_FORMAT_JPEG, {{0, 3, "\xff\xd8\xff"}, {0, 0, ""}}, read_jpeg, give_jpeg},
#endif
#if DECODE_PNG
    {INSITU_FORMAT_PNG, {{0, 8, "\x89PNG\r\n\x1a\n"}, {0, 0, ""}}, read_png, give_png},
#endif
#if DECODE_WEBP
    {INSITU_FORMAT_WEBP, {{0, 4, "RIFF"}, {8, 4, "WEBP"}}, read_webp, give_webp},
#endif
};
enum { NUM_FORMATS = sizeof formats / sizeof formats[0] };

/* Sets *format, or says what the file is instead. */
static insitu_status find_format(span file, const decode_format **format, insitu_error *error) {
  if (file.size_bytes == 0) {
    return error_set(error, INSITU_STATUS_TRUNCATED, "The file is empty (0 bytes)");
  }
  for (size_t i = 0; i < NUM_FORMATS; ++i) {
    const sniff_signature *s = formats[i].signatures;
    if (!sniff_matches(file, &s[0]) || !sniff_matches(file, &s[1])) continue;
    *format = &formats[i];
    return error_clear(error);
  }
  for (size_t i = 0; i < NUM_FORMATS; ++i) {
    const sniff_signature *s = formats[i].signatures;
    bool ends_within_first = sniff_ends_within(file, &s[0]);
    if (!ends_within_first && !(sniff_matches(file, &s[0]) && sniff_ends_within(file, &s[1]))) {
      continue;
    }
    return error_set(error, INSITU_STATUS_TRUNCATED,
                     "The file ends after %zu bytes, within its first mark", file.size_bytes);
  }
  return sniff_refuse(file, error);
}

insitu_status decode_read_header(span file, decode_header *header, insitu_error *error) {
  if (file.size_bytes > INSITU_MAX_FILE_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "The file has %zu bytes; at most %u are read. Make it smaller and try again",
                     file.size_bytes, INSITU_MAX_FILE_BYTES);
  }
  decode_header found = {0};
  insitu_status status = find_format(file, &found.reader, error);
  if (status != INSITU_STATUS_OK) return status;
  found.format = found.reader->format;
  status = found.reader->read_header(file, &found, error);
  if (status == INSITU_STATUS_OK) *header = found;
  return status;
}

insitu_status decode_rows(span file, const decode_header *header, const image_sink *sink,
                          insitu_error *error) {
  return header->reader->give_rows(file, header, sink, error);
}
