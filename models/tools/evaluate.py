"""Figures of a checkpoint on a test side, calibrated on its validation side, without making a pack.

  python -m models.tools.evaluate CONFIG CHECKPOINT --data NAME=DIR... [--source NAME] --size 192 --views 4 --json OUT.json
"""
import argparse
import json
import pathlib

from models.tools import calibrate, checkpoint, full_disk, metrics


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    checkpoint.add_arguments(parser)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--views", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path, required=True)
    args = parser.parse_args()
    trained = checkpoint.Checkpoint(args)
    source, prior = trained.source, trained.prior
    val, test = source.indices("val"), source.indices("test")
    scores = {side: trained.logits(side, args.size, args.size, 1.0, args.views) for side in ("val", "test")}
    ridge, _ = calibrate.choose_ridge(scores["val"], source.label[val], source.group[val], prior)
    fitted = calibrate.apply(scores["test"], *calibrate.fit(scores["val"], source.label[val], prior, ridge))
    figures = metrics.figures(fitted, source.label[test], prior)
    bounds = metrics.bootstrap(*metrics.under_priors(fitted, prior), source.label[test], source.group[test])
    args.json.write_text(json.dumps({"split": f"{source.spec['split']['column']}=test", "size": args.size, "views": args.views,
                                     "figures": figures, "bounds": bounds}, indent=1) + "\n")
    print(metrics.line(figures), "accuracy 95 %", bounds["accuracy"])


if __name__ == "__main__":
    full_disk.started(main)
