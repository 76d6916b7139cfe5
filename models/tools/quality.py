"""Which measures of a picture (insitu_quality) tell that a pack errs more, and from which limit on.

  python -m models.tools.quality measure CONFIG val.csv --side val --pack PACK --data FOLDER --copies OUT
  python -m models.tools.quality fit CONFIG val.csv flags.json val.md
  python -m models.tools.quality measure CONFIG test.csv --side test --pack PACK --data FOLDER --copies OUT
  python -m models.tools.quality report CONFIG test.csv flags.json test.md

`measure` asks the command for the pictures of one side as they are, and for damaged copies (damage.py) of known kinds and
strengths. `fit` keeps a limit only where few clean pictures are beyond it and those beyond it, of the kinds of damage that
it is for, err `ratio` times as often as those that no limit marks, all classes weighing the same; so must the quarter of
them that is nearest to the limit, lest the worst alone make the case. flags.json is a variant's decision.quality.
`report` says what they do on pictures that they were not fitted on; the test side is read once.
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

from models.tools import damage, full_disk, written


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


def write_table(path, pictures, found):
    """pictures: (path, label, kind); found: what `answers` gave for them."""
    names = sorted({name for _, quality in found for name in quality})
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", "label", "kind", "top", *names])
        writer.writerows([pathlib.Path(image).name, label, kind, top, *(quality.get(n, "") for n in names)]
                         for (image, label, kind), (top, quality) in zip(pictures, found))


def read_table(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(r["top"], {n: float(v) for n, v in r.items() if n not in ("image", "label", "kind", "top") and v}) for r in rows]
    return Table([r["label"] for r in rows], [r["kind"] for r in rows], found)


class Table:
    """Pictures with what was measured and whether the answer was wrong; weights make all classes weigh the same."""

    def __init__(self, labels, kinds, found):
        self.labels, self.kinds = np.array(labels), np.array(kinds)
        self.wrong = np.array([top != label for (top, _), label in zip(found, labels)], float)
        names = sorted({name for _, quality in found for name in quality})
        self.measures = {n: np.array([q.get(n, np.nan) for _, q in found], float) for n in names}
        share = {c: (self.labels == c).mean() for c in set(labels)}
        clean = self.kinds == "clean"
        # As many damaged pictures as clean ones, whichever number of copies there is.
        self.shares = np.where(clean, 1.0, clean.sum() / max(1, (~clean).sum()))
        self.weights = self.shares * np.array([1 / share[c] for c in labels])

    def flagged(self, flag):
        with np.errstate(invalid="ignore"):
            values = self.measures[flag["measure"]]
            return values < flag["below"] if "below" in flag else values > flag["above"]

    def of_kinds(self, names):
        return np.isin([kind.split(" ")[0] for kind in self.kinds], names)

    def error(self, where, balanced=True):
        weights = (self.weights if balanced else self.shares)[where]
        return float((self.wrong[where] * weights).sum() / weights.sum()) if where.any() else float("nan")


def candidates(table, wish, clean_share):
    """Limits to try, from the mildest beyond which few clean pictures are; "within" keeps them to what the reason says:
    a measure that also depends on a skin's colour or a camera must be far from what is usual."""
    name, is_low = wish["measure"], wish["side"] == "below"
    values = table.measures[name]
    known = values[~np.isnan(values)]
    low, high = wish.get("within", (known.min(), known.max()))
    limits = np.unique(np.append(np.quantile(known, np.linspace(0.002, 0.998, 500)), [low, high]))
    limits = [float(f"{v:.3g}") for v in (limits[::-1] if is_low else limits) if low <= v <= high]
    clean = values[table.kinds == "clean"]
    with np.errstate(invalid="ignore"):
        return [v for v in dict.fromkeys(limits) if (clean < v if is_low else clean > v).mean() <= clean_share]


def nearest_quarter(table, flag, where):
    values = table.measures[flag["measure"]]
    border = np.quantile(values[where], 0.75 if "below" in flag else 0.25)
    return where & (values >= border if "below" in flag else values <= border)


def marked_by(table, flags):
    return np.logical_or.reduce([table.flagged(f) for f in flags]) if flags else np.zeros(len(table.wrong), bool)


def tried_limits(table, wish, rules, unmarked):
    """(flag, what was seen) of each limit, the mildest first, while enough pictures are beyond."""
    tried = []
    for limit in candidates(table, wish, rules["clean_share"]):
        flag = {"measure": wish["measure"], wish["side"]: limit, "reason": wish["reason"]}
        where = table.flagged(flag) & table.of_kinds(["clean", *wish["kinds"]])
        if where.sum() < rules["least"]:
            break
        tried.append((flag, compare(table, where, unmarked & ~where, nearest_quarter(table, flag, where))))
    return tried


def best(table, wish, rules, unmarked):
    """(flag, what was seen, whether it is kept) at the mildest limit that may be kept, else at the strictest tried. Where
    most pictures are of one class, a picture that shows nothing gets that name and is often "right": where no limit has
    the ratio plain too, `ratio_plain` will do."""
    tried = tried_limits(table, wish, rules, unmarked)
    for plain in (rules["ratio"], rules["ratio_plain"]):
        for flag, seen in tried:
            if min(seen["ratio"], seen["ratio_near"]) >= rules["ratio"] and seen["ratio_plain"] >= plain:
                return {**flag, "decision": "unsure"}, seen, True
    return (*tried[-1], False) if tried else None


def refusals(table, config, rows, unmarked):
    """With each kept flag's reason, the mildest limit beyond which the answer is not worth showing: `reject_ratio`."""
    rules, found = config["rules"], []
    for wish in config["candidates"]:
        if not any(kept and (flag["measure"], flag["reason"]) == (wish["measure"], wish["reason"]) for flag, _, kept in rows):
            continue
        for flag, seen in tried_limits(table, wish, rules, unmarked):
            if (seen["ratio"] >= rules["reject_ratio"] and seen["ratio_near"] >= rules["ratio"]
                    and seen["ratio_plain"] >= rules["ratio_plain"]):
                found.append(({**flag, "decision": "reject"}, seen, True))
                break
    return found


def one_a_reason(rows):
    """Of several flags with one reason the one that marks most is kept: each costs some good pictures."""
    most = {}
    for flag, seen, kept in rows:
        if kept:
            most[flag["reason"]] = max(most.get(flag["reason"], 0), seen["n"])
    return [(flag, seen, kept and seen["n"] == most[flag["reason"]]) for flag, seen, kept in rows]


def fit(config, table):
    """The flags that are kept, and of each candidate what was seen. What is flagged is compared with what no flag marks,
    which depends on the flags: begun with the clean pictures, and done again until nothing changes."""
    kept, unmarked = None, table.kinds == "clean"
    for _ in range(config["rules"].get("rounds", 8)):
        rows = [row for row in (best(table, wish, config["rules"], unmarked) for wish in config["candidates"]) if row]
        rows = one_a_reason(rows)
        flags = [flag for flag, _, is_kept in rows if is_kept]
        if flags == kept:
            break
        kept, unmarked = flags, ~marked_by(table, flags)
    rows += refusals(table, config, rows, unmarked)
    return drop_idle(rows)


def drop_idle(rows):
    """Without what says "unsure" where the same measure says "reject" from the same limit on, or a milder one. -> flags, rows"""
    rejects = [flag for flag, *_ in rows if flag.get("decision") == "reject"]

    def is_idle(flag):
        return flag.get("decision") == "unsure" and any(
            r["measure"] == flag["measure"] and (r["below"] >= flag["below"] if "below" in r else r["above"] <= flag["above"])
            for r in rejects)

    rows = [row for row in rows if not is_idle(row[0])]
    return [flag for flag, _, is_kept in rows if is_kept], rows


def compare(table, where, rest, near):
    seen = {"n": int(where.sum()), "clean": float((where & (table.kinds == "clean")).sum() / (table.kinds == "clean").sum()),
            "error": table.error(where), "rest": table.error(rest),
            "plain": table.error(where, balanced=False), "rest_plain": table.error(rest, balanced=False),
            "near": table.error(near)}
    return {**seen, "ratio": seen["error"] / seen["rest"], "ratio_plain": seen["plain"] / seen["rest_plain"],
            "ratio_near": seen["near"] / seen["rest"]}


def describe(table, rows, title):
    out = [f"# {title}", "", f"{(table.kinds == 'clean').sum()} pictures as they are, {(table.kinds != 'clean').sum()} damaged "
           f"copies, which together weigh as much. Error with all classes weighing the same (and plain); `rest`: what no kept flag marks.", "",
           "| measure | limit | reason | n | of clean | error | rest | ratio | plain | ratio | nearest quarter | kept |",
           "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for flag, s, kept in rows:
        limit = f"< {flag['below']:g}" if "below" in flag else f"> {flag['above']:g}"
        out.append(f"| {flag['measure']} | {limit} | {flag['reason']} | {s['n']} | {s['clean']:.2%} | {s['error']:.3f} | {s['rest']:.3f} | "
                   f"{s['ratio']:.2f} | {s['plain']:.3f} / {s['rest_plain']:.3f} | {s['ratio_plain']:.2f} | {s['ratio_near']:.2f} | "
                   f"{flag.get('decision', '') if kept else 'no'} |")
    flags = [flag for flag, _, kept in rows if kept]
    names = [f"{f['reason']}, {f['decision']}" for f in flags]
    marked = marked_by(table, flags)
    clean = table.kinds == "clean"
    out += ["", f"Any kept flag: {marked[clean].mean():.2%} of the clean pictures (they err {table.error(marked & clean):.3f}, the others "
            f"{table.error(~marked & clean):.3f}), {marked[~clean].mean():.1%} of the copies ({table.error(marked & ~clean):.3f}, the others "
            f"{table.error(~marked & ~clean):.3f}).", "", "| damage | n | error | plain | flagged | " + " | ".join(names) + " |",
            "|---" * (5 + len(flags)) + "|"]
    for kind in sorted(set(table.kinds), key=lambda k: (k != "clean", k.split(" ")[0], float(k.split(" ")[1]) if " " in k else 0)):
        at = table.kinds == kind
        out.append(f"| {kind} | {at.sum()} | {table.error(at):.3f} | {table.error(at, balanced=False):.3f} | {marked[at].mean():.0%} | "
                   + " | ".join(f"{table.flagged(f)[at].mean():.0%}" for f in flags) + " |")
    return "\n".join(out) + "\n"


def measure(config, args):
    rows = read_rows(config, args.data, args.side)
    copies = make_copies(config, rows, args.data, args.copies, config["copies"][args.side])
    pictures = [(args.data / "images" / r["image"], r["label"], "clean") for r in rows]
    pictures += [(path, label, f"{kind} {strength}") for path, label, kind, strength in copies]
    write_table(args.table, pictures, answers(args.command, args.pack, args.variant, [path for path, *_ in pictures]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("measure", "fit", "report"):
        step = steps.add_parser(name)
        step.add_argument("config", type=pathlib.Path)
        step.add_argument("table", type=pathlib.Path)
        if name == "measure":
            step.add_argument("--side", required=True, choices=["val", "test"])
            step.add_argument("--pack", required=True)
            step.add_argument("--variant")
            step.add_argument("--data", type=pathlib.Path, required=True, help="folder with labels.csv and images/")
            step.add_argument("--copies", type=pathlib.Path, required=True, help="folder for the damaged copies")
            step.add_argument("--command", default="build/insitu")
        else:
            step.add_argument("flags", type=pathlib.Path)
            step.add_argument("text", type=pathlib.Path)
    args = parser.parse_args()
    config = written.read(args.config)
    if args.step == "measure":
        return measure(config, args)
    table = read_table(args.table)
    if args.step == "fit":
        flags, seen = fit(config, table)
        args.flags.write_text(json.dumps(flags, indent=1) + "\n")
    else:
        flags = json.loads(args.flags.read_text())
        unmarked = ~marked_by(table, flags)
        seen = [(f, compare(table, table.flagged(f), unmarked, nearest_quarter(table, f, table.flagged(f))), True) for f in flags]
    args.text.write_text(describe(table, seen, f"Quality flags on {args.table.stem}"))
    return None


if __name__ == "__main__":
    full_disk.started(main)
