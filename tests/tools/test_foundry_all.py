"""The whole way, as docs/tutorial.md goes it, on drawn pictures: every command of that page, and a kill in the middle of training."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest

pytest.importorskip("torch")
for package in ("litert_torch", "ai_edge_quantizer", "pandas", "imagehash", "typer", "rich", "markdown_it"):
    pytest.importorskip(package)
import drawn  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not os.access(ROOT / "build" / "insitu", os.X_OK), reason="build/insitu is not built (make cli)")
SMALL = """size = [90, 120]
network = "dai2019"
report_minutes = 0.03
batch = 16
learning_rate = 0.001
head_factor = 1
mixup = 0
threads = 1
"""
FOUNDRY = "python -m models.foundry "


def of_the_page(start):
    """The page's command lines that begin so."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "tutorial.md").read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith(start)]


INIT, PREPARE, ALL = (line.removeprefix(FOUNDRY).split() for line in of_the_page(FOUNDRY))


def words(*more):
    return [sys.executable, "-m", "models.foundry", *map(str, more)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with drawn pictures under the page's name."""
    folder = tmp_path_factory.mktemp("foundry")
    drawn.folders(folder / "apple-leaf")
    return folder


@pytest.fixture
def call(home):
    def run(*more):
        done = subprocess.run(words(*more), cwd=home, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        return done.returncode, done.stderr
    return run


def test_a_first_config_and_a_look_at_the_pictures(home, call):
    assert call(*INIT)[0] == 0
    path = home / "work" / "apple-leaf.toml"
    text = re.sub(r"(?m)^size = .*\n", SMALL, path.read_text()).replace("budget_minutes = 20", "budget_minutes = 0.3")
    path.write_text(text.replace("[pack]\n", '[pack]\nimprove_int8 = ["equalise", "correct_bias"]\n'))
    (home / "apple-leaf" / "lines" / "lines-99.png").write_bytes(b"no picture")
    status, said = call(*PREPARE)
    assert status == 0, said
    assert "left out: apple-leaf/lines/lines-99.png does not open (cannot identify image file" in said and "put a whole file there, or delete it" in said
    text = (home / "work" / "out" / "prepare" / "report.md").read_text()
    assert "108 of 109 pictures stay" in text and "| lines | 22 | 6 | 8 | 36 | 1 |" in text and "## What needs no look at the subject" in text
    (home / "apple-leaf" / "lines" / "lines-99.png").unlink()


def test_from_pictures_to_a_pack_and_over_a_kill(home, call):
    out = home / "work" / "out"
    process = subprocess.Popen(words(*ALL), cwd=home, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    checkpoint = out / "train.partial" / "checkpoint.pt"
    for _ in range(3000):
        if checkpoint.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    assert checkpoint.exists() and not (out / "train").exists(), process.communicate()[1]
    process.wait()
    lines = len((checkpoint.parent / "log.jsonl").read_text().splitlines())

    status, said = call(*ALL)
    assert status == 1, said  # the texts are not written yet, which costs no step
    assert "prepare: is there" in said and "report: done" in said
    assert "work/texts/en.json: 15 texts to be written (WRITE:): name, intended_use" in said and "the same command ends the work" in said
    log = [json.loads(line) for line in (out / "train" / "log.jsonl").read_text().splitlines()]
    tried = json.loads((out / "quantise" / "int8.json").read_text())
    assert [one["steps"] for one in tried["tried"]] == [[], ["equalise"], ["correct_bias"], ["equalise", "correct_bias"]] and tried["n"] == 18
    assert tried["kept"] in [one["steps"] for one in tried["tried"]] and "## What was tried with int8" in (out / "report" / "report.md").read_text()
    assert sorted(path.name for path in (out / "quantise").iterdir()) == ["float16.tflite", "int8.json", "int8.tflite", "step.json"]
    assert len(log) > lines >= 1 and log[-1]["minutes"] >= 0.3 and [line["minutes"] for line in log] == sorted(line["minutes"] for line in log)
    assert not (out / "pack").exists() and not list(out.glob("*.partial"))

    for path in (home / "work" / "apple-leaf.toml", home / "work" / "texts" / "en.json"):
        path.write_text(path.read_text().replace("WRITE:", "For a test:"))
    status, said = call(*ALL)
    assert status == 0, said
    assert all(f"{step}: is there" in said for step in ("prepare", "train", "convert", "quantise", "calibrate", "evaluate", "report"))
    assert "pack: done" in said and f"see it in the page: make run MODELS={out / 'pack'} FIRST_PACK=apple-leaf" in said


def test_the_pack_is_whole_and_the_command_answers_with_it(home):
    pack = home / "work" / "out" / "pack" / "apple-leaf"
    content = json.loads((pack / "pack.json").read_text())
    assert [v["name"] for v in content["variants"]] == ["int8", "float16"]
    float16 = content["variants"][1]
    assert float16["metrics"]["n"] == 24 and float16["metrics"]["balanced_accuracy"]["value"] >= 0.6
    assert {"set", "answer_p", "typicality"} <= set(float16["decision"])
    done = subprocess.run([ROOT / "build" / "insitu", "classify", "--pack", pack, home / "apple-leaf" / "lines" / "lines-00.png"],
                          capture_output=True, text=True)
    assert json.loads(done.stdout)["model"] == {"id": "apple-leaf", "version": "1.0.0", "variant": "int8", "prior": "training"}
    same = json.loads((pack / "report" / "same.json").read_text())
    assert all(s["same_top"] == s["n"] == 24 and s["largest_difference"] < 0.01 for s in same.values())
    assert "dots" in (pack / "card.md").read_text() and (pack / "report" / "report.html").is_file()
    assert (home / "work" / "out" / "report" / "training.svg").is_file()
    report = (home / "work" / "out" / "report" / "report.md").read_text()
    assert report.index("## What to look at") < 2500
    assert "\n- **From sharpness alone the classes can be told at 1.00 (chance 0.33).**" in report.split("## What to look at")[1].split("\n## ")[0]


def test_its_report_is_made_anew_from_its_weights_alone(home, tmp_path):
    out = home / "work" / "out"
    first, pack = out / "pack" / "apple-leaf", tmp_path / "apple-leaf"
    shutil.copytree(first, pack, ignore=shutil.ignore_patterns("report", "card.md"))
    (pack / "card.md").write_text("Lost.\n")
    content = json.loads((pack / "pack.json").read_text())
    for entry in content["variants"]:
        del entry["metrics"]
    (pack / "pack.json").write_text(json.dumps(content))
    call = [sys.executable, "-m", "models.tools.regenerate", out / "report" / "config.json", pack, "--data", f"apple-leaf={out / 'prepare' / 'apple-leaf'}",
            "--work", tmp_path / "scores", "--quick"]
    done = subprocess.run(list(map(str, call)), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    def read(folder, name):
        return json.loads((folder / "report" / name).read_text())
    assert json.loads((pack / "pack.json").read_text()) == json.loads((first / "pack.json").read_text())
    wanted, made = (read(folder, "command.json") for folder in (first, pack))
    for variant, runs in wanted.items():
        assert made[variant]["bounds"] == runs["bounds"] and made[variant]["training"]["decisions"] == runs["training"]["decisions"]
        assert read(pack, "metrics.json")[variant]["test"] == read(first, "metrics.json")[variant]["test"]
    assert read(pack, "operating.json")["calibration"] == read(first, "operating.json")["calibration"]
    assert (pack / "card.md").read_text().startswith("# ") and (pack / "report" / "report.html").is_file()
    assert {path.name for path in (pack / "report").iterdir()} >= {"blind.json", "confusion-int8.png", "risk-coverage.svg"}
    assert "not made anew" not in done.stdout and '"pack": "apple-leaf"' in done.stdout

    (pack / "report" / "others.json").write_text("{}\n")
    os.utime(pack / "report" / "others.json", (1, 1))
    again = subprocess.run(list(map(str, call)), cwd=ROOT, capture_output=True, text=True)
    assert "not made anew: others.json (models.tools.others)" in again.stdout, again.stderr
    wrong = subprocess.run([*map(str, call), "--foreign", "x.json"], cwd=ROOT, capture_output=True, text=True)
    assert wrong.returncode == 1 and "--foreign and --sets go together" in wrong.stderr


def test_it_becomes_one_file_to_bring_to_a_page(home):
    line, = of_the_page("python -m zipfile")
    subprocess.run([sys.executable, *line.split()[1:]], cwd=home, check=True)
    with zipfile.ZipFile(home / "apple-leaf.zip") as archive:
        assert {"apple-leaf/pack.json", "apple-leaf/apple-leaf-int8.tflite", "apple-leaf/texts/en.json"} <= set(archive.namelist())


def test_the_page_is_built_round_it(home):
    line, served = of_the_page("make dist"), of_the_page("make run")
    named = dict(word.split("=") for word in line[0].split() if "=" in word)
    assert [one.removeprefix("make run ") for one in served] == [one.removeprefix("make dist ") for one in line]  # without them: the packs of models/
    if not shutil.which("node") or not list((ROOT / "build").glob("**/infer*.wasm")):
        pytest.skip("the WebAssembly modules are not built (make wasm)")
    done = subprocess.run(["node", "wasm-build/dist.mjs"], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "DIST": str(home / "foundry-dist"), "MODELS": str(home / named["MODELS"]), "FIRST_PACK": named["FIRST_PACK"]})
    assert done.returncode == 0 and (home / "foundry-dist" / "models" / "apple-leaf" / "pack.json").is_file(), done.stderr


def test_changed_words_make_the_pack_anew_and_nothing_else(home, call):
    path = home / "work" / "texts" / "en.json"
    path.write_text(path.read_text().replace("For a test: the pack's name", "Shapes, drawn"))
    status, said = call(*ALL)
    assert status == 0 and "report: is there" in said and "pack: done" in said
    assert (home / "work" / "out" / "pack" / "apple-leaf" / "card.md").read_text().startswith("# Shapes, drawn")


def test_more_minutes_go_on_a_person_may_stop_and_another_network_is_refused(home, call):
    log = home / "work" / "out" / "train" / "log.jsonl"
    before = log.read_text()
    process = subprocess.Popen(words("train", "work/apple-leaf.toml", "--out", "work/out", "--minutes", "9"), cwd=home, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "PYTHONPATH": str(ROOT)}, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    for _ in range(600):
        if (home / "work" / "out" / "train.partial" / "config.json").exists():
            break
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert "stopped; the same command goes on from here" in process.communicate()[1] and process.returncode == 130
    status, said = call("train", "work/apple-leaf.toml", "--out", "work/out", "--minutes", "0.4")
    assert status == 0 and log.read_text().startswith(before) and json.loads(log.read_text().splitlines()[-1])["minutes"] >= 0.4, said
    path = home / "work" / "apple-leaf.toml"
    text = path.read_text()
    path.write_text(text.replace("batch = 16", "batch = 8"))
    status, said = call("train", path, "--out", "work/out")
    path.write_text(text)
    assert status == 1 and "was trained with other pictures or another config; `train --again` trains anew" in said


@pytest.mark.parametrize("arguments, status, sentence", [
    ("all none.toml --data x --out o", 1, "none.toml: no such file; `python -m models.foundry init DIR` writes a config"),
    ("all work/apple-leaf.toml --out o", 1, "--data is missing; give --data DIR"),
    ("prepare work/apple-leaf.toml --data none --out o", 1, "none: is no folder; give that of source 'apple-leaf' with --data"),
    ("prepare work/apple-leaf.toml --data apple=apple-leaf --out o", 1, "the config has no source 'apple'; it has apple-leaf; did you mean 'apple-leaf'?"),
    ("convert work/apple-leaf.toml --out o", 1, "o/train: is not there yet; `python -m models.foundry train …` makes it"),
    ("evaluate work/apple-leaf.toml --out work/out --command no-such-insitu", 1, "no-such-insitu: no such command; `make cli` builds build/insitu"),
    ("al x", 2, "No such command 'al'"),
])
def test_wrong_calls_are_one_sentence(call, arguments, status, sentence):
    found, said = call(*arguments.split())
    assert found == status and sentence in said.replace("\n", " "), said
    assert "Traceback" not in said


FULL = """
import json, pathlib, shutil, subprocess, sys
disk, out, step, free, before, *words = sys.argv[1:]
there = pathlib.Path(disk) / "out"
there.mkdir()
for name in before.split():
    shutil.copytree(pathlib.Path(out) / name, there / name)
(pathlib.Path(disk) / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - int(free)))
for again in (False, True):
    done = subprocess.run([*words, step, "work/apple-leaf.toml", "--out", there], capture_output=True, text=True)
    print(json.dumps([done.returncode, done.stderr.strip().splitlines()[-1], sorted(path.name for path in there.iterdir())]))
    (pathlib.Path(disk) / "filler").unlink(missing_ok=True)
"""


@pytest.mark.parametrize("step, share", [("convert", 0.2), ("quantise", 0.7), ("calibrate", 0.9), ("evaluate", 0.95), ("report", 0.96), ("pack", 0.5)])
def test_a_disk_that_fills_up_in_any_step_costs_one_sentence(home, tmp_path, step, share):
    """On a real file system where that step finds room for a share of what it writes."""
    names = ("prepare", "train", "convert", "quantise", "calibrate", "evaluate", "report", "pack")
    out, before = home / "work" / "out", names[:names.index(step)]
    free = int(share * sum(path.stat().st_size for path in (out / step).rglob("*") if path.is_file()))
    arguments = [tmp_path, out, step, free, " ".join(before), sys.executable, "-m", "models.foundry"]
    mounted = ["unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o size=64m none {tmp_path} && exec \"$@\"", "sh", sys.executable, "-", *map(str, arguments)]
    done = subprocess.run(mounted, input=FULL, cwd=home, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("a file system cannot be mounted here: " + done.stderr.strip()[-80:])
    first, second = map(json.loads, done.stdout.splitlines())
    assert first[0] == 1 and first[1].startswith(f"{tmp_path}/out: the disk is full ("), done.stdout + done.stderr
    assert step not in first[2] and not any(name.endswith((".partial", ".old")) for name in first[2])
    assert second[0] == 0 and step in second[2], done.stdout
