"""Steps are there whole or not at all, and are not done again: kills, full disks, two commands at once."""
import contextlib
import errno
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("jsonschema")
from models.foundry import run  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402
from models.tools import written  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]


def quiet(line):
    pass


def writes(text, seen=None):
    def make(folder):
        (folder / "a.txt").write_text(text)
        if seen is not None:
            seen.append(text)
    return make


def test_a_step_is_done_once_for_each_key(tmp_path):
    work, seen = run.Run(tmp_path / "out", quiet), []
    for text, key in (("one", [1]), ("again", [1]), ("two", [2])):
        folder = work.step("prepare", key, writes(text, seen))
    assert seen == ["one", "two"] and (folder / "a.txt").read_text() == "two"
    work.step("prepare", [2], writes("three", seen), again=True)
    assert (work.folder("prepare") / "a.txt").read_text() == "three"
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["lock", "prepare"]


def test_what_fails_leaves_the_step_before(tmp_path):
    work = run.Run(tmp_path / "out", quiet)
    work.step("prepare", [1], writes("one"))

    def breaks(folder):
        (folder / "a.txt").write_text("half")
        raise Problem("no")
    with pytest.raises(Problem, match="^no$"):
        work.step("prepare", [2], breaks)
    assert (tmp_path / "out" / "prepare" / "a.txt").read_text() == "one" and work.made_from("prepare")["key"] == [1]
    work.step("prepare", [2], writes("two"))
    assert [p.name for p in work.folder("prepare").iterdir()] and (work.folder("prepare") / "a.txt").read_text() == "two"


def test_a_step_that_is_missing_says_which_command_makes_it(tmp_path):
    with pytest.raises(Problem, match="is not there yet; `python -m models.foundry train"):
        run.Run(tmp_path, quiet).folder("train")


def test_what_a_step_started_ends_with_it_however_it_ends(tmp_path):
    """A report's module once went on after a kill, beside the second call's."""
    code = "import sys; from models.foundry import child; child.run(['sh', '-c', 'echo $$ > ' + sys.argv[1] + '; exec sleep 60'])"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "pid")], env={**os.environ, "PYTHONPATH": str(ROOT)})
    for _ in range(300):
        if (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text():
            break
        time.sleep(0.05)
    pid = int((tmp_path / "pid").read_text())
    process.kill()
    process.wait()
    for _ in range(100):
        if not pathlib.Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.05)
    assert not pathlib.Path(f"/proc/{pid}").exists() or ") Z " in pathlib.Path(f"/proc/{pid}/stat").read_text()


def test_a_full_report_says_at_once_what_is_not_built(monkeypatch):
    """It once ended after the training, naming no target of make."""
    for package in ("typer", "rich", "pandas", "imagehash"):
        pytest.importorskip(package)
    from models.foundry import cli
    from models.tools import command as engines
    monkeypatch.setattr(engines, "BUILDS", {"one": ["node", "build/none-a.mjs"], "two": ["node", "build/none-b.mjs"]})
    with pytest.raises(Problem, match="build/none-a.mjs: is not built yet; `make build/none-a.mjs build/none-b.mjs` builds what --full compares"):
        cli.Work.require_engines(None, True)
    cli.Work.require_engines(None, False)
    with pytest.raises(SystemExit, match="build/none-b.mjs: no such file; `make build/none-b.mjs` builds it"):
        engines.check("two")


def test_a_half_of_training_is_kept_for_the_same_key_alone(tmp_path):
    work, begun = run.Run(tmp_path, quiet), []

    def half(folder):
        begun.append((folder / "checkpoint.pt").exists())
        (folder / "checkpoint.pt").write_text("hours")
        raise Problem("stopped")
    for _ in range(2):
        with pytest.raises(Problem, match="stopped"):
            work.step("train", [1], half, goes_on=("checkpoint.pt",))
    assert begun == [False, True]
    with pytest.raises(Problem, match="was begun with other pictures or another config; `--again`"):
        work.step("train", [2], half, goes_on=("checkpoint.pt",))
    assert (tmp_path / "train.partial" / "checkpoint.pt").read_text() == "hours"
    with pytest.raises(Problem, match="stopped"):
        work.step("train", [2], half, goes_on=("checkpoint.pt",), again=True)
    assert begun == [False, True, False]


def test_what_teachers_said_is_kept_too_before_there_is_a_checkpoint(tmp_path):
    work, begun = run.Run(tmp_path, quiet), []

    def half(folder):
        begun.append(sorted(path.name for path in folder.glob("soft-labels-*")))
        (folder / "soft-labels-1.npy.partial").write_text("hours")
        raise Problem("stopped")
    for _ in range(2):
        with pytest.raises(Problem, match="stopped"):
            work.step("train", [1], half, goes_on=("checkpoint.pt", "soft-labels-*"))
    assert begun == [[], ["soft-labels-1.npy.partial"]]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EDQUOT, "Disk quota exceeded")])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(tmp_path, error):
    work = run.Run(tmp_path, quiet)

    def full(folder):
        (folder / "a.txt").write_text("half")
        raise error
    with pytest.raises(Problem, match="the disk is full .* make room and give the same command again"):
        work.step("prepare", [1], full)
    assert work.made_from("prepare") is None and not (tmp_path / "prepare").exists()


@pytest.mark.parametrize("error", ["RuntimeError('unexpected pos 64 vs 0')", "run.Problem('training ended with status 1')"])
def test_a_full_disk_under_a_library_that_says_something_else(tmp_path, error):
    """On a real file system of 2 MB, where this user may mount one."""
    script = f"""
import pathlib, sys
sys.path.insert(0, {str(ROOT)!r})
from models.foundry import run
def make(folder):
    try:
        (folder / "a.bin").write_bytes(bytes(8 << 20))
    except OSError:
        raise {error}
try:
    run.Run(pathlib.Path({str(tmp_path)!r}) / "out").step("train", [1], make)
except run.Problem as problem:
    print(problem)
print((pathlib.Path({str(tmp_path)!r}) / "out" / "train").exists())
"""
    done = subprocess.run(["unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o size=2m none {tmp_path} && exec {sys.executable} -"], input=script,
                          capture_output=True, text=True)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("a file system cannot be mounted here: " + done.stderr.strip()[-80:])
    first, last = done.stdout.strip().splitlines()
    assert "out: the disk is full (" in first and last == "False", done.stderr


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(ZeroDivisionError):
        run.Run(tmp_path, quiet).step("prepare", [1], lambda folder: 1 / 0)


def test_two_commands_do_not_share_a_folder(tmp_path):
    first = run.Run(tmp_path, quiet)
    with pytest.raises(Problem, match="another command works in this folder"):
        run.Run(tmp_path, quiet)
    first.lock.close()
    run.Run(tmp_path, quiet)


def test_an_out_that_is_a_file_is_named(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(Problem, match="is no folder; give another --out"):
        run.Run(tmp_path / "a" / "out", quiet)


def test_an_out_that_cannot_be_made_is_named():
    with pytest.raises(Problem, match=r"^/proc/insitu: cannot be written to \(No such file or directory\); give another --out$"):
        run.Run(pathlib.Path("/proc/insitu"))


def test_a_kill_midway_leaves_no_half_step(tmp_path):
    script = f"""
import pathlib, sys, time
sys.path.insert(0, {str(ROOT)!r})
from models.foundry import run
def make(folder):
    (folder / "a.txt").write_text("half")
    print("begun", flush=True)
    time.sleep(60)
run.Run(pathlib.Path({str(tmp_path)!r}) / "out").step("prepare", [1], make)
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    work = run.Run(tmp_path / "out", quiet)
    assert work.made_from("prepare") is None
    folder = work.step("prepare", [1], writes("whole"))
    assert (folder / "a.txt").read_text() == "whole" and not (tmp_path / "out" / "prepare.partial").exists()


def test_a_file_is_written_whole(tmp_path):
    written.write_whole(tmp_path / "a.json", json.dumps([1]))
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"] and json.loads((tmp_path / "a.json").read_text()) == [1]


def test_times_are_said_shortly():
    assert [run.taken(s) for s in (4, 89, 720, 12000)] == ["4 s", "89 s", "12 min", "3 h 20 min"]


def test_the_time_left_of_a_training_waits_for_its_own_clock():
    """It once said 100 % and 0 s for minutes, while the training's clock stood for validation."""
    pytest.importorskip("pandas")
    from models.foundry import training
    done, shown = 0.0, []
    for second in range(1, 301):
        done = training.reached(done, 1, 60 * (second // 90), 60)  # a line each 90 s, of which 30 s were validation
        shown.append(done)
    assert shown[29] == 30 and shown[59] == shown[88] == 60 and shown[299] == 211 and shown == sorted(shown)
    assert training.reached(600, 0.25, 630, 60) == 630


def test_a_last_layer_that_was_fitted_is_told_without_minutes(tmp_path):
    pytest.importorskip("pandas")
    from models.foundry import summary, training
    config = {"head_only": {"strengths": [0.1, 1]}, "keep": ["macro_auc"], "budget_minutes": 20}
    (tmp_path / "log.jsonl").write_text('{"strength": 0.1, "kept": 0.81}\n{"strength": 1, "kept": 0.79}\n')
    assert not training.by_minutes(config) and training.minutes_done(tmp_path) == 0
    assert training.told(tmp_path) == "validation 0.790 with strength 1"
    assert summary.training_lines(config, summary.read_log(tmp_path), tmp_path) == [
        "The last layer alone was fitted, with 2 strengths; the one with the best macro_auc on validation (0.810) was taken: 0.1."]
    assert not (tmp_path / "training.svg").exists()


def test_a_full_report_says_how_far_it_is(tmp_path, monkeypatch):
    pytest.importorskip("pandas")
    from models.foundry import prepare, several, ship, summary
    (tmp_path / "evaluate" / "drawn").mkdir(parents=True)
    called, counted, said = [], [], []
    monkeypatch.setattr(summary, "module", lambda name, *_: called.append(name))
    monkeypatch.setattr(ship, "for_card", lambda *_: {})
    monkeypatch.setattr(prepare, "data_arguments", lambda *_: [])
    monkeypatch.setattr(several, "are", lambda _: False)

    @contextlib.contextmanager
    def progress(what, total, begun=0):
        counted.append(total)

        def advance(by=1, told=None):
            counted.append(by)
            said.append(told)
        yield advance

    (tmp_path / "report").mkdir()
    summary.reviewer({"id": "drawn"}, {"evaluate": tmp_path / "evaluate"}, None, tmp_path / "report", tmp_path, True, progress)
    assert called == ["operating", "abid", "robustness", "parity", "full_report"]
    assert counted == [5, 1, 1, 1, 1, 1]
    assert said[0] == "for a reviewer: operating, 0 s"
