/* What differs between operating systems and Node: time, terminals, memory,
 * and where the program lies. */
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

/* argv[0], for systems that cannot tell otherwise where the program lies. */
void platform_set_program(const char *argv0);
/* The program's folder without a slash at its end, "." where unknown. */
void platform_program_folder(char *folder, size_t size);

#endif
