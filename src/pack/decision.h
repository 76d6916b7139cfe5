/* The fields of pack.json that say what may be said: groups, and a variant's
 * limits (format 2). */
#ifndef INSITU_PACK_DECISION_H_
#define INSITU_PACK_DECISION_H_

#include "pack/fields.h"
#include "pack/pack.h"

/* "soon", "show" or "watch"; NONE where the key is absent. */
insitu_action pack_action(pack_reader *reader, const pack_node *node);
/* The pack's optional groups; after the classes were read. */
void pack_read_groups(pack_reader *reader, const pack_node *root, insitu_pack *pack);
/* A variant's optional "decision"; after the groups. */
void pack_read_decision(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                        pack_variant *variant);

#endif
