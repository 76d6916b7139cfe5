/* What differs between operating systems and Node: time, terminals, memory,
 * files' names, locks, and where the program lies. */
#ifndef INSITU_CLI_PLATFORM_H_
#define INSITU_CLI_PLATFORM_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Milliseconds since an arbitrary start. */
double platform_clock_ms(void);
bool platform_is_terminal(FILE *stream);
/* The process's resident memory at its peak; of WASM, its linear memory. */
uint64_t platform_peak_bytes(void);
/* Waits about as long, for a standard input that has nothing yet. */
void platform_sleep_ms(long milliseconds);

/* fopen and "is there a folder of that name" with the name's own bytes, which
 * need not be UTF-8. Sets errno. */
FILE *platform_open(const char *path, const char *mode);
bool platform_is_folder(const char *path);
bool platform_exists(const char *path);
/* Calls `see` for each name in a folder, in no order; nothing where there is none. */
void platform_list(const char *folder, void (*see)(void *context, const char *name), void *context);

/* Keeps other processes' lines out of a pipe or socket while this one writes;
 * true where there is something to unlock. Files need none: each write to them
 * is whole. Not every system can lock a pipe (Linux does); Node's is made in
 * node_output.mjs. */
bool platform_lock(int fd);
void platform_unlock(int fd);

/* Arguments as they were given, in place: Node's arrive written with %XX. */
void platform_read_arguments(int argc, char **argv);

/* argv[0], for systems that cannot tell otherwise where the program lies. */
void platform_set_program(const char *argv0);
/* The program's folder without a slash at its end, "." where unknown. */
void platform_program_folder(char *folder, size_t size);

#endif
