"""Shapes, checks and writes pack.json (models/FORMAT.md). Knows no network and measures nothing."""
import hashlib
import json
import math
import re

REQUIRED = ["format", "id", "version", "name", "task", "intended_use", "not_for", "notices", "licence", "card", "input",
            "output", "classes", "calibration", "default_variant", "variants", "selftest"]


def variant(path, name, precision, temperature, bias, figures=None):
    """One entry of `variants`, its bytes and digest read from the file."""
    data = path.read_bytes()
    entry = {"name": name, "precision": precision, "file": path.name, "bytes": len(data),
             "sha256": hashlib.sha256(data).hexdigest(),
             "calibration": {"temperature": round(temperature, 5), "bias": [round(float(b), 5) for b in bias]}}
    if figures:
        entry["metrics"] = figures
    return entry


def figure(value, bounds, prior):
    """A figure with its interval, widened to the figure where resampling left it out (a resampled ECE is higher)."""
    if not math.isfinite(value):
        raise SystemExit(f"a figure is {value}: has every class of the config's pack.recall a picture on the test side?")
    return {"value": round(value, 4), "low": round(min(value, bounds[0]), 4), "high": round(max(value, bounds[1]), 4),
            "prior": prior}


def shown_metrics(split, figures, bounds, ids, recall):
    """A variant's `metrics` from metrics.figures and metrics.bootstrap; recall: those of the class `ids` to list."""
    def of(name, prior):
        return figure(figures[name], bounds[name], prior)
    unknown = [c for c in recall if c not in ids]
    if unknown:
        raise SystemExit(f"the config's pack.recall names {', '.join(unknown)}; the classes are {', '.join(ids)}")
    return {"split": f"{split}=test", "n": figures["n"], "accuracy": of("accuracy", "training"),
            "balanced_accuracy": of("balanced_accuracy", "uniform"),
            "recall": {c: figure(figures["recall"][ids.index(c)], bounds["recall"][ids.index(c)], "uniform") for c in recall},
            "macro_auc": of("macro_auc", "training"), "ece": of("ece", "training")}


def metrics_problems(metrics, ids):
    """What breaks the rules for a variant's `metrics`, one sentence each."""
    recall = metrics.get("recall", {})
    found = [f"metrics.recall.{c} is none of the classes" for c in recall if c not in ids]
    shown = {**{name: metrics.get(name) for name in ("accuracy", "balanced_accuracy", "macro_auc", "ece")},
             **{f"recall.{c}": entry for c, entry in recall.items()}}
    for name, entry in shown.items():
        if entry is None:
            found.append(f"metrics.{name} is missing")
        elif not 0 <= entry["low"] <= entry["value"] <= entry["high"] <= 1:
            found.append(f"metrics.{name} is {entry}, must have 0 <= low <= value <= high <= 1")
        elif entry.get("prior", "uniform") not in ("training", "uniform"):
            found.append(f"metrics.{name}.prior is {entry['prior']!r}, must be training or uniform")
    return found


def problems(pack, folder):
    """What breaks models/FORMAT.md, one sentence each; an empty list is a valid pack."""
    found = [f"{field} is missing" for field in REQUIRED if field not in pack]
    if found:
        return found
    count = len(pack["classes"])
    if pack["format"] != 1:
        found.append(f"format is {pack['format']}, must be 1")
    if not re.fullmatch(r"[a-z0-9-]{1,64}", pack["id"]) or pack["id"] != folder.name:
        found.append(f"id is {pack['id']!r}, must be the folder's name {folder.name!r}")
    if len({c["id"] for c in pack["classes"]}) != count:
        found.append("class ids repeat")
    for side in ("width", "height"):
        if not 16 <= pack["input"][side] <= 1024:
            found.append(f"input.{side} is {pack['input'][side]}, must be 16..1024")
    if not 0 < pack["input"]["crop_fraction"] <= 1:
        found.append(f"input.crop_fraction is {pack['input']['crop_fraction']}, must be in (0,1]")
    if pack["input"].get("views", 1) not in (1, 2, 4):
        found.append(f"input.views is {pack['input']['views']}, must be 1, 2 or 4")
    if min(pack["input"]["std"]) <= 0:
        found.append("input.std must be above 0")
    prior = pack["calibration"]["training_prior"]
    if len(prior) != count or min(prior) <= 0 or abs(sum(prior) - 1) > 0.001:
        found.append(f"calibration.training_prior must be {count} positive numbers that sum to 1")
    calibrations = [pack["calibration"]] + [v["calibration"] for v in pack["variants"] if "calibration" in v]
    for calibration in calibrations:
        bias = calibration.get("bias", [0] * count)
        if calibration["temperature"] <= 0 or len(bias) != count or not all(map(math.isfinite, bias)):
            found.append(f"calibration needs temperature > 0 and {count} finite biases")
    names = [v["name"] for v in pack["variants"]]
    if pack["default_variant"] not in names:
        found.append(f"default_variant {pack['default_variant']!r} is none of {names}")
    for entry in pack["variants"]:
        found += metrics_problems(entry["metrics"], [c["id"] for c in pack["classes"]]) if "metrics" in entry else []
        path = folder / entry["file"]
        if not path.is_file():
            found.append(f"{entry['file']} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            found.append(f"{entry['file']} has another SHA-256 than pack.json says")
    for test in pack["selftest"]:
        if not (folder / test["file"]).is_file():
            found.append(f"{test['file']} is missing")
        for name, expected in test["expected"].items():
            if name not in names or len(expected) != count or abs(sum(expected) - 1) > 0.01:
                found.append(f"{test['file']}: expected[{name!r}] must be {count} probabilities of a variant")
    return found


def write(pack, folder):
    """Checks, then writes folder/pack.json."""
    found = problems(pack, folder)
    if found:
        raise SystemExit(f"{folder}/pack.json: " + "; ".join(found))
    (folder / "pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n")
