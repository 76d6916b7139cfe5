/* insitu classify: pictures in, JSON Lines out, in input order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/file.h"
#include "cli/map.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/platform.h"
#include "cli/progress.h"

static const char help[] =
    "Usage: insitu classify [OPTION]... FILE... | -\n\n"
    "Classifies JPEG, PNG and WebP files. '-' reads paths from standard input, one\n"
    "a line, and answers each as it arrives. Prints one JSON object a line and a\n"
    "picture, in input order (docs/answer.schema.json):\n"
    "  {\"file\",\"ok\":true,\"decision\":\"answer\" | \"unsure\" | \"reject\",\"action\",\n"
    "   \"reasons\":[...],\"top\":{\"id\",\"label\",\"p\"},\"set\":[...],\"groups\":[...],\n"
    "   \"classes\":[...],\"typicality\",\"quality\",\"picture\",\"model\",\"ms\"}\n"
    "  {\"file\",\"ok\":false,\"status\",\"message\"}\n"
    "A reject has no top, set, groups or action. What a pack does not name is left\n"
    "out. Classes stand by falling probability, of a reject in the pack's order.\n"
    "Not a diagnosis.\n\n"
    "  --pack DIR           the pack (default: INSITU_PACK, else the first one\n"
    "                       beside the program)\n"
    "  --variant NAME       of the pack (default: the pack's)\n"
    "  --prior NAME         class prior of the probabilities: training or uniform\n"
    "                       (default: that of the device's limits, else the pack's)\n"
    "  --model FILE.tflite  a bare model instead of a pack\n"
    "  --mean R,G,B         of its pixels scaled to 0..1; one number for all three\n"
    "  --std R,G,B          likewise (defaults: the file's metadata, else full range)\n"
    "  --range LOW,HIGH     of its pixels instead of both: 0,1 or -1,1 or 0,255\n"
    "  --size W,H           of its input, where the file leaves that open\n"
    "  --signature NAME     of the file's, where it has several (default: the first)\n"
    "  --output KIND        what it gives: probabilities, logits (they get a softmax)\n"
    "                       or sigmoid (logits of findings: they get a sigmoid each);\n"
    "                       default: followed back through its operators\n"
    "  --labels FILE        its classes' labels, one a line (default: the file's)\n"
    "  --language TAG       of a pack's labels (default: the pack's first)\n"
    "  --map FILE.png       draw where the network looked for the likeliest class,\n"
    "                       over the judged square; of a single picture\n"
    "  --plain              the line of version 0.1: no decision, set or quality; a\n"
    "                       picture that may not be judged fails as 'rejected'\n"
    "  --top N              the first N classes alone, 1 to 1024 (default: all)\n"
    "  --threads N          1 to 64, but no more than processors (default 1)\n"
    "  --progress           counts on standard error, also where that is no terminal\n"
    "  --help               this text\n\n"
    "Exit status: 0 all answered, 1 some failed, 2 wrong usage.\n";

typedef struct session {
  cli_model model;
  progress progress;
  insitu_json_options json;
  const char *map; /* where to draw it; NULL: not asked for */
  int code;
} session;

/* Each line leaves at once, so that a pipe's reader never waits for the next one. */
static void print_line(session *session, char *json) {
  if (json) {
    output_line(json);
  } else {
    cli_complain("out of memory: a result line");
    session->code = CLI_FAILED;
  }
  insitu_free(json);
}

static void print_error(session *session, const char *file, const insitu_error *error) {
  session->code = CLI_FAILED;
  print_line(session, insitu_error_json(file, error));
}

/* A rejected picture has an answer, but no map. */
static insitu_status draw_map(const session *session, const char *path, insitu_error *error) {
  if (insitu_classifier_answer(session->model.classifier)->decision == INSITU_DECISION_REJECT) {
    cli_complain("%s: the picture was rejected, so %s was not written", path, session->map);
    return INSITU_STATUS_OK;
  }
  return map_write(session->map, &session->model, error);
}

static void answer(session *session, const char *path) {
  insitu_error error;
  char *json;
  insitu_classify_options options = {.prior = session->model.prior,
                                     .is_map_wanted = session->map != NULL,
                                     .map_class = INSITU_TOP_CLASS};
  insitu_status status = cli_model_classify(&session->model, path, &options, &error);
  if (!status && session->map) status = draw_map(session, path, &error);
  if (!status) {
    status = insitu_classifier_answer_json(session->model.classifier, path, &session->json, &json,
                                           &error);
  }
  if (status) {
    print_error(session, path, &error);
  } else {
    print_line(session, json);
  }
  progress_step(&session->progress);
}

static void answer_lines(session *session) {
  file_lines lines = {.stream = stdin};
  /* A reader that went away ends the work: nobody would see the answers. */
  while (!output_has_failed() && file_next_line(&lines)) {
    if (lines.length == 0) continue;
    insitu_error error;
    if (lines.too_long) {
      cli_fail(&error, INSITU_STATUS_TOO_LARGE, "the line has more than %u bytes, so it is no path",
               CLI_MAX_LINE_BYTES);
      print_error(session, lines.line, &error);
    } else if (lines.has_zero) {
      cli_fail(&error, INSITU_STATUS_INVALID_ARGUMENT,
               "the line holds a zero byte: paths must be "
               "one a line, not separated by zeros, and not in UTF-16: save the list as UTF-8");
      print_error(session, lines.line, &error);
    } else {
      answer(session, lines.line);
    }
  }
  if (ferror(stdin) || !lines.line) {
    cli_complain("cannot read standard input: %s", strerror(errno));
    session->code = CLI_FAILED;
  }
  insitu_free(lines.line);
}

/* Complains about options that contradict each other. */
static bool options_fit(const cli_model_options *options) {
  if (options->pack && options->model) {
    cli_usage(&cli_classify, "--pack and --model exclude each other");
  } else if (options->model && options->variant) {
    cli_usage(&cli_classify, "--variant is of a pack, but --model names a bare file");
  } else if (options->model && options->language) {
    cli_usage(&cli_classify, "--language is of a pack, but --model names a bare file");
  } else if (options->model && options->prior != INSITU_PRIOR_DEFAULT) {
    cli_usage(&cli_classify, "--prior is of a pack, but --model names a bare file");
  } else if (options->std.given && !(options->std.values[0] > 0 && options->std.values[1] > 0 &&
                                     options->std.values[2] > 0)) {
    cli_usage(&cli_classify, "--std is %g,%g,%g, but must be above 0",
              (double)options->std.values[0], (double)options->std.values[1],
              (double)options->std.values[2]);
  } else if (options->range.given && (options->mean.given || options->std.given ||
                                      !(options->range.values[0] < options->range.values[1]))) {
    cli_usage(&cli_classify,
              "--range is %g,%g, but must rise, and stands instead of --mean and --std",
              options->range.values[0], options->range.values[1]);
  } else if (!options->model && (options->mean.given || options->std.given || options->labels ||
                                 options->range.given || options->size.given || options->output ||
                                 options->signature)) {
    cli_usage(&cli_classify,
              "--mean, --std, --range, --size, --signature, --output and --labels need --model: a "
              "pack has its own");
  } else {
    return true;
  }
  return false;
}

static int run(int argc, char **argv) {
  cli_model_options model = {.num_threads = 1};
  bool show_progress = false;
  const char *map = NULL;
  insitu_json_options json = {0};
  const cli_option options[] = {
      {"--pack", OPTION_TEXT, &model.pack, 0, 0},
      {"--model", OPTION_TEXT, &model.model, 0, 0},
      {"--variant", OPTION_TEXT, &model.variant, 0, 0},
      {"--prior", OPTION_PRIOR, &model.prior, 0, 0},
      {"--threads", OPTION_COUNT, &model.num_threads, 1, INSITU_MAX_THREADS},
      {"--mean", OPTION_TRIPLE, &model.mean, 0, 0},
      {"--std", OPTION_TRIPLE, &model.std, 0, 0},
      {"--range", OPTION_PAIR, &model.range, 0, 0},
      {"--size", OPTION_PAIR, &model.size, 1, INSITU_MAX_INPUT_SIDE_PX},
      {"--signature", OPTION_TEXT, &model.signature, 0, 0},
      {"--output", OPTION_OUTPUT, &model.output, 0, 0},
      {"--labels", OPTION_TEXT, &model.labels, 0, 0},
      {"--language", OPTION_TEXT, &model.language, 0, 0},
      {"--map", OPTION_TEXT, &map, 0, 0},
      {"--plain", OPTION_FLAG, &json.is_plain, 0, 0},
      {"--top", OPTION_COUNT, &json.num_classes, 1, INSITU_MAX_CLASSES},
      {"--progress", OPTION_FLAG, &show_progress, 0, 0},
  };
  int num_files;
  cli_parse parsed = cli_parse_options(&cli_classify, options, sizeof options / sizeof *options,
                                       argc, argv, &num_files);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (!options_fit(&model)) return CLI_USAGE;
  if (num_files == 0) return cli_usage(&cli_classify, "name a FILE, or '-' for standard input");
  if (map && (num_files != 1 || strcmp(argv[0], "-") == 0)) {
    return cli_usage(&cli_classify, "--map is of one picture: name one FILE");
  }

  session session = {.json = json, .map = map, .code = CLI_OK};
  insitu_error error;
  if (cli_model_open(&model, &session.model, &error)) {
    cli_complain("%s: %s", session.model.source, error.message);
    print_error(&session, session.model.source, &error);
    return CLI_FAILED;
  }
  bool from_lines = false;
  for (int i = 0; i < num_files; ++i) from_lines |= strcmp(argv[i], "-") == 0;
  progress_start(&session.progress, "pictures", from_lines ? 0 : (uint64_t)num_files, show_progress,
                 platform_is_terminal(stdout));
  for (int i = 0; i < num_files && !output_has_failed(); ++i) {
    if (strcmp(argv[i], "-") == 0) {
      answer_lines(&session);
    } else {
      answer(&session, argv[i]);
    }
  }
  progress_end(&session.progress);
  cli_model_close(&session.model);
  return session.code;
}

const cli_command cli_classify = {"classify", "classify pictures, one JSON line each", help, run};
