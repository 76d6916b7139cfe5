"""Several sources of a config as one folder, labels.csv and images/, for a pack whose figures are of them all together.

  python -m models.tools.merge CONFIG --data NAME=DIR... --out OUT/merged

Columns: image (SOURCE/file), label (as the config's classes), side (train, val, test, as the config cuts each source), group
(SOURCE/its group), source. images/SOURCE is a link to the source's own pictures; nothing is copied.
"""
import argparse
import csv
import json
import os
import pathlib

from models.tools import dataset, full_disk, written


def merge(sources, folder):
    """Writes the folder; returns {side: pictures}."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(dataset.SIDES, 0)
    with open(folder / "labels.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", "label", "side", "group", "source"])
        for source in sources:
            link = folder / "images" / source.name
            if not link.is_symlink():
                os.symlink((source.folder / "images").resolve(), link)
            for side in dataset.SIDES:
                for i in source.indices(side):
                    writer.writerow([f"{source.name}/{source.rows[i]['image']}", source.classes[source.label[i]], side,
                                     f"{source.name}/{source.group[i]}", source.name])
                    counts[side] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    sources = dataset.open_sources(written.read(args.config), args.data)
    dataset.check_groups(sources)
    print(args.out, json.dumps(merge(sources, args.out)))


if __name__ == "__main__":
    full_disk.started(main)
