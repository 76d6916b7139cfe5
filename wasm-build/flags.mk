# How our own C is compiled and linked, each flag with its reason.

# -ffp-contract=off: a fused multiply-add rounds once where others round twice;
#   without it resizing would differ between platforms.
# -fvisibility=hidden: what insitu.h does not export stays internal.
WARNINGS := -Wall -Wextra -Werror
C_FLAGS := -std=c11 $(WARNINGS) -ffp-contract=off -fvisibility=hidden -ffunction-sections -fdata-sections -Isrc

# -D_GNU_SOURCE: clock_gettime, fileno, isatty beside -std=c11.
NATIVE_FLAGS := $(C_FLAGS) -O3 -DNDEBUG -D_GNU_SOURCE -pthread
SANITISED_FLAGS := $(C_FLAGS) -O1 -g -D_GNU_SOURCE -pthread -fsanitize=address,undefined \
  -fno-sanitize-recover=undefined -fno-omit-frame-pointer

# WEBP_REDUCE_*: neither scaling nor pixel orders that are not used here.
LIBWEBP_FLAGS := -DWEBP_REDUCE_SIZE -DWEBP_REDUCE_CSP -DWEBP_EXTERN=extern
# -Os: 44 KB of brotli instead of 55; 12 megapixels take as long. Without SSE2 by way of Emscripten's headers, which
# would halve that time, for 10 KB more.
LIBWEBP_WASM_FLAGS := -Os

WASM_FLAGS := $(C_FLAGS) -O3 -DNDEBUG -D_GNU_SOURCE -msimd128
# The decoders are fetched by phones: what runs once a picture, or loses nothing by it, is compiled for size, -Oz
# below where that loses nothing either (32.4 KB of brotli became 31.6). With the inverse DCT 12 megapixels took 15 ms longer.
SMALL_SOURCES := $(filter-out decode/jpeg_pixels,$(patsubst src/%.c,%,$(wildcard src/decode/*.c))) \
  image/colour image/filter image/crop image/quality api/picture_pixels base/error base/alloc
# What runs once a model, or once an answer, over no pixels and no weights: smaller still, for a bare model's reading to fit.
SMALLEST_SOURCES := $(patsubst src/%.c,%,$(wildcard src/graph/*.c src/graph/tflite/*.c src/pack/*.c) \
  $(filter-out src/api/picture_pixels.c,$(wildcard src/api/*.c)) $(filter-out src/xnn/op_weights.c,$(wildcard src/xnn/op*.c src/xnn/ops/*.c)) src/xnn/plan.c src/xnn/passes.c src/xnn/refusal.c \
  src/xnn/head.c src/xnn/picker.c src/xnn/postprocess.c src/xnn/scores.c src/xnn/builder.c src/xnn/packing.c src/xnn/runtime.c) \
  decode/stb decode/jpeg_bits decode/jpeg_tables decode/png_header base/json_writer base/decimal base/span base/utf8 classify/decide classify/map classify/scores xnn/allocator wasm/infer_module
MEDIUM_SOURCES := decode/jpeg_pixels image/resize
size_flag = $(if $(filter $(SMALLEST_SOURCES),$1),-Oz,$(if $(filter $(SMALL_SOURCES),$1),-Os,$(if $(filter $(MEDIUM_SOURCES),$1),-O2)))
RELAXED_FLAG := -mrelaxed-simd
# -matomics -mbulk-memory: what -pthread means to the compiler alone.
THREAD_FLAGS := -pthread -matomics -mbulk-memory

# DYNAMIC_EXECUTION=0: no eval, for the page's content security policy.
# ABORTING_MALLOC=0: a failed allocation is NULL and becomes a status.
# MEMORY_GROWTH_LINEAR_STEP: memory grows by what is needed; the default adds a fifth.
# STACK_SIZE: XNNPACK and the decoder keep rows on the stack; 64 KB is too little.
LINK_FLAGS := -O3 -msimd128 -sALLOW_MEMORY_GROWTH=1 -sABORTING_MALLOC=0 -sSTACK_SIZE=256KB \
  -sMAXIMUM_MEMORY=1GB -sMEMORY_GROWTH_LINEAR_STEP=1MB -sASSERTIONS=0
# emmalloc: 4 KB smaller than dlmalloc, and the modules allocate seldom.
# HEAPU8: the worker's way in and out.
PAGE_FLAGS := $(LINK_FLAGS) --no-entry -sMODULARIZE=1 -sEXPORT_ES6=1 -sDYNAMIC_EXECUTION=0 -sFILESYSTEM=0 \
  -sMALLOC=emmalloc -sINITIAL_MEMORY=1MB -sENVIRONMENT=worker -sEXPORTED_RUNTIME_METHODS=HEAPU8,wasmMemory
# -mbulk-memory: XNNPACK fills each block before it packs weights into it, and memset's loop, in an engine's first code, was 15 ms
# of an int8 model's way to its first answer, 27 of a float32 one's. Whatever has SIMD has it. The threads imply it.
# -Oz: 5 KB of brotli less, kernels as fast (EfficientNet-Lite0, 192 pixels, Node, six runs in turn: int8 16.0 ms and 16.0, float32 21.6 and 21.4).
INFER_FLAGS := $(patsubst -O3,-Oz,$(PAGE_FLAGS)) -mbulk-memory
# Threads: shared memory cannot move, so it starts larger; the pool is made at load.
PAGE_THREAD_FLAGS := $(filter-out -sMALLOC=emmalloc -sINITIAL_MEMORY=1MB,$(PAGE_FLAGS)) -pthread -sINITIAL_MEMORY=16MB \
  -sPTHREAD_POOL_SIZE='Math.min(navigator.hardwareConcurrency,4)' -Wno-pthreads-mem-growth
# The command under Node: the machine's own files, as a program.
NODE_FLAGS := $(LINK_FLAGS) -sMODULARIZE=1 -sEXPORT_ES6=1 -sENVIRONMENT=node -sNODERAWFS=1 -sEXIT_RUNTIME=1 \
  -sINITIAL_MEMORY=16MB -sEXPORTED_RUNTIME_METHODS=FS,ENV,ERRNO_CODES
NODE_THREAD_FLAGS := $(filter-out -sENVIRONMENT=node,$(NODE_FLAGS)) -sENVIRONMENT=node,worker -pthread \
  -sPTHREAD_POOL_SIZE=8 -Wno-pthreads-mem-growth
