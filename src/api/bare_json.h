/* What a bare model was read as, as JSON. */
#ifndef INSITU_API_BARE_JSON_H_
#define INSITU_API_BARE_JSON_H_

#include "base/json_writer.h"
#include "pack/pack.h"

/* The member "read_as" of the object at hand; nothing for a pack, which says it itself. */
void bare_json_write_reading(json_writer *writer, const pack_reading *reading);

#endif
