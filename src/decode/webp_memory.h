/* Whether libwebp was refused memory: it reports some of that as damage. */
#ifndef INSITU_DECODE_WEBP_MEMORY_H_
#define INSITU_DECODE_WEBP_MEMORY_H_

#include <stdbool.h>

/* Of this thread, since it was last set to false. */
extern _Thread_local bool webp_memory_is_short;

#endif
