/* Standard output line by line: a line leaves in one write, so that processes
 * that share a pipe or a file never mix theirs. Text that is no such line
 * (tables, help) goes through stdio; both may be used in one process. */
#ifndef INSITU_CLI_OUTPUT_H_
#define INSITU_CLI_OUTPUT_H_

#include <stdbool.h>

/* Writes `line` and a line feed, and nothing after a first failure. The zero at
 * the line's end becomes the line feed: it is no string afterwards. */
void output_line(char *line);

/* A reader that went away or a full disk: nobody would see more. */
bool output_has_failed(void);

/* Flushes stdio; where that or an earlier write failed, complains and returns
 * CLI_FAILED, else `code`. */
int output_finish(int code);

#endif
