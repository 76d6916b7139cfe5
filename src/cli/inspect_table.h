/* Descriptions of models and packs as tables for people. */
#ifndef INSITU_CLI_INSPECT_TABLE_H_
#define INSITU_CLI_INSPECT_TABLE_H_

#include "cJSON.h"

/* model: the object of insitu_model_inspect_json. indent: before each line. */
void inspect_print_model(const cJSON *model, const char *indent);
/* pack: pack.json with usable, status, message and model in each variant. */
void inspect_print_pack(const cJSON *pack);

#endif
