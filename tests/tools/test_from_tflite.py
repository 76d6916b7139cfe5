"""A pack's weights back in their network: the same answers as the file's, a start and a teacher for the next training."""
import pathlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite_pytorch")
pytest.importorskip("ai_edge_litert")
from models.tools import export, from_tflite, half, network, runner, train, written  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
CONFIG = ROOT / "models/tools/configs/skin.json"
SHAPE = {"norms": False}


def noise(n, size):
    return torch.rand(n, 3, size, size, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def trained_a_little(shape):
    """A network whose batch norms have something to say."""
    torch.manual_seed(0)
    model = network.build("efficientnet_lite0", 3, pretrained=False, **shape)
    for part in model.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
            part.weight.uniform_(0.8, 1.2)
            part.bias.normal_(0, 0.1)
    return model.eval()


@pytest.mark.parametrize("shape", [{}, {"width": 0.5}])
def test_without_norms_a_network_computes_the_same(shape):
    model, x = trained_a_little(shape), noise(2, 64)
    before = model(x).detach()
    network.without_norms(model.network)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in model.modules())
    assert before.std() > 1e-4
    assert torch.allclose(model(x), before, rtol=1e-3, atol=1e-5)


def test_first_blocks_alone_have_no_norms_either():
    model = network.build("efficientnet_lite0", 3, pretrained=False, blocks=4, norms=False)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in model.modules())
    assert model(noise(1, 64)).shape == (1, 3)


def test_a_network_of_the_pack_answers_as_its_file_does():
    config, path = written.read(CONFIG), ROOT / "models/skin/skin-float32.tflite"
    model, x = from_tflite.read(path, config["network"], config["classes"], SHAPE), noise(3, 192)
    normalised = ((x - model.mean) / model.std).permute(0, 2, 3, 1).numpy()
    interpreter = runner.open_model(path)
    wanted = np.stack([runner.run(interpreter, one[None]) for one in normalised])
    found = model(x).detach().numpy()
    assert wanted.std() > 0.1
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_int8_weights_are_what_their_numbers_stand_for():
    config = written.read(CONFIG)
    whole, rounded = (from_tflite.read(ROOT / f"models/skin/skin-{name}.tflite", config["network"], config["classes"], SHAPE) for name in ("float32", "int8"))
    x = noise(3, 192)
    assert 0 < (whole(x) - rounded(x)).abs().max() < 2
    assert (whole(x).argmax(1) == rounded(x).argmax(1)).all()


def test_float16_weights_are_read_as_the_numbers_they_are(tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    config, path = written.read(CONFIG), ROOT / "models/skin/skin-float32.tflite"
    half.halve(path, tmp_path / "half.tflite")
    whole, halved = (from_tflite.read(one, config["network"], config["classes"], SHAPE) for one in (path, tmp_path / "half.tflite"))
    for (name, a), (_, b) in zip(whole.named_parameters(), halved.named_parameters()):
        assert torch.equal(a.half().float() if a.ndim > 1 else a, b), name


def test_the_command_writes_a_start_and_a_teacher(tmp_path, monkeypatch):
    out = tmp_path / "of-the-pack" / "best.pt"
    monkeypatch.setattr("sys.argv", ["from_tflite", str(CONFIG), str(ROOT / "models/skin/skin-float32.tflite"), str(out)])
    from_tflite.main()
    classes = written.read(CONFIG)["classes"]
    teacher = train.Teachers([str(out)], "cpu", classes)
    said = teacher.probabilities(noise(2, 192), 1.5)
    assert torch.allclose(said.sum(1), torch.ones(2), atol=1e-5)
    model, average = (network.build("efficientnet_lite0", 7, pretrained=False, **SHAPE) for _ in range(2))
    train.begin_with(torch.load(out, weights_only=True), model, average, None, True)
    assert torch.allclose(torch.softmax(average.eval()(noise(2, 192)) / 1.5, 1), said, atol=1e-5)


@pytest.mark.parametrize("name, said", [("dai2019", "efficientnet_lite0"),
                                        ("efficientnet_lite1", r"has 50 layers with weights; efficientnet_lite1 of the config has \d+")])
def test_of_another_network_it_says_so(name, said):
    with pytest.raises(SystemExit, match=said):
        from_tflite.read(ROOT / "models/skin/skin-float32.tflite", name, written.read(CONFIG)["classes"], SHAPE)


def test_other_classes_are_told_by_the_layer_that_does_not_fit():
    with pytest.raises(SystemExit, match=r"layer 49 has weights of \[7, 1280\]; efficientnet_lite0 of the config has \[3, 1280\]"):
        from_tflite.read(ROOT / "models/skin/skin-float32.tflite", "efficientnet_lite0", ["a", "b", "c"], SHAPE)


def test_a_network_without_norms_is_exported(tmp_path):
    pytest.importorskip("litert_torch")
    model = network.build("efficientnet_lite0", 3, pretrained=False, width=0.35, blocks=3, norms=False)
    assert export.export(model.network, 64, 64, tmp_path / "net.tflite") < 1e-3
