"""Figures on validation for several input sizes, crop fractions and numbers of views; a person chooses by them. Refuses the test side.

  python -m models.tools.choose CONFIG CHECKPOINT --data NAME=DIR... [--source NAME] [--sizes 160 192 224] [--fractions 1.0 0.9] [--views 1 4]
"""
import argparse

from models.tools import calibrate, checkpoint, metrics


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    checkpoint.add_arguments(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[160, 192, 224])
    parser.add_argument("--views", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--fractions", type=float, nargs="+", default=[1.0, 0.9])
    args = parser.parse_args()
    trained = checkpoint.Checkpoint(args)
    source, val = trained.source, trained.source.indices("val")
    for size in args.sizes:
        for fraction in args.fractions:
            for views in args.views:
                scores = trained.logits("val", size, size, fraction, views)
                _, fitted = calibrate.choose_ridge(scores, source.label[val], source.group[val], trained.prior)
                print(f"{size} px, fraction {fraction}, views {views}:",
                      metrics.line(metrics.figures(fitted, source.label[val], trained.prior)), flush=True)


if __name__ == "__main__":
    main()
