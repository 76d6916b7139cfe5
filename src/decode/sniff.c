/* File signatures. The formats that we do not read are here only so that the
 * person learns why, and what converts them: phones hand out HEIC, clinics DICOM. */
#include "decode/sniff.h"

#include <string.h>

#include "base/error.h"

typedef struct other_format {
  const char *name;
  const char *converter; /* a program that writes it as JPEG or PNG; NULL: none in general */
  sniff_signature signature;
} other_format;

/* The first row that matches names the file: narrow ones before wide ones. */
static const other_format others[] = {
    {"an AVIF picture", "avifdec", {4, 8, "ftypavif"}},
    {"an AVIF picture", "avifdec", {4, 8, "ftypavis"}},
    {"a HEIC picture", "heif-convert", {4, 7, "ftyphei"}},
    {"a HEIC picture", "heif-convert", {4, 7, "ftyphev"}},
    {"a HEIC picture", "heif-convert", {4, 8, "ftypmif1"}},
    {"a HEIC picture", "heif-convert", {4, 8, "ftypmsf1"}},
    {"a Canon raw picture", "dcraw", {4, 7, "ftypcrx"}},
    {"a video", "ffmpeg", {4, 4, "ftyp"}},
    {"a video", "ffmpeg", {0, 4, "\x1a\x45\xdf\xa3"}},
    {"a WebP picture", NULL, {8, 4, "WEBP"}},
    {"a GIF picture", "ImageMagick", {0, 4, "GIF8"}},
    {"a PDF document", "pdftoppm", {0, 5, "%PDF-"}},
    {"a BMP picture", "ImageMagick", {0, 2, "BM"}},
    {"a TIFF or raw picture", "ImageMagick", {0, 4, "II*\0"}},
    {"a TIFF or raw picture", "ImageMagick", {0, 4, "MM\0*"}},
    {"a DICOM file", "dcmj2pnm", {128, 4, "DICM"}},
    {"a JPEG XL picture", "djxl", {0, 2, "\xff\x0a"}},
    {"a JPEG XL picture", "djxl", {4, 4, "JXL "}},
    {"a JPEG 2000 picture", "opj_decompress", {4, 4, "jP  "}},
    {"a JPEG 2000 picture", "opj_decompress", {0, 4, "\xff\x4f\xff\x51"}},
    {"a ZIP archive", NULL, {0, 4, "PK\x03\x04"}},
    {"an SVG drawing", "rsvg-convert", {0, 4, "<svg"}},
    {"a web page or XML text", NULL, {0, 5, "<!DOC"}},
    {"a web page or XML text", NULL, {0, 5, "<!doc"}},
    {"a web page or XML text", NULL, {0, 5, "<html"}},
    {"a web page or XML text", NULL, {0, 5, "<?xml"}},
    {"a TensorFlow Lite model", NULL, {4, 4, "TFL3"}},
};

bool sniff_matches(span file, const sniff_signature *s) {
  return span_has(file, s->offset, s->length) &&
         memcmp(file.data + s->offset, s->bytes, s->length) == 0;
}

bool sniff_ends_within(span file, const sniff_signature *s) {
  if (span_has(file, s->offset, s->length)) return false;
  return file.size_bytes <= s->offset ||
         memcmp(file.data + s->offset, s->bytes, file.size_bytes - s->offset) == 0;
}

insitu_status sniff_refuse(span file, insitu_error *error) {
  for (size_t i = 0; i < sizeof others / sizeof others[0]; ++i) {
    const other_format *other = &others[i];
    if (!sniff_matches(file, &other->signature)) continue;
    if (other->converter == NULL) {
      return error_set(error, INSITU_STATUS_UNKNOWN_FORMAT,
                       "This file is not a JPEG, PNG or WebP: it looks like %s. "
                       "Choose a picture, or save it as JPEG or PNG and try again",
                       other->name);
    }
    return error_set(error, INSITU_STATUS_UNKNOWN_FORMAT,
                     "This file is not a JPEG, PNG or WebP: it looks like %s. "
                     "Save or export it as JPEG or PNG (the program %s does that) and try again",
                     other->name, other->converter);
  }
  return error_set(error, INSITU_STATUS_UNKNOWN_FORMAT,
                   "This file is not a JPEG, PNG or WebP, and what it is could not be told");
}
