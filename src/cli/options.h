/* Command-line options: one table row an option. */
#ifndef INSITU_CLI_OPTIONS_H_
#define INSITU_CLI_OPTIONS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

typedef enum cli_option_kind {
  OPTION_FLAG,   /* bool */
  OPTION_TEXT,   /* const char * */
  OPTION_LIST,   /* cli_list: may be given many times */
  OPTION_COUNT,  /* uint32_t in low..high */
  OPTION_TRIPLE, /* cli_triple: R,G,B or one number for all three */
  OPTION_PRIOR,  /* insitu_prior: training or uniform */
  OPTION_OUTPUT, /* insitu_output: probabilities, logits or sigmoid */
  OPTION_PAIR    /* cli_pair: two numbers, each low..high where high is above 0 */
} cli_option_kind;

#define CLI_MAX_LIST 16

typedef struct cli_list {
  const char *values[CLI_MAX_LIST];
  uint32_t count;
} cli_list;

typedef struct cli_triple {
  bool given;
  float values[3];
} cli_triple;

typedef struct cli_pair {
  bool given;
  double values[2];
} cli_pair;

typedef struct cli_option {
  const char *name; /* with its dashes */
  cli_option_kind kind;
  void *value; /* of the kind's type; left alone where the option is absent */
  uint32_t low, high;
} cli_option;

typedef enum cli_parse { PARSE_OK, PARSE_HELP, PARSE_WRONG } cli_parse;

/* Reads `--name value`, `--name=value` and, after `--`, only operands. argv is
 * reordered: its first *num_operands entries are the operands, in their order.
 * PARSE_HELP after printing --help, PARSE_WRONG after complaining. */
cli_parse cli_parse_options(const cli_command *command, const cli_option *options,
                            size_t num_options, int argc, char **argv, int *num_operands);

#endif
