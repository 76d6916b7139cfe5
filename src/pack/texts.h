/* The fields of pack.json that the core does not use but promises to its
 * readers: what a page shows and what `insitu selftest` runs. */
#ifndef INSITU_PACK_TEXTS_H_
#define INSITU_PACK_TEXTS_H_

#include "pack/fields.h"
#include "pack/pack.h"

/* name, intended_use, not_for, notices: of format 1 */
void pack_check_texts(pack_reader *reader, const pack_node *root);
/* licence, card */
void pack_check_licence(pack_reader *reader, const pack_node *root);
/* A variant's measured figures, where it has any: a pack must be readable
 * before it can be measured. After the classes were read. */
void pack_check_metrics(pack_reader *reader, const pack_node *variant, const insitu_pack *pack);
/* After the variants were read. */
void pack_check_selftest(pack_reader *reader, const pack_node *root, const insitu_pack *pack);

#endif
