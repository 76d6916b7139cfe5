"""models.tools.equalise, correct_bias and improve_int8: a network that says the same, biases that give the mean back, and what is kept."""
import numpy as np
import pytest

for package in ("ai_edge_litert", "ai_edge_quantizer", "litert_torch", "torch"):
    pytest.importorskip(package)
import torch  # noqa: E402

from models.tools import correct_bias, equalise, export, improve_int8, layers, quantise, runner  # noqa: E402


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


def test_each_step_is_tried_alone_and_both_together():
    assert improve_int8.attempts([]) == [[]]
    assert improve_int8.attempts(["correct_bias", "equalise"]) == [[], ["equalise"], ["correct_bias"], ["equalise", "correct_bias"]]
