"""Checkpoint → float32 .tflite: fixed batch 1, NHWC input, normalised outside (pack.json says how).

  python -m models.tools.export CONFIG CHECKPOINT OUT.tflite --size WIDTH HEIGHT
"""
import argparse
import pathlib

import torch
from torch import nn

from models.tools import full_disk, network, written


class Nhwc(nn.Module):
    """The converter turns this permute and its own layout pass into no operator at all."""

    def __init__(self, core):
        super().__init__()
        self.core = core

    def forward(self, x):
        return self.core(x.permute(0, 3, 1, 2))


def export(core, width, height, path):
    """Writes the .tflite; returns the largest difference between it and PyTorch on noise."""
    import litert_torch
    sample = (torch.randn(1, height, width, 3, generator=torch.Generator().manual_seed(0)),)
    module = Nhwc(core).eval()
    edge = litert_torch.convert(module, sample)
    pathlib.Path(path).write_bytes(edge.model_content())  # its own writer ends the process, without a word, where the disk is full
    with torch.no_grad():
        wanted = module(*sample)
    return float((torch.from_numpy(edge(*sample)) - wanted).abs().max())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("--size", nargs=2, type=int, required=True, metavar=("WIDTH", "HEIGHT"))
    args = parser.parse_args()
    config = written.read(args.config)
    model = network.load(config["network"], len(config["classes"]), args.checkpoint, **network.shape_of(config))
    difference = export(model.network, *args.size, args.out)
    print(f"{args.out}: {pathlib.Path(args.out).stat().st_size} bytes, largest difference {difference:.2g}")
    if difference > 1e-4:
        raise SystemExit(f"the exported network differs by {difference:.2g} from PyTorch; at most 1e-4 is expected")


if __name__ == "__main__":
    full_disk.started(main)
