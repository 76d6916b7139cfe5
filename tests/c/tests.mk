# The C tests as programs, native under ASan and UBSan and again as WebAssembly
# for Node. A file here is a program; so is each file of tests/fuzz/.
#
# The Makefile sets before it includes this file:
#   SANITISED_CC, SANITISED_CFLAGS  compiler and flags: sanitizers, -Isrc, the
#                                   folders of XNNPACK's, cJSON's and stb's headers
#   SANITISED_LIBS                  src/ (without cli and wasm) built with these
#                                   flags, then XNNPACK and what it needs, in link order
#   SANITISED_COMMAND               objects of src/cli, likewise, but for its main()
#   WASM_CC, WASM_CFLAGS            emcc, with -msimd128 and the same folders
#   WASM_SIMD_LIBS                  the same libraries for plain SIMD
#   WASM_RELAXED_LIBS, RELAXED_FLAG and for relaxed SIMD, for which XNNPACK has
#                                   kernels of its own: the operators run by both

TEST_NAMES := $(basename $(notdir $(wildcard tests/c/*.c)))
FUZZ_NAMES := $(basename $(notdir $(wildcard tests/fuzz/*.c)))
TEST_HEADERS := $(wildcard tests/c/*.h tests/fuzz/*.h)

include tests/fuzz/fuzz.mk

.PHONY: tests-native tests-wasm
tests-native: $(TEST_NAMES:%=build/tests/native/%) $(FUZZ_NAMES:%=build/tests/native/%)
tests-native: build/tests/native/cli_memory
tests-wasm: $(TEST_NAMES:%=build/tests/wasm/%.js) build/tests/relaxed/xnn_operators.js
tests-wasm: build/tests/page/xnn_operators.mjs

build/tests/native/%: tests/c/%.c $(TEST_HEADERS) $(filter %.a,$(SANITISED_LIBS))
	@mkdir -p $(@D)
	$(SANITISED_CC) $(SANITISED_CFLAGS) -Itests/c $< $(SANITISED_LIBS) -lm -lpthread -o $@

build/tests/native/%: tests/fuzz/%.c $(TEST_HEADERS) $(filter %.a,$(SANITISED_LIBS))
	@mkdir -p $(@D)
	$(SANITISED_CC) $(SANITISED_CFLAGS) -Itests/c $< $(SANITISED_LIBS) -lm -lpthread -o $@

# The command's sources less its main(), with a test that calls them.
build/tests/native/cli_memory: tests/cli/memory.c tests/c/check.h $(SANITISED_COMMAND) $(filter %.a,$(SANITISED_LIBS))
	@mkdir -p $(@D)
	$(SANITISED_CC) $(SANITISED_CFLAGS) -Itests/c $< $(SANITISED_COMMAND) $(SANITISED_LIBS) -lm -lpthread -o $@

# NODERAWFS: tests read tests/golden/ by its path. The folder's package.json
# makes Node take Emscripten's script as the CommonJS that it is.
# ABORTING_MALLOC=0: a failed allocation is NULL, as it is natively.
# $(1): folder, $(2): flags, $(3): libraries
define wasm_tests
build/tests/$(1)/%.js: tests/c/%.c tests/c/environment.js $(TEST_HEADERS) $(filter %.a,$(3))
	@mkdir -p $$(@D)
	@echo '{"type": "commonjs"}' > $$(@D)/package.json
	$$(WASM_CC) $$(WASM_CFLAGS) $(2) -Itests/c $$< $(3) -sENVIRONMENT=node -sNODERAWFS=1 \
	  -sEXIT_RUNTIME=1 -sALLOW_MEMORY_GROWTH=1 -sABORTING_MALLOC=0 -sSTACK_SIZE=1MB -sASSERTIONS=0 \
	  --pre-js tests/c/environment.js -o $$@
endef
$(eval $(call wasm_tests,wasm,,$(WASM_SIMD_LIBS)))
$(eval $(call wasm_tests,relaxed,$(RELAXED_FLAG),$(WASM_RELAXED_LIBS)))

# For a page (tests/browser/operators.test.mjs), which brings the files: an engine newer than
# Node's, whose dot product of relaxed SIMD is the processor's own.
build/tests/page/%.mjs: tests/c/%.c $(TEST_HEADERS) $(filter %.a,$(WASM_RELAXED_LIBS))
	@mkdir -p $(@D)
	$(WASM_CC) $(WASM_CFLAGS) $(RELAXED_FLAG) -Itests/c $< $(WASM_RELAXED_LIBS) -sENVIRONMENT=web \
	  -sMODULARIZE=1 -sEXPORT_ES6=1 -sINVOKE_RUN=0 -sFORCE_FILESYSTEM=1 -sEXPORTED_RUNTIME_METHODS=FS,callMain \
	  -sALLOW_MEMORY_GROWTH=1 -sABORTING_MALLOC=0 -sSTACK_SIZE=1MB -sASSERTIONS=0 -o $@
