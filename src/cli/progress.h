/* Progress of long work on standard error: one line that is rewritten on a
 * terminal, a line every few seconds elsewhere (with --progress). */
#ifndef INSITU_CLI_PROGRESS_H_
#define INSITU_CLI_PROGRESS_H_

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
  const char *unit; /* what is counted, in plural */
  bool shown, terminal;
  bool due;       /* a line was printed or asked for, so the last one is due too */
  uint64_t total; /* 0: not known */
  uint64_t done;
  double start_ms, last_ms;
} progress;

/* Shown where standard error is a terminal or `asked`; `quiet` (results go to
 * the same terminal) keeps it off unless asked. */
void progress_start(progress *progress, const char *unit, uint64_t total, bool asked, bool quiet);
void progress_step(progress *progress); /* one more is done */
void progress_end(progress *progress);

#endif
