"""Which measures of a picture (insitu_quality) tell that a pack errs more, and from which limit on.

  python -m models.tools.quality CONFIG --pack PACK --data FOLDER --out OUT fit
  python -m models.tools.quality CONFIG --pack PACK --data FOLDER --out OUT test

`fit` looks at the validation side: as it is, and in damaged copies (damage.py) of known kinds and strengths. A limit is
kept only where few good pictures are beyond it and those beyond it err `ratio` times as often as those that no limit
marks, all classes weighing the same; also the half of them that is nearest to the limit, so that it is not the worst
alone who make the case. Writes flags.json (a variant's decision.quality) and fit.md. `test` applies these flags to the
test side and its copies, once, and writes test.md.
"""
import argparse
import csv
import json
import pathlib
import random
import subprocess
import zlib

import numpy as np
from PIL import Image

from models.tools import damage


def read_rows(config, data, side):
    with open(data / "labels.csv", newline="") as file:
        return [r for r in csv.DictReader(file) if r[config["split"]] == side]


def make_copies(config, rows, data, out, copies):
    """(path, label, kind, strength) of each damaged copy; those that are there are taken as they are."""
    rng, made = random.Random(config["seed"]), []
    out.mkdir(parents=True, exist_ok=True)
    for row in rows:
        for _ in range(copies):
            kind = rng.choice(sorted(config["damage"]))
            strength = rng.choice(config["damage"][kind])
            path = out / f"{pathlib.Path(row['image']).stem}-{kind}-{strength}.jpg"
            if not path.exists():
                with Image.open(data / "images" / row["image"]) as image:
                    damage.write(image.convert("RGB"), kind, strength, path, config["jpeg_quality"], zlib.crc32(path.name.encode()))
            made.append((path, row["label"], kind, strength))
    return made


def answers(command, pack, variant, paths):
    """Of each picture, in order: (class of the highest probability, measures) as the command gives them."""
    run = subprocess.run([command, "classify", "--pack", pack, *(["--variant", variant] if variant else []), "-"],
                         input="\n".join(map(str, paths)), capture_output=True, text=True)
    found = {}
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        if not answer["ok"]:
            raise SystemExit(f"{answer['file']}: {answer['message']}")
        # Of a rejected picture there is no "top", but the probabilities are there.
        found[answer["file"]] = max(answer["classes"], key=lambda c: c["p"])["id"], answer["quality"]
    if len(found) < len(set(map(str, paths))):
        raise SystemExit(f"{command}: {len(found)} answers for {len(paths)} pictures: {run.stderr[-400:]}")
    return [found[str(path)] for path in paths]


class Table:
    """Pictures with what was measured and whether the answer was wrong; weights make all classes weigh the same."""

    def __init__(self, labels, kinds, found):
        self.labels, self.kinds = np.array(labels), np.array(kinds)
        self.wrong = np.array([top != label for (top, _), label in zip(found, labels)], float)
        names = sorted({name for _, quality in found for name in quality})
        self.measures = {n: np.array([q.get(n, np.nan) for _, q in found], float) for n in names}
        share = {c: (self.labels == c).mean() for c in set(labels)}
        self.weights = np.array([1 / share[c] for c in labels])

    def flagged(self, flag):
        with np.errstate(invalid="ignore"):
            values = self.measures[flag["measure"]]
            return values < flag["below"] if "below" in flag else values > flag["above"]

    def error(self, where, balanced=True):
        weights = self.weights[where] if balanced else np.ones(where.sum())
        return float((self.wrong[where] * weights).sum() / weights.sum()) if where.any() else float("nan")


def candidates(table, side, name, sharpest):
    """Limits to try, from the mildest: where few clean pictures are beyond."""
    values = table.measures[name]
    known = values[~np.isnan(values)]
    limits = np.unique(np.quantile(known, np.linspace(0.002, 0.998, 500)))
    limits = [float(f"{v:.3g}") for v in (limits[::-1] if side == "below" else limits)]
    clean = values[table.kinds == "clean"]
    beyond = (lambda v: clean < v) if side == "below" else (lambda v: clean > v)
    with np.errstate(invalid="ignore"):
        return [v for v in dict.fromkeys(limits) if beyond(v).mean() <= sharpest]


def nearest_half(table, flag, where):
    values = table.measures[flag["measure"]]
    middle = np.median(values[where])
    return where & (values >= middle if "below" in flag else values <= middle)


def fit(config, table):
    """The flags that are kept, and of each candidate what was seen at its best limit. In two rounds: the second compares
    with pictures that none of the first round's flags marks."""
    rules, marked, rows = config["rules"], np.zeros(len(table.wrong), bool), []
    for _ in range(2):
        kept, rows = [], []
        for wish in config["candidates"]:
            found = None
            for limit in candidates(table, wish["side"], wish["measure"], rules["clean_share"]):
                flag = {"measure": wish["measure"], wish["side"]: limit, "reason": wish["reason"]}
                where = table.flagged(flag)
                rest = ~where & ~marked
                if where.sum() < rules["least"]:
                    continue
                seen = compare(table, where, rest, nearest_half(table, flag, where))
                found = found or (flag, seen, False)
                if min(seen["ratio"], seen["ratio_plain"], seen["ratio_near"]) >= rules["ratio"]:
                    flag["decision"] = "reject" if seen["ratio"] >= rules["reject_ratio"] else "unsure"
                    found = flag, seen, True
                    break
            if found:
                rows.append(found)
                if found[2]:
                    kept.append(found[0])
        marked = np.logical_or.reduce([table.flagged(f) for f in kept]) if kept else marked
    return kept, rows


def compare(table, where, rest, near):
    seen = {"n": int(where.sum()), "clean": float((where & (table.kinds == "clean")).sum() / (table.kinds == "clean").sum()),
            "error": table.error(where), "rest": table.error(rest),
            "plain": table.error(where, balanced=False), "rest_plain": table.error(rest, balanced=False),
            "near": table.error(near)}
    return {**seen, "ratio": seen["error"] / seen["rest"], "ratio_plain": seen["plain"] / seen["rest_plain"],
            "ratio_near": seen["near"] / seen["rest"]}


def describe(table, rows, title):
    out = [f"# {title}", "", f"{(table.kinds == 'clean').sum()} pictures as they are, {(table.kinds != 'clean').sum()} damaged "
           f"copies. Error with all classes weighing the same (and plain); `rest`: what no kept flag marks.", "",
           "| measure | limit | reason | n | of clean | error | rest | ratio | plain | ratio | nearest half | kept |",
           "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for flag, s, kept in rows:
        limit = f"< {flag['below']:g}" if "below" in flag else f"> {flag['above']:g}"
        out.append(f"| {flag['measure']} | {limit} | {flag['reason']} | {s['n']} | {s['clean']:.2%} | {s['error']:.3f} | {s['rest']:.3f} | "
                   f"{s['ratio']:.2f} | {s['plain']:.3f} / {s['rest_plain']:.3f} | {s['ratio_plain']:.2f} | {s['ratio_near']:.2f} | "
                   f"{flag.get('decision', '') if kept else 'no'} |")
    flags = [flag for flag, _, kept in rows if kept]
    marked = np.logical_or.reduce([table.flagged(f) for f in flags]) if flags else np.zeros(len(table.wrong), bool)
    clean = table.kinds == "clean"
    out += ["", f"Any kept flag: {marked[clean].mean():.2%} of the clean pictures (they err {table.error(marked & clean):.3f}, the others "
            f"{table.error(~marked & clean):.3f}), {marked[~clean].mean():.1%} of the copies ({table.error(marked & ~clean):.3f}, the others "
            f"{table.error(~marked & ~clean):.3f}).", "", "| damage | n | error | plain | flagged | " + " | ".join(f["reason"] for f in flags) + " |",
            "|---" * (5 + len(flags)) + "|"]
    for kind in sorted(set(table.kinds), key=lambda k: (k != "clean", k.split(" ")[0], float(k.split(" ")[1]) if " " in k else 0)):
        at = table.kinds == kind
        out.append(f"| {kind} | {at.sum()} | {table.error(at):.3f} | {table.error(at, balanced=False):.3f} | {marked[at].mean():.0%} | "
                   + " | ".join(f"{table.flagged(f)[at].mean():.0%}" for f in flags) + " |")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--variant")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder with labels.csv and images/")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--command", default="build/insitu")
    parser.add_argument("step", choices=["fit", "test"])
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    rows = read_rows(config, args.data, "val" if args.step == "fit" else "test")
    copies = make_copies(config, rows, args.data, args.out / args.step, config["copies"] if args.step == "fit" else 1)
    paths = [args.data / "images" / r["image"] for r in rows] + [path for path, *_ in copies]
    table = Table([r["label"] for r in rows] + [label for _, label, *_ in copies],
                  ["clean"] * len(rows) + [f"{kind} {strength}" for *_, kind, strength in copies],
                  answers(args.command, args.pack, args.variant, paths))
    flags_path = args.out / "flags.json"
    if args.step == "fit":
        flags, seen = fit(config, table)
        flags_path.write_text(json.dumps(flags, indent=1) + "\n")
    else:
        flags = json.loads(flags_path.read_text())
        marked = np.logical_or.reduce([table.flagged(f) for f in flags]) if flags else np.zeros(len(table.wrong), bool)
        seen = [(f, compare(table, table.flagged(f), ~marked, nearest_half(table, f, table.flagged(f))), True) for f in flags]
    (args.out / f"{args.step}.md").write_text(describe(table, seen, f"Quality flags, {args.step}"))
    print(flags_path.read_text())


if __name__ == "__main__":
    main()
