#!/usr/bin/env bash
# `make conformance`: networks of keras.applications in four precisions, by the
# command, native and in Node, and by LiteRT's interpreter, into
# docs/CONFORMANCE.md. What writes the networks (pip, about 2 GB) and the networks
# (about 1 GB) are kept in the cache.
#   REAL="FOLDER..."            .tflite files of others to run as well
#   CONFORMANCE_PYTHON=PYTHON   one that has the packages of requirements.txt already
#   CONFORMANCE_NETWORKS="..."  some of the networks, printed and not written to docs/
set -eu
cd "$(dirname "$0")"
root=$PWD/../..
cache=${INSITU_CACHE:-$HOME/.cache/insitu}/conformance
networks=${CONFORMANCE_NETWORKS:-$(sed -n "/^NETWORKS = /,/)/p" compare.py | grep -o "'[A-Za-z0-9]*'" | tr -d "'")}
mkdir -p "$cache"

python=${CONFORMANCE_PYTHON:-$cache/venv/bin/python}
installed=$cache/venv/complete-$(sha256sum < requirements.txt | cut -c1-16)
if [ -z "${CONFORMANCE_PYTHON:-}" ] && [ ! -f "$installed" ]; then
  echo "installing what writes the networks into $cache/venv (once, minutes)" >&2
  python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" install --quiet -r requirements.txt
  touch "$installed"
fi

made=$cache/networks-$(cat make_network.py requirements.txt | sha256sum | cut -c1-16)
mkdir -p "$made"
for network in $networks; do
  if [ -f "$made/$network.failed.txt" ]; then continue; fi
  echo "writing $network into $made" >&2
  "$python" make_network.py "$network" "$made" > "$made/$network.log" 2>&1 || { tail -5 "$made/$network.log" >&2; exit 1; }
done

report=$root/docs/CONFORMANCE.md
if [ -n "${CONFORMANCE_NETWORKS:-}" ]; then report=$root/build/conformance.md; fi
# shellcheck disable=SC2086 # folders apart by spaces
cd "$root" # REAL is relative to it
exec "$python" tests/conformance/compare.py "$made" build "$report" ${REAL:-} --networks $networks
