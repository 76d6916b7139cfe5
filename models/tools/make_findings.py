"""Checkpoint of findings → pack of task multilabel: export, variants, calibration and thresholds on validation, self-tests.

  python -m models.tools.make_findings CONFIG --checkpoint FILE --data NAME=DIR... --out models/ID

The test side is not read: models.tools.measure_findings does, by the command, and writes figures and card. The config's
"texts" names a folder beside it, whose files are taken where the pack has none.
"""
import argparse
import json
import pathlib
import shutil

import numpy as np

from models.tools import dataset, findings, findings_fit, findings_metrics, full_disk, make_pack, metrics, pack, prepare, runner, selftest, written


def calibrated(logits, source, rows, start):
    """(temperature, bias, the decision's set, what to tell of it) of one variant's validation logits."""
    target, group = source.target[rows], source.group[rows]
    ridge, held_out = findings_fit.choose_ridge(logits, target, group, start)
    temperature, bias = findings_fit.fit(logits, target, start, ridge)
    # fitted to what the pack will hold: rounded, and in float64 as in the core
    temperature, bias = round(temperature, 5), np.round(bias, 5)
    p = findings_fit.apply(logits, temperature, bias)
    limits, fitted = findings_fit.thresholds(p, target)
    limits = np.floor(limits * 1e5) / 1e5  # never above the picture that it was found at
    held = ((p >= limits) & (target > 0)).sum() / max(1, target.sum())
    figures = findings_metrics.figures(findings_metrics.sigmoid(logits), target)  # order alone counts: the fit changes no finding's AUC
    told = {"validation": {**figures, "auc": metrics.plain(figures["auc"])}, "line": findings_metrics.line(figures), "ridge": ridge,
            "log_loss": {"raw": round(findings_fit.log_loss(findings_metrics.sigmoid(logits), target), 5),
                         "held_out": round(findings_fit.log_loss(held_out, target), 5)},
            "thresholds_not_fitted": [name for name, is_fitted in zip(source.classes, fitted) if not is_fitted]}
    return temperature, bias, {"coverage": round(float(held), 3), "thresholds": [round(float(v), 5) for v in limits]}, told


def self_tests(folder, paths, calibration, spec):
    """Draws the pictures and lets the reference interpreter answer them."""
    tests = []
    for name in selftest.draw(folder / "selftest"):
        pixels = prepare.prepare(prepare.open_picture(folder / "selftest" / name), spec["width"], spec["height"], spec["fraction"])
        expected = {}
        for variant, path in paths.items():
            logits = runner.logits(path, pixels[None], spec["mean"], spec["std"], spec["views"])
            expected[variant] = [round(float(v), 6) for v in findings_fit.apply(logits, *calibration[variant])[0]]
        tests.append({"file": f"selftest/{name}", "tolerance": 0.02, "expected": expected})
    return tests


def content_of(name, config, entries, tests):
    """pack.json without figures: priors do not apply to findings."""
    made = make_pack.content_of(name, config["classes"], config["pack"], np.zeros(1), entries, tests)
    made["calibration"] = dict(entries[0]["calibration"])
    return made


def take_texts(config, config_path, folder):
    target = folder / "texts"
    if target.is_dir():
        return
    source = config_path.parent / config.get("texts", "texts")
    if not source.is_dir():
        raise SystemExit(f"{target}: no such folder; write texts/<language>.json there (models/FORMAT.md), or name a folder of them with \"texts\" "
                         "in the config")
    shutil.copytree(source, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: its table and its pictures")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    args = parser.parse_args()
    config = written.read(args.config)
    if not findings.are_findings(config):
        raise SystemExit(f"{args.config}: its sources have no \"findings\"; models.tools.make_pack makes a pack of one label a picture")
    spec, sources = config["pack"], dataset.open_sources(config, args.data)
    dataset.check_groups(sources)
    source = sources[0]  # whose validation side fits
    args.out.mkdir(parents=True, exist_ok=True)
    take_texts(config, args.config, args.out)
    paths = make_pack.make_variants(config, spec, args, sources)

    val = source.indices("val")
    start = findings_fit.begin(source.prior(source.indices("train")), config)
    pixels = source.inputs(val, spec["width"], spec["height"], spec["fraction"])
    entries, calibration, told = [], {}, {}
    for name, path in paths.items():
        logits = runner.logits(path, pixels, spec["mean"], spec["std"], spec["views"], threads=2)
        temperature, bias, limits, told[name] = calibrated(logits, source, val, start)
        calibration[name] = temperature, bias
        entries.append({**pack.variant(path, name, name, temperature, bias), "decision": {"set": limits}})
        print(name, "validation", told[name].pop("line"), flush=True)
    (args.out / "report").mkdir(exist_ok=True)
    (args.out / "report" / "calibrated.json").write_text(json.dumps(told, indent=1) + "\n")
    (args.out / spec["card"]).write_text("Nothing was measured yet: `python -m models.tools.measure_findings` writes the card.\n")
    pack.write(content_of(args.out.name, config, entries, self_tests(args.out, paths, calibration, spec)), args.out)


if __name__ == "__main__":
    full_disk.started(main)
