"""Figures of pictures from other sources than the report's, from what the command wrote: report/others.json, for the card.

  python -m models.tools.others CONFIG PACK OUT --data NAME=DIR... --tables
  build/insitu evaluate --pack PACK --variant V --prior uniform --labels OUT/NAME.csv --images DIR/images --scores OUT/NAME-V.csv
  python -m models.tools.others CONFIG PACK OUT --data NAME=DIR...

The config's "others": name of a source → {"side", "about"}, and "source" (as in "sources") where it is none of them. Each
figure has the 95 % percentile bootstrap over the source's groups. --tables writes the tables that the command needs: one side
of a source, its labels in the pack's classes.
"""
import argparse
import csv
import json
import pathlib

import numpy as np

from models.tools import dataset, full_disk, metrics, written

ROUNDS = 1000


def of(p, label, decision, groups, ids):
    """The figures of these pictures: p [n,classes] under a uniform prior."""
    found = metrics.figures_of(p, p, label)
    out = {"balanced_accuracy": found["balanced_accuracy"], "answered": float((decision == "answer").mean()),
           "unsure": float((decision == "unsure").mean()), "refused": float((decision == "reject").mean())}
    if (decision == "answer").any():
        out["wrong"] = float((p.argmax(1) != label)[decision == "answer"].mean())
    for group in groups:
        inside = np.isin(ids, group["classes"])
        out[f"auc_{group['id']}"] = metrics.auc(inside[label], p[:, inside].sum(1))
    for c, name in enumerate(ids):
        if (label == c).any():
            out[f"auc_{name}"], out[f"recall_{name}"] = found["auc"][c], found["recall"][c]
    return out


def with_bounds(p, label, decision, whole, groups, ids, seed=0):
    """{figure: {value, low, high}}; resamples that lack what a figure needs are left out of its interval."""
    rng = np.random.default_rng(seed)
    names, index = np.unique(whole, return_inverse=True)
    members = [np.flatnonzero(index == g) for g in range(len(names))]
    value, samples = of(p, label, decision, groups, ids), {}
    for _ in range(ROUNDS):
        chosen = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        for name, v in of(p[chosen], label[chosen], decision[chosen], groups, ids).items():
            samples.setdefault(name, []).append(v)
    bounds = {name: np.nanpercentile(samples[name], [2.5, 97.5]) for name in value}
    return {name: {"value": round(v, 4), "low": round(float(bounds[name][0]), 4), "high": round(float(bounds[name][1]), 4)}
            for name, v in value.items() if np.isfinite(v)}


def read(path, ids, source, indices):
    """(p [n,classes], decision [n]) of these rows, in their order."""
    with open(path, newline="") as file:
        written = {row["image"]: row for row in csv.DictReader(file)}
    wanted = [source.rows[i]["image"] for i in indices]
    missing = [name for name in wanted if name not in written or not written[name][ids[0]]]
    if missing:
        raise SystemExit(f"{path}: {len(missing)} of {len(wanted)} pictures have no probabilities, the first is {missing[0]}")
    return np.array([[float(written[n][c]) for c in ids] for n in wanted]), np.array([written[n]["decision"] for n in wanted])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("measured", type=pathlib.Path, help="folder of the command's NAME-VARIANT.csv")
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR")
    parser.add_argument("--tables", action="store_true", help="write NAME.csv for the command instead")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    more = [{"name": name, **told["source"]} for name, told in config["others"].items() if "source" in told]
    sources, ids = dataset.open_sources({**config, "sources": config["sources"] + more}, args.data), [c["id"] for c in content["classes"]]
    result = {}
    for name, told in config["others"].items():
        source = dataset.source_named(sources, name)
        indices = source.indices(told["side"])
        if args.tables:
            args.measured.mkdir(parents=True, exist_ok=True)
            lines = ["image,label", *(f"{source.rows[i]['image']},{ids[source.label[i]]}" for i in indices)]
            (args.measured / f"{name}.csv").write_text("\n".join(lines) + "\n")
            continue
        result[name] = {"about": told["about"], "n": len(indices), "groups": len(set(source.group[indices])), "variants": {}}
        for variant in content["variants"]:
            p, decision = read(args.measured / f"{name}-{variant['name']}.csv", ids, source, indices)
            result[name]["variants"][variant["name"]] = with_bounds(p, source.label[indices], decision, source.group[indices],
                                                                    content.get("groups", []), ids)
    if not args.tables:
        (args.pack / "report" / "others.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    full_disk.started(main)
