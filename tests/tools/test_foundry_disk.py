"""A full disk, whoever stumbles over it: one sentence that names the disk, and nothing half written. On a real file system of a few
kilobytes where this user may mount one, on errors as a full disk raises them otherwise. Modules started by hand: test_full_disk.py."""
import errno
import json
import os
import pathlib
import shutil
import sys
import types

import pytest

pytest.importorskip("jsonschema")
import small_disk  # noqa: E402
from models.foundry import run  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402
from models.tools import command, full_disk, written  # noqa: E402

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def said(folder, error):
    with pytest.raises(Problem) as found, run.disk(folder):
        raise error
    return str(found.value)


@pytest.mark.parametrize("error", [
    Problem("models.tools.operating ended with status 1: OSError: [Errno 28] No space left on device"),
    SystemExit("build/insitu evaluate: scores.csv: No space left on device"),
    Problem("insitu ended with status 4: Disk quota exceeded")],
    ids=lambda error: type(error).__name__)
def test_what_was_called_may_tell_it_in_its_own_words(tmp_path, error):
    """By then its half files are gone, and the disk has room again."""
    assert said(tmp_path, error).startswith(f"{tmp_path}: the disk is full (")
    assert "too few); make room and give the same command again" in said(tmp_path, error)


def test_the_disk_that_was_called_full_by_what_was_called_is_the_one_that_is_told(tmp_path):
    told = "training ended with status 1: /dev/shm: the disk is full (0.0 MB are free); make room there and give the same command again"
    assert said(tmp_path, Problem(told)) == told.partition("1: ")[2] + ", it goes on from the last whole step"


def test_what_was_raised_because_of_it_counts_too(tmp_path):
    def library():
        try:
            raise NO_SPACE
        except OSError:
            raise RuntimeError("unexpected pos 64 vs 0")  # noqa: B904
    with pytest.raises(Problem, match="the disk is full"), run.disk(tmp_path):
        library()
    with pytest.raises(Problem, match="the disk is full"), run.disk(tmp_path):
        try:
            library()
        except RuntimeError as error:
            raise Problem("the model cannot be read") from error


def test_it_is_said_once(tmp_path):
    (tmp_path / "train.partial").mkdir()
    with pytest.raises(Problem) as found, run.disk(tmp_path), run.disk(tmp_path / "train.partial"):
        raise NO_SPACE
    assert str(found.value).startswith(f"{tmp_path / 'train.partial'}: the disk is full (")


def test_where_the_temporary_folder_is_full_that_one_is_named(tmp_path, monkeypatch):
    usage = shutil.disk_usage
    monkeypatch.setattr(full_disk, "temporary", lambda: pathlib.Path("/proc"))  # of another file system than any that can be written to
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=0) if str(path) == "/proc" else usage(path))
    for error in (NO_SPACE, RuntimeError("cannot create a file")):
        assert said(tmp_path, error).startswith("/proc: the disk is full (0.0 MB are free); make room there, or name a folder of another disk in TMPDIR, "
                                                "and give the same command again")


def test_what_cannot_be_read_is_not_said_to_be_a_full_disk(tmp_path):
    missing = OSError(errno.ENOENT, os.strerror(errno.ENOENT), "/proc/nosuch.png")  # on a file system that has no room, as a mounted picture of one has
    with pytest.raises(OSError, match="nosuch"), run.disk(tmp_path):
        raise missing


def test_what_a_problem_says_is_told_where_the_temporary_folder_alone_is_full(tmp_path, monkeypatch):
    usage = shutil.disk_usage
    monkeypatch.setattr(full_disk, "temporary", lambda: pathlib.Path("/proc"))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=0) if str(path) == "/proc" else usage(path))
    with pytest.raises(Problem, match="--data is missing"), run.disk(tmp_path):
        raise Problem("--data is missing")


def test_a_disk_that_has_room_for_no_file_more_says_so(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(os, "statvfs", lambda path: types.SimpleNamespace(f_files=10, f_favail=0))
    assert "the disk is full (no file more fits on it, however small); make room" in said(tmp_path, NO_SPACE)


def test_what_is_left_of_a_file_is_the_one_before(tmp_path):
    path = tmp_path / "a.json"
    written.write_whole(path, "before")
    with pytest.raises(OSError), written.whole(path) as partial:
        partial.write_text("ha")
        raise NO_SPACE
    assert path.read_text() == "before" and [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_half_of_the_scores_is_none(tmp_path, monkeypatch):
    """A second call would have taken them for whole."""
    pack, table = tmp_path / "pack", tmp_path / "table.csv"
    pack.mkdir()
    (pack / "pack.json").write_text(json.dumps({"input": {}, "variants": [{"name": "int8", "sha256": "0"}]}))
    table.write_text("image,label\na.png,dots\n")

    def full(build, *words):
        pathlib.Path(words[words.index("--scores") + 1]).write_text("image,dots\na.p")
        raise SystemExit("build/insitu evaluate: No space left on device")
    monkeypatch.setattr(command, "run", full)
    with pytest.raises(SystemExit, match="No space left"):
        command.evaluate("native", pack, "int8", "training", table, tmp_path, ["dots"], tmp_path / "work")
    assert list((tmp_path / "work").iterdir()) == []


def test_the_log_of_libraries_may_be_what_fits_no_more(tmp_path, monkeypatch):
    """It is opened before any step begins."""
    for package in ("typer", "rich", "pandas", "imagehash"):
        pytest.importorskip(package)
    from models.foundry import cli
    (tmp_path / "a.toml").write_text('classes = ["dots", "lines"]\n[[sources]]\nname = "a"\n')

    def full(log):
        raise NO_SPACE
    monkeypatch.setattr(cli.SCREEN, "hush", full)
    with pytest.raises(Problem, match="out: the disk is full"):
        cli.Work(tmp_path / "a.toml", None, tmp_path / "out")


WRITERS = """
import pathlib, sys
import numpy as np
import torch
from models.tools import export, half, quantise, soft_labels, train, variants
folder, model = pathlib.Path(sys.argv[1]), sys.argv[2]
network = torch.nn.Sequential(torch.nn.Conv2d(3, 256, 9), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())  # 250 kB
def store():
    batches = [(None, n, n + 1) for n in range(64)]
    soft_labels.store(folder / "soft-labels-x.npy", (64, 64, 64), batches, lambda *which: np.zeros((1, 64, 64), np.float16), lambda *how: None)
for name, write in (("export", lambda: export.export(network, 32, 32, folder / "a.tflite")),
                    ("half", lambda: half.halve(model, folder / "b.tflite")),
                    ("dynamic", lambda: variants.dynamic(model, folder / "c.tflite")),
                    ("int8", lambda: quantise.quantise(model, folder / "d.tflite", np.zeros((1, 224, 224, 3), np.float32))),
                    ("save", lambda: train.save(folder / "best.pt", average=network.state_dict())),
                    ("store", store)):
    for path in folder.iterdir():
        path.unlink()
    try:
        write()
        print(name, "done")
    except OSError as error:
        print(name, error.errno, sorted(path.name for path in folder.iterdir()))
"""


def test_no_library_ends_the_process_instead_of_telling(tmp_path):
    """LiteRT's converter said nothing and ended, the quantiser's mapped file ended it by SIGBUS."""
    for package in ("torch", "litert_torch", "ai_edge_quantizer"):
        pytest.importorskip(package)
    model = small_disk.ROOT / "models" / "skin" / "skin-float32.tflite"
    done = small_disk.run(tmp_path, "128k", [sys.executable, "-", tmp_path, model], input=WRITERS)
    assert done.returncode == 0, done.stderr[-2000:]
    told = [line for line in done.stdout.splitlines() if line.split(" ")[0] in ("export", "half", "dynamic", "int8", "save", "store")]
    assert told == [f"export {errno.ENOSPC} ['a.tflite']", f"half {errno.ENOSPC} ['b.tflite']", f"dynamic {errno.ENOSPC} ['c.tflite']",
                    f"int8 {errno.ENOSPC} ['d.tflite']", f"save {errno.ENOSPC} []", f"store {errno.ENOSPC} ['soft-labels-x.npy.partial']"]
