"""A pack of findings on the test side: figures by the command, and by PyTorch beside it; then the card.

  python -m models.tools.measure_findings CONFIG PACK --data NAME=DIR... --work OUT [--checkpoint best.pt]

Writes report/findings.json (what was measured), findings.csv and findings.md (made from it), and card.md. Of each variant and
finding: AUC, and sensitivity, specificity and precision at its threshold; 95 % bootstrap intervals are over groups. A figure is
computed from the probabilities that the command wrote, and must be the command's own.
"""
import argparse

import numpy as np

from models.tools import command, dataset, findings_card, findings_metrics, full_disk, report_files, sides, written

TOLERANCE = 1e-9  # between the command's sums and ours: the order of additions alone
AT_THRESHOLD = ("sensitivity", "specificity", "precision")


def plain(values):
    """A list that JSON can hold: NaN becomes null."""
    return [None if np.isnan(v) else round(float(v), 5) for v in values]


def at_limits(p, target, thresholds, judged):
    """{sensitivity, specificity, precision: [classes]} of the pictures that were not rejected, as the command counts them."""
    return dict(zip(AT_THRESHOLD, findings_metrics.at_thresholds(p[judged], target[judged], np.asarray(thresholds))))


def measured(p, target, group, thresholds, judged):
    """What is kept of one variant's probabilities; judged [n]: which pictures were not rejected."""
    bounds = findings_metrics.bootstrap(p, target, group)
    figures = findings_metrics.figures(p, target)
    return {"macro_auc": {"value": round(figures["macro_auc"], 5), "low": round(bounds["macro_auc"][0], 5), "high": round(bounds["macro_auc"][1], 5)},
            "auc": plain(figures["auc"]), "auc_bounds": [plain(b) for b in bounds["auc"]], "brier": plain(findings_metrics.brier(p, target)),
            "rejected": int((~judged).sum()), **{name: plain(values) for name, values in at_limits(p, target, thresholds, judged).items()}}


def require_equal(variant, p, target, thresholds, judged, told):
    """An error where the command's own figures are not those of the probabilities that it wrote."""
    ours = {"auc": findings_metrics.aucs(p, target), "brier": findings_metrics.brier(p, target), **at_limits(p, target, thresholds, judged)}
    if told["n"] != len(p) or told["failed"]:
        raise SystemExit(f"{variant}: the command measured {told['n']} pictures and failed at {told['failed']}; {len(p)} were asked")
    for name, values in ours.items():
        theirs = np.array([np.nan if entry[name] is None else entry[name] for entry in told["per_finding"]], float)
        if not np.allclose(values, theirs, rtol=0, atol=TOLERANCE, equal_nan=True):
            raise SystemExit(f"{variant} {name}: {values.tolist()} by the scores, but the command says {theirs.tolist()}")


def framework(config, spec, checkpoint, source, rows, calibration):
    """Probabilities [n,classes] of these rows by PyTorch, calibrated as a variant of the pack."""
    import torch

    from models.tools import findings_fit, network, train
    model = network.load(config["network"], len(config["classes"]), checkpoint, **network.shape_of(config)).to(memory_format=torch.channels_last)
    logits = train.logits_of(model, source.inputs(rows, spec["width"], spec["height"], spec["crop_fraction"]))
    return findings_fit.apply(logits.astype(np.float64), calibration["temperature"], calibration["bias"])


def rows_of(found):
    """One row a variant and finding."""
    for variant, f in found["variants"].items():
        for c, name in enumerate(found["classes"]):
            low, high = f["auc_bounds"][c]
            yield {"variant": variant, "finding": name, "n": found["n"], "positives": found["positives"][c], "auc": f["auc"][c], "auc_low95": low,
                   "auc_high95": high, **{kind: f[kind][c] for kind in AT_THRESHOLD}, "brier": f["brier"][c]}


def cell(value, bounds=None):
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" ({bounds[0]:.3f}–{bounds[1]:.3f})" if bounds and None not in bounds else "")


def markdown(found):
    lines = [f"# {found['pack']} {found['version']}: findings", "",
             f"{found['n']} pictures of the test side in {found['groups']} groups ({found['group_name']}), by the native command. In brackets: 95 % "
             "bootstrap intervals over groups. A finding without pictures here has no AUC, and no part in the mean. The threshold of one that "
             "too few validation pictures have is one half (report/calibrated.json names them), which a rare finding seldom reaches.", ""]
    for variant, f in found["variants"].items():
        mean = f["macro_auc"]
        rejected = f"{f['rejected']} pictures were rejected, and are neither found nor missed. " if f["rejected"] else ""
        lines += [f"## {variant}", "", f"{rejected}Mean AUC {mean['value']:.3f} ({mean['low']:.3f}–{mean['high']:.3f})"
                  + (f"; PyTorch {found['framework']['macro_auc']['value']:.3f}, largest difference of a probability "
                     f"{f['from_framework']['largest']:.2g}, mean {f['from_framework']['mean']:.2g}" if "framework" in found else "") + ".", "",
                  "| Finding | Pictures with it | AUC | Sensitivity | Specificity | Precision | Brier |", "|---|---|---|---|---|---|---|"]
        lines += [f"| {name} | {found['positives'][c]} | {cell(f['auc'][c], f['auc_bounds'][c])} | " + " | ".join(cell(f[kind][c]) for kind in AT_THRESHOLD)
                  + f" | {cell(f['brier'][c])} |" for c, name in enumerate(found["classes"])]
        lines.append("")
    return "\n".join(lines)


def measure(config, content, pack, source, work, checkpoint=None, build="native"):
    """report/findings.json of the source's test side; build: a name of models.tools.command, or the path of a command."""
    ids, rows, table = config["classes"], source.indices("test"), work / f"{source.name}-test.csv"
    sides.write(source, "test", table)
    target, group = source.target[rows], source.group[rows]
    found = {"pack": content["id"], "version": content["version"], "split": f"{source.spec['split']['column']}={dataset.test_value(source.spec['split'])}",
             "n": len(rows), "groups": len(set(group)), "group_name": source.spec.get("group_name", "groups"), "classes": ids,
             "positives": target.sum(0).tolist(), "variants": {}}
    p = {}
    for entry in content["variants"]:
        name, limits = entry["name"], entry["decision"]["set"]["thresholds"]
        scores = command.evaluate(build, pack, name, None, table, source.base, ids, work / "scores")
        judged = scores.decision != "reject"
        require_equal(name, scores.p, target, limits, judged, scores.told)
        p[name] = scores.p
        found["variants"][name] = measured(scores.p, target, group, limits, judged)
    if checkpoint:
        entry = next((v for v in content["variants"] if v["precision"] != "int8"), content["variants"][0])
        own = framework(config, content["input"], checkpoint, source, rows, entry["calibration"])
        found["framework"] = {"calibrated_as": entry["name"], **measured(own, target, group, entry["decision"]["set"]["thresholds"], np.ones(len(own), bool))}
        for name, f in found["variants"].items():
            f["from_framework"] = {"largest": round(float(np.abs(p[name] - own).max()), 6), "mean": round(float(np.abs(p[name] - own).mean()), 6)}
    return found


def write(pack, found):
    report_files.write(pack, "findings", found, list(rows_of(found)), markdown(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--checkpoint", help="best.pt of the pack's network, for PyTorch's own answers beside the command's")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    source = dataset.open_sources(config, args.data)[0]
    if not source.reader or content["task"] != "multilabel":
        raise SystemExit(f"{args.pack}: task is {content['task']!r} and the config's first source has {'' if source.reader else 'no '}\"findings\"; "
                         "models.tools.native measures a pack of one label a picture")
    found = measure(config, content, args.pack, source, args.work, args.checkpoint)
    write(args.pack, found)
    findings_card.write(args.pack, content, config, found)
    print(markdown(found))


if __name__ == "__main__":
    full_disk.started(main)
