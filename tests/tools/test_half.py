"""models.tools.half, which variants a pack ships and what its pack.json says; skipped where the converter is not installed."""
import pathlib

import numpy as np
import pytest

pytest.importorskip("ai_edge_quantizer")
pytest.importorskip("litert_torch")
torch = pytest.importorskip("torch")

from models.tools import half, make_pack, network, runner  # noqa: E402


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A float32 .tflite of one convolution, a maximum whose padding is minus infinity, and one dense layer."""
    from models.tools import export
    torch.manual_seed(0)
    core = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 3, stride=2), torch.nn.MaxPool2d(3, 2, 1), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(),
                               torch.nn.Linear(16, 3))
    path = tmp_path_factory.mktemp("half") / "float32.tflite"
    export.export(core, 32, 32, path)
    return path


def test_halves_the_weights_and_keeps_the_answers(small, tmp_path):
    target = tmp_path / "float16.tflite"
    half.halve(small, target)
    assert np.float16 in {d["dtype"] for d in runner.open_model(target).get_tensor_details()}
    pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    whole, halved = (runner.logits(path, pixels, [0.5] * 3, [0.25] * 3) for path in (small, target))
    assert 0 < np.abs(whole - halved).max() < 1e-2


def test_refuses_weights_that_float16_does_not_hold(small, tmp_path):
    data = bytearray(small.read_bytes())
    from ai_edge_quantizer.utils import tfl_flatbuffer_utils as flatbuffer
    model = flatbuffer.read_model(str(small))
    weights = next(v for v in (flatbuffer.get_tensor_data(t, model.buffers) for t in model.subgraphs[0].tensors)
                   if v is not None and v.dtype == np.float32 and v.size > 100)
    at = data.find(weights.tobytes())
    data[at:at + 4] = np.float32(70000).tobytes()
    (tmp_path / "large.tflite").write_bytes(data)
    with pytest.raises(SystemExit, match="holds 7e.04, float16 65504 at most"):
        half.halve(tmp_path / "large.tflite", tmp_path / "float16.tflite")
    assert not (tmp_path / "float16.tflite").exists()


def test_a_pack_ships_the_variants_that_its_config_names():
    assert make_pack.wanted({"default_variant": "int8"}) == ["int8", "float32"]
    assert make_pack.wanted({"variants": ["float16", "int8"], "default_variant": "int8"}) == ["float16", "int8"]


@pytest.mark.parametrize("variants, message", [(["int8", "float64"], "float64"), ([], "some of int8, float16, float32"), (["int8", "int8"], "each once"),
                                               (["float16"], "'int8' is none of its variants float16")])
def test_refuses_variants_that_it_cannot_make(variants, message):
    with pytest.raises(SystemExit, match=message):
        make_pack.wanted({"variants": variants, "default_variant": "int8"})


def test_a_checkpoint_may_hold_its_weights_as_float16(tmp_path):
    torch.manual_seed(0)
    model = network.build("dai2019", 3)
    torch.save({"average": {k: v.half() for k, v in model.state_dict().items()}}, tmp_path / "half.pt")
    loaded = network.load("dai2019", 3, pathlib.Path(tmp_path / "half.pt"))
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    assert float((loaded.head().weight - model.head().weight).detach().abs().max()) < 1e-3


@pytest.mark.parametrize("said, written", [({}, {}), ({"centred": False}, {}), ({"centred": True}, {"centred": True})])
def test_a_pack_is_centred_where_its_config_says_so(said, written):
    spec = {field: field for field in ("version", "task", "output", "languages", "domain", "licence", "card", "width", "height", "fraction", "mean",
                                       "std", "views", "groups", "default_variant")}
    content = make_pack.content_of("x", ["a"], {**spec, "actions": {}, **said}, np.ones(1), [{"calibration": {}}], [])
    assert {field: content[field] for field in ("centred",) if field in content} == written
