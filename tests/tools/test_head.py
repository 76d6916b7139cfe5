"""models.tools.head: the last layer alone, fitted."""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from PIL import Image  # noqa: E402

from models.tools import head, network, train  # noqa: E402

CLASSES = ["dark", "grey", "light"]


def test_a_fit_takes_the_classes_shares_out_of_its_logits():
    rng = np.random.default_rng(0)
    label = np.repeat([0, 1], [900, 100])
    x = torch.tensor(rng.normal(size=(1000, 3)) * [1, 5, 0.1] + np.outer(label, [1.5, 0, 0]) + 40, dtype=torch.float32)
    drawn = np.array([0.9, 0.1])
    weight, bias = head.fit(x, label, np.ones(1000), np.log(drawn), 100)
    logits = (x @ weight.T + bias).numpy()
    margin = logits[:, 1] - logits[:, 0]
    assert abs((margin[label == 1] > 0).mean() - (margin[label == 0] < 0).mean()) < 0.1  # as if both were as common
    assert (1 / (1 + 9 * np.exp(-margin))).mean() == pytest.approx(0.1, abs=0.005)  # as common as they are
    strong, weak = (head.fit(x, label, np.ones(1000), np.log(drawn), strength)[0].abs().max() for strength in (100, 1e-4))
    assert weak < strong / 20  # the ridge holds


def folder_of(tmp_path):
    """Pictures whose brightness is the class, in sides of their own."""
    data, rng = tmp_path / "shades", np.random.default_rng(1)
    (data / "images").mkdir(parents=True)
    lines = ["image,label,side"]
    for i in range(90):
        c = i % 3
        pixels = np.clip(rng.normal(60 + 70 * c, 25, (70, 100, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(data / "images" / f"{i}.png")
        lines.append(f"{i}.png,{CLASSES[c]},{('train', 'train', 'val', 'test')[i // 3 % 4]}")
    (data / "labels.csv").write_text("\n".join(lines) + "\n")
    return data


def config_of(tmp_path, **changes):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"classes": CLASSES, "sources": [{"name": "shades", "split": {"column": "side"}}], "network": "efficientnet_lite0",
                                "network_options": {"blocks": 3}, "head_only": {"strengths": [1e-6, 0.1]}, "validate_size": [64, 96], "seed": 1,
                                "draw_power": 0.5, "keep": ["balanced_accuracy", "macro_auc"], "augment": {"mirror": 0.5}, "pretrained": False, **changes}))
    return path


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["train", *map(str, words)])
    train.main()


def test_training_fits_the_last_layer_and_nothing_else(tmp_path, monkeypatch):
    pytest.importorskip("efficientnet_lite_pytorch")
    data, path, out = folder_of(tmp_path), config_of(tmp_path), tmp_path / "out"
    run(monkeypatch, path, "--data", data, "--out", out)
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [line["strength"] for line in lines] == [1e-6, 0.1] and lines[1]["kept"] > 0.9
    torch.manual_seed(1)
    untouched = network.build("efficientnet_lite0", 3, pretrained=False, blocks=3).state_dict()
    saved = torch.load(out / "best.pt", weights_only=True)
    assert saved["classes"] == CLASSES
    assert [name for name, value in saved["average"].items() if not torch.equal(value, untouched[name])] == ["network._fc.weight", "network._fc.bias"]
    first = (out / "log.jsonl").read_text()
    run(monkeypatch, path, "--data", data, "--out", out)
    assert (out / "log.jsonl").read_text() == first  # the same again, and no line twice


def test_what_a_last_layer_cannot_be_fitted_to_is_told(tmp_path, monkeypatch):
    pytest.importorskip("efficientnet_lite_pytorch")
    data = folder_of(tmp_path)
    table = (data / "labels.csv").read_text()
    (data / "labels.csv").write_text(table.replace("grey,train", "light,train"))
    with pytest.raises(SystemExit, match="no picture of the train side is grey"):
        run(monkeypatch, config_of(tmp_path), "--data", data, "--out", tmp_path / "out")
    (data / "labels.csv").write_text(table)
    source = {"name": "shades", "split": {"column": "side"}}
    with pytest.raises(SystemExit, match="head_only takes one source"):
        run(monkeypatch, config_of(tmp_path, sources=[source, {**source, "name": "more"}]), "--data", f"shades={data}", "--data", f"more={data}",
            "--out", tmp_path / "out")
    assert not (tmp_path / "out" / "best.pt").exists()


def test_the_foundry_fits_a_last_layer_where_its_config_says_so(tmp_path):
    for package in ("efficientnet_lite_pytorch", "pandas", "imagehash", "typer", "rich"):
        pytest.importorskip(package)
    import drawn
    drawn.folders(tmp_path / "shapes", each=20)
    (tmp_path / "shapes.toml").write_text('classes = ["dots", "lines", "plain"]\nsize = [64, 96]\npretrained = false\nthreads = 1\n'
                                          'network_options = {blocks = 3}\nhead_only = {strengths = [0.01, 0.3]}\n[[sources]]\nname = "shapes"\n')
    for word, said in (("prepare", "prepare: done"), ("train", "train: done"), ("train", "train: is there")):
        done = subprocess.run([sys.executable, "-m", "models.foundry", word, "shapes.toml", "--data", "shapes", "--out", "out"], cwd=tmp_path,
                              capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2])})
        assert done.returncode == 0 and said in done.stderr, done.stderr
    saved = torch.load(tmp_path / "out" / "train" / "best.pt", weights_only=True)
    assert saved["average"]["network._fc.weight"].shape == (3, 24)
    assert len((tmp_path / "out" / "train" / "log.jsonl").read_text().splitlines()) == 2
