/* Sniffs the format and hands over to its reader. */
#include "decode/decode.h"

#include "base/error.h"
#include "decode/jpeg.h"
#include "decode/png.h"
#include "decode/sniff.h"

insitu_status decode_read_header(span file, decode_header *header, insitu_error *error) {
  if (file.size_bytes > INSITU_MAX_FILE_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "The file has %zu bytes; at most %u are read. Make it smaller and try again",
                     file.size_bytes, INSITU_MAX_FILE_BYTES);
  }
  decode_header found = {0};
  insitu_status status = sniff_format(file, &found.format, error);
  if (status != INSITU_STATUS_OK) return status;
  if (found.format == INSITU_FORMAT_JPEG) {
    const jpeg_header *jpeg = &found.detail.jpeg;
    status = jpeg_read_header(file, &found.detail.jpeg, error);
    found.width_px = jpeg->width_px;
    found.height_px = jpeg->height_px;
    found.orientation = jpeg->orientation;
  } else {
    const png_header *png = &found.detail.png;
    status = png_read_header(file, &found.detail.png, error);
    found.width_px = png->width_px;
    found.height_px = png->height_px;
    found.orientation = png->orientation;
  }
  if (status == INSITU_STATUS_OK) *header = found;
  return status;
}

insitu_status decode_rows(span file, const decode_header *header, const image_sink *sink,
                          insitu_error *error) {
  return header->format == INSITU_FORMAT_JPEG
             ? jpeg_decode_rows(file, &header->detail.jpeg, sink, error)
             : png_decode_rows(file, &header->detail.png, sink, error);
}
