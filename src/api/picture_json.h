/* An insitu_picture within a larger JSON text. */
#ifndef INSITU_API_PICTURE_JSON_H_
#define INSITU_API_PICTURE_JSON_H_

#include "base/json_writer.h"
#include "insitu.h"

/* {"format","decoder","width","height","orientation","profile","profile_use","judged"} */
void picture_json_write(json_writer *writer, const insitu_picture *picture);

#endif
