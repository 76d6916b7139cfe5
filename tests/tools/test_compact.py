"""models.tools.compact: the same network in fewer bytes."""
import pathlib

import numpy as np
import pytest

flatbuffers = pytest.importorskip("flatbuffers")
pytest.importorskip("ai_edge_litert")

from models.tools import compact, runner  # noqa: E402

INT8 = pathlib.Path(__file__).parents[2] / "models" / "apple-leaf" / "apple-leaf-int8.tflite"


def tables(model):
    """Everything that the tables of a model say, as text."""
    def told(value):
        if isinstance(value, np.ndarray):
            return (value.dtype.str, value.tobytes())
        if isinstance(value, (list, tuple)):
            return [told(one) for one in value]
        return {name: told(one) for name, one in vars(value).items()} if hasattr(value, "__dict__") else value
    return told(model)


def test_lists_are_written_once_and_nothing_else_changes(tmp_path):
    plain = flatbuffers.Builder(1 << 20)
    plain.Finish(compact.read(INT8).Pack(plain), b"TFL3")
    (tmp_path / "plain.tflite").write_bytes(plain.Output())
    compact.compact(tmp_path / "plain.tflite", tmp_path / "small.tflite")
    sizes = [(tmp_path / name).stat().st_size for name in ("plain.tflite", "small.tflite")]
    assert sizes[1] < 0.95 * sizes[0]
    assert tables(compact.read(tmp_path / "small.tflite")) == tables(compact.read(tmp_path / "plain.tflite"))
    x = np.random.default_rng(0).normal(0, 1, (1, 192, 192, 3)).astype(np.float32)
    answers = [runner.run(runner.open_model(tmp_path / name), x) for name in ("plain.tflite", "small.tflite")]
    assert np.ptp(answers[0]) > 0 and np.array_equal(*answers)


def test_what_is_compact_already_stays_and_may_be_written_over_itself(tmp_path):
    compact.compact(INT8, tmp_path / "a.tflite")
    first = (tmp_path / "a.tflite").read_bytes()
    compact.compact(tmp_path / "a.tflite", tmp_path / "a.tflite")
    assert (tmp_path / "a.tflite").read_bytes() == first


def test_constants_lie_where_sixteen_bytes_do(tmp_path):
    compact.compact(INT8, tmp_path / "a.tflite")
    content = (tmp_path / "a.tflite").read_bytes()
    model = compact.schema.Model.GetRootAs(content, 0)
    places = [np.asarray(model.Buffers(i).DataAsNumpy()) for i in range(model.BuffersLength()) if model.Buffers(i).DataLength() >= 16]
    start = np.frombuffer(content, np.uint8).__array_interface__["data"][0]
    assert len(places) > 50 and all((p.__array_interface__["data"][0] - start) % 16 == 0 for p in places)
