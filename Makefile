# The front door: short names for what CMake presets do. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.NOTPARALLEL:
.PHONY: build demo demo-points backbone test asan debug fuzz bench setup format tidy clean help

PROGRAM := build/release/bin/adapterx

# $(call compile,PRESET,TARGET): configure and build, on all cores; everything where no target is given.
compile = cmake --preset $(1) && cmake --build --preset $(1) $(if $(2),--target $(2))

build:  ## the program, optimised, at build/release/bin/adapterx (default)
	@$(call compile,release,adapterx)

demo:  ## install what is missing, build, compare five methods on 1,000 images
	@tools/setup.sh dataset-fashion-mnist
	@$(call compile,release,adapterx)
	@tools/demo.sh

demo-points:  ## the same with point clouds of 310 models of furniture; SEEDS="0 1 2 3 4" for means and their spread
	@tools/setup.sh sweethome3d-furniture unzip
	@$(call compile,release,adapterx)
	@tools/demo_points.sh

backbone:  ## pretrain the bundled image backbone anew (2.6 to 4 hours on two cores; goes on when stopped); wants ./cifar10
	@tools/setup.sh glyph-fonts
	@$(call compile,release,adapterx)
	@tools/backbone.sh

test: setup  ## install what is missing, build, run all tests
	@$(call compile,release)
	@ctest --preset release

# Leak checking traces its own process, which some containers forbid: there it is switched off, alone. Memory that
# cannot be had is null, as without a sanitizer: our own error is what the tests want to see.
asan:  ## build and test with address and undefined-behaviour sanitizers
	@$(call compile,asan)
	@echo 'int main() {}' | $(CXX) -fsanitize=address -x c++ - -o build/asan/leak_probe
	@leaks=1; build/asan/leak_probe >/dev/null 2>&1 || leaks=0; \
	echo "leak checking: $$leaks"; \
	export ASAN_OPTIONS="allocator_may_return_null=1:detect_leaks=$$leaks:$${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1"; \
	ctest --preset asan

debug:  ## build unoptimised, with symbols, in build/debug
	@$(call compile,debug)

fuzz:  ## fuzz every file reader for FUZZ_SECONDS (60) each, with clang and sanitizers
	@tools/run_fuzz.sh

bench: build  ## time a step: training in fp32 and bf16, inference in bf16
	$(PROGRAM) bench step --precision fp32
	$(PROGRAM) bench step --precision bf16
	$(PROGRAM) bench step --precision bf16 --inference

setup:  ## install the missing Debian packages; needs root or sudo only if any is missing
	@tools/setup.sh

format:  ## clang-format on all tracked sources
	@git ls-files -z '*.h' '*.cc' | \
	xargs -0r "$$(command -v clang-format-14 || command -v clang-format || echo clang-format)" -i

tidy:  ## clang-tidy on all tracked sources, or on those changed: make tidy SINCE=main
	@cmake --preset release -B build/tidy -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON
	@$(if $(SINCE),git diff -z --name-only --diff-filter=d $(SINCE) --,git ls-files -z) '*.cc' | \
	xargs -0r -n 1 -P "$$(nproc)" \
	"$$(command -v clang-tidy-14 || command -v clang-tidy || echo clang-tidy)" -p build/tidy --quiet --extra-arg=-Wno-unknown-warning-option

clean:  ## remove build/
	@rm -rf build

help:  ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## /\1\t/p' Makefile | expand -t 13
