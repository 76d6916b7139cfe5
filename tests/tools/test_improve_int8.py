"""models.tools.equalise, correct_bias, aware and improve_int8: a network that says the same, biases that give the mean back, weights
that were trained as int8 sees them, and what is kept."""
import numpy as np
import pytest

for package in ("ai_edge_litert", "ai_edge_quantizer", "litert_torch", "torch"):
    pytest.importorskip(package)
import torch  # noqa: E402

from models.tools import aware, correct_bias, equalise, export, from_tflite, improve_int8, layers, network, prepare, quantise, runner  # noqa: E402


class Small(torch.nn.Module):
    """Dense, depthwise, dense, pooled, linear; each channel small in one place and its weights large in the next, which changes nothing but int8."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.depthwise = torch.nn.Conv2d(3, 16, 3, 2, 1), torch.nn.Conv2d(16, 16, 3, 1, 1, groups=16)
        self.second, self.last = torch.nn.Conv2d(16, 8, 1), torch.nn.Linear(8, 3)
        by = torch.logspace(-2.5, 0, 16)
        with torch.no_grad():
            for before, after in ((self.first, self.depthwise.weight), (self.depthwise, self.second.weight)):
                before.weight *= by[:, None, None, None]
                before.bias *= by
                after /= by[:, None, None, None] if after.shape[0] == 16 else by[None, :, None, None]

    def forward(self, x):
        x = torch.nn.functional.relu6(self.depthwise(torch.relu(self.first(x))))
        return self.last(torch.relu(self.second(x)).mean((2, 3)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(folder with float32.tflite and int8.tflite, what calibrated it, other inputs)."""
    folder = tmp_path_factory.mktemp("small")
    assert export.export(Small().eval(), 24, 16, folder / "float32.tflite") < 1e-4
    rng = np.random.default_rng(0)
    inputs = rng.normal(0.4, 1, (90, 16, 24, 3)).astype(np.float32)
    quantise.quantise(folder / "float32.tflite", folder / "int8.tflite", inputs[:60])
    return folder, inputs[:60], inputs[60:]


def answers(path, inputs):
    interpreter = runner.open_model(path)
    return np.stack([runner.run(interpreter, one[None]) for one in inputs])


def test_an_equalised_network_says_the_same_and_int8_loses_less_of_it(made):
    folder, samples, others = made
    assert equalise.equalise(folder / "float32.tflite", folder / "equalised.tflite", samples) == 2
    wanted, found = answers(folder / "float32.tflite", samples), answers(folder / "equalised.tflite", samples)
    assert np.abs(found - wanted).max() < 1e-4 * np.abs(wanted).max()
    quantise.quantise(folder / "equalised.tflite", folder / "equalised-int8.tflite", samples)
    wanted = answers(folder / "float32.tflite", others)
    plain, better = (np.abs(answers(folder / name, others) - wanted).mean() for name in ("int8.tflite", "equalised-int8.tflite"))
    assert better < 0.6 * plain


def test_no_factor_brings_a_channel_to_six_or_moves_one_that_is_there():
    largest, share = np.array([6.0, 0.5, 3.0, 0.0]), np.array([1.0, 0.1, 1.0, 1.0])
    by = equalise.factors(largest, share, True)
    assert by[0] == 1 and (largest * by).max() <= 6 and by[3] == 1 and by[1] > 1
    assert equalise.factors(np.zeros(3), np.ones(3), True).tolist() == [1, 1, 1]
    free = equalise.factors(largest, np.ones(4), False)
    assert (largest * free)[:3].max() == pytest.approx(6)  # the activation's range stays


def test_corrected_biases_bring_each_layers_mean_back(made):
    """Of an int8 file whose biases were moved: rounding alone moves few so far."""
    folder, samples, _ = made
    network, rng = layers.Network(folder / "int8.tflite"), np.random.default_rng(1)
    for operator in network.layers:
        stored = network.stored(operator.inputs[2])
        network.replace(operator.inputs[2], stored + rng.integers(-4000, 4000, stored.shape))
    network.write(folder / "moved.tflite")
    assert correct_bias.correct(folder / "float32.tflite", folder / "moved.tflite", folder / "corrected.tflite", samples[:40]) == len(network.layers) == 4
    wanted = answers(folder / "float32.tflite", samples[:40]).mean(0)
    moved, plain, corrected = (np.abs(answers(folder / f"{name}.tflite", samples[:40]).mean(0) - wanted).max() for name in ("moved", "int8", "corrected"))
    assert corrected < 0.1 * moved and corrected < 1.5 * plain + 0.01


def test_means_of_sums_are_exact_padding_and_all(made):
    folder, samples, _ = made
    _, mean = layers.flows(folder / "float32.tflite", samples[:5])
    network = layers.Network(folder / "float32.tflite")
    linear = network.layers[-1]
    sums = layers.mean_output(network, linear, mean[network.name(linear.inputs[0])], network.values(linear.inputs[1])) + network.values(linear.inputs[2])
    assert np.allclose(sums, answers(folder / "float32.tflite", samples[:5]).mean(0), atol=1e-5)
    first = network.layers[0]
    picture = torch.from_numpy(samples[:1]).permute(0, 3, 1, 2)
    model = Small()
    wanted = torch.nn.functional.conv2d(picture, model.first.weight, None, 2, 1).mean((0, 2, 3)).detach().numpy()
    assert np.allclose(layers.mean_output(network, first, samples[:1], network.values(first.inputs[1])), wanted, atol=1e-5) or \
        network.name(first.inputs[0]) != network.name(network.graph.inputs[0])  # a converter may pad by an operator of its own


def one(steps, difference, kept_by):
    return {"steps": steps, "mean_difference": difference, "largest_difference": 0.2, "kept_by": kept_by}


@pytest.mark.parametrize("tried, kept", [
    ([one([], 0.02, 0.9), one(["equalise"], 0.01, 0.9), one(["correct_bias"], 0.005, 0.89)], ["equalise"]),  # nearer, and right less often
    ([one([], 0.02, 0.9), one(["equalise"], 0.03, 0.95)], []),  # better by luck: farther from float32
    ([one([], 0.02, 0.9), one(["equalise"], 0.01, 0.9), one(["correct_bias"], 0.008, 0.9), one(["equalise", "correct_bias"], 0.006, 0.91)],
     ["equalise", "correct_bias"]),
])
def test_what_does_not_help_on_validation_is_not_kept(tried, kept):
    assert improve_int8.chosen(tried)["steps"] == kept
    told = {"n": 124, "keep": ["macro_auc"], "float32": one([], 0, 0.92), "tried": tried, "kept": kept}
    assert ("nothing that was tried helped on 124 validation pictures; the plain one is kept" in improve_int8.sentence(told)) == (not kept)
    assert improve_int8.markdown(told).count("\n| ") == 2 + len(tried)


def test_each_step_is_tried_alone_and_equalisation_with_each_other():
    assert improve_int8.attempts(["aware"]) == [[], ["aware"]]
    assert improve_int8.attempts(["aware", "correct_bias", "equalise"]) == [
        [], ["equalise"], ["correct_bias"], ["aware"], ["equalise", "correct_bias"], ["equalise", "aware"]]
    assert improve_int8.attempts([]) == [[]]
    assert improve_int8.attempts(["correct_bias", "equalise"]) == [[], ["equalise"], ["correct_bias"], ["equalise", "correct_bias"]]


LITE = {"network": "efficientnet_lite0", "classes": ["a", "b", "c"], "network_options": {"width": 0.25, "blocks": 3}, "sources": [{"name": "s"}],
        "augment": {"mirror": 0.5}, "pack": {}, "seed": 1, "keep": ["macro_auc"]}
INPUT = {"mean": [0.5] * 3, "std": [0.25] * 3, "output": "logits"}


def pictures(seed, count):
    """uint8 [n,32,48,3], each of one wave a channel, so that a network of random weights tells them apart."""
    down, right = np.mgrid[0:1:32j, 0:1:48j]
    waves = np.random.default_rng(seed).normal(0, 9, (count, 2, 3))[..., None, None]
    return np.round(127.5 + 127.5 * np.sin(waves[:, 0] * down + waves[:, 1] * right)).transpose(0, 2, 3, 1).astype(np.uint8)


def in_order(core):
    return from_tflite.ran(network.Classifier(core, [0.5] * 3, [0.5] * 3))


@pytest.fixture(scope="module")
def lite(tmp_path_factory):
    """(folder with whole.tflite and plain.tflite of an EfficientNet's beginning, calibration inputs): one block's channels are made
    unlike, and the next layer undoes that, which changes nothing but int8."""
    folder = tmp_path_factory.mktemp("lite")
    torch.manual_seed(3)
    core = network.build("efficientnet_lite0", 3, pretrained=False, **LITE["network_options"], norms=False).network.eval()
    samples = prepare.normalise(pictures(0, 48), INPUT["mean"], INPUT["std"])
    with torch.no_grad():
        for layer in in_order(core):  # what each layer gives has a deviation of 1.5
            seen = []
            hook = layer.register_forward_hook(lambda _, inputs, out, seen=seen: seen.append(out))
            core(aware.tensor(samples[:16]))
            hook.remove()
            layer.weight.mul_(1.5 / seen[0].std())
            layer.bias.normal_(0, 0.3)  # where they are all 0 a file has one for two layers
        project, expand = core._blocks[0]._project_conv, core._blocks[1]._expand_conv
        by = torch.logspace(-1.5, 0, len(project.weight))
        project.weight.mul_(by[:, None, None, None])
        project.bias.mul_(by)
        expand.weight.div_(by[None, :, None, None])
    export.export(core, 48, 32, folder / "whole.tflite")
    quantise.quantise(folder / "whole.tflite", folder / "plain.tflite", samples)
    return folder, samples


@pytest.fixture
def large_steps(monkeypatch):
    """Random weights need larger ones than those that have learnt something."""
    monkeypatch.setattr(aware, "RATE", 1e-3)
    monkeypatch.setattr(aware, "STEPS", 100)


def test_its_loss_falls_and_nothing_else_is_drawn_a_second_time(lite, large_steps, monkeypatch):
    folder, samples = lite
    made = []
    monkeypatch.setattr(export, "export", lambda core, width, height, path: made.append(core))
    losses = [aware.write(folder / "whole.tflite", folder / "none.tflite", samples, LITE) for _ in range(2)]
    assert len(losses[0]) == 100 and np.mean(losses[0][-10:]) < 0.75 * np.mean(losses[0][:10])
    assert losses[1] == losses[0]
    with torch.no_grad():
        assert all(torch.equal(one, other) for one, other in zip(*(core.state_dict().values() for core in made)))


def test_aware_of_int8_it_says_more_nearly_what_float32_says(lite, large_steps, tmp_path):
    folder, samples = lite
    side = improve_int8.Side.__new__(improve_int8.Side)
    side.pack, side.findings, side.pixels, side.label = INPUT, False, pictures(1, 32), np.arange(32) % 3
    advanced = []
    told = improve_int8.choose(folder / "whole.tflite", tmp_path / "chosen.tflite", ["aware"], samples, side, LITE, tmp_path, lambda: advanced.append(1))
    assert [one["steps"] for one in told["tried"]] == [[], ["aware"]] and len(advanced) == improve_int8.work(["aware"], folder / "whole.tflite") == 102
    plain, trained = (one["mean_difference"] for one in told["tried"])
    assert trained < 0.8 * plain
    whole, float32, int8 = (side.probabilities(path) for path in (folder / "whole.tflite", tmp_path / "int8-aware-float32.tflite",
                                                                  tmp_path / "int8-aware.tflite"))
    assert np.abs(int8 - whole).mean() == pytest.approx(trained, abs=1e-5)  # of the file as it was given, not of what was trained
    assert np.abs(float32 - whole).mean() < 0.05
    kept = "int8-aware.tflite" if told["kept"] else "int8.tflite"
    assert (tmp_path / "chosen.tflite").read_bytes() == (tmp_path / kept).read_bytes()


def test_weights_as_int8_are_those_of_the_file(lite):
    folder, samples = lite
    core, file = aware.read(folder / "whole.tflite", LITE, samples), layers.Network(folder / "plain.tflite")
    for layer, operator in zip(in_order(core), file.layers, strict=True):
        found = aware.weights_as_int8(layer.weight).detach().numpy()
        wanted = file.values(operator.inputs[1]).transpose(from_tflite.AXES[file.code(operator)])
        step = np.abs(layer.weight.detach().numpy()).reshape(len(wanted), -1).max(1) / 127
        assert (np.abs(found - wanted).reshape(len(wanted), -1).max(1) <= 1.01 * step).all()
        assert np.abs(found - layer.weight.detach().numpy()).max() > 0


def test_int8_rounds_what_the_file_stores_and_the_ranges_are_its_own(lite):
    """As many ranges as the file's input and operators have, and near them: a block's ReLU6 runs twice, and has two."""
    folder, samples = lite
    core, file = aware.read(folder / "whole.tflite", LITE, samples), layers.Network(folder / "plain.tflite")
    names = set(core.state_dict())
    student = aware.as_int8(core)
    with torch.no_grad():
        for begin in range(0, len(samples), 16):
            student(aware.tensor(samples[begin:begin + 16]))
    ranges = [module.range for module in student.modules() if isinstance(module, aware.ActivationAsInt8)]
    scales = [file.graph.tensors[index].quantization.scale[0] for index in [*file.graph.inputs, *(one.outputs[0] for one in file.graph.operators)]]
    assert len(ranges) == len(scales) and set(core.state_dict()) == names
    assert [float(high - low) / 255 for low, high in ranges] == pytest.approx(scales, rel=0.1)


def test_what_cannot_be_trained_is_refused(lite, tmp_path):
    folder, samples = lite
    with pytest.raises(SystemExit, match="aware training takes efficientnet_lite0, .* alone, and the config's network is dai2019; leave aware out"):
        aware.write(folder / "whole.tflite", tmp_path / "aware.tflite", samples, {**LITE, "network": "dai2019"})
    core = aware.read(folder / "whole.tflite", LITE, samples)
    core._conv_stem.static_padding = torch.nn.ZeroPad2d((1, 0, 1, 0))  # the same layers, padded at the other side
    export.export(core, 48, 32, tmp_path / "other.tflite")
    with pytest.raises(SystemExit, match="other.tflite: efficientnet_lite0 of the config has its layers, but answers with them"):
        aware.write(tmp_path / "other.tflite", tmp_path / "aware.tflite", samples, LITE)
    assert not (tmp_path / "aware.tflite").exists()


@pytest.mark.parametrize("turns, averaged, count", [({}, 1, 1), ({"mirror": 0.5}, 1, 2), ({"mirror": 0.5, "rotate_deg": 15}, 1, 2),
                                                    ({"mirror": 0.5, "rotate_deg": 180}, 1, 4), ({}, 4, 4)])
def test_pictures_are_turned_as_the_config_has_them_seen(turns, averaged, count):
    assert aware.views({"augment": turns, "pack": {"views": averaged}}) == count
