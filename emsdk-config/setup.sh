#!/bin/sh
# Finds or installs Emscripten at the pinned version, and writes how to call it
# to $CACHE/toolchain.env. In this order: a matching emcc on PATH or in EMSDK;
# emsdk by git into the cache; on Debian as root, a debootstrapped root in the
# cache; else says what to install. Idempotent: a second run takes no time, and
# one that was cut off goes on where it stopped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/pins.sh"
. "$here/lib.sh"
environment=$CACHE/toolchain.env
mkdir -p "$CACHE" || die "cannot create the cache folder $CACHE: set INSITU_CACHE to a writable one"
# Builds that run beside each other wait here for one set-up.
exec 8>"$CACHE/setup.lock"
take_lock 8 "set-up of Emscripten"

emcc_version() { "$@" --version 2>/dev/null | sed -n '1s/.* \([0-9]*\.[0-9]*\.[0-9]*\)\(-git\)\{0,1\} .*/\1/p'; }

# record KIND ROOT EMCC
record() {
  mkdir -p "$CACHE"
  printf 'KIND=%s\nROOT=%s\nEMCC=%s\nVERSION=%s\n' "$1" "$2" "$3" "$EMSCRIPTEN_VERSION" > "$environment.part"
  mv "$environment.part" "$environment"
}

works() {
  dir=$CACHE/probe
  mkdir -p "$dir"
  echo 'int main(void){return 0;}' > "$dir/probe.c"
  "$here/toolchain" emcc "$dir/probe.c" -o "$dir/probe.mjs" > "$dir/log" 2>&1 &&
    "$here/toolchain" clang -c "$dir/probe.c" -o "$dir/probe.o" >> "$dir/log" 2>&1
}

if [ -f "$environment" ] && (. "$environment"; [ "$VERSION" = "$EMSCRIPTEN_VERSION" ]) && works; then
  exit 0
fi

for candidate in "${EMSDK:-/nonexistent}/upstream/emscripten/emcc" "$(command -v emcc || true)" \
                 "$CACHE/emsdk-$EMSCRIPTEN_VERSION/upstream/emscripten/emcc"; do
  if [ -x "$candidate" ] && [ "$(emcc_version "$candidate")" = "$EMSCRIPTEN_VERSION" ]; then
    say "Emscripten $EMSCRIPTEN_VERSION: $candidate"
    record path / "$candidate"
    works && exit 0
  fi
done

install_by_emsdk() {
  command -v git >/dev/null && command -v python3 >/dev/null || return 1
  emsdk=$CACHE/emsdk-$EMSCRIPTEN_VERSION
  say "trying emsdk $EMSCRIPTEN_VERSION by git (60 s to answer)"
  if [ ! -d "$emsdk/.git" ]; then
    rm -rf "$emsdk"
    timeout 60 git clone --quiet --depth 1 --branch "$EMSCRIPTEN_VERSION" "$EMSDK_GIT" "$emsdk" 2>"$CACHE/emsdk.log" || return 1
  fi
  # The commit names the archive that it installs, by its own hash.
  if [ "$(git -C "$emsdk" rev-parse HEAD)" != "$EMSDK_COMMIT" ]; then
    say "emsdk $EMSCRIPTEN_VERSION is at $(git -C "$emsdk" rev-parse HEAD), pinned is $EMSDK_COMMIT; removed"
    rm -rf "$emsdk"
    return 1
  fi
  timeout 1200 "$emsdk/emsdk" install "$EMSCRIPTEN_VERSION" >>"$CACHE/emsdk.log" 2>&1 &&
    "$emsdk/emsdk" activate "$EMSCRIPTEN_VERSION" >>"$CACHE/emsdk.log" 2>&1 || return 1
  record path / "$emsdk/upstream/emscripten/emcc"
}

install_by_debootstrap() {
  is_debian && [ "$(id -u)" = 0 ] || return 1
  root=$CACHE/root-$DEBIAN_SUITE
  if [ ! -f "$root/.emscripten-installed" ]; then
    need_space 4500 "a Debian $DEBIAN_SUITE root with Emscripten"
    # A machine that has just started may be installing its updates: dpkg's lock is waited for.
    command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends debootstrap >"$CACHE/debootstrap.log" 2>&1 ||
      { apt-get update -qq && apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends debootstrap; } >>"$CACHE/debootstrap.log" 2>&1 ||
      die "cannot install debootstrap (log: $CACHE/debootstrap.log)"
    mirror=$(debian_mirror) || die "no Debian mirror in the machine's apt sources"
    if [ ! -f "$root/.bootstrapped" ]; then
      say "making a Debian $DEBIAN_SUITE root in $root (about a minute)"
      rm -rf "$root"
      debootstrap --variant=minbase "$DEBIAN_SUITE" "$root" "$mirror" >"$CACHE/debootstrap.log" 2>&1 ||
        die "debootstrap failed (log: $CACHE/debootstrap.log); run again to retry"
      touch "$root/.bootstrapped"
    fi
    say "installing Emscripten there (2-4 minutes, 3 GB)"
    cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
    { chroot "$root" apt-get update -q &&
      DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -q --no-install-recommends emscripten; } \
      >>"$CACHE/debootstrap.log" 2>&1 || die "installing Emscripten in $root failed (log: $CACHE/debootstrap.log); run again to go on"
    touch "$root/.emscripten-installed"
  fi
  record root "$root" /usr/bin/emcc
}

if install_by_emsdk && works; then exit 0; fi
say "emsdk is out of reach (log: $CACHE/emsdk.log)"
if install_by_debootstrap; then
  works && exit 0
  die "Emscripten is in $CACHE/root-$DEBIAN_SUITE but cannot be called: $(tail -n 1 "$CACHE/probe/log").
  The root needs mount and chroot; where a container refuses them, install Emscripten $EMSCRIPTEN_VERSION yourself and set EMSDK."
fi
die "Emscripten $EMSCRIPTEN_VERSION is needed. Install emsdk (emsdk install $EMSCRIPTEN_VERSION) and set EMSDK,
  or run once as root on Debian."
