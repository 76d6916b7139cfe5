"""Cross-validation over the folds of a source: each is tested once by a network that neither learnt from it nor was calibrated by it.

  python -m models.tools.folds CONFIG --data NAME=DIR... --out OUT [--minutes N] [--start best.pt] [--threads N] [--pack PACK]

The config's "folds": {"source": NAME, "values": [...]}, the values of its split's column. For fold i the next one is validation
(best epoch, calibration) and the rest trains. Stopped at any time it goes on where it was. Writes OUT/folds.json (with --pack its
report/folds.json too): figures of all pictures together, each judged by its own fold's network, with 95 % bootstrap intervals
over groups, and of each fold alone; and what models that see nothing of the subject reach on the same folds (models.tools.blind).
"""
import argparse
import copy
import json
import pathlib
import subprocess
import sys
import types

import numpy as np

from models.tools import blind, dataset, full_disk, metrics, prepare, written


def turned(config, index):
    """The config with fold `index` as the test side and the next as validation."""
    spec, made = config["folds"], copy.deepcopy(config)
    values = spec["values"]
    test, val = values[index], values[(index + 1) % len(values)]
    source = next((s for s in made["sources"] if s["name"] == spec["source"]), None)
    if source is None or len(values) < 3:
        raise SystemExit(f"the config's folds name source {spec['source']!r} and {len(values)} values; it must be one of its sources, with 3 values or more")
    source["split"].update(test=[test], val=[val], train=[v for v in values if v not in (test, val)])
    made["sources"].sort(key=lambda s: s["name"] != spec["source"])  # figures are the first source's
    return made


def train(config_path, folder, args):
    """Runs or goes on with a fold's training, in a process of its own so that its memory goes back."""
    if (folder / "done").is_file():
        return
    words = [sys.executable, "-m", "models.tools.train", str(config_path), "--out", str(folder), "--threads", str(args.threads)]
    for one in args.data:
        words += ["--data", one]
    words += ["--minutes", str(args.minutes)] if args.minutes else []
    words += ["--start", args.start] if args.start else []
    subprocess.run(words, check=True)
    (folder / "done").write_text("")


def judged(config, folder, args):
    """(rows, calibrated scores [n,classes] under a uniform prior, prior) of a fold's test side by its network."""
    from models.tools import calibrate, checkpoint  # scipy and PyTorch, which the card does not need
    path = folder / "scores.npz"
    source = dataset.open_sources(config, args.data)[0]
    test, val = source.indices("test"), source.indices("val")
    prior = source.prior(source.indices("train"))
    if not path.is_file():
        trained = checkpoint.Checkpoint(types.SimpleNamespace(config=folder / "config.json", checkpoint=folder / "best.pt", data=args.data, source=None))
        height, width = config["validate_size"]
        logits = {side: trained.logits(side, width, height, 1.0, 1) for side in ("val", "test")}
        ridge, _ = calibrate.choose_ridge(logits["val"], source.label[val], source.group[val], prior)
        np.savez(path, scores=calibrate.apply(logits["test"], *calibrate.fit(logits["val"], source.label[val], prior, ridge)))
    return source, test, np.load(path)["scores"], prior


def without_subject(parts, classes):
    """{measure: correct [n]} of models.tools.blind's linear models, each fold judged by what the rest of its folds fitted."""
    made = {"the commonest class": []}
    for source, test, *_ in parts:
        fit = source.indices("train")
        pixels = {i: np.asarray(prepare.open_picture(source.path(i)), dtype=np.float64) for i in [*fit, *test]}
        made["the commonest class"].append(source.label[test] == np.bincount(source.label[fit]).argmax())
        for name, values in blind.MEASURES.items():
            x, y = (np.array([values(pixels[i]) for i in rows], dtype=np.float64) for rows in (fit, test))
            made.setdefault(name, []).append(blind.fitted(x, source.label[fit], classes)(y) == source.label[test])
    return {name: np.concatenate(right) for name, right in made.items()}


def summary(parts, classes, values, chosen="best epoch"):
    """folds.json of [(source, test rows, scores, prior)], one a fold; chosen: what validation chose of each fold's network."""
    trained = np.concatenate([metrics.probabilities(scores, np.maximum(prior, 1e-6)) for _, _, scores, prior in parts])
    uniform = np.concatenate([metrics.probabilities(scores) for _, _, scores, _ in parts])
    label = np.concatenate([source.label[test] for source, test, *_ in parts])
    group = np.concatenate([source.group[test] for source, test, *_ in parts])
    pooled, bounds = metrics.figures_of(trained, uniform, label), metrics.bootstrap(trained, uniform, label, group)
    names = ("accuracy", "balanced_accuracy", "macro_auc", "ece")
    blinds = {name: blind.figures_of_right(right, label) for name, right in without_subject(parts, len(classes)).items()}
    ends, each = np.cumsum([0, *(len(test) for _, test, *_ in parts)]), []
    for value, low, high in zip(values, ends, ends[1:]):
        f = metrics.figures_of(trained[low:high], uniform[low:high], label[low:high])
        each.append({"fold": value, "n": int(high - low), **{name: round(f[name], 4) for name in names}})
    return {"n": len(label), "groups": len(set(group)), "classes": classes, "chosen": chosen,
            "pooled": {name: metrics.told(pooled[name], bounds[name]) for name in names},
            "recall": {c: metrics.told(pooled["recall"][i], bounds["recall"][i]) for i, c in enumerate(classes)},
            "folds": each, "blind": blinds}


def markdown(found):
    span = metrics.span
    titles = {"accuracy": "Accuracy, training prior", "balanced_accuracy": "Balanced accuracy, uniform prior", "macro_auc": "Macro AUC",
              "ece": "Calibration error (ECE)"}
    lines = ["## Cross-validation",
             f"{found['n']} pictures of {found['groups']} groups in {len(found['folds'])} folds, no group in two; each picture judged by a network,",
             f"in float32, that neither learnt from its fold nor took its {found.get('chosen', 'best epoch')} or calibration from it",
             "(`models.tools.folds`); what was chosen once for all folds is under the card’s “Limits”. So it measures the recipe, not the one set of",
             "weights that is shipped. In brackets: 95 % bootstrap over groups.", "",
             "| | All folds together | Each fold |", "|---|---|---|"]
    lines += [f"| {title} | {span(found['pooled'][name])} | {', '.join(format(f[name], '.3f') for f in found['folds'])} |"
              for name, title in titles.items()]
    lines += [f"| Recall of {c} | {span(f)} | |" for c, f in found["recall"].items()]
    lines += ["", "What needs no look at the subject, on the same folds (linear models on a few numbers a picture):", "",
              "| Seen | Accuracy | Balanced accuracy |", "|---|---|---|"]
    lines += [f"| {name} | {span(f['accuracy'])} | {f['balanced_accuracy']:.3f} |" for name, f in found["blind"].items()]
    return "\n".join(lines) + "\n"


def section(folder):
    """For the card; empty where nothing was cross-validated."""
    path = folder / "report" / "folds.json"
    return "\n" + markdown(json.loads(path.read_text())) if path.is_file() else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, help="a fold, instead of the config's budget_minutes")
    parser.add_argument("--start", help="best.pt whose weights to begin with; it must have seen no picture of the folds")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", metavar="VALUE", help="train and judge this fold, and leave the figures for a later call")
    parser.add_argument("--pack", type=pathlib.Path, help="write its report/folds.json too")
    args = parser.parse_args()
    config, parts = written.read(args.config), []
    for index, value in enumerate(config["folds"]["values"]):
        if args.only not in (None, value):
            continue
        folder, own = args.out / f"fold-{value}", turned(config, index)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(own))
        dataset.check_groups(dataset.open_sources(own, args.data))
        train(folder / "config.json", folder, args)
        parts.append(judged(own, folder, args))
        print(value, metrics.line(metrics.figures(parts[-1][2], parts[-1][0].label[parts[-1][1]], np.maximum(parts[-1][3], 1e-6))), flush=True)
    if args.only:
        return
    found = summary(parts, config["classes"], config["folds"]["values"], "strength" if "head_only" in config else "best epoch")
    for path in [args.out / "folds.json", *([args.pack / "report" / "folds.json"] if args.pack else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n")
    print(markdown(found))


if __name__ == "__main__":
    full_disk.started(main)
