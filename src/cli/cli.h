/* What the subcommands share: exit codes, the table's row, errors for people.
 * The command uses insitu.h alone, plain stdio and stat, so that the same
 * sources run natively and, as WASM, under Node. */
#ifndef INSITU_CLI_CLI_H_
#define INSITU_CLI_CLI_H_

#include "insitu.h"

enum {
  CLI_OK = 0,     /* everything was answered */
  CLI_FAILED = 1, /* something could not be answered */
  CLI_USAGE = 2   /* the command was called wrongly: nothing was tried */
};

typedef struct cli_command {
  const char *name;
  const char *summary; /* one line, for the list of commands */
  const char *help;    /* the whole text of --help */
  /* Arguments behind the command's name; returns an exit code. */
  int (*run)(int argc, char **argv);
} cli_command;

/* One row each in main.c, one file each here. */
extern const cli_command cli_classify, cli_inspect, cli_run, cli_evaluate, cli_bench, cli_selftest;

/* "insitu: <message>" on standard error. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Wrong usage: the message and where to read more; returns CLI_USAGE. */
int cli_usage(const cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Fills an error and returns its status. */
insitu_status cli_fail(insitu_error *error, insitu_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The whole command but for the program's start; returns the exit status. */
int cli_main(int argc, char **argv);

#endif
