"""A full disk, told in one sentence that names it, whichever library stumbled over it.

Owns what counts as a full disk, which disk it is, and the end of a module that was started by hand. Makes no room, and takes
nothing away that was written.
"""
import errno
import os
import pathlib
import re
import shutil
import sys
import tempfile

ROOM = 1 << 20  # bytes left on a disk that count as none: libraries name another error than "no space"
FULL = (errno.ENOSPC, errno.EDQUOT)
TOLD = "the disk is full"


def is_full(error):
    """Also where a library or a program that was called tells it in its own words, or removed what it had written since."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL or any(words in str(error) for words in (TOLD, *map(os.strerror, FULL))):
            return True
        error = error.__cause__ or error.__context__
    return False


def temporary():
    """Where libraries keep what they write for themselves."""
    try:
        return pathlib.Path(tempfile.gettempdir())
    except FileNotFoundError:  # so full that none could be tried
        return pathlib.Path(os.environ.get("TMPDIR", "/tmp"))


def full_folder(error, folders, is_sentence=False):
    """The one whose disk is full: of the file that could not be written, of `folders`, or the temporary one. None where it was something else.
    is_sentence: what the error says is told, whatever else is full."""
    places = list(folders)
    if isinstance(error, OSError) and error.errno in FULL and isinstance(error.filename, str):
        places.insert(0, pathlib.Path(error.filename).parent)
    if is_full(error) or not is_sentence:
        places.append(temporary())
    for place in places:
        if place.is_dir() and shutil.disk_usage(place).free < ROOM:
            return place if place in folders else next((folder for folder in folders if place.stat().st_dev == folder.stat().st_dev), place)
    return min(folders, key=room) if is_full(error) else None


def said(error):
    """The sentence that a module which was called has said of it, its disk named; None without one."""
    found = re.search(rf"[^\s:]+: {TOLD} \([^)]*\); make room[^:;\n]*", str(error))
    return found and found[0]


def room(folder):
    """(can hold one file more, free bytes)"""
    files = os.statvfs(folder)
    return bool(files.f_favail or not files.f_files), shutil.disk_usage(folder).free


def sentence(place, folders, more=""):
    remedy = "make room" if place in folders else "make room there"
    if place not in folders and place == temporary():
        remedy += ", or name a folder of another disk in TMPDIR,"
    holds_more, free = room(place)
    left = f"{free / 1e6:.1f} MB are free{', too few' if free >= ROOM else ''}" if holds_more else "no file more fits on it, however small"
    return f"{place}: {TOLD} ({left}); {remedy} and give the same command again{more}"


def named(words):
    """Folders that can be written to and that a command line names (OUT, --out=OUT, NAME=DIR), or files in them; last the one it is given in."""
    paths = [pathlib.Path(path) for word in words for path in (word, word.partition("=")[2]) if path]
    folders = [path if path.is_dir() else path.parent for path in paths if "/" in str(path) or path.exists()]
    return [folder for folder in dict.fromkeys([*folders, pathlib.Path(".")]) if folder.is_dir() and os.access(folder, os.W_OK)]


def started(main):
    """A module's `main`, started by hand."""
    try:
        main()
    except (Exception, SystemExit) as error:
        if told := said(error):
            raise SystemExit(told) from None
        folders = named(sys.argv[1:])
        is_sentence = isinstance(error, SystemExit) and not is_full(error)  # about something else
        place = None if is_sentence else full_folder(error, folders or [temporary()])
        if place is None:
            raise
        own = "" if is_full(error) else f" ({type(error).__name__}: {error})"  # the disk need not be why
        raise SystemExit(sentence(place, folders) + own) from None
