#!/usr/bin/env bash
# Runs the fuzzers that make has built, keeps what they find, and measures.
#
#   fuzz.sh run TARGET...       MINUTES (default 10) each, at the lowest priority
#   fuzz.sh minimise TARGET...  a small corpus that reaches the same edges, into
#                               tests/fuzz/corpus/TARGET.bin (the working one stays)
#   fuzz.sh coverage TARGET...  lines of each parser by tests/fuzz/corpus (llvm-cov);
#                               those not reached are in build/covered/TARGET.missed
#
# The working corpora are build/fuzz/work/TARGET/corpus; what harms is written
# beside them, and every run adds a line to build/fuzz/log.
set -u
cd "$(dirname "$0")/../.."
command=${1:?usage: fuzz.sh run|minimise|coverage TARGET...}
shift
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

# A target looks at its processor time itself; this is for what never ends, by the
# clock on the wall, and long, since a busy machine may stop what runs at nice 19.
hang_seconds=1200

# Inputs longer than this find nothing that shorter ones do not, and are slow.
longest() { case $1 in exif) echo 512 ;; markers | progressive | restarts | reuse) echo 1024 ;; icc | zip) echo 4096 ;; *) echo 16384 ;; esac; }

# Into the working corpus: what is committed, and what the target's files are.
fill() {
  tests/fuzz/corpus.py seed "$1" "$2"
  if [ -f "tests/fuzz/corpus/$1.bin" ]; then tests/fuzz/corpus.py unpack "tests/fuzz/corpus/$1.bin" "$2"; fi
}

run_one() {
  local target=$1 work=build/fuzz/work/$1 seconds=$(( ${MINUTES:-10} * 60 )) start=$SECONDS status=0 line words=()
  local TIMEFORMAT=%U
  mkdir -p "$work/corpus"
  fill "$target" "$work/corpus"
  [ ! -f "tests/fuzz/dictionaries/$target.dict" ] || words=(-dict="tests/fuzz/dictionaries/$target.dict")
  { time nice -n 19 "build/fuzz/$target" -max_total_time="$seconds" -max_len="$(longest "$target")" -timeout=$hang_seconds -rss_limit_mb=4096 \
    -malloc_limit_mb=2048 "${words[@]}" -artifact_prefix="$work/" -print_final_stats=1 -reload=0 \
    "$work/corpus" > "$work/log" 2>&1; } 2> "$work/processor-seconds" || status=$?
  line="$(date -u +%FT%TZ) $target: $((SECONDS - start)) s, $(tail -1 "$work/processor-seconds") s of a processor, $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs tried, $(
    sed -n 's/.* \(cov: [0-9]* ft: [0-9]*\) .*/\1/p' "$work/log" | tail -1), $(find "$work/corpus" -type f | wc -l) kept, exit $status"
  echo "$line" | tee -a build/fuzz/log
  [ $status = 0 ] && return
  grep -m 3 -E 'ERROR: |runtime error|not true|SUMMARY' "$work/log"
  echo "  found: $(grep -o 'Test unit written to .*' "$work/log" | tail -1); whole log: $work/log"
  return 1
}

minimise_one() {
  local target=$1 work=build/fuzz/work/$1
  rm -rf "$work/least"
  mkdir -p "$work/least" "$work/corpus"
  fill "$target" "$work/corpus"
  nice -n 19 "build/fuzz/$target" -merge=1 -use_counters=0 -max_len=8192 -timeout=$hang_seconds "$work/least" "$work/corpus" > "$work/merge.log" 2>&1 ||
    { tail -5 "$work/merge.log"; return 1; }
  tests/fuzz/corpus.py pack "$work/least" "tests/fuzz/corpus/$target.bin"
  echo "$target: $(find "$work/least" -type f | wc -l) inputs, $(stat -c %s "tests/fuzz/corpus/$target.bin") bytes"
}

# The parser that a target is for; nothing: another target's.
parsers() {
  case $1 in
    exif) echo src/decode/exif.c ;;
    icc) echo src/decode/icc.c ;;
    jpeg) echo src/decode/jpeg*.c ;;
    png) echo src/decode/png*.c src/decode/profile.c ;;
    webp) echo src/decode/webp.c src/decode/webp_header.c src/decode/webp_memory.c ;;
    metadata) echo src/graph/tflite/metadata.c src/graph/tflite/zip.c src/decode/deflate.c src/api/bare_reading.c src/api/pack_bare.c ;;
    model) echo src/graph/*.c src/graph/tflite/{flatbuffer,read,signatures}.c \
      src/xnn/{op,op_constant,op_require,op_weights,op_window,plan,passes,refusal}.c src/xnn/ops/*.c ;;
    pack) echo src/pack/*.c ;;
  esac
}

# The targets by whose inputs it is reached.
reached_by() { case $1 in jpeg) echo jpeg markers progressive restarts ;; metadata) echo metadata zip ;; *) echo "$1" ;; esac; }

coverage_one() {
  local target=$1 profile=build/covered/$1.profraw
  [ -n "$(parsers "$target")" ] || return 0
  LLVM_PROFILE_FILE=$profile build/covered/replay $(reached_by "$target") > "build/covered/$target.log" || { cat "build/covered/$target.log"; return 1; }
  llvm-profdata merge -o "$profile.data" "$profile"
  llvm-cov show -instr-profile="$profile.data" build/covered/replay $(parsers "$target") |
    sed -nE "s:^$PWD/::p; /^ +[0-9]+\| +0\|/p" > "build/covered/$target.missed"
  llvm-cov export -summary-only -instr-profile="$profile.data" build/covered/replay $(parsers "$target") |
    python3 -c '
import json, os, sys
rows, target = {}, sys.argv[1]
for file in json.load(sys.stdin)["data"][0]["files"]:
    path = os.path.relpath(file["filename"])
    row = "src/xnn/ops/*.c" if path.startswith("src/xnn/ops/") else path
    for name in row, "all":
        covered, count = rows.get(name, (0, 0))
        rows[name] = covered + file["summary"]["lines"]["covered"], count + file["summary"]["lines"]["count"]
for name in [*(name for name in rows if name != "all"), "all"]:
    covered, count = rows[name]
    print(f"{target:12}{name:36}{covered:5} of {count:4} lines {100 * covered / count:6.1f} %")' "$target"
}

failed=0
for target; do
  case $command in
    run) run_one "$target" || failed=1 ;;
    minimise) minimise_one "$target" || failed=1 ;;
    coverage) coverage_one "$target" || failed=1 ;;
    *) echo "fuzz.sh: '$command' is none of run, minimise, coverage" >&2; exit 2 ;;
  esac
done
exit $failed
