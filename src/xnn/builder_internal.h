/* Between builder.c and builder_weights.c. */
#ifndef INSITU_XNN_BUILDER_INTERNAL_H_
#define INSITU_XNN_BUILDER_INTERNAL_H_

#include "xnn/builder.h"

/* Memory for the runtime to own, aligned for any kernel, zeroed behind the end;
 * NULL after setting the status. */
void *builder_own_bytes(builder *b, size_t size_bytes);
const void *builder_own_copy(builder *b, const graph_value *value);

/* xnn_datatype_invalid for what has no type of XNNPACK's: define refuses it. */
enum xnn_datatype builder_datatype(const graph_value *value);
uint32_t builder_define(builder *b, const graph_value *value, enum xnn_datatype datatype,
                        const void *data, uint32_t external_id, uint32_t flags);

#endif
