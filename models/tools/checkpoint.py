"""A trained checkpoint and the pictures it is scored on. Which side of the split may be asked is the caller's rule."""
import os

import numpy as np
import torch

from models.tools import dataset, network, runner, written


def add_arguments(parser):
    parser.add_argument("config")
    parser.add_argument("checkpoint")
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--source", help="the source whose pictures are scored (the config's first)")


class Checkpoint:
    """source, prior [classes] of its training side."""

    def __init__(self, args):
        torch.set_num_threads(os.cpu_count())
        config = written.read(args.config)
        self.source = dataset.source_named(dataset.open_sources(config, args.data), args.source)
        self.prior = self.source.prior(self.source.indices("train"))
        self.model = network.load(config["network"], len(config["classes"]), args.checkpoint, **network.shape_of(config)).to(memory_format=torch.channels_last)

    @torch.no_grad()
    def logits(self, side, width, height, fraction, views):
        """float32 [n, classes] of one side's pictures, the mean over the views (runner.turned)."""
        pixels = self.source.inputs(self.source.indices(side), width, height, fraction)

        def batch(some):
            return self.model(torch.from_numpy(np.ascontiguousarray(some)).permute(0, 3, 1, 2).float() / 255)
        return torch.cat([sum(batch(runner.turned(pixels[i:i + 64], view)) for view in range(views)) / views
                          for i in range(0, len(pixels), 64)]).numpy()
