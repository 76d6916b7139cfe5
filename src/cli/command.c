/* The command: finds the subcommand and runs it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/platform.h"

static const cli_command *const commands[] = {&cli_classify, &cli_inspect, &cli_run,
                                              &cli_evaluate, &cli_bench,   &cli_selftest};
enum { NUM_COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *stream) {
  fputs(
      "Usage: insitu COMMAND [OPTION]...\n\n"
      "Classifies medical pictures with a model pack. Not a diagnosis.\n\nCommands:\n",
      stream);
  for (int i = 0; i < NUM_COMMANDS; ++i) {
    fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
  }
  fputs(
      "\n  --version  print the version\n"
      "  --help     this text; 'insitu COMMAND --help' for one command\n\n"
      "Exit status: 0 all answered, 1 some failed, 2 wrong usage.\n",
      stream);
}

void cli_complain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("insitu: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

int cli_usage(const cli_command *command, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "insitu %s: ", command->name);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\nTry 'insitu %s --help'.\n", command->name);
  va_end(arguments);
  return CLI_USAGE;
}

insitu_status cli_fail(insitu_error *error, insitu_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  error->status = status;
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  return status;
}

int cli_main(int argc, char **argv) {
  if (argc < 2) {
    print_help(stderr);
    return CLI_USAGE;
  }
  if (strcmp(argv[1], "--version") == 0) {
    puts("insitu " INSITU_VERSION);
    return output_finish(CLI_OK);
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    print_help(stdout);
    return output_finish(CLI_OK);
  }
  platform_set_program(argv[0]);
  for (int i = 0; i < NUM_COMMANDS; ++i) {
    if (strcmp(argv[1], commands[i]->name) == 0) {
      return output_finish(commands[i]->run(argc - 2, argv + 2));
    }
  }
  fprintf(stderr, "insitu: there is no command '%s'\nTry 'insitu --help'.\n", argv[1]);
  return CLI_USAGE;
}
