/* Where the network looked, as a picture. */
#ifndef INSITU_CLI_MAP_H_
#define INSITU_CLI_MAP_H_

#include "cli/model.h"

/* Draws the map of the model's last answer over the square that it judged, as a
 * PNG of the model's input size. UNSUPPORTED where there is no map, as of a
 * rejected picture. */
insitu_status map_write(const char *path, const cli_model *model, insitu_error *error);

/* The map's value at a point of the judged square, 0..1 in both directions:
 * linear between the middles of its cells. */
double map_value(const insitu_map *map, double x, double y);

#endif
