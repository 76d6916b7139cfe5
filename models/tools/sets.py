"""From validation scores to what may be said: prediction sets, the groups' limits and the least p of an answer.

  build/insitu evaluate --pack models/skin --variant int8 --prior training --labels HAM10000/labels.csv \\
      --images HAM10000/images --split lesion_split=val --scores OUT/int8-val.csv
  python -m models.tools.sets models/tools/configs/skin.json models/skin int8 OUT/int8-val.csv --labels HAM10000/labels.csv

Sets are conformal, class by class (Vovk 2012, "Conditional validity of inductive conformal predictors"): a class is in
the set from the p on that its share of its own validation pictures reaches. A class of few pictures has an uncertain
threshold; so whole lesions are drawn anew many times, and a low one of the thresholds is taken: the fewer the pictures,
the more cautious. Writes set, groups and answer_p into the variant's decision; the rest of it stays. Refuses the test side.
"""
import argparse
import csv
import json
import pathlib

import numpy as np
from scipy.stats import beta

ROUNDS = 400  # draws of lesions; thresholds move by less than 0.002 between seeds (measured on validation)


def resampled(values, lesion, share, rounds, rng):
    """[rounds] quantiles `share` of the values, each over lesions drawn with replacement."""
    _, group = np.unique(lesion, return_inverse=True)
    members = [values[group == g] for g in range(group.max() + 1)]
    return np.array([np.quantile(np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))]), share)
                     for _ in range(rounds)])


def thresholds(p, label, lesion, coverage, caution=0.3, rounds=ROUNDS, seed=0):
    """[classes]: for each class the `caution` quantile of its resampled thresholds. coverage: of each class, [classes]."""
    rng = np.random.default_rng(seed)
    found = np.zeros(p.shape[1])  # a class never seen is always in the set
    for c in range(p.shape[1]):
        own = label == c
        if own.any():
            found[c] = np.quantile(resampled(p[own, c], lesion[own], 1 - coverage[c], rounds, rng), caution)
    return found


def members(p, limits):
    """[n,classes]: what is in each set; the top class always is."""
    inside = p >= limits
    inside[np.arange(len(p)), p.argmax(1)] = True
    return inside


def group_limit(p_group, inside, sensitivity):
    """The highest limit that at least this share of the group's pictures reaches."""
    own = np.sort(p_group[inside])
    return float(own[int(np.floor(len(own) * (1 - sensitivity) + 1e-9))])


def is_clear(inside, action):
    """[n]: every class of the set calls for the same action as the others. action: [classes], any labels."""
    return np.array([len(set(action[row])) == 1 for row in inside])


def answer_limit(p, label, clear, error, confidence):
    """The lowest p from which on the share of wrong ones among the clear pictures is below `error` with this confidence (the
    upper bound of Clopper & Pearson 1934, as Geifman & El-Yaniv 2017 select); 1 where there is none."""
    top, wrong = p.max(1)[clear], (p.argmax(1) != label)[clear]
    order = np.argsort(-top, kind="stable")
    count, failed = np.arange(1, len(order) + 1), np.cumsum(wrong[order])
    kept = np.flatnonzero(beta.ppf(confidence, failed + 1, np.maximum(count - failed, 1)) <= error)
    return float(top[order][kept[-1]]) if len(kept) else 1.0


def figures(p, label, limits, action, answer_p):
    """What the decisions are worth on these pictures."""
    inside = members(p, limits)
    covered, right = inside[np.arange(len(label)), label], p.argmax(1) == label
    answered = is_clear(inside, action) & (p.max(1) >= answer_p)
    return {"n": len(label), "coverage": float(covered.mean()), "size": float(inside.sum(1).mean()),
            "class_coverage": [float(covered[label == c].mean()) if (label == c).any() else None for c in range(p.shape[1])],
            "answered": float(answered.mean()), "error": float(1 - right[answered].mean()) if answered.any() else None}


def halves(p, label, lesion, action, spec, rounds=20, seed=0):
    """`figures` of one half of the lesions under what the other half fitted, `rounds` times."""
    rng = np.random.default_rng(seed)
    _, group = np.unique(lesion, return_inverse=True)
    found = []
    for _ in range(rounds):
        fits = (rng.permutation(group.max() + 1) % 2 == 0)[group]
        limits = thresholds(p[fits], label[fits], lesion[fits], spec["class_coverage"], spec["caution"], rounds=100)
        clear = is_clear(members(p[fits], limits), action)
        found.append(figures(p[~fits], label[~fits], limits, action, answer_limit(p[fits], label[fits], clear, spec["error"],
                                                                                 spec["confidence"])))
    return found


def fit(p, label, lesion, classes, groups, spec):
    """A variant's decision, less quality and typicality. classes, groups: as pack.json has them."""
    ids, action = [c["id"] for c in classes], np.array([c.get("action") for c in classes])
    limits = np.round(thresholds(p, label, lesion, spec["class_coverage"], spec["caution"]), 4)
    made = {"prior": "training", "set": {"coverage": spec["coverage"], "thresholds": limits.tolist()}}
    clear = is_clear(members(p, limits), action)
    made["answer_p"] = round(answer_limit(p, label, clear, spec["error"], spec["confidence"]) + 5e-5, 4)
    if groups:
        made["groups"] = {}
        for group in groups:
            own = [ids.index(c) for c in group["classes"]]
            limit = group_limit(p[:, own].sum(1), np.isin(label, own), spec["sensitivity"])
            made["groups"][group["id"]] = np.floor(limit * 1e4) / 1e4
    return made


def read(path, labels, ids):
    """(p [n,classes], label [n], lesion [n]) of the command's scores; a picture without a lesion is its own."""
    with open(labels, newline="") as file:
        lesion = {r["image"]: r.get("lesion_id") or r["image"] for r in csv.DictReader(file)}
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return (np.array([[float(r[c]) for c in ids] for r in rows]), np.array([ids.index(r["label"]) for r in rows]),
            np.array([lesion[r["image"]] for r in rows]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("variant")
    parser.add_argument("scores", type=pathlib.Path)
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--show", action="store_true", help="change nothing, print the figures of the decision that is there")
    args = parser.parse_args()
    spec = dict(json.loads(args.config.read_text())["sets"])
    path = args.pack / "pack.json"
    content = json.loads(path.read_text())
    classes = content["classes"]
    wanted = spec["class_coverage"]
    spec["class_coverage"] = [wanted.get(c["id"], wanted["default"]) for c in classes]
    entry = next(v for v in content["variants"] if v["name"] == args.variant)
    p, label, lesion = read(args.scores, args.labels, [c["id"] for c in classes])
    action = np.array([c.get("action") for c in classes])
    if not args.show:
        entry["decision"] = {**entry.get("decision", {}), **fit(p, label, lesion, classes, content.get("groups"), spec)}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        tried = halves(p, label, lesion, action, spec)
        print("halves of validation: coverage {:.3f}, size {:.2f}, answered {:.3f}, error {:.4f}".format(
            *(np.mean([f[name] for f in tried]) for name in ("coverage", "size", "answered", "error"))),
            "classes", [round(float(np.mean([f["class_coverage"][c] for f in tried])), 3) for c in range(len(classes))])
    decision = entry["decision"]
    print(json.dumps({**figures(p, label, np.array(decision["set"]["thresholds"]), action, decision["answer_p"]),
                      "decision": {k: v for k, v in decision.items() if k != "typicality"}}))


if __name__ == "__main__":
    main()
