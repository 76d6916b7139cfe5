/* Lines on standard output. Owns the first failure's errno. */
#define _POSIX_C_SOURCE 200809L /* write under -std=c11 */
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/platform.h"

static int failure; /* errno, 0 while all went well */

static void write_all(const char *bytes, size_t size) {
  while (size > 0 && !failure) {
    ssize_t written = write(STDOUT_FILENO, bytes, size);
    if (written >= 0) {
      bytes += written;
      size -= (size_t)written;
    } else if (errno == EAGAIN) {
      platform_sleep_ms(2); /* a pipe that does not block, and is full */
    } else if (errno != EINTR) {
      failure = errno;
    }
  }
}

void output_line(char *line) {
  size_t length = strlen(line);
  line[length] = '\n';
  if (fflush(stdout) && !failure) failure = errno;
  bool locked = platform_lock(STDOUT_FILENO);
  write_all(line, length + 1);
  if (locked) platform_unlock(STDOUT_FILENO);
}

bool output_has_failed(void) { return failure || ferror(stdout); }

int output_finish(int code) {
  if (fflush(stdout) && !failure) failure = errno;
  if (!output_has_failed()) return code;
  cli_complain("cannot write to standard output: %s", strerror(failure ? failure : EIO));
  return CLI_FAILED;
}
