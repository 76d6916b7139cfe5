"""The whole way of several labels a picture, on drawn pictures: training, a pack, its figures by the command and by PyTorch, four
precisions, pictures made worse, and every engine beside the native command."""
import csv
import json
import os
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("torch")
for package in ("litert_torch", "ai_edge_quantizer", "ai_edge_litert", "scipy", "matplotlib", "markdown_it"):
    pytest.importorskip(package)
import drawn  # noqa: E402

from models.tools import command  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
ENGINES = all((ROOT / part).is_file() for build in command.BUILDS.values() for part in build if part.startswith("build/"))
pytestmark = pytest.mark.skipif(not os.access(ROOT / "build" / "insitu", os.X_OK), reason="build/insitu is not built (make cli)")
CLASSES = ["dots", "lines"]
RECIPE = json.loads((ROOT / "models" / "tools" / "configs" / "chestxray14.json").read_text())
SOURCE = {"name": "drawn", "table": "table.csv", "image": "file", "findings": {"column": "found", "separator": " + ", "none": "nothing"},
          "group": "patient", "group_name": "patients", "split": {"column": "side"}, "store": [100, 130]}
CONFIG = {**RECIPE, "classes": CLASSES, "sources": [SOURCE], "network": "dai2019", "network_options": {}, "budget_steps": 160, "report_minutes": 9,
          "validate_size": [90, 120], "stages": [{"from": 0, "size": [90, 120]}], "learning_rate": 0.002, "average": 0.9, "batch": 16,
          "augment": {"zoom": [0.9, 1.05]}, "texts": "words", "about_data": "Drawn.", "limits": ["Drawn."],
          "pack": {**RECIPE["pack"], "width": 120, "height": 90, "mean": [0.5] * 3, "std": [0.25] * 3, "actions": {"dots": "soon", "lines": "watch"},
                   "calibration_pictures": 40, "variants": ["int8", "float32"]}}
TEXTS = {"language": "en", "reviewed": False, "name": "Dots and lines", "intended_use": "A test.", "not_for": "Anything else.", "notices": [],
         "classes": {name: {"label": name.title(), "text": "Drawn.", "advice": "None."} for name in CLASSES}}


def run(home, module, *more):
    done = subprocess.run([sys.executable, "-m", f"models.tools.{module}", *map(str, more)], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder in which all steps were done, one after the other."""
    folder = tmp_path_factory.mktemp("findings")
    drawn.findings(folder / "drawn")
    (folder / "words").mkdir()
    (folder / "words" / "en.json").write_text(json.dumps(TEXTS))
    config = folder / "drawn.json"
    config.write_text(json.dumps(CONFIG))
    data, pack, best = ["--data", f"drawn={folder / 'drawn'}"], folder / "pack" / "dots-and-lines", folder / "train" / "best.pt"
    run(folder, "train", config, *data, "--out", folder / "train", "--threads", 1)
    run(folder, "make_findings", config, "--checkpoint", best, *data, "--out", pack)
    run(folder, "regenerate", config, pack, *data, "--work", folder / "work", "--checkpoint", best, *([] if ENGINES else ["--quick"]))
    if not ENGINES:
        for module in ("abid", "robustness"):
            run(folder, module, config, pack, *data, "--work", folder / "work")
        run(folder, "full_report", config, pack)
    return folder


def test_what_was_drawn_is_learnt_and_measured_alike_by_the_command_and_by_pytorch(home):
    found = json.loads((home / "pack" / "dots-and-lines" / "report" / "findings.json").read_text())
    float32 = found["variants"]["float32"]
    assert found["n"] == 16 and found["groups"] == 8 and found["positives"] == [8, 8]
    assert float32["macro_auc"]["value"] > 0.8 and float32["macro_auc"]["low"] <= float32["macro_auc"]["value"] <= float32["macro_auc"]["high"]
    assert float32["from_framework"]["largest"] < 1e-3 and found["framework"]["auc"] == pytest.approx(float32["auc"], abs=0.04)
    card = (home / "pack" / "dots-and-lines" / "card.md").read_text()
    assert card.startswith("# Dots and lines") and "| dots (Dots) | 8 |" in card and "`side=test`, n = 16 in 8 groups (patients)" in card


def test_the_pack_is_of_findings_and_the_command_answers_with_them(home):
    pack = home / "pack" / "dots-and-lines"
    content = json.loads((pack / "pack.json").read_text())
    assert content["task"] == "multilabel" and not {"training_prior", "score_prior"} & set(content["calibration"])
    limits = content["variants"][1]["decision"]["set"]
    assert len(limits["thresholds"]) == 2 and 0.5 < limits["coverage"] <= 1
    with open(home / "drawn" / "table.csv", newline="") as file:
        row = next(r for r in csv.DictReader(file) if r["side"] == "train" and r["found"] == "dots + lines")
    answer = json.loads(subprocess.run([ROOT / "build" / "insitu", "classify", "--pack", pack, "--variant", "float32", home / "drawn" / "images" / row["file"]],
                                       capture_output=True, text=True, check=True).stdout)
    reached = {c["id"] for c in answer["classes"] if c["p"] >= limits["thresholds"][CLASSES.index(c["id"])]}
    assert set(answer["set"]) == reached and answer["decision"] == "answer" and answer["model"]["prior"] is None
    selftest = subprocess.run([ROOT / "build" / "insitu", "selftest", pack], capture_output=True, text=True)
    assert selftest.returncode == 0, selftest.stdout + selftest.stderr


def test_four_precisions_are_compared_by_their_mean_auc(home):
    report = home / "pack" / "dots-and-lines" / "report"
    found = json.loads((report / "precisions.json").read_text())
    assert set(found["figures"]) == {"float32", "float16", "dynamic", "int8"} and "accuracy" not in found["figures"]["int8"]
    assert 0 < found["figures"]["int8"]["mean_difference"] <= found["figures"]["int8"]["largest_difference"]
    assert "each finding by itself" in (report / "precisions.md").read_text() and "Accuracy" not in (report / "precisions.md").read_text()
    own = json.loads((report / "findings.json").read_text())["variants"]["int8"]["macro_auc"]["value"]
    assert found["figures"]["int8"]["macro_auc"]["value"] == pytest.approx(own, abs=1e-4)
    whole = (report / "report.md").read_text()
    assert "The finding that is told best" in whole
    assert "## dots-and-lines 1.0.0: findings" in whole and "## dots-and-lines 1.0.0: four precisions" in whole and (report / "report.html").is_file()


def test_pictures_made_worse_are_measured_by_their_mean_auc(home):
    report = home / "pack" / "dots-and-lines" / "report"
    found = json.loads((report / "robustness.json").read_text())
    own = json.loads((report / "findings.json").read_text())["variants"]["int8"]
    assert found["figure"] == "macro_auc" and found["clean"]["macro_auc"]["value"] == pytest.approx(own["macro_auc"]["value"], abs=1e-4)
    assert found["clean"]["sensitivity"]["value"] == pytest.approx(sum(own["sensitivity"]) / 2, abs=1e-4)
    noise = found["kinds"]["noise"]
    assert len(noise) == 5 and noise[4]["lost"]["value"] == pytest.approx(found["clean"]["macro_auc"]["value"] - noise[4]["macro_auc"]["value"], abs=1e-4)
    assert "Mean AUC of its findings" in (report / "report.md").read_text() and "mean AUC" in (report / "robustness.svg").read_text()


@pytest.mark.skipif(not ENGINES, reason="the command for Node is not built (make node-cli)")
def test_every_engine_tells_the_same_findings(home):
    report = home / "pack" / "dots-and-lines" / "report"
    found = json.loads((report / "parity.json").read_text())["variants"]["float32"]
    rows = {row["engine"]: row for row in found}
    assert set(rows) == {"PyTorch, float32", "LiteRT interpreter", *command.BUILDS}
    for row in rows.values():
        assert row["n"] == 16 and row["largest_difference"] < 1e-3 and row["other_findings"] <= 1
        assert row["macro_auc"] == pytest.approx(rows["native"]["macro_auc"], abs=0.04)
    assert "Other findings" in (report / "report.md").read_text()
