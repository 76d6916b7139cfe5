"""Takes the figures of the command into a pack: its own decoder and kernels, as people will run it.

  for v in int8 float32; do for p in training uniform; do
    build/insitu evaluate --pack models/skin --variant $v --prior $p --labels HAM10000/labels.csv \\
      --images HAM10000/images --split lesion_split=test --scores OUT/$v-$p.csv --json > OUT/$v-$p.json; done; done
  python -m models.tools.native models/tools/configs/skin.json models/skin OUT --labels HAM10000/labels.csv

Writes pack.json's metrics, report/command.json and the card anew. A figure is the command's own; its interval is the
bootstrap of the scores that the command wrote, from which every figure is computed a second time and must agree.
"""
import argparse
import csv
import json
import pathlib

import numpy as np

from models.tools import dataset, full_disk, metrics, pack, report, written

PRIORS = ("training", "uniform")
TOLERANCE = 1e-9  # between the command's sums and ours: the order of additions alone


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def read_scores(path, ids, rows):
    """Probabilities [n,classes] that the command wrote for `rows` of the labels, in their order."""
    written = table(path)
    wanted = ["image", "label", *ids]  # what was decided follows
    if not written or list(written[0])[: len(wanted)] != wanted:
        raise SystemExit(f"{path}: the columns must be image, label, {', '.join(ids)}, with what was decided behind them")
    if [(r["image"], r["label"]) for r in written] != [(r["image"], r["label"]) for r in rows]:
        raise SystemExit(f"{path}: {len(written)} pictures that are not the {len(rows)} of the split, in the order of the labels")
    try:
        p = np.array([[float(r[c]) for c in ids] for r in written])
    except ValueError:
        raise SystemExit(f"{path}: a picture has no probabilities; every one must have been answered") from None
    if abs(p.sum(1) - 1).max() > TOLERANCE:
        raise SystemExit(f"{path}: probabilities sum to {p.sum(1).min():.9g} to {p.sum(1).max():.9g}, must be 1")
    return p


def require_equal(name, ours, theirs):
    theirs = np.array([np.nan if v is None else v for v in np.atleast_1d(theirs)], dtype=float)
    if not np.allclose(np.atleast_1d(ours), theirs, rtol=0, atol=TOLERANCE, equal_nan=True):
        raise SystemExit(f"{name}: {ours} by the scores, but the command says {theirs}")


def measured(folder, variant, ids, rows, split, group, side="test"):
    """Both runs of the command on a variant, and the bootstrap intervals of their scores; side: the value of `split` that its rows have."""
    runs = {p: json.loads((folder / f"{variant}-{p}.json").read_text()) for p in PRIORS}
    for prior, run in runs.items():
        if (run["prior"], run["model"]["variant"], run["split"]) != (prior, variant, f"{split}={side}"):
            raise SystemExit(f"{variant}-{prior}.json is of {run['model']}, prior {run['prior']}, {run['split']}")
        if run["failed"] or run["n"] != len(rows):
            raise SystemExit(f"{variant}, {prior}: {run['n']} pictures, {run['failed']} failed; {len(rows)} asked")
    label = np.array([ids.index(r["label"]) for r in rows])
    trained, uniform = (read_scores(folder / f"{variant}-{p}.csv", ids, rows) for p in PRIORS)
    ours, theirs = metrics.figures_of(trained, uniform, label), report.of_command(runs)
    for name in ("n", "accuracy", "balanced_accuracy", "macro_auc", "ece", "recall"):
        require_equal(f"{variant} {name}", ours[name], theirs[name])
    bounds = metrics.bootstrap(trained, uniform, label, np.array([r[group] for r in rows]))
    return {**{p: {k: v for k, v in run.items() if k != "failures"} for p, run in runs.items()}, "bounds": bounds}


def side_of(source, path):
    """(rows of the table that are the test side of the config's source, the column of its sides, that of its groups, the value of the
    former that these rows have)."""
    split, group = dataset.split_column(source["split"]), source.get("group", "group")
    spec = {"split": {**source["split"], "column": split}, "group": group}
    rows = table(path)
    missing = [column for column in ("image", "label", split, group) if rows and column not in rows[0]]
    if missing:
        raise SystemExit(f"{path}: no column {missing[0]!r}; it has {', '.join(rows[0])}")
    found = [r for r in rows if dataset.is_of_side(spec, "test", r)]
    if not found:
        raise SystemExit(f"{path}: none of its {len(rows)} rows is of the test side of source {source['name']!r}")
    return found, split, group, "+".join(dataset.values_of(source["split"], "test"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("measured", type=pathlib.Path, help="folder with VARIANT-PRIOR.json and .csv of the command")
    parser.add_argument("--labels", type=pathlib.Path, required=True, help="the table that the command was given")
    args = parser.parse_args()
    config = written.read(args.config)
    content = written.read(args.pack / "pack.json")
    ids = [c["id"] for c in content["classes"]]
    source = config["sources"][0]
    rows, split, group, value = side_of(source, args.labels)
    side = dataset.test_value(source["split"])
    kept = {}
    for variant in content["variants"]:
        name = variant["name"]
        kept[name] = measured(args.measured, name, ids, rows, split, group, value)
        variant["metrics"] = pack.shown_metrics(split, report.of_command(kept[name]), kept[name]["bounds"],
                                                ids, config["pack"]["recall"], side)
    (args.pack / "report" / "command.json").write_text(json.dumps(kept, indent=1) + "\n")
    pack.write(content, args.pack)
    results = json.loads((args.pack / "report" / "metrics.json").read_text())
    report.card(args.pack, content, config, results)


if __name__ == "__main__":
    full_disk.started(main)
