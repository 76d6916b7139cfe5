"""Float32 .tflite → one of the same network whose int8 says what the first one says: quantisation-aware training (Jacob et al. 2018).

A few hundred small steps (Krishnamoorthi 2018) from the weights that are there. The network is run as int8 will be: weights rounded to
steps of their filter's largest, activations to 256 steps of a range that moves along, wherever TFLite stores them; gradients pass
the rounding as if it were not there. What it learns is the float32 network's own answers about the calibration pictures, turned and
mirrored as the config has them seen: it asks for no label, and sees no picture of validation or test. Takes what from_tflite reads.
"""
import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional as F

from models.tools import export, findings, from_tflite, network, runner, train

STEPS, BATCH, WARM_UP = 200, 8, 0.1  # each of 300 pictures some five times, which a CPU does in minutes
RATE = 1e-5  # measured: at ten times it, covid-ct's loss rose fourfold before it fell
KEPT = 0.9  # of a range, at each step
PASSING = (nn.Identity, nn.Dropout, nn.ZeroPad2d)  # what comes out is what went in, and zeros, which every range has
ALIKE = 1e-3  # of the largest answer: between the file and its network read back


def weights_as_int8(weights):
    """[out,…] rounded as quantise.py's are: symmetric, -127..127 steps, a scale for each filter."""
    largest = weights.detach().abs().amax(tuple(range(1, weights.dim()))).clamp(min=1e-9)
    return torch.fake_quantize_per_channel_affine(weights, largest / 127, torch.zeros_like(largest, dtype=torch.int32), 0, -127, 127)


class ActivationAsInt8(nn.Module):
    """[n,…] rounded to -128..127 of a range that has 0 in it: the mean of the pictures' own least and largest values, moving, as
    quantise.py's calibration takes it. (torch.ao's observers take the least and the largest of a whole batch.)"""

    def __init__(self):
        super().__init__()
        self.register_buffer("range", None)

    def forward(self, x):
        each = x.detach().flatten(1)
        now = torch.stack([each.amin(1).clamp(max=0).mean(), each.amax(1).clamp(min=0).mean()])
        self.range = now if self.range is None else self.range.lerp(now, 1 - KEPT)
        scale = ((self.range[1] - self.range[0]) / 255).clamp(min=1e-9)
        zero = (-128 - self.range[0] / scale).round().to(torch.int32)
        return torch.fake_quantize_per_tensor_affine(x, scale, zero, -128, 127)


class Tracer(fx.Tracer):
    def is_leaf_module(self, module, name):
        return not isinstance(module, nn.Linear) and super().is_leaf_module(module, name)


def is_a(graph, node, kinds):
    return node.op == "call_module" and isinstance(graph.owning_module.get_submodule(node.target), kinds)


def is_fused(graph, node):
    """Whether TFLite has it and the ReLU behind it as one operator."""
    users = list(node.users)
    return len(users) == 1 and (is_a(graph, users[0], (nn.ReLU, nn.ReLU6)) or is_a(graph, users[0], PASSING) and is_fused(graph, users[0]))


def as_int8(core):
    """`core` as int8 computes it, with the very parameters that `core` has. A module that runs twice has two ranges."""
    made = fx.GraphModule(core, Tracer().trace(core))
    graph = made.graph
    for node in list(graph.nodes):
        if node.target in (F.conv2d, F.linear):
            with graph.inserting_before(node):
                node.update_arg(1, graph.call_function(weights_as_int8, (node.args[1],)))
        if node.op in ("placeholder", "call_module", "call_function") and not is_a(graph, node, PASSING) and not is_fused(graph, node):
            made.add_submodule(f"int8_{node.name}", ActivationAsInt8())
            with graph.inserting_after(node):
                rounded = graph.call_module(f"int8_{node.name}", (node,))
            node.replace_all_uses_with(rounded, lambda user, own=rounded: user is not own)
    made.recompile()
    return made


def check(config):
    if config["network"] not in network.EFFICIENTNETS:
        raise SystemExit(f"aware training takes {', '.join(network.EFFICIENTNETS)} alone, and the config's network is {config['network']}; leave aware out")


def read(source, config, samples):
    """The network of the float32 file, which must say what the file says."""
    check(config)
    core = from_tflite.read(source, config["network"], config["classes"], {**network.shape_of(config), "norms": False}).network
    interpreter = runner.open_model(source)
    wanted = np.stack([runner.run(interpreter, sample[None]) for sample in samples[:2]])
    apart = np.abs(answers(core, samples[:2]).numpy() - wanted).max()
    if not apart <= ALIKE * max(1, np.abs(wanted).max()):
        raise SystemExit(f"{source}: {config['network']} of the config has its layers, but answers with them {apart:.2g} from what the file answers; "
                         "leave aware out")
    return core


def views(config):
    """How many of runner.turned's: as many as the pack averages, or as its pictures were turned in training."""
    turns = config.get("augment", {})
    return max(config["pack"].get("views", 1), 1 if not turns.get("mirror") else 4 if turns.get("rotate_deg", 0) >= 180 else 2)


def tensor(pixels):
    """[n,H,W,3] → [n,3,H,W]"""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2)


@torch.no_grad()
def answers(core, pixels):
    return torch.cat([core(tensor(pixels[i:i + BATCH])) for i in range(0, len(pixels), BATCH)])


def loss_of(logits, wanted, several):
    """Of answers [n,classes] against float32's; several: findings, each a yes or no of its own."""
    if several:
        return F.binary_cross_entropy_with_logits(logits, wanted.sigmoid())
    return F.kl_div(F.log_softmax(logits, 1), F.log_softmax(wanted, 1), reduction="batchmean", log_target=True)


def write(source, target, samples, config, advance=lambda: None):
    """Writes `target`, float32; samples: normalised training pictures [n,H,W,3]. -> the loss of each step"""
    core, several = read(source, config, samples), findings.are_findings(config)
    wanted = torch.stack([answers(core, runner.turned(samples, view)) for view in range(views(config))])
    student, rng, losses = as_int8(core), np.random.default_rng(config.get("seed", 0)), []
    optimiser = torch.optim.AdamW(core.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: train.rate(step / STEPS, WARM_UP))
    for _ in range(STEPS):
        rows = rng.choice(len(samples), min(BATCH, len(samples)), replace=False)
        turns = rng.integers(len(wanted), size=len(rows))
        pixels = np.concatenate([runner.turned(samples[row:row + 1], view) for row, view in zip(rows, turns)])
        loss = loss_of(student(tensor(pixels)), wanted[turns, rows], several)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        advance()
    export.export(core, samples.shape[2], samples.shape[1], target)
    return losses
