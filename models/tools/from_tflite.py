"""The weights of a pack's .tflite back in their network: to be trained further (train --start), or to teach another (train --teacher).

  python -m models.tools.from_tflite CONFIG models/skin/skin-float32.tflite OUT/best.pt

CONFIG names network and classes. Of EfficientNets alone, whose batch norms the exporter put into their convolutions: the result
has none ("network_options": {"norms": false}), and a config that goes on from it says so too. Of an int8 file the weights are what
its numbers stand for; that its activations were rounded as well is not in them.
"""
import argparse
import pathlib
import tempfile

import torch
from torch import nn

from models.tools import full_disk, layers, network, train, variants, written

# From where TFLite has a filter's axes to where PyTorch has them.
AXES = {layers.OPERATOR.CONV_2D: (0, 3, 1, 2), layers.OPERATOR.DEPTHWISE_CONV_2D: (3, 0, 1, 2), layers.OPERATOR.FULLY_CONNECTED: (0, 1)}


def ran(model):
    """Its layers with weights, in the order in which they run."""
    seen = []
    hooks = [part.register_forward_hook(lambda one, *_: seen.append(one)) for part in model.modules() if isinstance(part, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        model.eval()(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return seen


def opened(path):
    """layers.Network of the file; of float16 weights that of the same in float32."""
    with tempfile.TemporaryDirectory() as folder:
        wide = pathlib.Path(folder) / "float32.tflite"
        variants.whole(path, wide)
        return layers.Network(wide)


def read(path, name, classes, shape):
    """The network in evaluation mode, its weights those of the file; shape: as network.shape_of, its "norms" False."""
    if name not in network.EFFICIENTNETS:
        raise SystemExit(f"network {name!r} cannot be read back from a .tflite; those that can are: {', '.join(network.EFFICIENTNETS)}")
    model, file = network.build(name, len(classes), pretrained=False, **shape), opened(path)
    mine = ran(model)
    if not file.layers:
        raise SystemExit(f"{path}: has no layer whose weights are float32, float16 or int8, and no others are read; give such a file")
    if len(mine) != len(file.layers):
        raise SystemExit(f"{path}: has {len(file.layers)} layers with weights; {name} of the config has {len(mine)}")
    for index, (layer, operator) in enumerate(zip(mine, file.layers)):
        weight = torch.from_numpy(file.values(operator.inputs[1]).transpose(AXES[file.code(operator)]).copy())
        bias = torch.from_numpy(file.values(operator.inputs[2]).copy())
        if weight.shape != layer.weight.shape or bias.shape != layer.bias.shape:
            raise SystemExit(f"{path}: layer {index} has weights of {list(weight.shape)}; {name} of the config has {list(layer.weight.shape)}")
        layer.weight.data.copy_(weight)
        layer.bias.data.copy_(bias)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("file", type=pathlib.Path, help="of a pack: float32, float16 or int8")
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    config = written.read(args.config)
    shape = {**network.shape_of(config), "norms": False}
    model = read(args.file, config["network"], config["classes"], shape)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    train.save(args.out, average=model.state_dict(), network=config["network"], classes=config["classes"], shape=shape)


if __name__ == "__main__":
    full_disk.started(main)
