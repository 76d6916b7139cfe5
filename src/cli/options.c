/* Command-line options. Values are read whole: "4x" is no number.
 *
 * Not getopt_long: it would replace the sixty lines that find an option's row and
 * its value, and need as many to make its tables from the rows and its codes into
 * messages (it does not tell the option's kind or limits). It takes any beginning
 * of a name that is not ambiguous, so that each new option could break somebody's
 * script; keeps its state in globals; and adds 3,146 bytes to the WebAssembly. */
#include "cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_count(const char *text, uint32_t low, uint32_t high, uint32_t *value) {
  if (*text < '0' || *text > '9') return false;
  char *end;
  errno = 0;
  unsigned long long number = strtoull(text, &end, 10);
  if (errno || *end || number < low || number > high) return false;
  *value = (uint32_t)number;
  return true;
}

static bool read_triple(const char *text, cli_triple *triple) {
  float values[3];
  int count = 0;
  for (;;) {
    char *end;
    values[count++] = strtof(text, &end);
    if (end == text || !isfinite(values[count - 1])) return false;
    text = end + 1;
    if (*end == '\0') break;
    if (*end != ',' || count == 3) return false;
  }
  if (count == 2) return false;
  triple->given = true;
  for (int c = 0; c < 3; ++c) triple->values[c] = values[count == 1 ? 0 : c];
  return true;
}

static bool read_pair(const char *text, uint32_t low, uint32_t high, cli_pair *pair) {
  for (int i = 0; i < 2; ++i) {
    char *end;
    double value = strtod(text, &end);
    bool fits = high == 0 || (value == floor(value) && value >= low && value <= high);
    if (end == text || !isfinite(value) || !fits || *end != (i == 0 ? ',' : '\0')) return false;
    pair->values[i] = value;
    text = end + 1;
  }
  pair->given = true;
  return true;
}

static bool read_output(const char *text, insitu_output *output) {
  static const char *const names[] = {NULL, "probabilities", "logits", "sigmoid"};
  for (int i = 1; i < 4; ++i) {
    if (strcmp(text, names[i]) != 0) continue;
    *output = (insitu_output)i;
    return true;
  }
  return false;
}

/* Stores a value; on failure complains and returns false. */
static bool store(const cli_command *command, const cli_option *option, const char *text) {
  switch (option->kind) {
    case OPTION_FLAG: *(bool *)option->value = true; return true;
    case OPTION_TEXT: *(const char **)option->value = text; return true;
    case OPTION_LIST: {
      cli_list *list = option->value;
      if (list->count == CLI_MAX_LIST) {
        cli_usage(command, "%s may be given at most %d times", option->name, CLI_MAX_LIST);
        return false;
      }
      list->values[list->count++] = text;
      return true;
    }
    case OPTION_COUNT:
      if (read_count(text, option->low, option->high, option->value)) return true;
      cli_usage(command, "%s is '%s', but must be a whole number from %u to %u", option->name, text,
                option->low, option->high);
      return false;
    case OPTION_TRIPLE:
      if (read_triple(text, option->value)) return true;
      cli_usage(command, "%s is '%s', but must be one number or three joined by commas",
                option->name, text);
      return false;
    case OPTION_OUTPUT:
      if (read_output(text, option->value)) return true;
      cli_usage(command, "%s is '%s', but must be probabilities, logits or sigmoid", option->name,
                text);
      return false;
    case OPTION_PAIR:
      if (read_pair(text, option->low, option->high, option->value)) return true;
      if (option->high > 0) {
        cli_usage(command, "%s is '%s', but must be two whole numbers from %u to %u, as 224,224",
                  option->name, text, option->low, option->high);
      } else {
        cli_usage(command, "%s is '%s', but must be two numbers, as -1,1", option->name, text);
      }
      return false;
    case OPTION_PRIOR:
      if (strcmp(text, "training") == 0) {
        *(insitu_prior *)option->value = INSITU_PRIOR_TRAINING;
      } else if (strcmp(text, "uniform") == 0) {
        *(insitu_prior *)option->value = INSITU_PRIOR_UNIFORM;
      } else {
        cli_usage(command, "%s is '%s', but must be training or uniform", option->name, text);
        return false;
      }
      return true;
  }
  return false;
}

static const cli_option *find(const cli_option *options, size_t count, const char *name,
                              size_t length) {
  for (size_t i = 0; i < count; ++i) {
    if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0) {
      return &options[i];
    }
  }
  return NULL;
}

cli_parse cli_parse_options(const cli_command *command, const cli_option *options,
                            size_t num_options, int argc, char **argv, int *num_operands) {
  *num_operands = 0;
  bool only_operands = false;
  for (int i = 0; i < argc; ++i) {
    char *argument = argv[i];
    if (only_operands || argument[0] != '-' || argument[1] == '\0') {
      argv[(*num_operands)++] = argument;
      continue;
    }
    if (strcmp(argument, "--") == 0) {
      only_operands = true;
      continue;
    }
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
      fputs(command->help, stdout);
      return PARSE_HELP;
    }
    size_t length = strcspn(argument, "=");
    const cli_option *option = find(options, num_options, argument, length);
    if (!option) {
      cli_usage(command, "there is no option '%.*s'", (int)length, argument);
      return PARSE_WRONG;
    }
    const char *text = argument[length] == '=' ? argument + length + 1 : NULL;
    if (option->kind == OPTION_FLAG && text) {
      cli_usage(command, "%s takes no value", option->name);
      return PARSE_WRONG;
    }
    if (option->kind != OPTION_FLAG && !text) {
      if (i + 1 == argc) {
        cli_usage(command, "%s needs a value", option->name);
        return PARSE_WRONG;
      }
      text = argv[++i];
    }
    if (!store(command, option, text)) return PARSE_WRONG;
  }
  return PARSE_OK;
}
