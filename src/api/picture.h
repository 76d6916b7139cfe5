/* What both kinds of picture, files and pixels in memory, go through. */
#ifndef INSITU_API_PICTURE_H_
#define INSITU_API_PICTURE_H_

#include "image/rows.h"
#include "insitu.h"

/* Where rows come from. */
typedef struct picture_source {
  uint32_t width_px, height_px; /* as stored, before orientation */
  uint32_t max_reduction;       /* of the sink that give_rows takes; 0, 1: none */
  /* Gives the rows of sink->region; after a failure they must not be used. */
  insitu_status (*give_rows)(void *context, const image_sink *sink, insitu_error *error);
  void *context;
} picture_source;

/* crop, input and rgb as insitu_picture_prepare takes them. */
insitu_status picture_check_request(const insitu_crop *crop, const insitu_input *input,
                                    const uint8_t *rgb, insitu_error *error);

/* Of a picture that is stored as width_px x height_px: version and size of the
 * block, the upright size, and measures that were not taken. */
insitu_picture picture_describe(uint32_t width_px, uint32_t height_px, uint32_t orientation);

/* Crop, resize and measures. facts: what is known already, with upright size
 * and orientation. start_ms: when work began. The request has been checked. */
insitu_status picture_prepare(const picture_source *source, const insitu_picture *facts,
                              double start_ms, const insitu_crop *crop, const insitu_input *input,
                              uint8_t *rgb, insitu_picture *picture, insitu_error *error);

#endif
