"""One side of a config's source as a table that the command reads: image, label (as the pack's
classes; findings with | between), the split's column, and what must not be cut both as "group" and by its own name.

  python -m models.tools.sides CONFIG --data NAME=DIR... --side val --out OUT/val.csv [--source NAME]

For a side that no column of the source's own table names (a share of the training side, several folds), or whose labels the
config maps. Refuses to choose anything.
"""
import argparse
import csv
import pathlib

import numpy as np

from models.tools import dataset, full_disk, written


def write(source, side, path, count=None, seed=0):
    """Writes the table, or that of `count` pictures drawn at random in their old order; returns how many it has."""
    indices = source.indices(side)
    if count and count < len(indices):
        indices = indices[np.sort(np.random.default_rng(seed).choice(len(indices), count, replace=False))]
    split, own = source.spec["split"]["column"], source.spec.get("group", "group")
    columns = ["image", "label", split, "group", *([own] if own not in ("image", "group") else [])]
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({own: source.group[i], "group": source.group[i], "image": source.file(i), split: source.rows[i][split],
                          "label": source.cell(i)} for i in indices)
    return len(indices)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--side", required=True, choices=dataset.SIDES)
    parser.add_argument("--source", help="its name (the config's first)")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    sources = dataset.open_sources(written.read(args.config), args.data)
    print(f"{args.out}: {write(dataset.source_named(sources, args.source), args.side, args.out)} pictures")


if __name__ == "__main__":
    full_disk.started(main)
