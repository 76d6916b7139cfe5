"""Counts what answers turned out to be, from what the command decided of each test picture, into a pack's `frequencies`.

  for v in int8 float32; do build/insitu evaluate --pack models/skin --variant $v --labels HAM10000/labels.csv \\
      --images HAM10000/images --split lesion_split=test --scores OUT/$v.csv --json > OUT/$v.json; done
  python -m models.tools.frequencies models/skin OUT --labels HAM10000/labels.csv --group lesion_id

By class that an answer names, and of all that were unsure: how many pictures, how many of them were what the first name
says, and how many of each group. Only pictures that were decided by the decision's own limits count, not those of a device
that has its own. A share's interval is Wilson's (1927) at 95 %, with as many draws as there are groups of pictures (lesions,
patients), since pictures of one are alike. Answers of fewer than 30 of these are left out; where no
class has its 30, all that were answered are counted together.
"""
import argparse
import collections
import csv
import json
import math
import pathlib

from models.tools import full_disk, pack, written

LEAST_GROUPS = 30  # below, the interval of a share of one half is wider than 34 of 100
Z = 1.959963984540054


def wilson(share, n):
    """95 % interval of a share of n draws."""
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def counted(rows, is_so, groups):
    """{"k", "low", "high"} of the rows for which is_so holds."""
    k = sum(map(is_so, rows))
    low, high = wilson(k / len(rows), groups)
    return {"k": k, "low": round(low, 4), "high": round(high, 4)}


def entry(rows, groups_of_pictures, content, name_of):
    """What `rows` were; None where they are of too few groups of pictures."""
    groups = len({groups_of_pictures[r["image"]] for r in rows})
    if groups < LEAST_GROUPS:
        return None
    members = {g["id"]: set(g["classes"]) for g in content.get("groups", [])}
    found = {"n": len(rows), "right": counted(rows, lambda r: r["label"] == name_of(r), groups)}
    if members:
        found["groups"] = {g: counted(rows, lambda r, inside=inside: r["label"] in inside, groups) for g, inside in members.items()}
    return found


def frequencies(rows, groups_of_pictures, content, split):
    """A variant's `frequencies` from the rows of --scores."""
    ids = [c["id"] for c in content["classes"]]
    own = [r for r in rows if not r["limits_of"]]
    priors = {r["prior"] for r in own}
    if len(priors) != 1:
        raise SystemExit(f"{len(own)} pictures were decided by the decision's own limits, under {len(priors)} priors"
                         f" ({', '.join(sorted(priors))}); it must be one")
    unknown = sorted({r["image"] for r in own} - set(groups_of_pictures))
    if unknown:
        raise SystemExit(f"{len(unknown)} pictures are not in the table of labels, such as {unknown[0]}")
    first = {r["image"]: max(ids, key=lambda c, r=r: float(r[c])) for r in own if r["decision"] != "reject"}
    by_name = collections.defaultdict(list)
    for row in own:
        if row["decision"] == "answer":
            by_name[first[row["image"]]].append(row)
    answers = {c: entry(by_name[c], groups_of_pictures, content, lambda r: first[r["image"]]) for c in ids if by_name[c]}
    unsure = [r for r in own if r["decision"] == "unsure"]
    found = {"split": split, "n": len(own), "prior": priors.pop(), "answers": {c: e for c, e in answers.items() if e}}
    doubted = entry(unsure, groups_of_pictures, content, lambda r: first[r["image"]]) if unsure else None
    if not found["answers"]:  # a common answer's count would speak for a rare one's
        named = [r for r in own if r["decision"] == "answer"]
        together = entry(named, groups_of_pictures, {**content, "groups": []}, lambda r: first[r["image"]]) if named else None
        found.update({"answered": together} if together else {})
    return {**found, **({"unsure": doubted} if doubted else {})}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("measured", type=pathlib.Path, help="folder with VARIANT.json and VARIANT.csv of the command")
    parser.add_argument("--labels", type=pathlib.Path, required=True, help="the table that the command was given")
    parser.add_argument("--group", required=True, metavar="COLUMN", help="of that table: what pictures that belong together share")
    args = parser.parse_args()
    content = written.read(args.pack / "pack.json")
    if content["task"] != "multiclass":
        raise SystemExit(f"{content['id']} is {content['task']}; what an answer names is counted for multiclass alone")
    with open(args.labels, newline="") as file:
        groups_of_pictures = {r["image"]: r[args.group] for r in csv.DictReader(file)}
    for variant in content["variants"]:
        path = args.measured / f"{variant['name']}.csv"
        if not path.is_file():
            print(f"{variant['name']}: {path} is not there, left as it is")
            continue
        run = json.loads(path.with_suffix(".json").read_text())
        model = run["model"]
        if (model["id"], model["version"], model["variant"]) != (content["id"], content["version"], variant["name"]) or run["failed"]:
            raise SystemExit(f"{path.with_suffix('.json')} is of {model}, {run['failed']} failed")
        with open(path, newline="") as file:
            found = frequencies(list(csv.DictReader(file)), groups_of_pictures, content, run["split"])
        if not found["answers"] and not {"answered", "unsure"} & found.keys():
            variant.pop("frequencies", None)
            print(f"{variant['name']}: no answer was given to pictures of {LEAST_GROUPS} groups or more, nothing is shown")
            continue
        variant["frequencies"] = found
        print(f"{variant['name']}: answers {', '.join(found['answers']) or ('of all classes together' if 'answered' in found else 'none')}"
              f"{', unsure' if 'unsure' in found else ''} of {found['n']} pictures")
    pack.write(content, args.pack)


if __name__ == "__main__":
    full_disk.started(main)
