#!/bin/sh
# Puts one pinned library's source into the cache and prints its folder:
#   emsdk-config/sources.sh xnnpack
# From Debian's source tarball (checked by SHA-256), else from the library's
# own repository at the pinned commit; the content digest is checked for both.
# Idempotent; a broken download is tried anew by the next run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/pins.sh"
. "$here/lib.sh"

name=${1:?usage: sources.sh NAME}
row=$(printf '%s' "$SOURCES" | grep "^$name|") || die "no library '$name' in emsdk-config/pins.sh"
field() { printf '%s' "$row" | cut -d'|' -f"$1"; }
package=$(field 2) tarball=$(field 3) sha256=$(field 4) git=$(field 5) commit=$(field 6)
used=$(field 8) content=$(field 9)

target=$CACHE/src/$name-$(printf '%s' "$sha256" | cut -c1-16)
if [ -f "$target/.complete" ]; then echo "$target"; exit 0; fi
need_space 400 "the source of $name"
# Two makes at once fetch one after the other; the second finds it done.
exec 7>"$CACHE/sources.lock"
take_lock 7 "download of sources"
if [ -f "$target/.complete" ]; then echo "$target"; exit 0; fi
downloads=$CACHE/downloads
mkdir -p "$downloads"

# Debian's tarballs, from the mirror's pool by apt's own downloader: it needs no
# root, has the machine's proxies, and finds what any suite has. The digest is
# checked here, to say which one came.
download_from_debian() {
  is_debian && [ -x /usr/lib/apt/apt-helper ] || return 1
  mirror=$(debian_mirror) || return 1
  case $package in lib*) shelf=$(printf '%.4s' "$package") ;; *) shelf=$(printf '%.1s' "$package") ;; esac
  say "$name: asking Debian for $tarball"
  /usr/lib/apt/apt-helper -o APT::Sandbox::User= -o Acquire::Retries=2 -o Acquire::http::Timeout=30 download-file \
    "${mirror%/}/pool/main/$shelf/$package/$tarball" "$downloads/$tarball" >"$CACHE/apt.log" 2>&1 || true
  if [ -f "$downloads/$tarball" ] && ! has_digest "$downloads/$tarball" "$sha256"; then
    say "$name: $tarball has SHA-256 $(sha256sum "$downloads/$tarball" | cut -d' ' -f1), pinned is $sha256; removed"
    rm -f "$downloads/$tarball"
  fi
  has_digest "$downloads/$tarball" "$sha256"
}

rm -rf "$target.part"
mkdir -p "$target.part"
if has_digest "$downloads/$tarball" "$sha256" || download_from_debian; then
  # Some tarballs have a top folder, some have none.
  tar -xf "$downloads/$tarball" -C "$target.part"
  inner=$(ls -A "$target.part")
  if [ "$(printf '%s\n' "$inner" | wc -l)" = 1 ] && [ -d "$target.part/$inner" ]; then
    mv "$target.part/$inner" "$target.top" && rmdir "$target.part" && mv "$target.top" "$target.part"
  fi
elif command -v git >/dev/null && say "$name: cloning $git" && rm -rf "$target.part" &&
     timeout 600 git clone --quiet --no-checkout "$git" "$target.part" &&
     git -C "$target.part" checkout --quiet "$commit"; then
  :
else
  rm -rf "$target.part"
  die "cannot get $name: neither $tarball from Debian (log: $CACHE/apt.log) nor $commit from $git.
  Put the tarball (SHA-256 $sha256) into $downloads and run again."
fi
found=$(content_digest "$target.part" "$used")
if [ "$found" != "$content" ]; then
  rm -rf "$target.part"
  die "the source of $name is not the pinned one: $used have the content digest $found, pinned is $content.
  It was removed; run again to fetch it anew, or put $tarball (SHA-256 $sha256) into $downloads."
fi
touch "$target.part/.complete"
rm -rf "$target"
mv "$target.part" "$target"
say "$name: ready in $target"
echo "$target"
