#!/usr/bin/env bash
# Runs every suite, or with T=pattern the test files whose name has the
# pattern, and prints each suite's `N passed, N failed` and last their sum.
# Owns the order and the sum; each suite counts for itself. A suite that
# crashes, or that runs no test, is a failure.
#
#   tests/run.sh                  all
#   T=exif tests/run.sh           tests/c/*exif*, tests/web/*exif*, …
#   SUITES='c-native layers' tests/run.sh
set -u
cd "$(dirname "$0")/.."

pattern=${T:-}
suites=${SUITES:-c-native c-wasm c-relaxed fuzz lint layers build schema web cli parity tools size browser}
make=${MAKE:-make}
python=${PYTHON:-}
# Another Python may come first in PATH; Debian's has what install-packages.sh installs.
for candidate in python3 /usr/bin/python3; do
  [ -z "$python" ] && "$candidate" -c 'import jsonschema, numpy, PIL, pytest' 2>/dev/null && python=$candidate
done
python=${python:-python3}
export NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning"
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

total_passed=0 total_failed=0 total_skipped=0 matched=0
declare -a lines=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# add SUITE SECONDS PASSED FAILED SKIPPED
add() {
  total_passed=$((total_passed + $3)) total_failed=$((total_failed + $4)) total_skipped=$((total_skipped + $5))
  matched=1
  lines+=("$(printf '%-10s %4d s  %d passed, %d failed, %d skipped' "$1" "$2" "$3" "$4" "$5")")
}

# The last "N passed, N failed[, N skipped]" of $log, in any order as pytest
# prints it, to $passed $failed $skipped; false where there is none.
read_counts() {
  local line
  line=$(grep -E '[0-9]+ (passed|failed|skipped|error)' "$log" | tail -1)
  passed=$(grep -oE '[0-9]+ passed' <<<"$line" | grep -oE '[0-9]+' || echo 0)
  skipped=$(grep -oE '[0-9]+ skipped' <<<"$line" | grep -oE '[0-9]+' || echo 0)
  failed=0
  local count
  for count in $(grep -oE '[0-9]+ (failed|errors?)' <<<"$line" | grep -oE '[0-9]+'); do failed=$((failed + count)); done
  [ -n "$line" ]
}

# run COMMAND…: one program of a suite; its counts to $suite_*
run() {
  "$@" >"$log" 2>&1
  local status=$?
  read_counts || { passed=0 failed=0 skipped=0; }
  if [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  if [ $((passed + failed + skipped)) -eq 0 ]; then failed=1; echo "ran no test: $*"; fi
  if [ "$failed" -gt 0 ]; then cat "$log"; echo "FAILED (exit $status): $*"; fi
  suite_passed=$((suite_passed + passed)) suite_failed=$((suite_failed + failed)) suite_skipped=$((suite_skipped + skipped))
}

# suite NAME FUNCTION FILE…: runs FUNCTION with the files that match
suite() {
  local name=$1 function=$2 file
  shift 2
  case " $suites " in *" $name "*) ;; *) return ;; esac
  local files=()
  for file in "$@"; do
    [ -e "$file" ] || continue
    case "$name/$file" in *"$pattern"*) files+=("$file") ;; esac
  done
  [ ${#files[@]} -gt 0 ] || { [ -n "$pattern" ] || { echo "suite $name has no test"; add "$name" 0 0 1 0; }; return; }
  echo "== $name"
  suite_passed=0 suite_failed=0 suite_skipped=0
  local start=$SECONDS
  "$function" "${files[@]}"
  add "$name" $((SECONDS - start)) $suite_passed $suite_failed $suite_skipped
  echo "$name: $suite_passed passed, $suite_failed failed"
}

# C: one program a file; a build that fails is one failure and shows why.
c_programs() {
  local kind=$1 file name program
  shift
  for file in "$@"; do
    name=$(basename "$file" .c)
    program=build/tests/$kind/$name$([ "$kind" = native ] || echo .js)
    if ! "$make" -s "$program" >"$log" 2>&1; then
      cat "$log"; echo "FAILED to build $program"
      suite_failed=$((suite_failed + 1))
    elif [ "$kind" = native ]; then run "$program"
    else run node --experimental-wasm-relaxed-simd "$program" # which newer ones have without it
    fi
  done
}
c_native() { c_programs native "$@"; }
c_wasm() { c_programs wasm "$@"; }
c_relaxed() { c_programs relaxed "$@"; }

jest() { # shows skipped tests and their reasons also on success
  run node node_modules/jest/bin/jest.js --config tests/jest.config.mjs --runTestsByPath "$@"
  [ "$failed" -gt 0 ] || cat "$log"
}
browser() {
  # WebKitGTK needs a display; Chromium and Firefox are headless.
  if [ -z "${DISPLAY:-}" ] && command -v xvfb-run >/dev/null; then
    run xvfb-run -a node node_modules/jest/bin/jest.js --config tests/jest.config.mjs --runTestsByPath "$@"
    [ "$failed" -gt 0 ] || cat "$log"
  else jest "$@"
  fi
}
tools() {
  run "$python" -m pytest -q -rs -p no:cacheprovider "$@"
  grep -E '^SKIPPED' "$log"
}

suite c-native c_native tests/c/*.c
suite c-wasm c_wasm tests/c/*.c
suite c-relaxed c_relaxed tests/c/xnn_operators.c
suite fuzz c_native tests/fuzz/*.c
suite lint jest tests/lint/*.test.mjs
suite layers jest tests/layers/*.test.mjs
suite build jest tests/build/*.test.mjs
suite schema jest tests/schema/*.test.mjs
suite web jest tests/web/*.test.mjs
suite cli jest tests/cli/*.test.mjs
suite parity jest tests/parity/*.test.mjs
suite tools tools tests/tools/test_*.py
suite size jest tests/size/*.test.mjs
suite browser browser tests/browser/*.test.mjs

if [ $matched -eq 0 ]; then echo "no test matches T=$pattern in: $suites"; total_failed=1; fi
echo
printf '%s\n' "${lines[@]}"
if [ $total_skipped -gt 0 ]; then echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
else echo "$total_passed passed, $total_failed failed"
fi
[ $total_failed -eq 0 ] && [ $total_passed -gt 0 ]
