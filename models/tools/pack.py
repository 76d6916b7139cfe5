"""Shapes, checks and writes pack.json (models/pack.schema.json, models/FORMAT.md). Knows no network and measures nothing."""
import hashlib
import json
import math
import pathlib

import jsonschema

from models.tools import written
from models.tools.written import named

MODELS = pathlib.Path(__file__).resolve().parents[1]


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


def shown_metrics(split, figures, bounds, ids, recall, side="test"):
    """A variant's `metrics` from metrics.figures and metrics.bootstrap; recall: those of the class `ids` to list;
    side: the test side's value of the column `split`."""
    def of(name, prior):
        return figure(figures[name], bounds[name], prior)
    unknown = [c for c in recall if c not in ids]
    if unknown:
        raise SystemExit(f"the config's pack.recall names {', '.join(unknown)}; the classes are {', '.join(ids)}")
    return {"split": f"{split}={side}", "n": figures["n"], "accuracy": of("accuracy", "training"),
            "balanced_accuracy": of("balanced_accuracy", "uniform"),
            "recall": {c: figure(figures["recall"][ids.index(c)], bounds["recall"][ids.index(c)], "uniform") for c in recall},
            "macro_auc": of("macro_auc", "training"), "ece": of("ece", "training")}


def schema_problems(value, schema):
    """What breaks one of the schemas beside this folder, one sentence each."""
    validator = jsonschema.Draft202012Validator(json.loads((MODELS / schema).read_text(encoding="utf-8")))
    found = []
    for error in sorted(validator.iter_errors(value), key=lambda e: list(map(str, e.absolute_path))):
        if error.validator == "required":
            missing = next(field for field in error.validator_value if field not in error.instance)
            found.append(f"{named([*error.absolute_path, missing])} is missing")
        elif error.validator == "anyOf":  # the schema has one
            found.append(f"{named([*error.absolute_path, 'classes'])} must have an action each, or none")
        else:
            found.append(f"{named(error.absolute_path)} is {json.dumps(error.instance)[:80]}: {error.message[-200:]}")
    return list(dict.fromkeys(found))


def infinite_numbers(value, path=()):
    """Paths of what JSON cannot say."""
    if isinstance(value, float) and not math.isfinite(value):
        return [named(path)]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, entry in entries for found in infinite_numbers(entry, (*path, key))]


def metrics_problems(metrics, ids):
    """What no schema can say of a variant's `metrics`, one sentence each."""
    recall = metrics.get("recall", {})
    found = [f"metrics.recall.{c} is none of the classes" for c in recall if c not in ids]
    shown = {**{name: metrics[name] for name in ("accuracy", "balanced_accuracy", "macro_auc", "ece")},
             **{f"recall.{c}": entry for c, entry in recall.items()}}
    return found + [f"metrics.{name} is {entry}, must have low <= value <= high" for name, entry in shown.items()
                    if not entry["low"] <= entry["value"] <= entry["high"]]


def frequency_problems(frequencies, ids, groups):
    """What no schema can say of a variant's `frequencies`, one sentence each."""
    found = [f"frequencies.answers.{c} is none of the classes" for c in frequencies["answers"] if c not in ids]
    for where, entry in [*frequencies["answers"].items(), *((name, frequencies[name]) for name in ("answered", "unsure") if name in frequencies)]:
        if entry["n"] > frequencies["n"]:
            found.append(f"frequencies {where}: n is {entry['n']}, of {frequencies['n']}")
        found += [f"frequencies {where}: {g} is none of the groups" for g in entry.get("groups", {}) if g not in groups]
        for name, part in [("right", entry["right"]), *entry.get("groups", {}).items()]:
            if part["k"] > entry["n"] or not part["low"] - 1e-4 <= part["k"] / entry["n"] <= part["high"] + 1e-4:
                found.append(f"frequencies {where}: {name} is {part} of {entry['n']}, its share must lie within low and high")
    return found


def repeated(names):
    return sorted({name for name in names if names.count(name) > 1})


def limits_of(decision):
    """[(path, limits)]: a decision's own, and those it has for each device."""
    return [("decision", decision), *((f"decision.taken_with.{word}", entry) for word, entry in decision.get("taken_with", {}).items())]


def prior_problems(decision):
    """Limits that a device would take over from the decision, though they hold under another prior."""
    missing = []
    for where, limits in limits_of(decision):
        if limits.get("prior", decision.get("prior")) != decision.get("prior"):
            missing += [f"{where}.{key}" for key in ("set", "answer_p") if key in decision and key not in limits]
            missing += [f"{where}.groups.{g}" for g in decision.get("groups", {}) if g not in limits.get("groups", {})]
    return [f"{what} is missing: an entry with another prior than the decision needs its own of all that the decision has" for what in missing]


def name_problems(pack):
    """Names that stand twice, or for nothing."""
    classes, variants = [c["id"] for c in pack["classes"]], [v["name"] for v in pack["variants"]]
    groups = pack.get("groups", [])
    found = [f"{what} repeat: {', '.join(repeated(names))}" for what, names in
             (("class ids", classes), ("group ids", [g["id"] for g in groups]), ("variants' names", variants)) if repeated(names)]
    found += [f"group {g['id']}: {c!r} is none of the classes" for g in groups for c in g["classes"] if c not in classes]
    for entry in pack["variants"]:
        decision = entry.get("decision", {})
        found += [f"{entry['name']}: {where}.groups.{g} is none of the groups" for where, limits in limits_of(decision)
                  for g in limits.get("groups", {}) if g not in [group["id"] for group in groups]]
        found += [f"{entry['name']}: decision.taken_with.{word} is none of the words of domain" for word in decision.get("taken_with", {})
                  if word not in pack.get("domain", [])]
    if pack["default_variant"] not in variants:
        found.append(f"default_variant {pack['default_variant']!r} is none of {variants}")
    return found


def number_problems(pack):
    """Lists that have not one entry a class, and shares that do not sum to 1."""
    count = len(pack["classes"])
    found = []
    for entry in [pack, *pack["variants"]]:
        bias = entry.get("calibration", {}).get("bias", [0] * count)
        decision = entry.get("decision", {})
        lists = [("calibration.bias", bias)] + [(f"{where}.set.thresholds", limits["set"]["thresholds"])
                                                for where, limits in limits_of(decision) if "set" in limits]
        found += [f"{what} has {len(values)} entries, must have {count}" for what, values in lists if len(values) != count]
        if pack["task"] == "multiclass":
            found += prior_problems(decision)
    prior = pack["calibration"].get("training_prior")
    if pack["task"] == "multiclass" and (len(prior) != count or abs(sum(prior) - 1) > 0.001):
        found.append(f"calibration.training_prior must be {count} positive numbers that sum to 1")
    for test in pack["selftest"]:
        for name, expected in test["expected"].items():
            is_sum = pack["task"] == "multilabel" or abs(sum(expected) - 1) <= 0.01
            if name not in [v["name"] for v in pack["variants"]] or len(expected) != count or not is_sum:
                found.append(f"{test['file']}: expected[{name!r}] must be {count} probabilities of a variant")
    return found


def file_problems(pack, folder):
    """Files that are not there, or are not what pack.json says."""
    found = [f"{name} is missing" for name in [pack["card"], *(t["file"] for t in pack["selftest"])] if not (folder / name).is_file()]
    for entry in pack["variants"]:
        path = folder / entry["file"]
        if not path.is_file():
            found.append(f"{entry['file']} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            found.append(f"{entry['file']} has another SHA-256 than pack.json says")
    for language in pack.get("languages", []):
        path = folder / "texts" / f"{language}.json"
        found += texts_problems(path, pack, language) if path.is_file() else [f"texts/{path.name} is missing"]
    return found


def texts_problems(path, pack, language):
    """What is wrong with the file of one language's texts, one sentence each."""
    texts, found = written.parsed(path.read_text(encoding="utf-8"))
    found = found or schema_problems(texts, "texts.schema.json")
    if not found and texts["language"] != language:
        found.append(f"language is {texts['language']!r}")
    for kind in ("classes", "groups"):
        found += [f"{kind}.{entry['id']} is missing" for entry in pack.get(kind, []) if entry["id"] not in texts.get(kind, {})]
    return [f"texts/{language}.json: {problem}" for problem in found]


def problems(pack, folder):
    """What breaks models/pack.schema.json and FORMAT.md, one sentence each; an empty list is a valid pack."""
    found = schema_problems(pack, "pack.schema.json") + [f"{path} is no finite number" for path in infinite_numbers(pack)]
    if found:
        return found
    if pack["id"] != folder.name:
        found.append(f"id is {pack['id']!r}, must be the folder's name {folder.name!r}")
    found += name_problems(pack) + number_problems(pack)
    for entry in pack["variants"]:
        found += metrics_problems(entry["metrics"], [c["id"] for c in pack["classes"]]) if "metrics" in entry else []
        found += (frequency_problems(entry["frequencies"], [c["id"] for c in pack["classes"]], [g["id"] for g in pack.get("groups", [])])
                  if "frequencies" in entry else [])
    return found + file_problems(pack, folder)


def write(pack, folder):
    """Checks, then writes folder/pack.json."""
    found = problems(pack, folder)
    if found:
        raise SystemExit(f"{folder}/pack.json: " + "; ".join(found))
    (folder / "pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n")
