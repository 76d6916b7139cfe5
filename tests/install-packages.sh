#!/bin/sh
# What the tests need of Debian, or with the word `build` what building the page
# needs, or with `fuzz` what coverage-guided fuzzing needs: installed where this
# is root on Debian, else named. Looks first, so a second run takes no time.
set -u
packages='gcc g++ make git curl ca-certificates xz-utils brotli clang clang-format-19 flake8 chromium firefox-esr webkit2gtk-driver
  xvfb xauth python3 python3-jsonschema python3-numpy python3-pil python3-pytest'
has_node() { command -v node >/dev/null && command -v npm >/dev/null; }
has_node || packages="$packages nodejs npm"
missing=
if [ "${1:-}" = build ]; then
  has_node || missing='nodejs npm'
  command -v xz >/dev/null || missing="$missing xz-utils"
elif [ "${1:-}" = fuzz ]; then
  # clang's runtime has clang's version in its name, which is known once clang is there.
  command -v clang >/dev/null || missing=clang
  command -v llvm-cov >/dev/null || missing="$missing llvm"
  command -v python3 >/dev/null || missing="$missing python3"
  clang_version=$(clang -dumpversion 2>/dev/null || apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\).*/\1/p')
  runtime=$(clang -print-file-name=libclang_rt.fuzzer-x86_64.a 2>/dev/null)
  [ -e "${runtime:-none}" ] || [ -e "$(clang -print-file-name=libclang_rt.fuzzer.a 2>/dev/null)" ] ||
    [ -e "$(clang -print-file-name=libclang_rt.fuzzer-aarch64.a 2>/dev/null)" ] || missing="$missing libclang-rt-${clang_version%%.*}-dev"
else
  for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  # Debian's Python modules serve Debian's Python; another one may have its own.
  if python3 -c 'import jsonschema, numpy, PIL, pytest' 2>/dev/null; then
    missing=$(printf '%s\n' $missing | grep -v '^python3-' | tr '\n' ' ')
  fi
fi
# 20.11: the first with every flag and function that is used here.
check_node() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 11) ? 0 : 1)' || {
    echo "insitu: Node.js $(node --version) is too old: 20.11 or newer is needed (Debian 13 has it; for others see https://nodejs.org)" >&2
    exit 1
  }
}
[ -n "$(echo $missing)" ] || { check_node; exit 0; }
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "insitu: these Debian packages are needed: $missing" >&2
  echo "insitu: install them (apt-get install $missing), or run this make as root" >&2
  exit 1
fi
echo "insitu: installing $missing"
export DEBIAN_FRONTEND=noninteractive
# A machine that has just started may be installing its updates: dpkg's lock is waited for.
install="apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends"
$install $missing >/dev/null 2>&1 ||
  { apt-get update -qq && $install $missing >/dev/null; } ||
  { echo "insitu: apt-get could not install $missing" >&2; exit 1; }
check_node
