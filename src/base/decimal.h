/* Decimal text of numbers. Where doubles hold the digits and the power of ten
 * exactly, one multiplication or division rounds right (Clinger 1990, "How to
 * read floating point numbers accurately"); the C library, slow on WebAssembly
 * for its long doubles, does the rest. */
#ifndef INSITU_BASE_DECIMAL_H_
#define INSITU_BASE_DECIMAL_H_

/* As strtod in the C locale, whichever is set: the same value, the same *end. */
double decimal_read(const char *text, char **end);

#define DECIMAL_MAX_BYTES 40
/* The shortest of %.1g to %.9g that reads back as the float nearest to value,
 * or %.9g, with a dot in any locale. value is finite. */
void decimal_write(char text[DECIMAL_MAX_BYTES], double value);

#endif
