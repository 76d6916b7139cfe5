"""models.tools.full_disk: a module that is started by hand says in one sentence that a disk is full, and which; any other error stays as it is."""
import errno
import json
import os
import pathlib
import shutil
import sys
import types

import pytest
import small_disk

from models.tools import full_disk

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
WRITES_NOTHING = {"choose", "matrix"}


def test_on_a_disk_that_is_full(tmp_path):
    pytest.importorskip("numpy")
    disk, data = tmp_path / "disk", tmp_path / "data"
    disk.mkdir(), data.mkdir()
    (data / "labels.csv").write_text("image,label,part\n" + "".join(f"picture-{i}.png,box,{'train' if i else 'test'}\n" for i in range(5000)))
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"classes": ["box"], "sources": [{"name": "a", "split": {"column": "part", "val": []}}]}))
    words = [sys.executable, "-m", "models.tools.merge", config, "--data", f"a={data}", "--out", disk / "merged"]
    done = small_disk.run(disk, "64k", words, cwd=small_disk.ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{disk / 'merged'}: the disk is full (0.0 MB are free); make room and give the same command again\n"


def test_each_module_that_writes_is_started_so():
    starts = {path.stem: path.read_text().partition('\nif __name__ == "__main__":\n')[2] for path in pathlib.Path(full_disk.__file__).parent.glob("*.py")}
    starts = {name: start for name, start in starts.items() if start}
    assert len(starts) > 20 and starts == {name: "    main()\n" if name in WRITES_NOTHING else "    full_disk.started(main)\n" for name in starts}


def end_of(error, *words):
    """What a module ends with, given those words."""
    def main():
        raise error
    before, sys.argv = sys.argv, ["module", *map(str, words)]
    try:
        full_disk.started(main)
    except BaseException as ended:
        return ended
    finally:
        sys.argv = before


@pytest.fixture
def usage(monkeypatch):
    """{folder: free bytes}; elsewhere there is room."""
    free = {}
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=free.get(str(path), 1 << 30)))
    monkeypatch.setattr(os, "statvfs", lambda path: types.SimpleNamespace(f_files=0, f_favail=0))
    return free


def test_another_error_stays_as_it_is(tmp_path):
    for error in (KeyError("median"), OSError(errno.ENOENT, "No such file"), SystemExit("config.json: it must be JSON"), SystemExit(2), KeyboardInterrupt()):
        assert end_of(error, tmp_path) is error


def test_the_disk_is_that_of_a_folder_that_the_command_names(tmp_path, usage):
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir(), out.mkdir()
    for words in ((f"a={data}", "--out", out), (f"--data=a={data}", f"--out={out}"), (data, out / "new.json"), (data, out / "new")):
        for free, told in ((1000, "0.0 MB are free"), (1 << 21, "2.1 MB are free, too few")):  # then, what was half written is gone
            usage[str(out)] = free
            assert str(end_of(NO_SPACE, *words)) == f"{out}: the disk is full ({told}); make room and give the same command again"


def test_the_temporary_folder_is_named_by_its_variable(tmp_path, usage, monkeypatch):
    monkeypatch.setattr(full_disk, "temporary", lambda: pathlib.Path("/proc"))  # of another file system than any that can be written to
    usage["/proc"] = 0
    assert str(end_of(NO_SPACE, tmp_path)) == ("/proc: the disk is full (0.0 MB are free); make room there, or name a folder of another disk in TMPDIR, "
                                               "and give the same command again")


def test_a_library_s_own_words_are_kept(tmp_path, usage):
    """The disk need not be why it failed."""
    usage[str(tmp_path)] = 0
    ended = end_of(RuntimeError("unexpected pos 64 vs 0"), tmp_path)
    assert str(ended) == (f"{tmp_path}: the disk is full (0.0 MB are free); make room and give the same command again "
                          "(RuntimeError: unexpected pos 64 vs 0)")
    assert isinstance(ended, SystemExit)
    sentence = SystemExit("config.json: it must be JSON")
    assert end_of(sentence, tmp_path) is sentence


def test_what_a_called_program_says_of_it_is_said_once(tmp_path, usage):
    usage[str(tmp_path)] = 0
    for said in ("build/insitu evaluate: scores.csv: No space left on device",
                 f"models.tools.operating ended with status 1: {tmp_path}: the disk is full (0.0 MB are free); make room and give the same command again\n"):
        assert str(end_of(SystemExit(said), tmp_path)) == f"{tmp_path}: the disk is full (0.0 MB are free); make room and give the same command again"
