"""How a pack fares on pictures made worse: six kinds, five strengths each, by the native command.

  python -m models.tools.robustness CONFIG PACK --data NAME=DIR... --work OUT [--count 200] [--variant V]

Writes report/robustness.json and robustness.csv: balanced accuracy under the training prior with its 95 % bootstrap interval
over groups, its loss against the same pictures unharmed, and what was answered, doubted and refused. A config's "robustness" may
name other strengths: {"blur": [0.5, 1, 2, 3, 4]}. The strengths are of pictures whose short side is 224 pixels; blur scales with it.
Of a pack of findings the figure is their mean AUC; beside it stand the mean sensitivity and specificity at the thresholds.
"""
import argparse
import csv
import json
import os

import numpy as np

from models.tools import abid, command, damage, findings_metrics, full_disk, prepare, written

STRENGTHS = {"blur": [0.5, 1, 1.5, 2.5, 4], "jpeg": [60, 40, 25, 15, 8], "noise": [5, 10, 20, 35, 50], "gamma": [1.2, 1.5, 1.9, 2.4, 3],
             "cast": [0.05, 0.1, 0.2, 0.35, 0.5], "rotate": [5, 10, 20, 45, 90]}
UNITS = {"blur": "pixels of 224", "jpeg": "JPEG quality", "noise": "deviation of 255", "gamma": "power", "cast": "factor less 1", "rotate": "degrees"}
BASE = 224


def copies(source, rows, folder, kind, strength):
    """Writes each picture's damaged copy under its own name; returns the folder. What is there is kept."""
    target = folder / f"{kind}-{strength:g}"
    target.mkdir(parents=True, exist_ok=True)
    for number, row in enumerate(rows):
        path = target / row["image"]
        if path.is_file():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        image = prepare.open_picture(source.base / row["image"])
        amount = strength * min(image.size) / BASE if kind == "blur" else strength
        with written.whole(path, f".{os.getpid()}") as partial:
            damage.write(image, kind, amount, partial, 95, number)
    return target


def of(p, decision, label):
    right = p.argmax(1) == label
    made = {"balanced_accuracy": float(np.mean([right[label == c].mean() for c in np.unique(label)])), "macro_auc": abid.macro_auc(p, label)}
    made.update({name: float((decision == word).mean()) for name, word in (("answered", "answer"), ("unsure", "unsure"), ("refused", "reject"))})
    if (decision == "answer").any():
        made["wrong_among_answered"] = float((~right)[decision == "answer"].mean())
    return made


def of_findings(thresholds):
    """`of` for findings [n,classes]; a finding without pictures, or one that all have, has no part in a mean."""
    def figures(p, decision, target):
        made, judged = {"macro_auc": findings_metrics.macro_auc(p, target)}, decision != "reject"
        shares = findings_metrics.at_thresholds(p[judged], target[judged], np.asarray(thresholds))[:2]
        made.update({name: float(share[~np.isnan(share)].mean()) for name, share in zip(("sensitivity", "specificity"), shares) if not np.isnan(share).all()})
        return {**made, "refused": float((~judged).mean())}
    return figures


def measure(clean, worse, label, group, rounds=400, of=of, figure="balanced_accuracy"):
    """{figure: {value, low, high}} of the worse pictures, and how much less of `figure` than the clean ones."""
    value, drawn, lost = of(worse.p, worse.decision, label), {}, []
    base = of(clean.p, clean.decision, label)[figure]
    for rows in findings_metrics.resamples(group, rounds):
        found = of(worse.p[rows], worse.decision[rows], label[rows])
        lost.append(of(clean.p[rows], clean.decision[rows], label[rows])[figure] - found[figure])
        for name, v in found.items():
            drawn.setdefault(name, []).append(v)
    made = {name: abid.told(v, drawn[name]) for name, v in value.items()}
    made["lost"] = abid.told(base - value[figure], lost)
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--count", type=int, default=200, help="so many pictures of the test side, drawn at random")
    parser.add_argument("--variant", help="of the pack (its default)")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    ids, variant = [c["id"] for c in content["classes"]], args.variant or content["default_variant"]
    source, table, rows = abid.chosen(config, args.data, args.work, args.count)
    several = content["task"] == "multilabel"
    label, group = abid.truth(rows, ids, several), np.array([r["group"] for r in rows])
    figure, how = "balanced_accuracy", {}
    if several:
        entry = next(v for v in content["variants"] if v["name"] == variant)
        figure, how = "macro_auc", {"of": of_findings(entry["decision"]["set"]["thresholds"]), "figure": "macro_auc"}

    def scores(images):
        return command.evaluate("native", args.pack, variant, None if several else "training", table, images, ids, args.work / "scores")
    clean = scores(source.base)
    found = {"pack": content["id"], "version": content["version"], "variant": variant, "n": len(rows), "units": UNITS,
             **({"figure": figure} if several else {}), "clean": measure(clean, clean, label, group, **how), "kinds": {}}
    for kind, strengths in {**STRENGTHS, **config.get("robustness", {})}.items():
        found["kinds"][kind] = []
        for strength in strengths:
            made = measure(clean, scores(copies(source, rows, args.work / "copies" / source.name, kind, strength)), label, group, **how)
            found["kinds"][kind].append({"strength": strength, **made})
            print(kind, strength, f"{figure.replace('_', ' ')} {made[figure]['value']:.3f}, refused {made['refused']['value']:.3f}", flush=True)
    report = args.pack / "report"
    report.mkdir(parents=True, exist_ok=True)
    (report / "robustness.json").write_text(json.dumps(found, indent=1) + "\n")
    with open(report / "robustness.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", "strength", "n", "figure", "value", "low95", "high95"])
        for kind, steps in [("clean", [{"strength": 0, **found["clean"]}]), *found["kinds"].items()]:
            writer.writerows([kind, step["strength"], len(rows), name, *(f"{f[end]:.4f}" for end in ("value", "low", "high"))]
                             for step in steps for name, f in step.items() if name != "strength")


if __name__ == "__main__":
    full_disk.started(main)
