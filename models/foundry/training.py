"""`train`: models/tools/train.py in a process of its own, watched; goes on where it was stopped."""
import contextlib
import json
import os
import pathlib
import sys
import time

import numpy as np

from models.foundry import child, prepare
from models.foundry.problem import Problem
from models.foundry.run import digest, disk
from models.tools.written import write_whole

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHOICES = ("classes", "network", "network_options", "pretrained", "validate_size", "seed", "learning_rate", "head_factor", "warm_up", "weight_decay",
           "label_smoothing", "average", "batch", "budget_steps", "head_only", "draw_power", "draw_boost", "mixup", "keep", "augment", "stages", "distil")


def by_minutes(config):
    """Whether the clock bounds the training; otherwise its steps do, or it fits the last layer alone."""
    return "budget_steps" not in config and "head_only" not in config


def tables_digest(config, prepared):
    return digest(*(prepared / source["name"] / "labels.csv" for source in config["sources"]))


def key(config, prepared):
    """What the weights depend on. Not how long: more minutes go on."""
    shape = [{k: source.get(k) for k in ("name", "store", "share", "augment")} for source in config["sources"]]
    teachers = [digest(pathlib.Path(path)) for path in config.get("teachers", [])]
    return [{name: config[name] for name in CHOICES if name in config}, shape, teachers, tables_digest(config, prepared)]


def last_line(log):
    """The newest figures; a line that a kill cut off is none."""
    with contextlib.suppress(FileNotFoundError):
        for line in reversed(log.read_text().splitlines()):
            with contextlib.suppress(json.JSONDecodeError):
                return json.loads(line)
    return None


def minutes_done(folder):
    line = last_line(folder / "log.jsonl")
    return line.get("minutes", 0.0) if line else 0.0


def told(folder):
    """One short line of the newest figures."""
    line = last_line(folder / "log.jsonl")
    if not line:
        return ""
    if "strength" in line:
        return f"validation {line['kept']:.3f} with strength {line['strength']}"
    return f"loss {line['loss']}, validation {line['kept']:.3f} after {line['epochs']:.1f} epochs"


def reached(done, passed, logged, most):
    """Seconds of training that the screen shows, after `passed` more: the training's own clock stands while it loads and validates, so what its
    log says is never led by more than `most`, the time between two lines."""
    return max(done, logged, min(done + passed, logged + most))


def stored(folder):
    """(bytes, of how many) of the teachers' answers that are there, while they are being stored (models/tools/soft_labels.py); None otherwise."""
    for path in folder.glob("soft-labels-*.npy.partial"):
        with contextlib.suppress(OSError, ValueError), open(path, "rb") as file:
            np.lib.format.read_magic(file)
            shape, _, kind = np.lib.format.read_array_header_1_0(file)
            return path.stat().st_size, file.tell() + int(np.prod(shape)) * kind.itemsize
    return None


def watch_storing(process, folder, progress):
    """Shows how far the teachers' answers are, until they are whole: the training's clock stands meanwhile."""
    while process.poll() is None and not list(folder.glob("soft-labels-*.npy")):
        found = stored(folder)
        if found is None:
            time.sleep(0.25)
            continue
        done, whole = found
        with progress("the teachers' answers", whole, done) as advance:
            while process.poll() is None and (found := stored(folder)):
                advance(found[0] - done)
                done = found[0]
                time.sleep(0.25)


def make(config, prepared, folder, progress):
    """Fills `folder` with best.pt, checkpoint.pt, log.jsonl; a half of it may be there."""
    given = {k: v for k, v in config.items() if k != "budget_minutes" or by_minutes(config)}
    write_whole(folder / "config.json", json.dumps({**given, "sources": prepare.tools_sources(config)}, indent=1) + "\n")
    words = [sys.executable, "-m", "models.tools.train", folder / "config.json", "--out", folder]
    words += ["--minutes", config["budget_minutes"]] if by_minutes(config) else []
    words += [word for argument in prepare.data_arguments(config, prepared) for word in ("--data", argument)]
    words += [word for path in config.get("teachers", []) for word in ("--teacher", path)]
    words += ["--threads", config["threads"]] if "threads" in config else []
    whole, begun = (60 * config["budget_minutes"], 60 * minutes_done(folder)) if by_minutes(config) else (None, 0)
    with open(folder / "stderr.txt", "w") as errors, disk(folder):
        process = child.start(words, cwd=ROOT, stdout=errors, stderr=errors, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            if "stored_views" in config.get("distil", {}):
                watch_storing(process, folder, progress)
            with progress("training", whole, begun) as advance:
                told_last, mark, done = told(folder), time.monotonic(), begun
                while process.poll() is None:
                    time.sleep(0.25)
                    now = time.monotonic()
                    before, done = done, reached(done, now - mark, 60 * minutes_done(folder), 60 * config["report_minutes"])
                    advance(done - before, told(folder) if told(folder) != told_last else None)
                    told_last, mark = told(folder), now
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            said = (folder / "stderr.txt").read_text().strip().splitlines() or ["it said nothing"]
            raise Problem(f"training ended with status {process.returncode}: {said[-1]}; the same command goes on from the last checkpoint")
    if not (folder / "best.pt").is_file():
        raise Problem(f"{folder}: no weights are better than nothing on validation; raise budget_minutes ({config['budget_minutes']})")
