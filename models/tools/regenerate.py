"""All of a pack's report but latency, other sources and cross-validation anew from its committed weights, in one command.

  python -m models.tools.regenerate CONFIG PACK --data NAME=DIR... --work OUT [--foreign CONFIG --sets DATA] [--checkpoint best.pt] [--quick]

In turn: the reference interpreter on the test side, the command's own figures (native.py), what needs no look at the subject
(blind.py), what is refused (foreign.py, where --foreign names its config and --sets the folder of all data sets), operating points,
robustness, four precisions, parity, card and report. Of a pack of findings: its figures, robustness, precisions, parity and
report. Chooses and fits nothing: pack.json keeps all but its metrics. --quick leaves out robustness, precisions and parity, which
take long.

OUT keeps, for a second call or one after a kill, the command's scores of operating points, robustness, precisions, parity and
findings, the pictures made worse, and the weights in four precisions. The interpreter, the command's own figures of classes, blind,
foreign, and what LiteRT and PyTorch answer for parity and findings run again each time. Says which files of the report it did not
make: latency (abid.py --latency), other sources (others.py), cross-validation (folds.py) need a quiet machine or what no pack holds.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

import numpy as np

from models.tools import calibrate, command, dataset, full_disk, metrics, native, report, runner, sides, written

LONG = ("robustness", "abid", "parity")
NOT_MADE = {"others.json": "models.tools.others", "folds.json": "models.tools.folds", "calibrated.json": "models.tools.make_findings"}


def reference(config, content, pack, source):
    """report/metrics.json, its tables and plots: LiteRT's interpreter on the test side with the pack's own calibration."""
    rows, spec, ids = source.indices("test"), content["input"], [c["id"] for c in content["classes"]]
    prior, label, group = np.array(content["calibration"]["training_prior"]), source.label[rows], source.group[rows]
    pixels, results = source.inputs(rows, spec["width"], spec["height"], spec["crop_fraction"]), {}
    path = pack / "report" / "metrics.json"
    before = written.read(path) if path.is_file() else {}
    for entry in content["variants"]:
        name, own = entry["name"], {**content["calibration"], **entry.get("calibration", {})}
        logits = runner.logits(pack / entry["file"], pixels, spec["mean"], spec["std"], spec.get("views", 1), threads=2)
        if content["output"] == "probabilities":  # as the core turns them into scores (models/FORMAT.md)
            logits = np.log(np.maximum(logits, 1e-7))
        scores = calibrate.apply(logits, own["temperature"], own.get("bias", np.zeros(len(ids))))
        kept = {"validation": before[name]["validation"]} if "validation" in before.get(name, {}) else {}  # of the fit, which is not made again
        results[name] = {**kept, "test": metrics.figures(scores, label, prior), "classes": metrics.per_class(scores, label, prior),
                         "bounds": metrics.bootstrap(*metrics.under_priors(scores, prior), label, group)}
        report.pictures(pack / "report", name, ids, scores, label, prior)
    split = source.spec["split"]
    report.tables(pack / "report", split["column"], ids, results, dataset.test_value(split))


def by_command(content, pack, source, work):
    """Both runs of the command on each variant, where native.py reads them; -> (folder, table)."""
    folder, table = work / "run", work / f"{source.name}-test.csv"
    folder.mkdir(parents=True, exist_ok=True)
    sides.write(source, "test", table)
    _, split, _, value = native.side_of({**source.spec, "group": source.spec.get("group", "group")}, table)
    for entry in content["variants"]:
        for prior in native.PRIORS:
            stem = folder / f"{entry['name']}-{prior}"
            told = command.run("native", "evaluate", "--pack", pack, "--variant", entry["name"], "--prior", prior, "--labels", table, "--images", source.base,
                               "--split", f"{split}={value}", "--scores", stem.with_suffix(".csv"), "--json")
            stem.with_suffix(".json").write_text(told)
    return folder, table


def module(name, *words):
    """Runs one of models.tools; ends with its own words where it fails."""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", f"models.tools.{name}", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["it said nothing"]
        raise SystemExit(f"models.tools.{name} ended with status {done.returncode}: {said[-1]}\nthe same command goes on with the scores kept in --work")
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--foreign", type=pathlib.Path, help="the config of foreign pictures")
    parser.add_argument("--sets", type=pathlib.Path, help="the folder of all data sets, for --foreign")
    parser.add_argument("--checkpoint", type=pathlib.Path, help="best.pt of the pack's network: PyTorch is compared too")
    parser.add_argument("--quick", action="store_true", help=f"without {', '.join(LONG)}")
    args = parser.parse_args()
    if bool(args.foreign) != bool(args.sets):
        raise SystemExit("--foreign and --sets go together: the config of foreign pictures, and the folder of all data sets")
    if args.checkpoint and not args.checkpoint.is_file():
        raise SystemExit(f"--checkpoint {args.checkpoint}: no such file")
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    source = dataset.open_sources(config, args.data)[0]
    if bool(source.reader) != (content["task"] == "multilabel"):
        raise SystemExit(f"{args.pack}: its task is {content['task']!r}, and the config's first source has {'' if source.reader else 'no '}\"findings\"")
    command.check("native")
    own = [args.config, args.pack, *(word for one in args.data for word in ("--data", one))]
    weights, begun = ["--checkpoint", args.checkpoint] if args.checkpoint else [], time.time()
    (args.pack / "report").mkdir(exist_ok=True)
    if source.reader:
        module("blind", *own)
        module("measure_findings", *own, "--work", args.work, *weights)
    else:
        reference(config, content, args.pack, source)
        module("blind", *own)
        if args.foreign:
            module("foreign", args.foreign, args.pack, "--data", args.sets, "--command", *command.BUILDS["native"])
        folder, table = by_command(content, args.pack, source, args.work)
        module("operating", *own, "--work", args.work)
    for name in () if args.quick else LONG:
        module(name, *own, "--work", args.work, *(weights if name in ("abid", "parity") else []))
    if not source.reader:
        module("native", args.config, args.pack, folder, "--labels", table)  # which writes the card, of all that is there
    module("full_report", args.config, args.pack)
    old = sorted(path.name for path in (args.pack / "report").iterdir() if path.is_file() and path.stat().st_mtime < begun - 1)
    if old:
        print(f"not made anew: {', '.join(name + (f' ({NOT_MADE[name]})' if name in NOT_MADE else '') for name in old)}")
    print(json.dumps({"pack": content["id"], "seconds": round(time.time() - begun)}))


if __name__ == "__main__":
    full_disk.started(main)
