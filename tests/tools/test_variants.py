"""models.tools.variants: four precisions of a pack, made from what it ships."""
import json
import pathlib

import numpy as np
import pytest

pytest.importorskip("ai_edge_litert")
pytest.importorskip("ai_edge_quantizer")

from models.tools import half, runner, variants  # noqa: E402

PACK = pathlib.Path(__file__).parents[2] / "models" / "apple-leaf"


def answer(path, x):
    return runner.run(runner.open_model(path), x)


def test_float16_weights_come_back_as_float32_and_every_precision_answers_alike(tmp_path):
    folder, how = variants.make(PACK, {}, tmp_path)
    assert how == "from its float16 weights" and variants.make(PACK, {}, tmp_path)[0] == folder
    x = np.random.default_rng(0).normal(0, 1, (1, 192, 192, 3)).astype(np.float32)
    whole = answer(folder / "float32.tflite", x)
    assert np.abs(whole - answer(folder / "float16.tflite", x)).max() < 1e-4
    assert np.abs(whole - answer(folder / "dynamic.tflite", x)).max() < 1
    sizes = [(folder / f"{name}.tflite").stat().st_size for name in variants.PRECISIONS]
    assert sizes[0] > 1.9 * sizes[1] > 3 * sizes[2] and sizes[3] == (PACK / "apple-leaf-int8.tflite").stat().st_size
    half.halve(folder / "float32.tflite", tmp_path / "again.tflite")  # what was rounded once is rounded no further
    assert np.array_equal(answer(tmp_path / "again.tflite", x), answer(folder / "float16.tflite", x))
    made = json.loads((folder / "pack.json").read_text())
    assert [v["name"] for v in made["variants"]] == list(variants.PRECISIONS)


def test_a_pack_without_float_weights_needs_its_checkpoint(tmp_path):
    content = json.loads((PACK / "pack.json").read_text())
    content["variants"] = [v for v in content["variants"] if v["precision"] == "int8"]
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "pack.json").write_text(json.dumps(content))
    with pytest.raises(SystemExit, match="--checkpoint"):
        variants.make(tmp_path / "x", {}, tmp_path)
