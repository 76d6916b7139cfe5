"""models.tools.variants: four precisions of a pack, made from what it ships."""
import json
import pathlib
import shutil

import numpy as np
import pytest

pytest.importorskip("ai_edge_litert")
pytest.importorskip("ai_edge_quantizer")
from ai_edge_litert import schema_py_generated as schema  # noqa: E402

from models.tools import compact, half, runner, variants  # noqa: E402

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


def test_int8_weights_come_back_as_float32(tmp_path):
    """Beside int8's own scale of the output, of which activations on the way take more than one step."""
    int8, float32 = PACK / "apple-leaf-int8.tflite", tmp_path / "float32.tflite"
    variants.dequantised(int8, float32)
    assert 3.4 < float32.stat().st_size / int8.stat().st_size < 4
    variants.dynamic(float32, tmp_path / "dynamic.tflite")  # finds the same scales again
    own, again = (filters(path) for path in (int8, tmp_path / "dynamic.tflite"))
    assert len(own) > 40 and all(np.array_equal(own[name], again[name]) for name in own)
    x = np.random.default_rng(0).normal(0, 1, (1, 192, 192, 3)).astype(np.float32)
    assert np.abs(answer(float32, x) - answer(PACK / "apple-leaf-float16.tflite", x)).max() < 0.2 < np.abs(answer(float32, x)).max()


def filters(path):
    """{tensor: int8 values} of the filters."""
    model = compact.read(path)
    tensors = [t for t in model.subgraphs[0].tensors if t.type == schema.TensorType.INT8 and model.buffers[t.buffer].data is not None]
    return {t.name: np.frombuffer(bytes(bytearray(model.buffers[t.buffer].data)), np.int8) for t in tensors if len(t.shape) == 4}


def test_a_pack_of_int8_alone_says_so(tmp_path):
    content = json.loads((PACK / "pack.json").read_text())
    content["variants"] = [v for v in content["variants"] if v["precision"] == "int8"]
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "pack.json").write_text(json.dumps(content))
    shutil.copy(PACK / "apple-leaf-int8.tflite", tmp_path / "x")
    folder, how = variants.make(tmp_path / "x", {}, tmp_path)
    assert how.startswith("from its int8 weights, made float again") and (folder / "dynamic.tflite").is_file()
