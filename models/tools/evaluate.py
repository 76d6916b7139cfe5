"""Figures of a checkpoint on a test side, calibrated on its validation side, without making a pack.

  python -m models.tools.evaluate CONFIG CHECKPOINT --data DIR --cache FILE --size 192 --views 4 --json OUT.json
"""
import argparse
import json
import os
import pathlib

import torch

from models.tools import calibrate, choose, dataset, metrics, network


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("checkpoint")
    parser.add_argument("--data", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--views", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path, required=True)
    args = parser.parse_args()
    config = json.loads(pathlib.Path(args.config).read_text())
    torch.set_num_threads(os.cpu_count())
    table = dataset.Table(args.data)
    pictures = dataset.load_pictures(table, args.cache)
    split = config["split"]
    train, val, test = (table.indices(split, side) for side in ("train", "val", "test"))
    prior = table.prior(train)
    model = network.load(config["network"], len(dataset.CLASSES), args.checkpoint).to(memory_format=torch.channels_last)
    scores = {name: choose.logits(model, dataset.inputs(table, pictures, side, args.size, args.size, 1.0), args.views)
              for name, side in (("val", val), ("test", test))}
    ridge, _ = calibrate.choose_ridge(scores["val"], table.label[val], table.lesion[val], prior)
    fitted = calibrate.apply(scores["test"], *calibrate.fit(scores["val"], table.label[val], prior, ridge))
    figures = metrics.figures(fitted, table.label[test], prior)
    bounds = metrics.bootstrap(fitted, table.label[test], table.lesion[test], prior)
    args.json.write_text(json.dumps({"split": f"{split}=test", "size": args.size, "views": args.views, "figures": figures, "bounds": bounds}, indent=1) + "\n")
    print(metrics.line(figures), "accuracy 95 %", bounds["accuracy"])


if __name__ == "__main__":
    main()
