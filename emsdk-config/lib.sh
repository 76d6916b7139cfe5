# What the set-up scripts share: the cache, messages, locks, digests, the mirror.
# Sourced, after pins.sh.
CACHE=${INSITU_CACHE:-${HOME:-/root}/.cache/insitu}

say() { printf 'insitu: %s\n' "$*" >&2; }
die() { printf 'insitu: error: %s\n' "$*" >&2; exit 1; }

# need_space MIB WHAT: stops before a disk fills.
need_space() {
  mkdir -p "$CACHE" || die "cannot create the cache folder $CACHE: set INSITU_CACHE to a writable one"
  free=$(df -Pm "$CACHE" | awk 'NR==2{print $4}')
  [ "$free" -ge "$1" ] || die "$2 needs $1 MiB in $CACHE, which has $free MiB free: make room or set INSITU_CACHE"
}

# take_lock FD WHAT: one process at a time holds the file that FD is open on; the
# others say what they wait for. The kernel takes the lock back when the last
# process that has FD ends, however it ends. Without flock (util-linux): no lock.
take_lock() {
  command -v flock >/dev/null || return 0
  held=0
  flock -n -E 75 "$1" || held=$?
  case $held in
    0) ;;
    75) say "waiting for another $2 to end"; flock "$1" ;;
    *) say "no lock can be had on $CACHE: start no second $2 meanwhile" ;;
  esac
}

# has_digest FILE SHA256
has_digest() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

# content_digest FOLDER PATHS: one digest of the files below these paths (patterns may be among them),
# names included; the same from a tarball and from git.
content_digest() (
  cd "$1" && shift && find $* -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1
)

is_debian() { [ -r /etc/debian_version ] && command -v apt-get >/dev/null; }

# The machine's own Debian mirror: the first that serves Debian itself.
debian_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -n -e 's/^URIs: *//p' -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' | tr ' ' '\n' |
    grep -m1 -E '/debian/?$'
}
