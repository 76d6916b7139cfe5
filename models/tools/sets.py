"""Fits what a variant may say on validation: prediction sets, when the top class is an answer, and each group's limit.

  build/insitu evaluate --pack models/skin --variant int8 --prior training --labels HAM10000/labels.csv \\
    --images HAM10000/images --split lesion_split=val --scores OUT/val.csv
  python -m models.tools.sets models/skin int8 OUT/val.csv --labels HAM10000/labels.csv --whole lesion_id

Writes `decision` of that variant into pack.json (its quality and typicality stay), with --taken-with WORD its part for
pictures that were taken with that, and prints what to expect: the mean over
repeated halves of the pictures, fitted on one and measured on the other, whole lesions on one side. Test pictures are
refused by nothing here: give it validation's.
"""
import argparse
import csv
import json
import pathlib

import numpy as np

from models.tools import full_disk, pack as packs, written

MANY = 40  # pictures of a class below which a coverage of a half of them says little
FLOOR = 0.02  # below it a share says nothing: a class of few pictures would be in every set
# A class that is as likely is named, however rarely validation needed it: a rule, no fit. Measured, limits fitted on validation, of
# the unsure int8 answers to test pictures of skin (2,003), chest-xray (624) and colorectal (550, another stain), with it and
# without: the set holds the right class in .93, .94, .77 and .86, .88, .40; it has 2.7, 2.0, 2.1 and 2.5, 1.8, 1.0 classes.
MOST = 0.2


def members(p, thresholds, alone):
    """bool [n,classes]: what src/classify/decide.c puts into the set."""
    top = p.argmax(1)
    inside = p >= thresholds
    inside[p.max(1) >= alone] = False
    inside[np.arange(len(p)), top] = True
    return inside


def fit_alone(p, label, wrong):
    """The least p of the top class from which on at most a share `wrong` of the pictures is not of that class."""
    order = np.argsort(-p.max(1))
    error = np.cumsum(p.argmax(1)[order] != label[order]) / np.arange(1, len(order) + 1)
    right = np.flatnonzero(error <= wrong)
    if right.size == 0:
        raise SystemExit(f"no share of the pictures is right {1 - wrong:.0%} of the time")
    return float(p.max(1)[order][right[-1]])


def fit_thresholds(p, label, alone, coverage):
    """One threshold a class, the highest up to MOST with which sets hold at least `coverage` of that class's pictures;
    where the pictures that are alone miss too many for that, FLOOR."""
    found = np.full(p.shape[1], FLOOR)
    for c in range(p.shape[1]):
        mine = p[label == c]
        named, settled = mine.argmax(1) == c, mine.max(1) >= alone
        for threshold in np.sort(mine[:, c])[::-1]:
            if (named | (~settled & (mine[:, c] >= threshold))).mean() >= coverage:
                found[c] = max(min(threshold, MOST), FLOOR)
                break
    return found


def fit_group(p, label, chosen, sensitivity):
    """The highest limit that the group's share reaches for at least `sensitivity` of the group's pictures."""
    shares = np.sort(p[:, chosen].sum(1)[np.isin(label, np.flatnonzero(chosen))])
    return float(shares[int(np.floor((1 - sensitivity) * len(shares)))])


def figures(p, label, thresholds, alone, action):
    """What happens with these limits: shares over all pictures, error among those answered."""
    inside = members(p, thresholds, alone)
    covered = inside[np.arange(len(label)), label]
    by_class = {f"coverage of class {c}": covered[label == c].mean() for c in np.unique(label)}
    urgent = np.where(inside, action, -1).max(1), np.where(inside, action, 99).min(1)
    answered = (urgent[0] == urgent[1]) & (p.max(1) >= alone)
    return {**by_class, "coverage": covered.mean(), "size": inside.sum(1).mean(), "answered": answered.mean(),
            "wrong": (p.argmax(1) != label)[answered].mean()}


def expect(p, label, whole, action, alone, class_coverage, rounds=40, seed=0):
    """Means of `figures` over halves that fitted no threshold; groups `whole` are never cut."""
    rng = np.random.default_rng(seed)
    names, index = np.unique(whole, return_inverse=True)
    found = []
    for _ in range(rounds):
        mine = (rng.random(len(names)) < 0.5)[index]
        thresholds = fit_thresholds(p[mine], label[mine], alone, class_coverage)
        found.append(figures(p[~mine], label[~mine], thresholds, alone, action))
    return {key: float(np.mean([f[key] for f in found if key in f])) for key in found[0]}


def raise_alone(p, label, whole, action, alone, args):
    """The least p from `alone` on with which every class of MANY pictures or more is expected to be covered by args.lowest:
    a class whose pictures are often settled as another is covered by no threshold. -> that p, and what to expect with it"""
    many = [c for c in np.unique(label) if (label == c).sum() >= MANY]
    for candidate in np.arange(alone, 1, 0.005):
        expected = expect(p, label, whole, action, candidate, args.class_coverage)
        if min((expected[f"coverage of class {c}"] for c in many), default=1) >= args.lowest:
            return float(candidate), expected
    raise SystemExit(f"no limit covers every class by {args.lowest}")


def read(path, ids):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or any(c not in rows[0] for c in ids):
        raise SystemExit(f"{path}: it must have a column for each class: {', '.join(ids)}")
    return rows, np.array([[float(r[c]) for c in ids] for r in rows]), np.array([ids.index(r["label"]) for r in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("variant")
    parser.add_argument("scores", type=pathlib.Path, help="of validation, by insitu evaluate --scores")
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--whole", required=True, help="column of --labels whose values are never cut")
    parser.add_argument("--prior", default="training", choices=("training", "uniform"), help="under which the scores are")
    parser.add_argument("--wrong", type=float, default=0.05, help="at most so many wrong among the answers")
    parser.add_argument("--class-coverage", type=float, default=0.9)
    parser.add_argument("--lowest", type=float, default=0.82, help="coverage that every class must be expected to have")
    parser.add_argument("--sensitivity", type=float, default=0.95, help="of each group at its limit")
    parser.add_argument("--taken-with", help="one of the pack's domain: the limits are for pictures taken with that alone")
    args = parser.parse_args()
    content = written.read(args.pack / "pack.json")
    ids = [c["id"] for c in content["classes"]]
    rows, p, label = read(args.scores, ids)
    with open(args.labels, newline="") as file:
        whole_of = {r["image"]: r[args.whole] for r in csv.DictReader(file)}
    whole = np.array([whole_of[r["image"]] for r in rows])
    action = np.array([["watch", "show", "soon"].index(c.get("action", "watch")) for c in content["classes"]])

    alone, expected = raise_alone(p, label, whole, action, fit_alone(p, label, args.wrong), args)
    thresholds = fit_thresholds(p, label, alone, args.class_coverage)
    limits = {g["id"]: round(fit_group(p, label, np.isin(ids, g["classes"]), args.sensitivity), 5) for g in content["groups"]}
    entry = next(v for v in content["variants"] if v["name"] == args.variant)
    made = {"prior": args.prior,
            "set": {"coverage": round(expected["coverage"], 3), "alone": round(alone, 5),
                    "thresholds": [round(float(t), 5) for t in thresholds]},
            "answer_p": round(alone, 5), "groups": limits}
    decision = entry.setdefault("decision", {})
    if args.taken_with:
        decision.setdefault("taken_with", {})[args.taken_with] = made
    else:
        decision.update(made)
    packs.write(content, args.pack)
    print(args.variant, json.dumps({k: round(v, 4) for k, v in expected.items()}), "limits", limits)


if __name__ == "__main__":
    full_disk.started(main)
