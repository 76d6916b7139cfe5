"""The whole way, on drawn pictures, as the tutorial goes it: the command itself, killed in the middle of training."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("torch")
for package in ("litert_torch", "ai_edge_quantizer", "pandas", "imagehash", "typer", "rich"):
    pytest.importorskip(package)
import drawn  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
INSITU = ROOT / "build" / "insitu"
pytestmark = pytest.mark.skipif(not os.access(INSITU, os.X_OK), reason="build/insitu is not built (make cli)")
SMALL = """size = [90, 120]
network = "dai2019"
report_minutes = 0.03
batch = 16
learning_rate = 0.001
head_factor = 1
mixup = 0
threads = 1
"""


def words(*more):
    return [sys.executable, "-m", "models.foundry", *map(str, more)]


def call(*more):
    done = subprocess.run(words(*more), cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A config for drawn pictures, small enough for a test."""
    folder = tmp_path_factory.mktemp("foundry")
    drawn.folders(folder / "shapes")
    assert call("init", folder / "shapes", "--out", folder)[0] == 0
    path = folder / "shapes.toml"
    path.write_text(re.sub(r"(?m)^size = .*\n", SMALL, path.read_text()).replace("budget_minutes = 20", "budget_minutes = 0.3"))
    return folder


def test_from_pictures_to_a_pack_and_over_a_kill(work):
    everything = ("all", work / "shapes.toml", "--data", work / "shapes", "--out", work / "out")
    process = subprocess.Popen(words(*everything), cwd=ROOT, stderr=subprocess.DEVNULL)
    checkpoint = work / "out" / "train.partial" / "checkpoint.pt"
    for _ in range(1200):
        if checkpoint.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert checkpoint.exists() and not (work / "out" / "train").exists()
    steps = len((checkpoint.parent / "log.jsonl").read_text().splitlines())

    status, said = call(*everything)
    assert status == 1, said  # the texts are not written yet, which costs no step
    assert "prepare: is there" in said and "report: done" in said
    assert "text(s) begin with WRITE: and are still to be written: name, intended_use" in said and "the same command ends the work" in said
    log = [json.loads(line) for line in (work / "out" / "train" / "log.jsonl").read_text().splitlines()]
    assert len(log) > steps >= 1 and log[-1]["minutes"] >= 0.3 and [line["minutes"] for line in log] == sorted(line["minutes"] for line in log)
    assert not (work / "out" / "pack").exists() and not list((work / "out").glob("*.partial"))

    for path in (work / "shapes.toml", work / "texts" / "en.json"):
        path.write_text(path.read_text().replace("WRITE:", "For a test:"))
    status, said = call(*everything)
    assert status == 0, said
    assert all(f"{step}: is there" in said for step in ("prepare", "train", "convert", "quantise", "calibrate", "evaluate", "report"))
    assert "pack: done" in said


def test_the_pack_is_whole_and_the_command_answers_with_it(work):
    pack = work / "out" / "pack" / "shapes"
    content = json.loads((pack / "pack.json").read_text())
    assert [v["name"] for v in content["variants"]] == ["int8", "float16"]
    float16 = content["variants"][1]
    assert float16["metrics"]["n"] == 24 and float16["metrics"]["balanced_accuracy"]["value"] >= 0.7
    assert {"set", "answer_p", "typicality"} <= set(float16["decision"])
    done = subprocess.run([INSITU, "classify", "--pack", pack, work / "shapes" / "lines" / "lines-00.png"], capture_output=True, text=True)
    assert json.loads(done.stdout)["model"] == {"id": "shapes", "version": "1.0.0", "variant": "int8", "prior": "training"}
    same = json.loads((pack / "report" / "same.json").read_text())
    assert all(s["same_top"] == s["n"] == 24 and s["largest_difference"] < 0.01 for s in same.values())
    assert "dots" in (pack / "card.md").read_text() and (work / "out" / "report" / "training.svg").is_file()


def test_changed_words_make_the_pack_anew_and_nothing_else(work):
    path = work / "texts" / "en.json"
    path.write_text(path.read_text().replace("For a test: the pack's name", "Shapes, drawn"))
    status, said = call("all", work / "shapes.toml", "--data", work / "shapes", "--out", work / "out")
    assert status == 0 and "evaluate: is there" in said and "pack: done" in said
    assert (work / "out" / "pack" / "shapes" / "card.md").read_text().startswith("# Shapes, drawn")


def test_other_training_is_refused_where_weights_are(work):
    path = work / "shapes.toml"
    text = path.read_text()
    path.write_text(text.replace("batch = 16", "batch = 8"))
    status, said = call("train", path, "--out", work / "out")
    path.write_text(text)
    assert status == 1 and "was trained with other pictures or another config; `train --again` trains anew" in said


@pytest.mark.parametrize("arguments, status, sentence", [
    (["all", "{0}/none.toml", "--data", "x", "--out", "{0}/o"], 1, "none.toml: no such file; `python -m models.foundry init DIR` writes a config"),
    (["all", "{0}/shapes.toml", "--out", "{0}/o"], 1, "--data is missing; give --data DIR"),
    (["prepare", "{0}/shapes.toml", "--data", "{0}/none", "--out", "{0}/o"], 1, "none: is no folder; give that of source 'shapes' with --data"),
    (["prepare", "{0}/shapes.toml", "--data", "shape={0}/shapes", "--out", "{0}/o"], 1, "the config has no source 'shape'; it has shapes; did you "
     "mean 'shapes'?"),
    (["convert", "{0}/shapes.toml", "--out", "{0}/o"], 1, "o/train: is not there yet; `python -m models.foundry train …` makes it"),
    (["evaluate", "{0}/shapes.toml", "--out", "{0}/out", "--command", "no-such-insitu"], 1, "no-such-insitu: no such command; `make cli` builds "
     "build/insitu"),
    (["al", "x"], 2, "No such command 'al'"),
])
def test_wrong_calls_are_one_sentence(work, arguments, status, sentence):
    found, said = call(*(word.format(work) for word in arguments))
    assert found == status and sentence in said.replace("\n", " "), said
    assert "Traceback" not in said
