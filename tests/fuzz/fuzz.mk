# Coverage-guided fuzzing: `make fuzz` makes a fuzzer of each target in
# tests/fuzz/targets/ (clang's libFuzzer) and runs them in turn; `make
# fuzz-coverage` says which lines of the parsers their corpora reach. Only these
# two need clang's runtime: `make test` replays the corpora with any compiler.

FUZZ_TARGETS := exif icc jpeg markers metadata model pack png progressive restarts reuse webp zip

# -fsanitize=fuzzer-no-link: counts edges; the driver comes with the link.
# -O1: as the sanitised tests. NDEBUG is not set: our own asserts are findings.
FUZZ_FLAGS := $(filter-out -fsanitize=%,$(SANITISED_FLAGS)) -fsanitize=fuzzer-no-link,address,undefined
# -fcoverage-mapping: lines as llvm-cov knows them.
COVERED_FLAGS := $(filter-out -fsanitize=% -fno-sanitize%,$(SANITISED_FLAGS)) -fprofile-instr-generate -fcoverage-mapping
$(eval $(call compile,fuzzed,clang,$(FUZZ_FLAGS),ar))
$(eval $(call compile,covered,clang,$(COVERED_FLAGS),ar))

FUZZ_INCLUDES = -Itests/fuzz/targets $(INCLUDES) -L`cat build/xnnpack-native.path`
FUZZ_HEADERS := $(wildcard tests/fuzz/targets/*.h)

# These three put JPEGs together, which are tried as any.
$(addprefix build/fuzz/,markers progressive restarts): tests/fuzz/targets/jpeg.c

build/fuzz/%: tests/fuzz/targets/%.c tests/fuzz/targets/libfuzzer.c $(FUZZ_HEADERS) build/fuzzed/libcore.a build/xnnpack-native.path
	@mkdir -p $(@D)
	@echo "  fuzzer  $@"
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer -DFUZZ_TARGET=fuzz_$* $(filter %.c,$^) build/fuzzed/libcore.a $(FUZZ_INCLUDES) -lxnnpack -lm -o $@

build/covered/replay: tests/fuzz/replay.c $(FUZZ_TARGETS:%=tests/fuzz/targets/%.c) $(FUZZ_HEADERS) build/covered/libcore.a build/xnnpack-native.path
	@clang $(COVERED_FLAGS) $(filter %.c,$^) build/covered/libcore.a $(FUZZ_INCLUDES) -lxnnpack -lm -o $@

# All targets in one program, which `make test` runs.
build/tests/native/replay: tests/fuzz/replay.c $(FUZZ_TARGETS:%=tests/fuzz/targets/%.c) $(FUZZ_HEADERS) tests/c/check.h $(filter %.a,$(SANITISED_LIBS))
	@mkdir -p $(@D)
	$(SANITISED_CC) $(SANITISED_CFLAGS) -Itests/fuzz/targets $(filter %.c,$^) $(SANITISED_LIBS) -lm -lpthread -o $@

.PHONY: fuzz fuzz-coverage
fuzz: ## fuzz every parser in turn (MINUTES=10 each, TARGETS='jpeg png')
	@tests/install-packages.sh fuzz
	@$(MAKE) --no-print-directory -s $(patsubst %,build/fuzz/%,$(or $(TARGETS),$(FUZZ_TARGETS)))
	@MINUTES=$(or $(MINUTES),10) tests/fuzz/fuzz.sh run $(or $(TARGETS),$(FUZZ_TARGETS))

fuzz-coverage: ## which lines of the parsers the fuzzers' corpora reach
	@tests/install-packages.sh fuzz
	@$(MAKE) --no-print-directory -s build/covered/replay
	@tests/fuzz/fuzz.sh coverage $(or $(TARGETS),$(FUZZ_TARGETS))
