"""Where a pack's groups can be worked at, calibration before and after, risk and coverage, and who is served worse.

  python -m models.tools.operating CONFIG PACK --data NAME=DIR... --work OUT [--variant V]

Of the whole test side, by the native command: sensitivity at 90 and 95 % specificity and specificity at 95 % sensitivity of each
group (points of the test side's own ROC curve: what a limit chosen there would give, not what the pack's limit gives), Brier and
ECE before and after calibration, the error of the surest share, and the same for parts of the people where the source's table has
them: a config's "subgroups" names columns, {"age": {"column": "age", "bands": [0, 40, 60, 120]}, "sex": {"column": "sex"}}.
Writes report/operating.json and operating.csv; 95 % bootstrap intervals over groups.
"""
import argparse
import csv
import json
import typing

import numpy as np

from models.tools import abid, command, findings_metrics, full_disk, metrics, written

COVERAGES = [round(0.05 * i, 2) for i in range(1, 21)]
LEAST = 20  # pictures of a part below which nothing is told of it


def at_specificity(inside, score, specificity):
    """Sensitivity at the lowest limit that leaves at least that share of the others below it."""
    others = np.sort(score[~inside])
    limit = others[min(len(others) - 1, int(np.ceil(specificity * len(others))) - 1)]
    return float((score[inside] > limit).mean())


def at_sensitivity(inside, score, sensitivity):
    """Specificity at the highest limit that at least that share of the group reaches."""
    mine = np.sort(score[inside])
    limit = mine[int(np.floor((1 - sensitivity) * len(mine)))]
    return float((score[~inside] < limit).mean())


POINTS = {"sensitivity_at_90_specificity": lambda i, s: at_specificity(i, s, 0.9), "sensitivity_at_95_specificity": lambda i, s: at_specificity(i, s, 0.95),
          "specificity_at_95_sensitivity": lambda i, s: at_sensitivity(i, s, 0.95), "auc": lambda i, s: metrics.auc(i, s)}


def brier(p, label):
    """Mean of Σ (p − truth)² over classes (Brier 1950), 0 to 2."""
    return float(((p - np.eye(p.shape[1])[label]) ** 2).sum(1).mean())


def uncalibrated(p, prior, temperature, bias):
    """The probabilities before calibration, from those after it: logits are T·(log p − log prior − b), up to a constant."""
    return metrics.probabilities(temperature * (np.log(np.maximum(p, 1e-30)) - np.log(prior) - bias), prior)


def risk_coverage(p, label):
    """Error of the surest share, for each of COVERAGES."""
    order = np.argsort(-p.max(1), kind="stable")
    wrong = np.cumsum(p.argmax(1)[order] != label[order]) / np.arange(1, len(label) + 1)
    return [float(wrong[max(0, int(round(c * len(label))) - 1)]) for c in COVERAGES]


class Group(typing.NamedTuple):
    """A group's pictures: inside (by their label), top (by their likeliest class), score (its classes' probability), its limit or None."""
    inside: np.ndarray
    top: np.ndarray
    score: np.ndarray
    limit: float | None

    def at(self, rows):
        return Group(self.inside[rows], self.top[rows], self.score[rows], self.limit)

    def points(self):
        """{figure: value} of its ROC curve, and how often the likeliest class lies on the right side."""
        both = 0 < self.inside.sum() < len(self.inside)
        return {**({name: of(self.inside, self.score) for name, of in POINTS.items()} if both else {}), "told_apart": float((self.top == self.inside).mean())}


def groups_of(content, limits, p, label):
    """{id: Group} of the pack's groups."""
    ids, made = [c["id"] for c in content["classes"]], {}
    for group in content.get("groups", []):
        mine = [ids.index(c) for c in group["classes"]]
        made[group["id"]] = Group(np.isin(label, mine), np.isin(p.argmax(1), mine), p[:, mine].sum(1), limits.get(group["id"]))
    return made


def plain(p, label, groups):
    """{figure: value} of a part: accuracy, balanced accuracy, and each group's AUC, sensitivity and specificity at its limit."""
    right = p.argmax(1) == label
    made = {"accuracy": float(right.mean()), "balanced_accuracy": float(np.mean([right[label == c].mean() for c in np.unique(label)]))}
    for name, group in groups.items():
        if 0 < group.inside.sum() < len(group.inside):
            made[f"auc_{name}"] = metrics.auc(group.inside, group.score)
        if group.inside.any() and group.limit is not None:
            made[f"sensitivity_{name}"] = float((group.score[group.inside] >= group.limit).mean())
        if (~group.inside).any() and group.limit is not None:
            made[f"specificity_{name}"] = float((group.score[~group.inside] < group.limit).mean())
    return made


def bounded(of, group, rounds=1000):
    """{figure: {value, low, high}} of `of(rows)`, whole groups drawn with replacement."""
    value, drawn = of(np.arange(len(group))), {}
    for rows in findings_metrics.resamples(group, rounds):
        for name, v in of(rows).items():
            drawn.setdefault(name, []).append(v)
    return {name: abid.told(v, drawn[name]) for name, v in value.items() if name in drawn}


def parts(config, source, rows):
    """{subgroup: {part: bool [n]}} of the config's "subgroups", parts of fewer than LEAST pictures put together as too few."""
    by_name = {row["image"]: row for row in source.rows}
    made = {}
    for name, spec in config.get("subgroups", {}).items():
        values = [by_name[r["image"]].get(spec["column"]) for r in rows]
        if any(v is None for v in values):
            raise SystemExit(f"the config's subgroups.{name}.column is {spec['column']!r}, which {source.folder / 'labels.csv'} does not have")
        if "bands" in spec:
            words = [band(v, spec["bands"]) for v in values]
        else:
            words = [v or "not told" for v in values]
        made[name] = {word: np.array([w == word for w in words]) for word in sorted(set(words)) if words.count(word) >= LEAST}
    return made


def band(value, edges):
    try:
        number = float(value)
    except ValueError:
        return "not told"
    for low, high in zip(edges, edges[1:]):
        if low <= number < high:
            return f"{low:g} to {high:g}"
    return "outside"


def calibration(before, after, label):
    return {f"{name}_{when}": of(p, label) for name, of in (("brier", brier), ("ece", metrics.ece)) for when, p in (("before", before), ("after", after))}


def measure(content, entry, p, decision, label, whole, subgroups):
    """operating.json's figures; whole [n]: what is drawn as one for the intervals."""
    limits = entry.get("decision", {}).get("groups", {}) if entry.get("decision", {}).get("prior") == "training" else {}
    own = {**content["calibration"], **entry.get("calibration", {})}
    before = uncalibrated(p, np.array(content["calibration"]["training_prior"]), own["temperature"], np.array(own.get("bias", np.zeros(p.shape[1]))))
    groups = groups_of(content, limits, p, label)
    made = {"groups": {name: bounded(lambda rows, g=group: g.at(rows).points(), whole) for name, group in groups.items()},
            "calibration": bounded(lambda rows: calibration(before[rows], p[rows], label[rows]), whole),
            "risk_coverage": [{"coverage": c, **at} for c, at in
                              zip(COVERAGES, bounded(lambda rows: dict(enumerate(risk_coverage(p[rows], label[rows]))), whole).values())],
            "subgroups": {}}
    for name, parts_ in subgroups.items():
        made["subgroups"][name] = {}
        for word, mask in parts_.items():
            mine = np.flatnonzero(mask)
            found = bounded(lambda rows, m=mine: plain(p[m[rows]], label[m[rows]], {g: group.at(m[rows]) for g, group in groups.items()}), whole[mine])
            made["subgroups"][name][word] = {"n": len(mine), "refused": float((decision[mine] == "reject").mean()),
                                             **{f"n_{g}": int(group.inside[mine].sum()) for g, group in groups.items()}, **found}
    return made


def table(found):
    """Rows for operating.csv: part, figure, value and bounds."""
    rows = [[f"group {name}", point, f] for name, points in found["groups"].items() for point, f in points.items()]
    rows += [["calibration", name, f] for name, f in found["calibration"].items()]
    rows += [["risk at coverage", f"{f['coverage']:g}", f] for f in found["risk_coverage"]]
    rows += [[f"{name} {word} (n={part['n']})", figure, f] for name, some in found["subgroups"].items() for word, part in some.items()
             for figure, f in part.items() if isinstance(f, dict)]
    return [[part, figure, *(f"{f[end]:.4f}" for end in ("value", "low", "high"))] for part, figure, f in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--variant", help="of the pack (its default)")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    ids, variant = [c["id"] for c in content["classes"]], args.variant or content["default_variant"]
    entry = next(v for v in content["variants"] if v["name"] == variant)
    source, side, rows = abid.chosen(config, args.data, args.work, None)
    scores = command.evaluate("native", args.pack, variant, "training", side, source.folder / "images", ids, args.work / "scores")
    label, group = np.array([ids.index(r["label"]) for r in rows]), np.array([r["group"] for r in rows])
    found = {"pack": content["id"], "version": content["version"], "variant": variant, "n": len(rows),
             **measure(content, entry, scores.p, scores.decision, label, group, parts(config, source, rows))}
    report = args.pack / "report"
    report.mkdir(parents=True, exist_ok=True)
    (report / "operating.json").write_text(json.dumps(found, indent=1) + "\n")
    with open(report / "operating.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([["part", "figure", "value", "low95", "high95"], *table(found)])
    for row in table(found):
        print(*row)


if __name__ == "__main__":
    full_disk.started(main)
