/* Monotonic time. */
#ifndef INSITU_BASE_CLOCK_H_
#define INSITU_BASE_CLOCK_H_

/* Milliseconds since an arbitrary start. */
double clock_ms(void);

#endif
