#!/usr/bin/env bash
# `make bench`: installs the peers (npm) and what writes the models (pip, about
# 2 GB, once, into the cache), writes the models, and times all. See README.md
# for what limits a run. Needs `make dist` done before.
set -eu
cd "$(dirname "$0")"
cache=${INSITU_CACHE:-$HOME/.cache/insitu}/bench
mkdir -p "$cache"

if [ ! -f ../../dist/index.html ]; then echo "dist/ is missing: run \`make dist\` first" >&2; exit 1; fi
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules ]; then npm ci --no-fund --no-audit; touch node_modules; fi

python=${BENCH_PYTHON:-$cache/venv/bin/python}
installed=$cache/venv/complete-$(sha256sum < requirements.txt | cut -c1-16)
if [ -z "${BENCH_PYTHON:-}" ] && [ ! -f "$installed" ]; then
  echo "installing what writes the models into $cache/venv (once, minutes)" >&2
  python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" install --quiet -r requirements.txt
  touch "$installed"
fi

# The live view beside LiteRT.js's, on the first pack's network: as root, for its cgroup.
live() {
  "$python" float_ends.py ../../dist "$cache/live.tflite"
  node live.mjs --peer "$cache/live.tflite" | tee ../../build/bench-live.json
}
if [ "${BENCH_LIVE:-1}" = only ]; then live; exit 0; fi

models=$cache/models-$(cat make_models.py make_native_models.py make_page_models.py make_photos.py requirements.txt | sha256sum | cut -c1-16)
if [ ! -f "$models/expected.json" ]; then
  echo "writing the models into $models" >&2
  { "$python" make_photos.py "$models" && "$python" make_native_models.py "$models" && "$python" make_page_models.py "$models" && "$python" make_models.py "$models"; } >"$cache/make_models.log" 2>&1 || { tail -20 "$cache/make_models.log" >&2; exit 1; }
fi

if [ "${BENCH_NATIVE:-1}" != 0 ]; then "$python" native.py "$models" ../../build/insitu ../../build/bench-native.json; fi
if [ "${BENCH_NATIVE:-1}" = only ]; then exit 0; fi

display=()
if [ -z "${DISPLAY:-}" ] && command -v xvfb-run >/dev/null; then display=(xvfb-run -a); fi
"${display[@]}" node run.mjs "$models"
if [ "${BENCH_LIVE:-1}" != 0 ]; then live; fi
