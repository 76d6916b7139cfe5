"""Takes the figures of the command into a pack: its own decoder and kernels, as people will run it.

  for v in int8 float32; do for p in training uniform; do
    build/insitu evaluate --pack models/skin --variant $v --prior $p --labels HAM10000/labels.csv \\
      --images HAM10000/images --split lesion_split=test --json > OUT/$v-$p.json; done; done
  python -m models.tools.native models/tools/configs/skin.json models/skin OUT

Writes report/command.json, the values (not the bootstrap intervals) of pack.json's metrics, and the card anew.
"""
import argparse
import json
import pathlib

from models.tools import pack, report

PRIOR_OF = {"accuracy": "training", "balanced_accuracy": "uniform", "melanoma_recall": "uniform",
            "macro_auc": "training", "ece": "training"}


def measured(run, name):
    """A shown metric of one `insitu evaluate --json`."""
    if name == "melanoma_recall":
        return next(c["recall"] for c in run["per_class"] if c["id"] == "mel")
    return run[name]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("measured", type=pathlib.Path)
    args = parser.parse_args()
    content = json.loads((args.pack / "pack.json").read_text())
    kept = {}
    for variant in content["variants"]:
        runs = {p: json.loads((args.measured / f"{variant['name']}-{p}.json").read_text()) for p in ("training", "uniform")}
        shown = variant["metrics"]
        for prior, run in runs.items():
            if run["failed"] or run["n"] != shown["n"]:
                raise SystemExit(f"{variant['name']}, {prior}: {run['n']} pictures, {run['failed']} failed; {shown['n']} asked")
        for name, prior in PRIOR_OF.items():
            figure, value = shown[name], round(measured(runs[prior], name), 4)
            if not figure["low"] <= value <= figure["high"]:
                raise SystemExit(f"{variant['name']} {name}: the command measures {value}, outside {figure}")
            figure["value"] = value
        kept[variant["name"]] = {p: {k: v for k, v in run.items() if k != "failures"} for p, run in runs.items()}
    (args.pack / "report" / "command.json").write_text(json.dumps(kept, indent=1) + "\n")
    pack.write(content, args.pack)
    results = json.loads((args.pack / "report" / "metrics.json").read_text())
    report.card(args.pack, content, json.loads(args.config.read_text()), results)


if __name__ == "__main__":
    main()
