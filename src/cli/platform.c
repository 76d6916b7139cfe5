/* POSIX, or Emscripten's copy of it. */
#define _DEFAULT_SOURCE /* readlink, isatty, getrusage under -std=c11 */
#include "cli/platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

double platform_clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

bool platform_is_terminal(FILE *stream) { return isatty(fileno(stream)); }

uint64_t platform_peak_bytes(void) {
#ifdef __wasm__
  return (uint64_t)__builtin_wasm_memory_size(0) * 65536; /* it never shrinks */
#else
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage)) return 0;
#ifdef __APPLE__
  return (uint64_t)usage.ru_maxrss;
#else
  return (uint64_t)usage.ru_maxrss * 1024;
#endif
#endif
}

void platform_sleep_ms(long milliseconds) {
  struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

#ifdef __wasm__
/* Emscripten hands names to Node as text, where bytes that are no UTF-8 are
 * lost, and works out ".." by itself. So all but letters, digits, '.', '_' and
 * '-' travels as %XX; node_names.mjs turns it back, and the other way round. */
#define MAX_NAME_BYTES 4096

static bool is_plain(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= 'a' && letter <= 'z') || letter == '.' || letter == '_' || letter == '-';
}

static const char *name_of(const char *path, char name[3 * MAX_NAME_BYTES]) {
  if (strlen(path) >= MAX_NAME_BYTES) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  char *write = name;
  for (; *path; ++path) {
    if (is_plain(*path)) {
      *write++ = *path;
    } else {
      write += sprintf(write, "%%%02X", (unsigned char)*path);
    }
  }
  *write = '\0';
  return name;
}

static int hex_digit(char letter) {
  return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : letter - '0';
}

void platform_read_arguments(int argc, char **argv) {
  for (int i = 0; i < argc; ++i) {
    char *write = argv[i];
    for (const char *read = argv[i]; *read; ++read) {
      if (*read == '%' && read[1] && read[2]) {
        *write++ = (char)(hex_digit(read[1]) * 16 + hex_digit(read[2]));
        read += 2;
      } else {
        *write++ = *read;
      }
    }
    *write = '\0';
  }
}
#else
#define MAX_NAME_BYTES 1
static const char *name_of(const char *path, char *unused) {
  (void)unused;
  return path;
}

void platform_read_arguments(int argc, char **argv) {
  (void)argc;
  (void)argv;
}
#endif

FILE *platform_open(const char *path, const char *mode) {
  char room[3 * MAX_NAME_BYTES];
  const char *name = name_of(path, room);
  return name ? fopen(name, mode) : NULL;
}

bool platform_is_folder(const char *path) {
  char room[3 * MAX_NAME_BYTES];
  const char *name = name_of(path, room);
  struct stat about;
  return name && stat(name, &about) == 0 && S_ISDIR(about.st_mode);
}

bool platform_exists(const char *path) {
  char room[3 * MAX_NAME_BYTES];
  const char *name = name_of(path, room);
  struct stat about;
  return name && stat(name, &about) == 0;
}

void platform_list(const char *folder, void (*see)(void *context, const char *name),
                   void *context) {
  char room[3 * MAX_NAME_BYTES];
  const char *name = name_of(folder, room);
  DIR *stream = name ? opendir(name) : NULL;
  if (!stream) return;
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) see(context, entry->d_name);
  closedir(stream);
}

/* POSIX record locks belong to a process and an inode: they hold also between
 * processes that inherited one descriptor, where flock() would not. */
bool platform_lock(int fd) {
  struct stat about;
  if (fstat(fd, &about) || !(S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode))) return false;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
  int result;
  do {
    result = fcntl(fd, F_SETLKW, &lock);
  } while (result && errno == EINTR);
  return result == 0;
}

void platform_unlock(int fd) {
  struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_len = 1};
  fcntl(fd, F_SETLK, &lock);
}

static const char *program = "";

void platform_set_program(const char *argv0) { program = argv0; }

void platform_program_folder(char *folder, size_t size) {
  ssize_t length = readlink("/proc/self/exe", folder, size - 1);
#ifdef __wasm__
  length = -1; /* that would be Node */
#endif
  if (length <= 0) length = snprintf(folder, size, "%s", program);
  if ((size_t)length >= size) length = (ssize_t)size - 1;
  folder[length] = '\0';
  char *slash = strrchr(folder, '/');
  if (!slash) {
    snprintf(folder, size, ".");
  } else {
    *slash = '\0';
  }
}
