/* Kernels of our own, put into XNNPACK's tables where they are faster than the
 * ones it has. */
#ifndef INSITU_XNN_KERNELS_KERNELS_H_
#define INSITU_XNN_KERNELS_KERNELS_H_

/* Call after xnn_initialize and before the first operator; calling it again
 * changes nothing. From one thread at a time. On others than WASM and x86-64 it does little. */
void kernels_install(void);

#endif
