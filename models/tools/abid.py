"""The table of Abid et al. 2021 for a pack: size, accuracy, AUC and latency of its network in four precisions, on each engine.

  python -m models.tools.abid CONFIG PACK --data NAME=DIR... --work OUT [--checkpoint best.pt] [--count N]   figures, then the table
  python -m models.tools.abid CONFIG PACK --data NAME=DIR... --work OUT --latency [--rounds 20] [--runs 30]  latency, then the table

Writes report/precisions.json (what was measured), precisions.csv and precisions.md (made from it). Figures are of the test side
by the native command, with 95 % bootstrap intervals over groups; a difference from float32 is of the same resamples. Latency is
the least of many runs; its ratio to float32 is of runs taken in turns, with a bootstrap over rounds: a busy machine widens it.
"""
import argparse
import json
import pathlib
import random
import re

import numpy as np

from models.tools import command, dataset, findings_metrics, full_disk, metrics, report_files, sides, variants, written

ENGINES = ("native", "WASM", "WASM relaxed")
ROUNDS = 1000


def macro_auc(p, label):
    with np.errstate(invalid="ignore"):
        return float(np.nanmean([metrics.auc(label == c, p[:, c]) for c in np.unique(label)]))


def told(value, samples):
    low, high = np.nanpercentile(samples, [2.5, 97.5])
    return {"value": round(float(value), 5), "low": round(float(low), 5), "high": round(float(high), 5)}


TITLES = {"accuracy": "Accuracy", "macro_auc": "Macro AUC"}
OF_LABELS = {"accuracy": lambda q, y: float((q.argmax(1) == y).mean()), "macro_auc": macro_auc}
OF_FINDINGS = {"macro_auc": findings_metrics.macro_auc}


def figures(p, label, group, rounds=ROUNDS, kinds=OF_LABELS):
    """{precision: {each kind and how far it is from float32's, largest and mean difference of a probability}} of p {precision: [n,classes]};
    label: what the kinds take, [n] or of findings [n,classes]."""
    values = {name: {kind: of(q, label) for kind, of in kinds.items()} for name, q in p.items()}
    drawn = {name: {kind: [] for kind in kinds} for name in p}
    for rows in findings_metrics.resamples(group, rounds):
        for name, q in p.items():
            for kind, of in kinds.items():
                drawn[name][kind].append(of(q[rows], label[rows]))
    made = {}
    for name in p:
        made[name] = {kind: told(values[name][kind], drawn[name][kind]) for kind in kinds}
        for kind in kinds:
            made[name][f"{kind}_from_float32"] = told(values[name][kind] - values["float32"][kind],
                                                      np.subtract(drawn[name][kind], drawn["float32"][kind]))
        made[name]["largest_difference"] = round(float(np.abs(p[name] - p["float32"]).max()), 6)
        made[name]["mean_difference"] = round(float(np.abs(p[name] - p["float32"]).mean()), 6)
    return made


def timed(folder, rounds, runs, seed=0):
    """{engine: {precision: [least milliseconds of a round]}}; engines and precisions in another order each round."""
    found = {engine: {name: [] for name in variants.PRECISIONS} for engine in ENGINES}
    order = [(engine, name) for engine in ENGINES for name in variants.PRECISIONS]
    shuffle = random.Random(seed)
    for _ in range(rounds):
        shuffle.shuffle(order)
        for engine, name in order:
            told_by = json.loads(command.run(engine, "bench", "--model", folder / f"{name}.tflite", "--runs", runs, "--json"))
            found[engine][name].append(least(told_by))
    return found


def least(bench):
    """Milliseconds of the fastest steady run, of what `insitu bench --json` prints."""
    return bench["steady_ms"]["min"]


def ratio(some, base, rounds=ROUNDS, seed=0):
    """least of `some` over least of `base`, with a bootstrap over rounds: [value, low, high]."""
    rng = np.random.default_rng(seed)
    some, base = np.array(some), np.array(base)
    drawn = [some[rows].min() / base[rows].min() for rows in rng.integers(0, len(some), (rounds, len(some)))]
    return told(some.min() / base.min(), drawn)


def rows_of(found):
    """The table's rows, one a precision."""
    made = []
    for name in variants.PRECISIONS:
        bytes_, f = found["bytes"][name], found["figures"].get(name)
        row = {"precision": name, "bytes": bytes_, "size_ratio": round(bytes_ / found["bytes"]["float32"], 4)}
        for kind in kinds_in(found):
            for part in (kind, f"{kind}_from_float32"):
                row.update({f"{part}{end}": f[part][at] for end, at in (("", "value"), ("_low95", "low"), ("_high95", "high"))} if f else {})
        if f:
            row.update({kind: f[kind] for kind in ("largest_difference", "mean_difference") if kind in f})
        for engine, times in found.get("latency", {}).get("least_ms", {}).items():
            r = ratio(times[name], times["float32"])
            key = engine.lower().replace(" ", "_")
            row.update({f"{key}_ms": round(min(times[name]), 3), f"{key}_ratio": r["value"], f"{key}_ratio_low95": r["low"], f"{key}_ratio_high95": r["high"]})
        made.append(row)
    return made


def kinds_in(found):
    """The figures that there are, in the table's order."""
    return [kind for kind in TITLES if kind in found["figures"]["float32"]]


def cell(f, digits=3):
    return f"{f['value']:.{digits}f} ({f['low']:.{digits}f} to {f['high']:.{digits}f})"


def loss(f):
    """What is lost, in points, of a difference from float32; no minus before a zero."""
    return cell({name: -100 * f[end] + 0.0 for name, end in (("value", "value"), ("low", "high"), ("high", "low"))}, 2).replace("-0.00", "0.00")


def markdown(found):
    """The same for people."""
    n, latency = found["n"], found.get("latency")
    kinds = kinds_in(found)
    differences = [kind for kind in ("largest_difference", "mean_difference") if kind in found["figures"]["float32"]]
    prior = ", training prior" if "accuracy" in kinds else ", each finding by itself"
    titles = ["", "Bytes", "Of float32’s", *(title for kind in kinds for title in (TITLES[kind], "Lost")),
              *({"largest_difference": "Largest difference of a probability", "mean_difference": "Mean"}[kind] for kind in differences)]
    lines = [f"# {found['pack']} {found['version']}: four precisions", "",
             f"{n} pictures of the test side in {found['groups']} groups ({found['group_name']}){prior}, by the native command.",
             f"float32 is {found['float32']}.",
             "Lost: against float32, in points (hundredths), over the same resamples. In brackets: 95 % bootstrap intervals.", "",
             "| " + " | ".join(titles).lstrip() + " |", "|---" * len(titles) + "|"]
    for name in variants.PRECISIONS:
        f = found["figures"][name]
        cells = [name, f"{found['bytes'][name]:,}", f"{found['bytes'][name] / found['bytes']['float32']:.3f}"]
        for kind in kinds:
            cells += [cell(f[kind], 3 if kind == "accuracy" else 4), loss(f[f"{kind}_from_float32"])]
        lines.append("| " + " | ".join([*cells, *(f"{f[kind]:.4f}" for kind in differences)]) + " |")
    if latency:
        lines += ["", f"Latency of one run of the network (one view), the least of {latency['rounds']} rounds of {latency['runs']} runs in turns, one thread, "
                  f"{latency['machine']}. In brackets: its ratio to float32 on the same engine, with a 95 % bootstrap interval over "
                  f"rounds.{busy(latency['machine'])}", "",
                  "| | " + " | ".join(latency["least_ms"]) + " |", "|---" * (1 + len(latency["least_ms"])) + "|"]
        for name in variants.PRECISIONS:
            cells = []
            for times in latency["least_ms"].values():
                r = ratio(times[name], times["float32"])
                cells.append(f"{min(times[name]):.2f} ms (×{r['value']:.2f}, {r['low']:.2f} to {r['high']:.2f})")
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    else:
        lines += ["", "Latency has not been measured of these weights: `python -m models.tools.abid … --latency` on a quiet machine."]
    return "\n".join(lines) + "\n"


def machine():
    """The processor's name, as /proc says it, and how busy the machine was."""
    import os
    import platform
    info = pathlib.Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.is_file() else []
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at its start"


def busy(told):
    """A sentence for the table where more wanted to run, in the minute before, than there are processors; told: machine()'s words."""
    found = re.search(r"(\d+) processors, load ([\d.]+)", told)
    if not found or float(found[2]) <= int(found[1]):
        return ""
    return (f" The machine had not been quiet: in the minute before, {found[2]} processes on average wanted its {found[1]} processors, so these "
            "times may be longer than on a quiet one.")


def chosen(config, data, work, count, side="test"):
    """(source, table for the command, rows): a side of the config's first source, or `count` of its pictures drawn at random."""
    source = dataset.open_sources(config, data)[0]
    table = work / f"{source.name}-{side}{f'-{count}' if count else ''}.csv"
    sides.write(source, side, table, count)
    return source, table, command.rows_of(table)


def truth(rows, ids, of_findings):
    """What the command's table says of its rows: a class [n], or findings 0/1 [n,classes]."""
    if not of_findings:
        return np.array([ids.index(r["label"]) for r in rows])
    target = np.array([[c in r["label"].split("|") for c in ids] for r in rows], int)
    if not (target.any(0) & ~target.all(0)).any():
        raise SystemExit(f"none of the {len(ids)} findings has pictures with it and without it among these {len(rows)}; nothing can be told: raise --count")
    return target


def write(pack, found):
    report_files.write(pack, "precisions", found, rows_of(found), markdown(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--checkpoint", help="best.pt of the pack's network, where it ships neither float32 nor float16; without one int8's "
                        "weights are made float again")
    parser.add_argument("--count", type=int, help="so many pictures of the test side, drawn at random (all)")
    parser.add_argument("--latency", action="store_true", help="measure latency; the figures stay as they are")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=30, help="steady runs a round")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    folder, how = variants.make(args.pack, config, args.work, args.checkpoint)
    path = args.pack / "report" / "precisions.json"
    kept = json.loads(path.read_text()) if path.is_file() else {}
    weights = {v["name"]: v["sha256"] for v in written.read(folder / "pack.json")["variants"]}
    if kept.get("sha256") != weights:
        kept = {}
    if args.latency:
        kept["latency"] = {"rounds": args.rounds, "runs": args.runs, "machine": machine(), "least_ms": timed(folder, args.rounds, args.runs)}
    if not args.latency or "figures" not in kept:
        source, table, rows = chosen(config, args.data, args.work, args.count)
        ids = [c["id"] for c in content["classes"]]
        of_findings, group = content["task"] == "multilabel", np.array([r["group"] for r in rows])
        label = truth(rows, ids, of_findings)
        p = {name: command.evaluate("native", folder, name, None if of_findings else "training", table, source.base, ids, args.work / "scores").p
             for name in variants.PRECISIONS}
        kept.update(pack=content["id"], version=content["version"], n=len(rows), groups=len(set(group)),
                    group_name=source.spec.get("group_name") or source.spec.get("group", "pictures"),
                    float32=how, sha256=weights, figures=figures(p, label, group, kinds=OF_FINDINGS if of_findings else OF_LABELS),
                    bytes={name: (folder / f"{name}.tflite").stat().st_size for name in variants.PRECISIONS})
    write(args.pack, kept)
    print((args.pack / "report" / "precisions.md").read_text())


if __name__ == "__main__":
    full_disk.started(main)
