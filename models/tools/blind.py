"""How far a model gets that sees nothing of what a picture is about: the shortcuts of a data set, for the card.

  python -m models.tools.blind CONFIG PACK --data NAME=DIR...

A linear model (softmax regression) on a few numbers a picture: its border's mean colour, eight pixels of its edge, how sharp it
is, its mean colour, how often each colour occurs, its size. Fitted on the training side of the config's first source, measured on its test side; chance is
the commonest class of the training side. Writes report/blind.json. What such a model gets right, a network may have learnt
from the table, the lamp or the machine, and not from the subject.
"""
import argparse
import json
import pathlib

import numpy as np

from models.tools import dataset, foreign, full_disk, prepare, written

BORDER = 0.06  # of the shorter side
RIDGE = 1e-3


def border(pixels):
    """The outermost frame of pixels, [n,3]."""
    wide = max(1, round(BORDER * min(pixels.shape[:2])))
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    inside[wide:-wide, wide:-wide] = True
    return pixels[~inside]


def eight(pixels):
    """Four corners and the middles of four sides, a fiftieth inside, [8,3]."""
    height, width = pixels.shape[:2]
    rows, columns = ([round(share * (size - 1)) for share in (0.02, 0.5, 0.98)] for size in (height, width))
    return np.array([pixels[r, c] for r in rows for c in columns if (r, c) != (rows[1], columns[1])])


def histogram(pixels):
    """How often each of 4×4×4 colours occurs, [64]."""
    bins = (pixels / 64).astype(int).clip(0, 3) @ [16, 4, 1]
    return np.sqrt(np.bincount(bins.ravel(), minlength=64) / bins.size)


def sharpness(pixels):
    """The mean and the spread of the differences between neighbours."""
    grey = pixels.mean(2)
    step = np.abs(np.diff(grey, axis=1))
    return [step.mean(), step.std(), np.abs(np.diff(grey, axis=0)).mean()]


MEASURES = {
    "the border's mean colour": lambda pixels: border(pixels).mean(0),
    "eight pixels of the edge": lambda pixels: eight(pixels).ravel(),
    "sharpness": sharpness,
    "mean colour and its spread": lambda pixels: [*pixels.mean((0, 1)), *pixels.std((0, 1))],
    "how often each of 64 colours occurs": histogram,
    "width and height": lambda pixels: [*pixels.shape[:2]],
}


def fitted(x, label, classes):
    """A function from features [n,d] to the class guessed, every class weighing the same in its fit."""
    from models.tools import typicality  # which asks for scipy; the card does not
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    weight = (1 / np.bincount(label, minlength=classes).clip(1))[label] / classes
    a, bias = typicality.softmax_regression((x - mean) / deviation, label, weight, RIDGE, classes)
    return lambda some: ((some - mean) / deviation @ a + bias).argmax(1)


def figures(guess, label):
    return figures_of_right(guess == label, label)


def figures_of_right(right, label):
    low, high = foreign.wilson(int(right.sum()), len(right))
    return {"accuracy": {"value": round(float(right.mean()), 4), "low": round(low, 4), "high": round(high, 4)},
            "balanced_accuracy": round(float(np.mean([right[label == c].mean() for c in np.unique(label)])), 4)}


def seen(path):
    """{measure: its numbers} of one picture, which is not kept."""
    pixels = np.asarray(prepare.open_picture(path), dtype=np.float64)
    return {name: np.asarray(values(pixels), dtype=np.float64) for name, values in MEASURES.items()}


def measure(source, measured="test"):
    """{measure: figures} on that side of the source, and chance."""
    sides = {side: source.indices(side) for side in ("train", measured)}
    found = {side: [seen(source.path(i)) for i in rows] for side, rows in sides.items()}
    label = {side: source.label[rows] for side, rows in sides.items()}
    common = np.bincount(label["train"]).argmax()
    made = {"the commonest class": figures(np.full(len(label[measured]), common), label[measured])}
    for name in MEASURES:
        x = {side: np.array([one[name] for one in pictures]) for side, pictures in found.items()}
        made[name] = figures(fitted(x["train"], label["train"], len(source.classes))(x[measured]), label[measured])
    return {"n": len(label[measured]), "measures": made}


def measure_findings(source, measured="test"):
    """The same of a source of findings: a model for each, and of each measure the mean balanced accuracy and the finding told best."""
    sides = {side: source.indices(side) for side in ("train", measured)}
    found = {side: [seen(source.path(i)) for i in rows] for side, rows in sides.items()}
    target = {side: source.target[rows].astype(int) for side, rows in sides.items()}
    judged = [c for c in range(len(source.classes)) if all(0 < t[:, c].sum() < len(t) for t in target.values())]
    made = {}
    for name in MEASURES if judged else ():
        x = {side: np.array([one[name] for one in pictures]) for side, pictures in found.items()}
        told = {}
        for c in judged:
            guess = fitted(x["train"], target["train"][:, c], 2)(x[measured])
            told[source.classes[c]] = figures(guess, target[measured][:, c])["balanced_accuracy"]
        best = max(told, key=told.get)
        made[name] = {"balanced_accuracy": round(float(np.mean(list(told.values()))), 4), "highest": [best, told[best]]}
    return {"n": len(target[measured]), "findings": True, "measures": made}


def section(folder):
    """Markdown for the card; empty where nothing was measured."""
    path = folder / "report" / "blind.json"
    if not path.is_file():
        return ""
    found = json.loads(path.read_text())
    if found.get("findings"):
        lines = ["", "## What needs no look at the subject", "Linear models on a few numbers a picture, one for each finding, fitted on the training side",
                 f"and measured on the test side (`models.tools.blind`, n = {found['n']}); 0.5 is chance. What they get right, the network may have learnt",
                 "from the same: the table, the lamp, the machine.", "", "| Seen | Mean balanced accuracy | The finding that is told best |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {name} | {f['balanced_accuracy']:.3f} | {f['highest'][0]}, {f['highest'][1]:.3f} |"
                                    for name, f in found["measures"].items())]) + "\n"
    lines = ["", "## What needs no look at the subject", "A linear model on a few numbers a picture, fitted on the training side and measured on the test side",
             f"(`models.tools.blind`, n = {found['n']}). What it gets right, the network may have learnt from the same: the table, the lamp, the machine.", "",
             "| Seen | Accuracy | Balanced accuracy |", "|---|---|---|"]
    lines += [f"| {name} | {f['accuracy']['value']:.3f} ({f['accuracy']['low']:.3f}–{f['accuracy']['high']:.3f}) | {f['balanced_accuracy']:.3f} |"
              for name, f in found["measures"].items()]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    args = parser.parse_args()
    source = dataset.open_sources(written.read(args.config), args.data)[0]
    found = (measure_findings if source.reader else measure)(source)
    (args.pack / "report").mkdir(parents=True, exist_ok=True)
    (args.pack / "report" / "blind.json").write_text(json.dumps(found, indent=1) + "\n")
    for name, figure in found["measures"].items():
        if source.reader:
            print(f"{name}: balanced {figure['balanced_accuracy']:.3f}, highest {figure['highest'][1]:.3f} ({figure['highest'][0]})")
            continue
        print(f"{name}: accuracy {figure['accuracy']['value']:.3f}, balanced {figure['balanced_accuracy']:.3f}")


if __name__ == "__main__":
    full_disk.started(main)
