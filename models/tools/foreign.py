"""What a pack refuses, by the command itself: pictures of its own kind that fitted nothing, and of others.

  python -m models.tools.foreign models/tools/configs/skin-foreign.json models/skin --data DATA --command build/insitu

Runs `insitu classify` on every picture of the config's sets, with each variant, and writes report/refused.json: the share
refused with its 95 % interval (Wilson 1927), by reason, and how well typicality ranks them below the pack's own (AUROC).
Made pictures come from seeds that no fit has seen. --only KIND... measures those and its own kind alone, beside which the file's other
kinds stay; its own must come out as the file has it.
"""
import argparse
import collections
import json
import math
import pathlib
import subprocess
import tempfile

from models.tools import full_disk, written


def wilson(hits, count, z=1.959964):
    """95 % interval of a share."""
    centre, spread = hits + z * z / 2, z * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return (centre - spread) / (count + z * z), (centre + spread) / (count + z * z)


def area(low, high):
    """The chance that one of `low` lies below one of `high`, ties counting half."""
    ranked = sorted([(v, 0) for v in low] + [(v, 1) for v in high])
    total, below, at = 0.0, 0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        tied = [side for _, side in ranked[at:end]]
        total += tied.count(1) * (below + tied.count(0) / 2)
        below += tied.count(0)
        at = end
    return total / (len(low) * len(high))


def paths_of(data, part, folder):
    """Files of a part: a data set's own, or made and varied ones written to `folder`."""
    from models.tools import fit_typicality
    if "made" not in part and "vary" not in part:
        return [data / part["folder"] / "images" / row["image"] for row in fit_typicality.read_rows(data, part)]
    paths = []
    for index, image in enumerate(fit_typicality.pictures(data, part)):
        paths.append(folder / f"{len(list(folder.iterdir())):06d}.png")
        image.save(paths[index])
    return paths


def answers(command, pack, variant, paths):
    lines = subprocess.run([command, "classify", "--pack", pack, "--variant", variant, "-"], input="\n".join(map(str, paths)) + "\n",
                           capture_output=True, text=True, check=False).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    failed = [line for line in found if not line["ok"]]
    if failed or len(found) != len(paths):
        raise SystemExit(f"{len(found)} of {len(paths)} answered, {len(failed)} failed: {failed[:1]}")
    return found


def summary(found, own):
    refused = [line for line in found if line["decision"] == "reject"]
    low, high = wilson(len(refused), len(found))
    reasons = collections.Counter(reason["id"] for line in refused for reason in line["reasons"])
    made = {"n": len(found), "refused": {"value": round(len(refused) / len(found), 4), "low": round(low, 4), "high": round(high, 4)},
            "reasons": dict(sorted(reasons.items())), "taken_with": dict(collections.Counter(line.get("taken_with") or "neither" for line in found))}
    if own is not None:
        made["auroc"] = round(area([line["typicality"] for line in found], own), 4)
    return made


def together(rows, before, kinds):
    """New kinds among those that were measured before, in the config's order; an error where its own kind has changed since."""
    if not before or before["own"] != rows["own"]:
        raise SystemExit("its own pictures are refused otherwise than report/refused.json says: weights or command have changed; "
                         "measure all kinds, without --only")
    return {kind: {**before, **rows}[kind] for kind in kinds if kind in before or kind in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--command", default="build/insitu")
    parser.add_argument("--only", nargs="+", metavar="KIND", help="kinds of the config that are new")
    args = parser.parse_args()
    config = written.read(args.config)
    content = written.read(args.pack / "pack.json")
    strange = [kind for kind in args.only or [] if kind not in config["others"]]
    if strange:
        raise SystemExit(f"--only {strange[0]!r} is none of the kinds in {args.config}: {', '.join(config['others'])}")
    path = args.pack / "report" / "refused.json"
    before = written.read(path)["variants"] if args.only else {}
    result = {"command": config["command"], "variants": {}}
    with tempfile.TemporaryDirectory() as scratch:
        sets = {}
        for name, part in {"own": config["own"], **config["others"]}.items():
            if args.only and name not in ("own", *args.only):
                continue
            folder = pathlib.Path(scratch) / name.replace(" ", "-")
            folder.mkdir()
            sets[name] = paths_of(args.data, part, folder)
        for variant in content["variants"]:
            own, rows = None, {}
            for name, paths in sets.items():
                found = answers(args.command, args.pack, variant["name"], paths)
                rows[name] = summary(found, own)
                if name == "own":
                    own = [line["typicality"] for line in found]
                print(variant["name"], name, json.dumps(rows[name]), flush=True)
            result["variants"][variant["name"]] = together(rows, before.get(variant["name"]), ["own", *config["others"]]) if args.only else rows
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    full_disk.started(main)
