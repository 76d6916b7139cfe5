"""The product's command, asked from here: its builds, and what `insitu evaluate` wrote of a side's pictures.

Owns the way to each build and the reading of --scores. Computes no figure.
"""
import csv
import hashlib
import json
import os
import pathlib
import subprocess

import numpy as np

from models.tools import written

NODE = ["node", "--experimental-wasm-relaxed-simd"]
BUILDS = {  # what a person runs, by the name that tables give it
    "native": ["build/insitu"],
    "WASM": [*NODE, "build/node/insitu-simd.mjs"],
    "WASM relaxed": [*NODE, "build/node/insitu-relaxed.mjs"],
    "WASM, phone kernels": [*NODE, "build/node/insitu-simd-phone.mjs"],
    "WASM relaxed, phone kernels": [*NODE, "build/node/insitu-relaxed-phone.mjs"],
}


def add_arguments(parser):
    parser.add_argument("config", type=pathlib.Path, help="the config that the pack was made with")
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for what is kept between runs")


def not_built(builds, root="."):
    """What of these builds' files `make` has yet to build; each is a target's name."""
    parts = [part for build in builds for part in BUILDS.get(build, [build])]
    return [part for part in parts if part.startswith("build/") and not (pathlib.Path(root) / part).is_file()]


def check(build):
    missing = not_built([build])
    if missing:
        raise SystemExit(f"{missing[0]}: no such file; `make {missing[0]}` builds it, and this is started from the repository's root")


def run(build, *arguments):
    """Standard output of the command; its own words where it fails. build: a name of BUILDS, or the path of a command."""
    check(build)
    words = BUILDS.get(build, [build])
    done = subprocess.run([*words, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} {arguments[0]}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


class Scores:
    """p [n,classes], decision [n] (answer, unsure, reject) and typicality [n] (NaN where it is not told), in a table's order;
    told: what the command printed of them."""

    def __init__(self, path, ids, images):
        self.told = json.loads(path.with_suffix(".json").read_text()) if path.with_suffix(".json").is_file() else None
        with open(path, newline="") as file:
            written = {row["image"]: row for row in csv.DictReader(file)}
        missing = [name for name in images if name not in written or not written[name][ids[0]]]
        if missing:
            raise SystemExit(f"{path}: {len(missing)} of {len(images)} pictures have no probabilities, the first is {missing[0]}")
        rows = [written[name] for name in images]
        self.p = np.array([[float(row[c]) for c in ids] for row in rows])
        self.decision = np.array([row["decision"] for row in rows])
        self.typicality = np.array([float(row["typicality"] or "nan") for row in rows])


def evaluate(build, pack, variant, prior, table, images, ids, work):
    """Scores of the table's pictures; kept in `work` under all that they depend on, so that a second call is free.
    prior: None for a pack of findings, to which priors do not apply."""
    content = written.read(pack / "pack.json")
    entry = next(v for v in content["variants"] if v["name"] == variant)
    names = [row["image"] for row in rows_of(table)]
    key = digest({"weights": entry["sha256"], "calibration": entry.get("calibration"), "decision": entry.get("decision"), "input": content["input"],
                  "prior": prior, "build": build, "images": str(images), "names": names})
    path = work / f"{key}.csv"
    if not path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        with written.whole(path, f".{os.getpid()}") as partial:
            told = run(build, "evaluate", "--pack", pack, "--variant", variant, *(["--prior", prior] if prior else []), "--labels", table,
                       "--images", images, "--scores", partial, "--json")
            written.write_whole(path.with_suffix(".json"), told)
    return Scores(path, ids, names)


def rows_of(table):
    with open(table, newline="") as file:
        return list(csv.DictReader(file))


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:24]
