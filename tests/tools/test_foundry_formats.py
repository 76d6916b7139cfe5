"""Networks of other frameworks become packs: Keras in its three forms (in its own Python), ONNX where its packages are."""
import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

for package in ("torch", "litert_torch", "ai_edge_quantizer", "pandas", "imagehash", "typer", "rich"):
    pytest.importorskip(package)
import drawn  # noqa: E402
from PIL import Image  # noqa: E402

from models.foundry import config, formats, networks  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]


def keras_python():
    try:
        return formats.keras_python()
    except Problem as problem:
        return pytest.skip(str(problem))


def spec(folder, **more):
    """A completed config for the drawn pictures and a model of 64 x 64."""
    lines = ['classes = ["dots", "lines", "plain"]', "size = [64, 64]", *(f"{k} = {json.dumps(v)}" for k, v in more.items()), '[[sources]]', 'name = "shapes"',
             '[pack]', 'output = "probabilities"', "mean = [0.0, 0.0, 0.0]", "std = [1.0, 1.0, 1.0]"]
    (folder / "shapes.toml").write_text("\n".join(lines) + "\n")
    return config.load(folder / "shapes.toml")


@pytest.fixture(scope="module")
def keras_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keras")
    rng = np.random.default_rng(1)
    pictures = [drawn.picture(kind, rng).resize((64, 64), Image.Resampling.BILINEAR) for kind in drawn.CLASSES for _ in range(36)]
    np.savez(folder / "pictures.npz", x=np.stack([np.asarray(p) for p in pictures]), y=np.repeat(range(3), 36))
    done = subprocess.run([keras_python(), ROOT / "tests/tools/keras_model.py", folder / "pictures.npz", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-400:]
    return folder


def test_another_seed_or_turn_is_another_int8_only_where_it_is_trained_with_them(tmp_path, monkeypatch):
    monkeypatch.setattr(networks, "digest", lambda *things: "the same network")
    monkeypatch.setattr(networks, "tables_digest", lambda *things: "the same pictures")
    keys = {}
    for steps in ([], ["equalise"], ["aware"]):
        for name, more in {"as it was": {}, "seed": {"seed": 5}, "turns": {"augment": {"mirror": 0.0}}}.items():
            made = spec(tmp_path, **{key: value for key, value in more.items() if key == "seed"})
            made["augment"] = more.get("augment", made["augment"])
            made["pack"]["improve_int8"] = steps
            keys[name, *steps] = networks.quantise_key(made, tmp_path, None)
    assert keys["as it was", ] == keys["seed", ] == keys["turns", ] and len(keys["as it was", ]) == 3
    assert keys["as it was", "equalise"] == keys["seed", "equalise"] == keys["turns", "equalise"]
    assert len({str(keys[name, "aware"]) for name in ("as it was", "seed", "turns")}) == 3


@pytest.mark.parametrize("name", ["shapes.keras", "shapes.h5", "saved"])
def test_each_form_of_keras_gives_the_same_answers(keras_files, tmp_path, name):
    from models.tools import runner
    networks.convert(spec(tmp_path), keras_files / name, tmp_path)
    told = json.loads((tmp_path / "converted.json").read_text())
    assert told["difference"] <= 1e-5 and told["framework"].startswith("Keras") and told["from"] == name
    pixels, wanted = np.load(keras_files / "pictures.npz")["x"][::9], np.load(keras_files / "wanted.npy")[::9]
    assert np.abs(runner.logits(tmp_path / "float32.tflite", pixels, [0] * 3, [1] * 3) - wanted).max() < 1e-5


def test_a_network_that_does_not_fit_the_config_says_what_to_write(keras_files, tmp_path):
    made = spec(tmp_path)
    made["pack"].update(output="logits")
    with pytest.raises(Problem, match='outputs are probabilities; write output = "probabilities"'):
        networks.convert(made, keras_files / "shapes.keras", tmp_path)
    made = spec(tmp_path)
    made["pack"].update(width=96)
    with pytest.raises(Problem, match=r"takes \[1, 64, 64, 3\], the config says \[1, 64, 96, 3\]; write size = \[64, 64\]"):
        networks.convert(made, keras_files / "shapes.keras", tmp_path)
    made = spec(tmp_path)
    made["classes"].append("stars")
    with pytest.raises(Problem, match=r"gives \[1, 3\], the config names 4 classes"):
        networks.convert(made, keras_files / "shapes.keras", tmp_path)


def test_files_that_are_no_networks_are_one_sentence(tmp_path):
    keras_python()
    for name in ("a.keras", "a.h5"):
        (tmp_path / name).write_text("no network")
        with pytest.raises(Problem, match=f"{name}: .*(OSError|ValueError)") as found:
            networks.convert(spec(tmp_path), tmp_path / name, tmp_path)
        assert len(found.value.sentences) == 1
    with pytest.raises(Problem, match="is none of best.pt, .keras"):
        networks.convert(spec(tmp_path), tmp_path / "a.txt", tmp_path)


def test_without_tensorflow_the_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.delenv("INSITU_KERAS_PYTHON", raising=False)
    monkeypatch.setattr(formats, "CACHE", tmp_path)
    (tmp_path / "a.keras").write_text("")
    with pytest.raises(Problem, match="python3 -m venv .* -r models/foundry/requirements-keras.txt"):
        networks.convert(spec(tmp_path), tmp_path / "a.keras", tmp_path)


def test_another_range_of_pixels_that_does_better_is_named(keras_files, tmp_path):
    networks.convert(spec(tmp_path), keras_files / "shapes.keras", tmp_path)

    class Source:
        label = np.load(keras_files / "pictures.npz")["y"]

        def indices(self, side):
            return np.arange(len(self.label))

        def inputs(self, rows, width, height, fraction):
            return np.load(keras_files / "pictures.npz")["x"][rows]
    made = spec(tmp_path, model="shapes.keras")
    told = networks.tried_ranges(made, tmp_path / "float32.tflite", Source())
    assert told["right"]["the config's"] > 0.9 and "warning" not in told
    made["pack"].update(mean=[0.5] * 3, std=[0.004] * 3)
    told = networks.tried_ranges(made, tmp_path / "float32.tflite", Source())
    assert "probably mean = [0.0, 0.0, 0.0], std = [1.0, 1.0, 1.0] in [pack] are right" in told["warning"]


def test_onnx_gives_the_same_answers(tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnx2torch")
    import torch

    from models.tools import runner
    torch.manual_seed(0)
    core = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, 2, 1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                               torch.nn.Conv2d(8, 8, 3, groups=8, padding=1),
                               torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(8, 3), torch.nn.Softmax(1)).eval()
    sample = torch.rand(1, 3, 64, 64)
    torch.onnx.export(core, sample, str(tmp_path / "a.onnx"), dynamo=False)
    assert onnx.load(tmp_path / "a.onnx").graph.node
    networks.convert(spec(tmp_path), tmp_path / "a.onnx", tmp_path)
    found = runner.run(runner.open_model(tmp_path / "float32.tflite"), sample.permute(0, 2, 3, 1).numpy())
    assert np.abs(found - core(sample).detach().numpy()[0]).max() < 1e-5
    (tmp_path / "b.onnx").write_bytes(b"no network")
    with pytest.raises(Problem, match="b.onnx: cannot be read as ONNX"):
        networks.convert(spec(tmp_path), tmp_path / "b.onnx", tmp_path)


def test_from_a_keras_file_to_a_pack(keras_files, tmp_path):
    """What docs/keras.md says, in order."""
    if not os.access(ROOT / "build" / "insitu", os.X_OK):
        pytest.skip("build/insitu is not built (make cli)")
    drawn.folders(tmp_path / "shapes")

    def call(*words):
        done = subprocess.run([sys.executable, "-m", "models.foundry", *map(str, words)], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stderr
    call("init", tmp_path / "shapes", "--model", keras_files / "shapes.keras", "--out", tmp_path)
    for path in (tmp_path / "shapes.toml", tmp_path / "texts" / "en.json"):
        path.write_text(re.sub("WRITE:", "For a test:", path.read_text()).replace("size = [224, 224]", "size = [64, 64]")
                        .replace('["int8", "float16"]', '["int8", "dynamic", "float16"]'))
    said = call("all", tmp_path / "shapes.toml", "--data", tmp_path / "shapes", "--out", tmp_path / "out")
    assert "the config names a trained network" in said and "pack: done" in said
    content = json.loads((tmp_path / "out" / "pack" / "shapes" / "pack.json").read_text())
    assert content["output"] == "probabilities" and [v["name"] for v in content["variants"]] == ["int8", "dynamic", "float16"]
    figures = {v["name"]: v["metrics"]["balanced_accuracy"]["value"] for v in content["variants"]}
    assert min(figures.values()) > 0.75, figures
    same = json.loads((tmp_path / "out" / "pack" / "shapes" / "report" / "same.json").read_text())
    assert all(s["largest_difference"] < 0.02 for s in same.values()), same
