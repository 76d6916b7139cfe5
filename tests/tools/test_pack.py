import copy
import hashlib
import json
import pathlib

import pytest

from models.tools import pack, selftest

TEXTS = pathlib.Path(pack.__file__).parent / "texts"


@pytest.fixture
def made(tmp_path):
    """A folder with a file that stands for a model, and the pack that describes it."""
    folder = tmp_path / "skin-x"
    folder.mkdir()
    (folder / "a.tflite").write_bytes(b"not read by the writer")
    names = selftest.draw(folder / "selftest")
    classes = json.loads((TEXTS / "classes.json").read_text())
    content = {"format": 1, "id": "skin-x", "version": "1.0.0", "name": "X", **json.loads((TEXTS / "common.json").read_text()),
               "input": {"width": 32, "height": 32, "crop_fraction": 1.0, "mean": [0.5] * 3, "std": [0.25] * 3},
               "classes": classes,
               "calibration": {"temperature": 1.0, "score_prior": "uniform", "training_prior": [1 / 7] * 7, "default_prior": "training"},
               "default_variant": "float32",
               "variants": [pack.variant(folder / "a.tflite", "float32", "float32", 1.2, [0] * 7)],
               "selftest": [{"file": f"selftest/{names[0]}", "prior": "training", "tolerance": 0.02, "expected": {"float32": [1 / 7] * 7}}]}
    return content, folder


def test_writes_what_it_was_given(made):
    content, folder = made
    pack.write(content, folder)
    read = json.loads((folder / "pack.json").read_text())
    assert read == content
    assert read["variants"][0]["sha256"] == hashlib.sha256((folder / "a.tflite").read_bytes()).hexdigest()
    assert read["variants"][0]["bytes"] == len(b"not read by the writer")


@pytest.mark.parametrize("change, message", [
    (lambda p: p.pop("notices"), "notices is missing"),
    (lambda p: p.update(format=2), "format is 2"),
    (lambda p: p.update(id="other"), "must be the folder's name"),
    (lambda p: p["input"].update(width=8), "input.width is 8"),
    (lambda p: p["input"].update(crop_fraction=0), "crop_fraction"),
    (lambda p: p["input"]["std"].__setitem__(0, 0), "std"),
    (lambda p: p["classes"][1].update(id="akiec"), "class ids repeat"),
    (lambda p: p["calibration"].update(training_prior=[0.5] * 7), "training_prior"),
    (lambda p: p["variants"][0]["calibration"].update(temperature=0), "temperature"),
    (lambda p: p["variants"][0]["calibration"].update(bias=[float("nan")] * 7), "finite biases"),
    (lambda p: p.update(default_variant="int8"), "default_variant"),
    (lambda p: p["variants"][0].update(sha256="0" * 64), "SHA-256"),
    (lambda p: p["variants"][0].update(file="b.tflite"), "b.tflite is missing"),
    (lambda p: p["selftest"][0]["expected"].update(float32=[1.0] * 7), "probabilities of a variant"),
])
def test_refuses_a_broken_pack(made, change, message):
    content, folder = copy.deepcopy(made[0]), made[1]
    change(content)
    with pytest.raises(SystemExit, match=message):
        pack.write(content, folder)
    assert not (folder / "pack.json").exists()


def figure(low, value, high, **more):
    return {"value": value, "low": low, "high": high, **more}


def shown(**more):
    names = ("accuracy", "balanced_accuracy", "macro_auc", "ece")
    return {"split": "s=test", "n": 5, **{name: figure(0.4, 0.5, 0.6) for name in names}, **more}


@pytest.mark.parametrize("metrics, message", [
    (shown(ece=figure(0.2, 0.1, 0.3)), "metrics.ece is"),
    (shown(accuracy=figure(0.4, 0.5, 1.6)), "metrics.accuracy is"),
    (shown(accuracy=figure(0.4, 0.5, 0.6, prior="flat")), "metrics.accuracy.prior is 'flat'"),
    ({name: value for name, value in shown().items() if name != "macro_auc"}, "metrics.macro_auc is missing"),
    (shown(recall={"mel": figure(0.4, 0.3, 0.6)}), "metrics.recall.mel is"),
    (shown(recall={"wart": figure(0.4, 0.5, 0.6)}), "metrics.recall.wart is none of the classes"),
])
def test_refuses_figures_that_say_nothing(made, metrics, message):
    content, folder = copy.deepcopy(made[0]), made[1]
    content["variants"][0]["metrics"] = shown(recall={"mel": figure(0.4, 0.5, 0.6, prior="uniform")})
    assert pack.problems(content, folder) == []
    content["variants"][0]["metrics"] = metrics
    with pytest.raises(SystemExit, match=message):
        pack.write(content, folder)


def test_an_interval_takes_its_figure_in():
    assert pack.figure(0.02, [0.03, 0.05], "training") == figure(0.02, 0.02, 0.05, prior="training")
    assert pack.figure(0.04, [0.03, 0.05], "training") == figure(0.03, 0.04, 0.05, prior="training")
    with pytest.raises(SystemExit, match="a figure is nan"):
        pack.figure(float("nan"), [0.03, 0.05], "uniform")


def test_only_known_classes_are_listed():
    with pytest.raises(SystemExit, match="names wart; the classes are mel, nv"):
        pack.shown_metrics("s", {}, {}, ["mel", "nv"], ["mel", "wart"])


def test_texts_promise_nothing():
    for name in ("classes.json", "common.json"):
        words = (TEXTS / name).read_text().lower()
        for word in ("benign", "safe", "all clear", "harmless", "nothing to worry"):
            assert word not in words


@pytest.mark.parametrize("folder", sorted(p.parent for p in pathlib.Path(pack.__file__).parents[1].glob("*/pack.json")), ids=lambda p: p.name)
def test_packs_of_the_project_are_whole(folder):
    assert pack.problems(json.loads((folder / "pack.json").read_text()), folder) == []
