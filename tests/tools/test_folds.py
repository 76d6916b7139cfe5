"""models.tools.folds: which fold tests, which chooses, and the figures of all of them together."""
import json

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("scipy")

from models.tools import dataset, folds  # noqa: E402

CLASSES = ["dark", "light"]
CONFIG = {"classes": CLASSES, "folds": {"source": "b", "values": ["0", "1", "2"]},
          "sources": [{"name": "a", "split": {"column": "side"}}, {"name": "b", "group": "who", "split": {"column": "fold"}}]}


def test_every_fold_tests_once_and_never_the_one_that_chooses():
    tested = []
    for index in range(3):
        made = folds.turned(CONFIG, index)
        split = made["sources"][0]["split"]
        assert made["sources"][0]["name"] == "b" and made["sources"][1]["split"] == {"column": "side"}
        assert sorted(split["test"] + split["val"] + split["train"]) == ["0", "1", "2"]
        tested += split["test"]
    assert tested == ["0", "1", "2"] and "test" not in CONFIG["sources"][1]["split"]


def test_a_source_that_is_none_or_too_few_folds_are_named():
    with pytest.raises(SystemExit, match="'c'"):
        folds.turned({**CONFIG, "folds": {"source": "c", "values": ["0", "1", "2"]}}, 0)
    with pytest.raises(SystemExit, match="3 values or more"):
        folds.turned({**CONFIG, "folds": {"source": "b", "values": ["0", "1"]}}, 0)


def test_figures_of_all_folds_and_of_each(tmp_path):
    (tmp_path / "images").mkdir()
    lines = ["image,label,fold,who"]
    for i in range(30):
        Image.new("RGB", (20, 20), (40 + 150 * (i % 2), 60, 60)).save(tmp_path / "images" / f"{i}.png")
        lines.append(f"{i}.png,{CLASSES[i % 2]},{i // 10},p{i // 2}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    parts = []
    for index in range(3):
        source = dataset.Source(folds.turned(CONFIG, index)["sources"][0], CLASSES, tmp_path)
        test = source.indices("test")
        scores = np.eye(2)[source.label[test]] * 4
        if index == 2:
            scores = scores[:, ::-1]  # this fold is all wrong
        parts.append((source, test, scores, source.prior(source.indices("train"))))
    found = folds.summary(parts, CLASSES, ["0", "1", "2"])
    assert [f["accuracy"] for f in found["folds"]] == [1, 1, 0] and found["groups"] == 15
    pooled = found["pooled"]["accuracy"]
    assert pooled["value"] == pytest.approx(2 / 3, abs=1e-4) and pooled["low"] < pooled["value"] < pooled["high"]
    assert found["blind"]["mean colour and its spread"]["balanced_accuracy"] == 1  # the colour is the class
    assert "1.000, 1.000, 0.000" in folds.markdown(found)
    assert "nor took its best epoch or calibration from it" in folds.markdown(found)
    assert "nor took its strength or calibration from it" in folds.markdown(folds.summary(parts, CLASSES, ["0", "1", "2"], "strength"))


def test_a_network_of_oblong_pictures_judges_its_fold(tmp_path):
    torch = pytest.importorskip("torch")
    import types

    from models.tools import network
    torch.manual_seed(1)
    data, fold = tmp_path / "data", tmp_path / "fold"
    (data / "images").mkdir(parents=True)
    fold.mkdir()
    lines = ["image,label,fold,who"]
    for i in range(24):
        Image.new("RGB", (40, 30), (40 + 150 * (i % 2), 60, 8 * i)).save(data / "images" / f"{i}.png")
        lines.append(f"{i}.png,{CLASSES[i % 2]},{i // 8},p{i}")
    (data / "labels.csv").write_text("\n".join(lines) + "\n")
    config = folds.turned({**CONFIG, "network": "dai2019", "validate_size": [90, 120], "sources": CONFIG["sources"][1:]}, 0)
    (fold / "config.json").write_text(json.dumps(config))
    torch.save({"average": network.build("dai2019", 2).state_dict()}, fold / "best.pt")
    source, test, scores, prior = folds.judged(config, fold, types.SimpleNamespace(data=[f"b={data}"]))
    assert scores.shape == (len(test), 2) == (8, 2) and np.isfinite(scores).all() and np.ptp(scores) > 0
