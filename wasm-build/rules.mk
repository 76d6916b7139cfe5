# From sources to the command, the modules and the libraries for tests. Files
# are found by their folders, so that a new one needs no edit here.

CORE_SOURCES := $(wildcard src/base/*.c src/image/*.c src/decode/*.c src/graph/*.c src/graph/tflite/*.c \
  src/pack/*.c src/xnn/*.c src/xnn/*/*.c src/classify/*.c src/api/*.c)
CLI_SOURCES := $(wildcard src/cli/*.c)
PICTURE_SOURCES := src/api/picture.c src/api/picture_pixels.c
DECODE_SOURCES := $(wildcard src/base/*.c src/image/*.c src/decode/*.c) $(PICTURE_SOURCES)
# Of the decoders only inflate: a model's archive of labels may be compressed.
INFLATE_SOURCES := src/decode/deflate.c src/decode/stb.c
INFER_SOURCES := $(filter-out $(filter-out $(INFLATE_SOURCES),$(wildcard src/image/*.c src/decode/*.c)) $(PICTURE_SOURCES),$(CORE_SOURCES))

# libwebp's decoder, of its src/; its memory is src/decode/webp_memory.c. What is
# for other processors compiles to nothing.
LIBWEBP_OBJECTS := $(addprefix libwebp/,$(addsuffix .o,\
  $(addprefix dec/,alpha_dec buffer_dec frame_dec idec_dec io_dec quant_dec tree_dec vp8_dec vp8l_dec webp_dec) \
  $(addprefix dsp/,cpu dec_clip_tables $(foreach part,alpha_processing dec filters lossless rescaler upsampling yuv,\
    $(part) $(part)_sse2 $(part)_neon)) \
  $(addprefix utils/,bit_reader_utils color_cache_utils huffman_utils quant_levels_dec_utils random_utils \
    rescaler_utils thread_utils)))

# Where the pinned sources lie; made before anything is compiled.
# Not for "make -n", which would fetch them all the same.
ifeq ($(filter help clean deps,$(MAKECMDGOALS))$(findstring n,$(firstword -$(MAKEFLAGS))),)
-include build/sources.mk
endif
build/sources.mk: emsdk-config/pins.sh emsdk-config/sources.sh
	@mkdir -p $(@D)
	@tests/install-packages.sh build
	@for name in xnnpack pthreadpool fxdiv fp16 stb libwebp cjson; do \
	  dir=$$(emsdk-config/sources.sh $$name) || exit 1; \
	  echo "SOURCE_$$name := $$dir"; done > $@.part && mv $@.part $@

# XNNPACK's src is for src/xnn/kernels, which replace kernels of its own, and
# src/xnn/profile.c, which reads its clock.
INCLUDES = -isystem $(SOURCE_xnnpack)/include -isystem $(SOURCE_xnnpack)/src \
  -isystem $(SOURCE_fxdiv)/include -isystem $(SOURCE_fp16)/include -isystem $(SOURCE_xnnpack)/src -isystem $(SOURCE_pthreadpool)/include \
  -isystem $(SOURCE_stb) -isystem $(SOURCE_libwebp) -isystem $(SOURCE_cjson)

build/xnnpack-%.path: wasm-build/xnnpack.sh emsdk-config/pins.sh
	@mkdir -p $(@D)
	@wasm-build/xnnpack.sh $* > $@.part && mv $@.part $@

# compile VARIANT, COMPILER, FLAGS, ARCHIVER
# libcore.a has all names of the core, for the command, the modules and the
# tests, which reach internals; what others link is build/libinsitu.a below.
define compile
build/$(1)/%.o: src/%.c build/sources.mk wasm-build/flags.mk
	@mkdir -p $$(@D)
	@echo "  $(1)  $$<"
	@$(2) $(3) $(if $(filter $(WASM_COMPILER),$(2)),$$(call size_flag,$$*)) $$(INCLUDES) -MMD -MP -c $$< -o $$@
# -Dstrtod=decimal_read: cJSON reads numbers with strtod, which the C library of
#   WebAssembly computes in long doubles of software: 200,000 numbers took 20 times
#   as long (370 ms against 18 ms, measured), and a hostile pack holds twice as many.
#   Natively strtod follows the program's locale, where 1.5 may end at the dot.
# -DCJSON_NESTING_LIMIT: above PACK_MAX_NESTING, which is checked before; a second fence.
build/$(1)/cjson.o: build/sources.mk wasm-build/rules.mk
	@mkdir -p $$(@D)
	@$(2) $(filter-out -Werror,$(3)) -w -DCJSON_NESTING_LIMIT=32 -Dstrtod=decimal_read $(if $(filter $(WASM_COMPILER),$(2)),-Os) -c $$(SOURCE_cjson)/cJSON.c -o $$@
build/$(1)/libwebp/%.o: build/sources.mk wasm-build/rules.mk wasm-build/flags.mk
	@mkdir -p $$(@D)
	@$(2) $(filter-out -Werror,$(3)) -w $(LIBWEBP_FLAGS) $(5) -I$$(SOURCE_libwebp) -c $$(SOURCE_libwebp)/src/$$*.c -o $$@
build/$(1)/libcore.a: $(CORE_SOURCES:src/%.c=build/$(1)/%.o) build/$(1)/cjson.o $(addprefix build/$(1)/,$(LIBWEBP_OBJECTS))
	@rm -f $$@
	@$(4) qc $$@ $$^
	@$(4) s $$@
-include $$(wildcard build/$(1)/*/*.d build/$(1)/*/*/*.d)
endef
WASM_COMPILER := $(TOOLCHAIN) clang
$(eval $(call compile,native,$(CC),$(NATIVE_FLAGS),ar))
$(eval $(call compile,clang,clang,$(NATIVE_FLAGS),ar))
$(eval $(call compile,sanitised,$(CC),$(SANITISED_FLAGS),ar))
$(eval $(call compile,simd,$(WASM_COMPILER),$(WASM_FLAGS),$(TOOLCHAIN) emar,$(LIBWEBP_WASM_FLAGS)))
$(eval $(call compile,relaxed,$(WASM_COMPILER),$(WASM_FLAGS) $(RELAXED_FLAG),$(TOOLCHAIN) emar,$(LIBWEBP_WASM_FLAGS)))
$(eval $(call compile,simd-mt,$(WASM_COMPILER),$(WASM_FLAGS) $(THREAD_FLAGS),$(TOOLCHAIN) emar,$(LIBWEBP_WASM_FLAGS)))
$(eval $(call compile,relaxed-mt,$(WASM_COMPILER),$(WASM_FLAGS) $(RELAXED_FLAG) $(THREAD_FLAGS),$(TOOLCHAIN) emar,$(LIBWEBP_WASM_FLAGS)))

# WebAssembly objects wait for the toolchain, which the XNNPACK build sets up.
$(foreach v,simd relaxed simd-mt relaxed-mt,$(eval $(CORE_SOURCES:src/%.c=build/$(v)/%.o) build/$(v)/cjson.o \
  $(addprefix build/$(v)/,$(LIBWEBP_OBJECTS)) build/$(v)/wasm/decode_module.o build/$(v)/wasm/infer_module.o $(CLI_SOURCES:src/%.c=build/$(v)/%.o): | build/xnnpack-$(v).path))

# ---- the native command ----
native_link = $(1) -pthread $(2) -L`cat build/xnnpack-native.path` -lxnnpack -lm -Wl,--gc-sections -o $@
build/insitu: $(CLI_SOURCES:src/%.c=build/native/%.o) build/native/libcore.a build/xnnpack-native.path
	@$(call native_link,$(CC),$(filter %.o %.a,$^))
build/insitu-clang: $(CLI_SOURCES:src/%.c=build/clang/%.o) build/clang/libcore.a build/xnnpack-native.path
	@$(call native_link,clang,$(filter %.o %.a,$^))

# Which pack the command takes where none is named, and where the packs are:
# src/cli/default_pack.h.
.PHONY: FORCE
build/models.json: FORCE
	@mkdir -p $(@D)
	@printf '{"first":"%s","folder":"%s"}\n' '$(FIRST_PACK)' '$(if $(filter /%,$(MODELS)),,../)$(MODELS)' > $@.part
	@cmp -s $@.part $@ && rm $@.part || mv $@.part $@

# ---- the library for other programs: build/libinsitu.a ----
# cc app.c -Isrc build/libinsitu.a -lm -lpthread
# One object of the core, cJSON and what they take of XNNPACK, in which all
# names but insitu.h's are local: the program may have a libjpeg, a cJSON or an
# XNNPACK of its own. Natively alone: the WebAssembly archives are internal,
# since nobody links against a module.
build/libinsitu.a: build/native/libcore.a build/xnnpack-native.path
	@echo "  library  $@"
	@$(CC) -r -nostdlib -Wl,--whole-archive $< -Wl,--no-whole-archive -L`cat build/xnnpack-native.path` -lxnnpack -o build/native/insitu.o
	@objcopy --wildcard --keep-global-symbol='insitu_*' build/native/insitu.o
	@rm -f $@
	@ar qcs $@ build/native/insitu.o

# ---- the page's modules: build/web/wasm/<module>.{mjs,wasm} ----
DECODERS := decode decode-webp
WASM_MODULES := $(foreach m,$(DECODERS) infer-simd infer-relaxed infer-simd-mt infer-relaxed-mt,build/web/wasm/$(m).mjs)

# Each decoder is fetched when its kind of file first comes: its own readers, and
# the table of formats (src/decode/decode.c) with their rows alone.
SOURCES_decode := $(filter-out src/decode/webp%,$(DECODE_SOURCES))
SOURCES_decode-webp := $(filter-out src/decode/jpeg% src/decode/png% src/decode/stb.c src/decode/exif.c,$(DECODE_SOURCES))
OBJECTS_decode-webp := $(addprefix build/simd/,$(LIBWEBP_OBJECTS))
ROWS_decode := -DDECODE_WEBP=0
ROWS_decode-webp := -DDECODE_JPEG=0 -DDECODE_PNG=0

# Their messages have no floats (src/base/format.c).
build/simd/decode/format.o: src/base/format.c wasm-build/flags.mk | build/xnnpack-simd.path
	@mkdir -p $(@D)
	@$(WASM_COMPILER) $(WASM_FLAGS) -Os -DFORMAT_WITHOUT_FLOATS -MMD -MP -c $< -o $@

define decode_module
build/simd/decode/$(1)-rows.o: src/decode/decode.c build/sources.mk wasm-build/flags.mk | build/xnnpack-simd.path
	@mkdir -p $$(@D)
	@$(WASM_COMPILER) $(WASM_FLAGS) -Os $(ROWS_$(1)) $$(INCLUDES) -MMD -MP -c $$< -o $$@
build/web/wasm/$(1).mjs: $(patsubst src/%.c,build/simd/%.o,$(filter-out src/decode/decode.c src/base/format.c,$(SOURCES_$(1)))) \
    build/simd/decode/$(1)-rows.o build/simd/decode/format.o $(OBJECTS_$(1)) build/simd/wasm/decode_module.o
	@mkdir -p $$(@D)
	@echo "  link  $$@"
	@$(TOOLCHAIN) emcc $(PAGE_FLAGS) $$^ -o $$@
endef
$(foreach m,$(DECODERS),$(eval $(call decode_module,$(m))))

define infer_module
build/web/wasm/infer-$(1).mjs: $(INFER_SOURCES:src/%.c=build/$(1)/%.o) build/$(1)/cjson.o build/$(1)/wasm/infer_module.o $(3) build/xnnpack-$(1).path
	@mkdir -p $$(@D)
	@echo "  link  $$@"
	@$(TOOLCHAIN) emcc $(2) $$(filter %.o,$$^) -L`cat build/xnnpack-$(1).path` -lxnnpack -o $$@
endef
$(eval $(call infer_module,simd,$(INFER_FLAGS),build/simd/wasm/bulk_memory.o))
$(eval $(call infer_module,relaxed,$(INFER_FLAGS) $(RELAXED_FLAG),build/relaxed/wasm/bulk_memory.o))
$(eval $(call infer_module,simd-mt,$(PAGE_THREAD_FLAGS)))
$(eval $(call infer_module,relaxed-mt,$(PAGE_THREAD_FLAGS) $(RELAXED_FLAG)))

# ---- the command for Node: build/node/insitu-<variant>.mjs ----
NODE_COMMANDS := $(foreach v,simd relaxed simd-mt relaxed-mt,build/node/insitu-$(v).mjs)
PHONE_COMMANDS := build/node/insitu-simd-phone.mjs build/node/insitu-relaxed-phone.mjs

define node_command
build/node/insitu-$(1)$(4).mjs: $(CLI_SOURCES:src/%.c=build/$(1)/%.o) build/$(1)/libcore.a build/xnnpack-$(1).path $(3)
	@mkdir -p $$(@D)
	@echo "  link  $$@"
	@$(TOOLCHAIN) emcc $(2) $(3) $$(filter %.o %.a,$$(filter-out $(3),$$^)) -L`cat build/xnnpack-$(1).path` -lxnnpack -o build/node/module-$(1)$(4).mjs
	@printf '%s\n' 'import {start} from "../../src/cli/node_start.mjs";' 'import create from "./module-$(1)$(4).mjs";' \
	  'await start(create);' > $$@
endef
$(eval $(call node_command,simd,$(NODE_FLAGS)))
$(eval $(call node_command,relaxed,$(NODE_FLAGS) $(RELAXED_FLAG)))
$(eval $(call node_command,simd-mt,$(NODE_THREAD_FLAGS)))
$(eval $(call node_command,relaxed-mt,$(NODE_THREAD_FLAGS) $(RELAXED_FLAG)))

# XNNPACK asks at run time whether it is on x86; here it is told that it is not,
# so that the kernels that phones take are tested on any machine. The object
# comes before the library and so replaces the library's own.
build/phone/%/hardware-config.o: build/sources.mk build/xnnpack-%.path
	@mkdir -p $(@D)
	@sed -E 's/(hardware_config\.is_x86 = )[^;]*;/\10;/' $(SOURCE_xnnpack)/src/configs/hardware-config.c > $(@D)/hardware-config.c
	@grep -q 'is_x86 = 0;' $(@D)/hardware-config.c
	@$(WASM_COMPILER) -O2 -msimd128 $(if $(filter relaxed,$*),$(RELAXED_FLAG)) -DXNN_ENABLE_CPUINFO=0 -DXNN_LOG_LEVEL=0 -DNDEBUG -w \
	  -I$(SOURCE_xnnpack)/src $(INCLUDES) -c $(@D)/hardware-config.c -o $@
$(eval $(call node_command,simd,$(NODE_FLAGS),build/phone/simd/hardware-config.o,-phone))
$(eval $(call node_command,relaxed,$(NODE_FLAGS) $(RELAXED_FLAG),build/phone/relaxed/hardware-config.o,-phone))

# ---- what tests/c/tests.mk builds with ----
SANITISED_CC := $(CC)
# A header of fixtures may hold more than one test uses.
SANITISED_CFLAGS = $(filter-out -fvisibility=hidden,$(SANITISED_FLAGS)) -Wno-unused-function $(INCLUDES)
SANITISED_LIBS = build/sanitised/libcore.a -L`cat build/xnnpack-native.path` -lxnnpack
SANITISED_COMMAND = $(filter-out %/main.o,$(CLI_SOURCES:src/%.c=build/sanitised/%.o))
WASM_CC := $(TOOLCHAIN) emcc
WASM_CFLAGS = $(WASM_FLAGS) -UNDEBUG -Wno-unused-function $(INCLUDES)
WASM_SIMD_LIBS = build/simd/libcore.a -L`cat build/xnnpack-simd.path` -lxnnpack
WASM_RELAXED_LIBS = build/relaxed/libcore.a -L`cat build/xnnpack-relaxed.path` -lxnnpack
build/sanitised/libcore.a: | build/xnnpack-native.path
