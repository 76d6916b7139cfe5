# Insitu. `make help` lists what can be made; wasm-build/flags.mk says how.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help run dist wasm cli node-cli lib npm format test bench conformance screenshots clean deps

# "make clean dist", "make deps dist": what is read here depends on what is
# there, so that each goal gets a make of its own, in the order given.
ifneq ($(and $(filter clean deps help,$(MAKECMDGOALS)),$(word 2,$(MAKECMDGOALS))),)
.NOTPARALLEL:
.PHONY: $(MAKECMDGOALS)
$(MAKECMDGOALS):
	@$(MAKE) --no-print-directory $@
else

# The packs, and which of them the page and the command take by themselves.
MODELS ?= models
FIRST_PACK ?= skin

CACHE := $(or $(INSITU_CACHE),$(HOME)/.cache/insitu)
TOOLCHAIN := emsdk-config/toolchain

all: dist cli ## everything that is not a test

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: dist ## build the page, serve it here and print the address (PORT=8080 HOST=127.0.0.1)
	@node wasm-build/serve.mjs dist --port $(or $(PORT),8080) --host $(or $(HOST),127.0.0.1)

include wasm-build/flags.mk
include wasm-build/rules.mk
-include tests/c/tests.mk

ifeq ($(wildcard dist/index.html),)
$(shell rm -f build/dist.done)
endif
dist: build/dist.done ## the whole site in dist/, for any static host
DIST_SETTINGS := MODELS=$(MODELS) FIRST_PACK=$(FIRST_PACK)
ifneq ($(shell cat build/dist.settings 2>/dev/null),$(DIST_SETTINGS))
$(shell rm -f build/dist.done)
endif
build/dist.done: $(WASM_MODULES) node_modules/.package-lock.json wasm-build/dist.mjs wasm-build/headers.mjs wasm-build/html.mjs wasm-build/papers.mjs wasm-build/scripts.mjs \
    $(shell find web $(MODELS) -type f -not -path '*/tools/*' -not -path '*/foundry/*' -not -path '*/report/*' 2>/dev/null)
	@$(DIST_SETTINGS) node wasm-build/dist.mjs
	@echo '$(DIST_SETTINGS)' > build/dist.settings
	@touch $@

wasm: $(WASM_MODULES) ## the WebAssembly modules of the page
cli: build/insitu build/models.json ## the native command, build/insitu
node-cli: $(NODE_COMMANDS) build/models.json ## the command for Node: npx insitu
lib: build/libinsitu.a ## the library for C programs, build/libinsitu.a (its header: src/insitu.h)

npm: dist node-cli ## what `npm pack` sends: the element, a client for programs, types, the command; each pack apart
	@MODELS=$(MODELS) node wasm-build/npm.mjs

# Not "npm ci": it refuses a lock that leaves out other platforms' optional
# packages, which npm itself leaves out; the versions and digests are the lock's.
node_modules/.package-lock.json: package.json package-lock.json
	@echo "insitu: installing the JavaScript tools"
	@npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

format: ## lay out the C sources (clang-format 19), as the lint suite wants them
	@$$(command -v clang-format-19 || echo clang-format) -i $$(find src tests -name '*.[ch]' -not -path '*/node_modules/*')

deps: ## what the tests need of Debian's packages (as root), else what is missing
	@tests/install-packages.sh

test: deps ## every test (T=pattern for some)
	@$(MAKE) --no-print-directory -s dist cli node-cli lib npm build/insitu-clang $(PHONE_COMMANDS)
	@$(MAKE) --no-print-directory -s -k tests-native tests-wasm || true # run.sh reports what does not build
	@MAKE="$(MAKE)" tests/run.sh

screenshots: dist ## every state of the page at three sizes, two themes and in Arabic, into build/screenshots/
	@node tests/screenshots/take.mjs $(STATES)

bench: dist cli ## this engine beside its peers, into build/bench.json
	@tests/bench/run.sh

conformance: cli node-cli ## the command beside LiteRT's interpreter, into docs/CONFORMANCE.md (REAL="FOLDER...")
	@REAL='$(REAL)' tests/conformance/run.sh

clean: ## remove what was built here (the cache stays)
	rm -rf build dist

endif
