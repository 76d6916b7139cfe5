/* Every allocation of every subcommand fails in turn: each time the command ends
 * with exit status 1 and says that memory was short; it never crashes, leaks or
 * gives a wrong answer. Run by memory.test.mjs, which names a pack of findings and
 * a table for it. */
#include "check.h"

#include <unistd.h>

#include "base/alloc.h"
#include "cli/cli.h"

enum { MAX_WORDS = 16, MAX_OUTPUT = 1 << 20 };

static char output[MAX_OUTPUT];
static FILE *kept;

/* Runs the command with its two outputs in `output`; the allocation with the
 * index `fail_at` and all behind it fail. */
static int run(const char *const *words, long fail_at, long *asked) {
  char *argv[MAX_WORDS + 1];
  int argc = 0;
  for (; words[argc]; ++argc) argv[argc] = strdup(words[argc]);
  char *given[MAX_WORDS + 1];
  memcpy(given, argv, sizeof given); /* the options' reader reorders argv */
  fflush(NULL);
  int own_out = dup(1), own_err = dup(2);
  rewind(kept);
  if (ftruncate(fileno(kept), 0)) abort();
  dup2(fileno(kept), 1);
  dup2(fileno(kept), 2);
  alloc_fail_after(fail_at);
  int code = cli_main(argc, argv);
  *asked = alloc_count();
  alloc_fail_after(-1);
  fflush(NULL);
  dup2(own_out, 1);
  dup2(own_err, 2);
  close(own_out);
  close(own_err);
  ssize_t size = pread(fileno(kept), output, MAX_OUTPUT - 1, 0);
  output[size < 0 ? 0 : size] = '\0';
  for (int i = 0; i < argc; ++i) free(given[i]);
  return code;
}

static void fails_in_turn(const char *const *words) {
  long asked, ignored;
  int code = run(words, -1, &asked);
  CHECK_INT(code, 0);
  CHECK(asked > 5);
  for (long index = 0; index < asked; ++index) {
    code = run(words, index, &ignored);
    if (code == 1 && (strstr(output, "out of memory") || strstr(output, "out-of-memory"))) continue;
    printf("    allocation %ld of %ld: exit status %d, %.300s\n", index, asked, code, output);
    CHECK(!"a failed allocation was not reported");
    break;
  }
}

#define SPOTS "tests/cli/spots"
#define STRIPES "tests/packs/stripes"
#define FAILS_IN_TURN(name, ...)                                      \
  static void name(void) {                                            \
    static const char *const words[] = {"insitu", __VA_ARGS__, NULL}; \
    fails_in_turn(words);                                             \
  }

FAILS_IN_TURN(classify, "classify", "--pack", STRIPES, STRIPES "/selftest/checked.png",
              "tests/golden/baseline.jpg")
FAILS_IN_TURN(classify_map, "classify", "--pack", STRIPES, "--map", "/dev/null",
              STRIPES "/selftest/lying.png")
FAILS_IN_TURN(classify_bare, "classify", "--model", SPOTS "/spots-float32.tflite", "--labels",
              "tests/cli/three-labels.txt", "--top", "2", SPOTS "/selftest/slopes.png")
FAILS_IN_TURN(inspect_model, "inspect", SPOTS "/spots-int8.tflite")
FAILS_IN_TURN(inspect_pack, "inspect", STRIPES, "--json")
FAILS_IN_TURN(evaluate_json, "evaluate", "--pack", STRIPES, "--labels", "tests/cli/stripes.csv",
              "--images", STRIPES "/selftest", "--json")
FAILS_IN_TURN(evaluate_tables, "evaluate", "--pack", STRIPES, "--labels", "tests/cli/stripes.csv",
              "--images", STRIPES "/selftest")
FAILS_IN_TURN(bench, "bench", "--model", SPOTS "/spots-float32.tflite", "--runs", "3", "--json")
FAILS_IN_TURN(selftest, "selftest", SPOTS)

static const char *findings_pack, *findings_table;

static void evaluate_findings(void) {
  const char *const words[] = {
      "insitu",   "evaluate",          "--pack", findings_pack, "--labels", findings_table,
      "--images", STRIPES "/selftest", "--json", NULL};
  fails_in_turn(words);
}

int main(int argc, char **argv) {
  kept = tmpfile();
  if (!kept || argc != 3) return 1;
  findings_pack = argv[1];
  findings_table = argv[2];
  RUN(classify);
  RUN(classify_map);
  RUN(classify_bare);
  RUN(inspect_model);
  RUN(inspect_pack);
  RUN(evaluate_json);
  RUN(evaluate_tables);
  RUN(evaluate_findings);
  RUN(bench);
  RUN(selftest);
  fclose(kept);
  return check_summary();
}
