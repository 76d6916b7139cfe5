"""The project's own command, `insitu`: the product's decoder and engine, as people will run it."""
import json
import os
import pathlib
import shutil

from models.foundry import child
from models.foundry.problem import Problem

ROOT = pathlib.Path(__file__).resolve().parents[2]


def find(named):
    """Its path: the one that was named, the one that make builds, or the one in PATH."""
    if named:
        if not shutil.which(named):
            raise Problem(f"{named}: no such command; `make cli` builds build/insitu")
        return shutil.which(named)
    built = ROOT / "build" / "insitu"
    found = str(built) if os.access(built, os.X_OK) else shutil.which("insitu")
    if not found:
        raise Problem(f"{built}: is not built yet; `make cli` builds it, or name another with --command")
    return found


def run(words):
    """Its standard output; a Problem with its last line of standard error where it failed."""
    done = child.run(words)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["it said nothing"]
        raise Problem(f"{' '.join(map(str, words[:2]))} ended with status {done.returncode}: {said[-1][:400]}")
    return done.stdout


def evaluate(command, pack, variant, prior, source, side, scores):
    """`insitu evaluate` on one side of a prepared source. -> its JSON; it writes the scores."""
    return json.loads(run([command, "evaluate", "--pack", pack, "--variant", variant, "--prior", prior, "--labels", source.folder / "labels.csv",
                           "--images", source.folder / "images", "--split", f"split={side}", "--scores", scores, "--json"]))


def milliseconds(command, model, runs=30):
    """The median steady run of one picture, one thread."""
    return json.loads(run([command, "bench", "--model", model, "--runs", runs, "--threads", 1, "--json"]))
