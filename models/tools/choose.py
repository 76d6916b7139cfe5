"""Figures on validation for several input sizes, crop fractions and numbers of views; a person chooses by them. Refuses the test side.

  python -m models.tools.choose CONFIG CHECKPOINT --data DIR --cache FILE [--sizes 160 192 224] [--fractions 1.0 0.9] [--views 1 4]
"""
import argparse
import json
import os
import pathlib

import numpy as np
import torch

from models.tools import calibrate, dataset, metrics, network, runner


@torch.no_grad()
def logits(model, pixels, views=1):
    """uint8 [n,H,W,3] → float32 [n,classes], the mean over the views (runner.turned), in batches."""
    def batch(some):
        return model(torch.from_numpy(np.ascontiguousarray(some)).permute(0, 3, 1, 2).float() / 255)
    return torch.cat([sum(batch(runner.turned(pixels[i:i + 64], view)) for view in range(views)) / views
                      for i in range(0, len(pixels), 64)]).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("checkpoint")
    parser.add_argument("--data", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[160, 192, 224])
    parser.add_argument("--views", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--fractions", type=float, nargs="+", default=[1.0, 0.9])
    args = parser.parse_args()
    config = json.loads(pathlib.Path(args.config).read_text())
    torch.set_num_threads(os.cpu_count())
    table = dataset.Table(args.data)
    pictures = dataset.load_pictures(table, args.cache)
    val, prior = table.indices(config["split"], "val"), table.prior(table.indices(config["split"], "train"))
    model = network.load(config["network"], len(dataset.CLASSES), args.checkpoint).to(memory_format=torch.channels_last)
    for size in args.sizes:
        for fraction in args.fractions:
            pixels = dataset.inputs(table, pictures, val, size, size, fraction)
            for views in args.views:
                scores = logits(model, pixels, views)
                _, fitted = calibrate.choose_ridge(scores, table.label[val], table.lesion[val], prior)
                print(f"{size} px, fraction {fraction}, views {views}:",
                      metrics.line(metrics.figures(fitted, table.label[val], prior)), flush=True)


if __name__ == "__main__":
    main()
