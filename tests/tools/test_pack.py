import copy
import hashlib
import json
import pathlib
import shutil

import pytest

from models.tools import pack, selftest

IDS = ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"]
COMMON = {"task": "multiclass", "output": "logits", "intended_use": "Tests.", "not_for": "People.", "notices": ["A test."],
          "licence": {"weights": "Apache-2.0", "data": "drawn", "source": "the tests"}, "card": "card.md"}


@pytest.fixture
def made(tmp_path):
    """A folder with a file that stands for a model, and the pack that describes it."""
    folder = tmp_path / "skin-x"
    folder.mkdir()
    (folder / "a.tflite").write_bytes(b"not read by the writer")
    (folder / "card.md").write_text("# X\n")
    names = selftest.draw(folder / "selftest")
    classes = [{"id": c, "label": c.upper(), "text": "t", "advice": "a"} for c in IDS]
    content = {"format": 1, "id": "skin-x", "version": "1.0.0", "name": "X", **copy.deepcopy(COMMON),
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
    (lambda p: p.update(format=3), "format is 3"),
    (lambda p: p.update(format=2), "languages is missing"),
    (lambda p: p.update(id="other"), "must be the folder's name"),
    (lambda p: p["input"].update(width=8), "input.width is 8"),
    (lambda p: p["input"].update(crop_fraction=0), "input.crop_fraction is 0"),
    (lambda p: p["input"]["std"].__setitem__(0, 0), r"input.std\[0\] is 0"),
    (lambda p: p["classes"][1].update(id="akiec"), "class ids repeat"),
    (lambda p: p["calibration"].update(training_prior=[0.5] * 7), "training_prior"),
    (lambda p: p["variants"][0]["calibration"].update(temperature=0), r"variants\[0\].calibration.temperature is 0"),
    (lambda p: p["variants"][0]["calibration"].update(bias=[float("nan")] * 7), "bias.0. is no finite number"),
    (lambda p: p["variants"][0]["calibration"].update(bias=[0] * 6), "calibration.bias has 6 entries, must have 7"),
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
    (shown(accuracy=figure(0.4, 0.5, 1.6)), "metrics.accuracy.high is 1.6"),
    (shown(accuracy=figure(0.4, 0.5, 0.6, prior="flat")), 'metrics.accuracy.prior is "flat"'),
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
    files = sorted((pathlib.Path(pack.__file__).parents[1]).glob("*/texts/*.json"))
    assert len(files) >= 6
    for path in files:
        words = path.read_text(encoding="utf-8").lower()
        for word in ("benign", "safe", "all clear", "harmless", "nothing to worry", "gutartig", "harmlos", "unbedenklich",
                     "entwarnung", "حميد", "آمن", "غير ضار"):
            assert word not in words, f"{path}: {word}"


def every_pack():
    root = pathlib.Path(pack.__file__).parents[2]
    return sorted(path.parent for where in ("models", "tests/packs", "tests/cli") for path in (root / where).glob("*/pack.json"))


@pytest.mark.parametrize("folder", every_pack(), ids=lambda p: p.name)
def test_packs_of_the_project_are_whole(folder):
    assert pack.problems(json.loads((folder / "pack.json").read_text()), folder) == []


@pytest.fixture
def stripes(tmp_path):
    """A pack of format 2 with texts, in a folder of its own."""
    source = pathlib.Path(pack.__file__).parents[2] / "tests/packs/stripes"
    folder = shutil.copytree(source, tmp_path / "stripes")
    return json.loads((folder / "pack.json").read_text()), folder


def of_device(content, entry, word="drawing"):
    content["variants"][0]["decision"]["taken_with"] = {word: entry}


@pytest.mark.parametrize("entry", [{}, {"answer_p": 0.6}, {"prior": "training", "groups": {}},
                                   {"prior": "uniform", "set": {"coverage": 0.9, "thresholds": [0.1, 0.2, 0.3]}, "answer_p": 0.6,
                                    "groups": {"crossing": 0.2}}])
def test_takes_limits_of_a_device(stripes, entry):
    content, folder = stripes
    of_device(content, entry)
    assert pack.problems(content, folder) == []


@pytest.mark.parametrize("change, message", [
    (lambda p: p["classes"][0].pop("action"), "classes must have an action each, or none"),
    (lambda p: p["groups"][0].update(classes=["dots"]), "group crossing: 'dots' is none of the classes"),
    (lambda p: p["groups"].append(p["groups"][0]), "group ids repeat: crossing"),
    (lambda p: p["variants"][0]["decision"]["groups"].update(dots=0.5), "float32: decision.groups.dots is none of the groups"),
    (lambda p: p["variants"][0]["decision"]["set"].update(thresholds=[0.1, 0.2]), "decision.set.thresholds has 2 entries, must have 3"),
    (lambda p: p["variants"][0]["decision"].update(answer_p=2), "variants[0].decision.answer_p is 2"),
    (lambda p: of_device(p, {"groups": {"dots": 0.5}}), "float32: decision.taken_with.drawing.groups.dots is none of the groups"),
    (lambda p: of_device(p, {}, "photo"), "float32: decision.taken_with.photo is none of the words of domain"),
    (lambda p: of_device(p, {"set": {"coverage": 0.9, "thresholds": [0.1, 0.2]}}),
     "decision.taken_with.drawing.set.thresholds has 2 entries, must have 3"),
    (lambda p: of_device(p, {"answer_p": 2}), "variants[0].decision.taken_with.drawing.answer_p is 2"),
    (lambda p: of_device(p, {"prior": "uniform", "answer_p": 0.5, "groups": {"crossing": 0.5}}),
     "decision.taken_with.drawing.set is missing: an entry with another prior"),
    (lambda p: of_device(p, {"prior": "uniform", "set": p["variants"][0]["decision"]["set"], "answer_p": 0.5, "groups": {}}),
     "decision.taken_with.drawing.groups.crossing is missing: an entry with another prior"),
    (lambda p: p["languages"].append("fr"), "texts/fr.json is missing"),
    (lambda p: p.update(card="none.md"), "none.md is missing"),
])
def test_refuses_a_broken_pack_of_format_2(stripes, change, message):
    content, folder = stripes
    assert pack.problems(content, folder) == []
    change(content)
    assert any(problem.startswith(message) for problem in pack.problems(content, folder)), pack.problems(content, folder)


def test_refuses_texts_that_leave_a_class_without_words(stripes):
    content, folder = stripes
    path = folder / "texts" / "en.json"
    texts = json.loads(path.read_text())
    del texts["classes"]["lying"], texts["groups"]["crossing"]
    texts["classes"]["checked"]["label"] = ""
    path.write_text(json.dumps(texts))
    found = pack.problems(content, folder)
    assert [problem.split(":")[1].strip().split(" is ")[0] for problem in found] == ["classes.checked.label", "classes.lying", "groups.crossing"]
