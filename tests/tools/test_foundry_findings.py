"""The foundry's one command on pictures of several findings: what prepare says of a table, and the whole way on drawn pictures."""
import csv
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

for package in ("pandas", "imagehash", "typer", "rich"):
    pytest.importorskip(package)
import drawn  # noqa: E402
import pandas  # noqa: E402

from models.foundry import several, table  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402
from models.tools import dataset  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
CLASSES = ["dots", "lines"]
SOURCE = {"name": "drawn", "labels": "table.csv", "image": "file", "group": "patient", "findings": {"column": "found", "separator": " + ", "none": "nothing"}}
CONFIG = """classes = ["dots", "lines"]
size = [90, 120]
network = "dai2019"
budget_steps = 160
report_minutes = 5
learning_rate = 0.002
average = 0.9
batch = 16
mixup = 0
threads = 1
limits = ["Drawn."]
[augment]
zoom = [0.9, 1.05]
[[sources]]
name = "drawn"
labels = "table.csv"
image = "file"
group = "patient"
group_name = "patients"
findings = {column = "found", separator = " + ", none = "nothing"}
[pack]
mean = [0.5, 0.5, 0.5]
std = [0.25, 0.25, 0.25]
calibration_pictures = 40
licence = {weights = "CC0-1.0", data = "Drawn", source = "https://example.org"}
"""
TEXTS = {"language": "en", "reviewed": False, "name": "Dots and lines", "intended_use": "A test.", "not_for": "Anything else.", "notices": [],
         "classes": {name: {"label": name.title(), "text": "Drawn.", "advice": "None."} for name in CLASSES}}


def changed(folder, old, new):
    path = folder / "table.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_table_of_findings_is_read_and_its_errors_have_their_row(tmp_path):
    drawn.findings(tmp_path, each=4)
    cells = table.read(SOURCE, CLASSES, tmp_path)["label"]
    assert sorted(set(cells)) == ["-", "dots", "dots|lines", "lines"]
    whole = (tmp_path / "table.csv").read_text()
    for old, new, sentence in (("dots + lines", "dots; lines", "row 8: found is 'dots; lines'"), (",dots,", ",,", "row 4: found is empty; write 'nothing'"),
                               (",dots,", ",dotz,", "row 4: found is 'dotz': 'dotz' is none of dots, lines")):
        changed(tmp_path, old, new)
        with pytest.raises(Problem) as found:
            table.read(SOURCE, CLASSES, tmp_path)
        assert sentence in found.value.sentences[0]
        (tmp_path / "table.csv").write_text(whole)
    assert "-" not in set(table.read({**SOURCE, "skip": ["nothing"]}, CLASSES, tmp_path)["label"])  # rows may be left out
    with pytest.raises(Problem, match="no column 'seen' for the findings.column; it has file, found, patient, side"):
        table.read({**SOURCE, "findings": {"column": "seen"}}, CLASSES, tmp_path)
    with pytest.raises(Problem, match="labels.csv: no such file; pictures of several findings need a table"):
        table.read({key: value for key, value in SOURCE.items() if key != "labels"}, CLASSES, tmp_path)


def test_sides_are_drawn_by_the_rarest_finding_and_checked_for_each():
    labels, groups = ["a|b", "a", "a|c", "-", "b", "c", "c", "b|a", "a"], list("ghijklmno")
    assert several.kinds(labels, groups) == ["b", "a", "c", "-", "b", "c", "c", "b", "a"]
    with pytest.raises(Problem, match="finding 'c' has 2 group"):
        several.kinds(["a", "a", "a", "c", "c|a"], list("ghijk"))
    rows = pandas.DataFrame({"label": ["a", "b", "-", "a", "-", "a", "-"], "split": ["train", "train", "train", "val", "val", "test", "test"]})
    several.require_sides(rows, ["a", "b"], "s")  # a finding that a small test side lacks has no figure, which the report says
    with pytest.raises(Problem, match="side 'train' has no picture with 'b'"):
        several.require_sides(rows[rows["label"] != "b"], ["a", "b"], "s")
    with pytest.raises(Problem, match="side 'val' has no finding with pictures that have it and pictures that have not"):
        several.require_sides(rows[(rows["split"] != "val") | (rows["label"] == "a")], ["a", "b"], "s")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder in which `all` went its whole way."""
    for package in ("torch", "litert_torch", "ai_edge_quantizer", "ai_edge_litert", "markdown_it"):
        pytest.importorskip(package)
    if not os.access(ROOT / "build" / "insitu", os.X_OK):
        pytest.skip("build/insitu is not built (make cli)")
    folder = tmp_path_factory.mktemp("findings")
    drawn.findings(folder / "pictures")
    (folder / "texts").mkdir()
    (folder / "texts" / "en.json").write_text(json.dumps(TEXTS))
    (folder / "shapes.toml").write_text(CONFIG)
    done = subprocess.run([sys.executable, "-m", "models.foundry", "all", "shapes.toml", "--data", "pictures", "--out", "out"], cwd=folder,
                          capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_one_command_goes_from_a_table_of_findings_to_a_pack(home):
    prepared, pack = home / "out" / "prepare", home / "out" / "pack" / "shapes"
    source = dataset.Source({"name": "drawn", "findings": several.form(SOURCE), "group": "group", "split": {"column": "split"}}, CLASSES, prepared / "drawn")
    dataset.check_groups([source])
    with open(home / "pictures" / "table.csv", newline="") as file:
        wanted = {row["file"]: [kind in row["found"] for kind in CLASSES] for row in csv.DictReader(file)}
    assert {row["image"]: list(map(bool, target)) for row, target in zip(source.rows, source.target)} == wanted
    counts = (prepared / "report.md").read_text()
    assert "| none of them |" in counts and "one for each finding" in counts

    content = json.loads((pack / "pack.json").read_text())
    assert content["task"] == "multilabel" and "training_prior" not in content["calibration"]
    assert [len(v["decision"]["set"]["thresholds"]) for v in content["variants"]] == [2, 2] and "typicality" in content["variants"][0]["decision"]
    found = json.loads((pack / "report" / "findings.json").read_text())
    assert found["n"] == len(source.indices("test")) and found["variants"]["float16"]["macro_auc"]["value"] > 0.8
    assert found["variants"]["float16"]["from_framework"]["largest"] < 0.02
    report = (home / "out" / "report" / "report.md").read_text()
    assert "| dots |" in report and "## What to look at" in report and "## What it refuses" in report and "## Training" in report
    card = (pack / "card.md").read_text()
    assert card.startswith("# Dots and lines") and "`python -m models.foundry all shapes.toml --data DIR --out OUT`." in card
    assert "The finding that is told best" in card and "(patients)" in card


def test_its_pack_answers_with_sets_and_passes_its_self_test(home):
    pack = home / "out" / "pack" / "shapes"
    drawn.picture({"dots", "lines"}, np.random.default_rng(7)).save(home / "both.png")
    insitu = ROOT / "build" / "insitu"
    answer = json.loads(subprocess.run([insitu, "classify", "--pack", pack, "--variant", "float16", home / "both.png"], capture_output=True, text=True,
                                       check=True).stdout)
    limits = dict(zip(CLASSES, json.loads((pack / "pack.json").read_text())["variants"][1]["decision"]["set"]["thresholds"]))
    assert answer["ok"] and set(answer["set"]) == {c["id"] for c in answer["classes"] if c["p"] >= limits[c["id"]]}
    assert subprocess.run([insitu, "selftest", pack], capture_output=True).returncode == 0


def foundry(home, *words):
    done = subprocess.run([sys.executable, "-m", "models.foundry", *words, "--data", "pictures", "--out", "out"], cwd=home, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def test_a_second_call_does_nothing_anew(home):
    assert "evaluate: is there" in foundry(home, "all", "shapes.toml")


def test_search_compares_networks_by_their_mean_auc(home):
    pytest.importorskip("optuna")
    search = "[search]\nnetworks = [\"dai2019\"]\nsizes = [90]\nwidths = [1.0]\nmilliseconds = 1000\nminutes = 0.05\n"
    (home / "search.toml").write_text(CONFIG.replace("budget_steps = 160\n", "").replace("report_minutes = 5", "report_minutes = 0.02") + search)
    (home / "search").mkdir(exist_ok=True)
    assert "dai2019-90-1: 0." in foundry(home, "search", "search.toml") or "dai2019-90-1: 1." in foundry(home, "search", "search.toml")
    with open(home / "out" / "search" / "pareto.csv", newline="") as file:
        row, = csv.DictReader(file)
    assert row["front"] == "True" and 0 <= float(row["figure"]) <= 1 and float(row["error"]) >= 0
    assert "**dai2019-90-1.**" in (home / "out" / "search" / "search.md").read_text()
