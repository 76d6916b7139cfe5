"""The folder of one data set's work: which step is there, whole, made from what.

OUT/<step>/ is a step's result; it appears by one rename, so that a kill, a full disk or an error leaves none or the one
before. OUT/<step>/step.json says what it was made from; a step whose making has not changed is not done again. Steps that go
on where they were stopped (training) keep their half in OUT/<step>.partial/, the others begin anew. One command at a time
works in a folder.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import time

from models.foundry.problem import Problem
from models.tools import full_disk
from models.tools.written import write_whole


def digest(*things):
    """Of JSON values; of files by their content."""
    made = hashlib.sha256()
    for thing in things:
        if isinstance(thing, pathlib.Path):
            with open(thing, "rb") as file:
                made.update(hashlib.file_digest(file, "sha256").digest())
        else:
            made.update(json.dumps(thing, sort_keys=True, ensure_ascii=False).encode(errors="surrogateescape"))  # names that are no UTF-8
    return made.hexdigest()[:32]


class Full(Problem):
    """Of a disk; it is told once."""


@contextlib.contextmanager
def disk(folder):
    """Says of a full disk what it is, whichever library stumbled over it."""
    folder = pathlib.Path(folder)
    try:
        yield
    except KeyboardInterrupt:
        raise
    except Full:
        raise
    except BaseException as error:  # also a Problem: a program that was called says of a full disk what it likes
        if told := full_disk.said(error):
            raise Full(f"{told}, it goes on from the last whole step") from error
        place = full_disk.full_folder(error, [folder], is_sentence=isinstance(error, Problem))
        if place is None:
            raise
        raise Full(full_disk.sentence(place, [folder], ", it goes on from the last whole step")) from error


class Run:
    """`say` prints a line for the person."""

    def __init__(self, out, say=print):
        self.out, self.say = pathlib.Path(out), say
        with disk(self.out if self.out.exists() else pathlib.Path(".")):
            try:
                self.out.mkdir(parents=True, exist_ok=True)
                self.lock = open(self.out / "lock", "w")
            except (FileExistsError, NotADirectoryError):
                raise Problem(f"{self.out}: is no folder; give another --out") from None
            except PermissionError:
                raise Problem(f"{self.out}: cannot be written to; give another --out") from None
            except OSError as error:
                if error.errno in full_disk.FULL:
                    raise
                raise Problem(f"{self.out}: cannot be written to ({error.strerror}); give another --out") from None
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(f"{self.out}: another command works in this folder; wait for it, or give another --out") from None

    def folder(self, name):
        """A step's result; a Problem where it is not there."""
        if not (self.out / name / "step.json").is_file():
            raise Problem(f"{self.out / name}: is not there yet; `python -m models.foundry {name} …` makes it, `all` every step")
        return self.out / name

    def made_from(self, name):
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return json.loads((self.out / name / "step.json").read_text())
        return None

    def step(self, name, key, make, again=False, goes_on=()):
        """Makes the step unless it is there, from `key`. make(folder) fills a folder. -> its folder

        goes_on: patterns of files; a half with one of them, of the same key, is handed to `make` again, and is an error where it
        is of another key, since hours may be in it."""
        done, folder, partial = self.made_from(name), self.out / name, self.out / f"{name}.partial"
        if done and done["key"] == key and not again:
            self.say(f"{name}: is there, {folder}")
            return folder
        with disk(self.out):
            if partial.exists() and (again or not any(True for pattern in goes_on for _ in partial.glob(pattern))):
                shutil.rmtree(partial)
            partial.mkdir(exist_ok=True)
            if goes_on:
                self.require_same(partial, key)
            begun = time.monotonic()
            try:
                with disk(self.out):  # looks before what was written is taken away
                    make(partial)
                    write_whole(partial / "step.json", json.dumps({"key": key, "seconds": round(time.monotonic() - begun, 1)}) + "\n")
            except BaseException:
                if not goes_on:
                    shutil.rmtree(partial, ignore_errors=True)
                raise
            self.replace(folder, partial)
        self.say(f"{name}: done in {taken(time.monotonic() - begun)}, {folder}")
        return folder

    def require_same(self, partial, key):
        mark = partial / "key.json"
        if mark.is_file() and json.loads(mark.read_text()) != key:
            raise Problem(f"{partial}: was begun with other pictures or another config; `--again` begins anew, or give another --out")
        write_whole(mark, json.dumps(key) + "\n")

    def replace(self, folder, partial):
        """A folder cannot be renamed onto one with something in it; between the two renames a kill leaves the new one as
        .partial, and the step is done again."""
        old = self.out / f"{folder.name}.old"
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        os.sync()
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def taken(seconds):
    """'48 s', '12 min', '3 h 20 min'"""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds // 3600:.0f} h {seconds % 3600 // 60:.0f} min"
