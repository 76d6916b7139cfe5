/* Crops in whole pixels. Checks nothing: the caller has checked the fractions. */
#include "image/crop.h"

#include <math.h>

static uint32_t round_clamped(double value, uint32_t low, uint32_t high) {
  double rounded = floor(value + 0.5);
  if (rounded < low) return low;
  return rounded > high ? high : (uint32_t)rounded;
}

image_box image_crop_centre(uint32_t width_px, uint32_t height_px, const insitu_input *input) {
  double width = width_px, height = height_px;
  double out_width = input->width_px, out_height = input->height_px;
  if (width * out_height > height * out_width) {
    width = height * out_width / out_height;
  } else {
    height = width * out_height / out_width;
  }
  uint32_t w = round_clamped(width * input->crop_fraction, 1, width_px);
  uint32_t h = round_clamped(height * input->crop_fraction, 1, height_px);
  uint32_t x0 = (width_px - w) / 2, y0 = (height_px - h) / 2;
  return (image_box){x0, y0, x0 + w, y0 + h};
}

image_box image_crop_given(uint32_t width_px, uint32_t height_px, const insitu_crop *crop) {
  image_box box;
  box.x0 = round_clamped(crop->x * width_px, 0, width_px - 1);
  box.y0 = round_clamped(crop->y * height_px, 0, height_px - 1);
  box.x1 = round_clamped((crop->x + crop->width) * width_px, box.x0 + 1, width_px);
  box.y1 = round_clamped((crop->y + crop->height) * height_px, box.y0 + 1, height_px);
  return box;
}
