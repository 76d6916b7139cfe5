/* Progress on standard error; without colour. */
#include "cli/progress.h"

#include <stdio.h>

#include "cli/platform.h"

#define TERMINAL_INTERVAL_MS 200
#define LINES_INTERVAL_MS 5000

void progress_start(progress *progress, const char *unit, uint64_t total, bool asked, bool quiet) {
  progress->unit = unit;
  bool terminal = platform_is_terminal(stderr);
  double now = platform_clock_ms();
  progress->shown = asked || (terminal && !quiet);
  progress->terminal = terminal;
  progress->due = asked;
  progress->total = total;
  progress->done = 0;
  progress->start_ms = progress->last_ms = now;
}

static void print(const progress *progress, double now) {
  double seconds = (now - progress->start_ms) / 1e3;
  double rate = seconds > 0 ? (double)progress->done / seconds : 0;
  fprintf(stderr, "%s%llu", progress->terminal ? "\r" : "", (unsigned long long)progress->done);
  if (progress->total) fprintf(stderr, " of %llu", (unsigned long long)progress->total);
  fprintf(stderr, " %s, %.1f a second", progress->unit, rate);
  if (progress->total && rate > 0) {
    fprintf(stderr, ", %.0f s left", (double)(progress->total - progress->done) / rate);
  }
  fputs(progress->terminal ? "   " : "\n", stderr);
  fflush(stderr);
}

void progress_step(progress *progress) {
  ++progress->done;
  if (!progress->shown) return;
  double now = platform_clock_ms();
  if (now - progress->last_ms < (progress->terminal ? TERMINAL_INTERVAL_MS : LINES_INTERVAL_MS)) {
    return;
  }
  progress->last_ms = now;
  progress->due = true;
  print(progress, now);
}

void progress_end(progress *progress) {
  if (!progress->shown || !progress->due) return;
  print(progress, platform_clock_ms());
  if (progress->terminal) fputc('\n', stderr);
}
