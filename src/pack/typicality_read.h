/* The numbers of "typicality" in pack.json. */
#ifndef INSITU_PACK_TYPICALITY_READ_H_
#define INSITU_PACK_TYPICALITY_READ_H_

#include "pack/fields.h"
#include "pack/typicality.h"

/* parent's object "typicality". */
void pack_read_typicality(pack_reader *reader, const pack_node *parent,
                          pack_typicality *typicality);

#endif
