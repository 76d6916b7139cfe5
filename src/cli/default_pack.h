/* Which pack is meant where none is named. */
#ifndef INSITU_CLI_DEFAULT_PACK_H_
#define INSITU_CLI_DEFAULT_PACK_H_

#include "insitu.h"

/* INSITU_PACK, else the first pack that an index beside the program names, else
 * the only pack there. An index is {"first": "<id>", "folder": "<path>"}; its
 * packs lie in `folder`, from the index's own, or beside it where that is left
 * out. It is looked for as models.json in the program's folder (build/insitu, by
 * make) and the one above (build/node/), and as index.json in the folders that
 * hold packs: ../models, ../../models and ../share/insitu/models (installed).
 * path[CLI_MAX_PATH_BYTES]: the pack's folder. IO where there is none, or several
 * and no index. */
insitu_status cli_default_pack(char *path, insitu_error *error);

#endif
