"""A data set's config: read, checked against config.schema.json, completed.

Owns the values of what a config leaves out. What it gives is what models/tools read; a value that is wrong is a sentence
with the file, the key, the value, and what is allowed.
"""
import json
import pathlib
import re
import tomllib

import jsonschema

from models.foundry.problem import Problem, nearest
from models.tools import written
from models.tools.written import named

SCHEMA = json.loads((pathlib.Path(__file__).parent / "config.schema.json").read_text(encoding="utf-8"))
UNWRITTEN = "WRITE:"  # how a text begins that a person has yet to write

DEFAULTS = {
    "texts": "texts", "network": "efficientnet_lite0", "size": [192, 192], "budget_minutes": 20, "report_minutes": 1, "seed": 1,
    "learning_rate": 0.0015, "head_factor": 2.5, "warm_up": 0.06, "weight_decay": 0.05, "label_smoothing": 0.03,
    "average": 0.995, "batch": 64, "draw_power": 0.5, "mixup": 0.2, "keep": ["balanced_accuracy", "macro_auc"],
    "augment": {"rotate_deg": 15, "zoom": [0.7, 1.1], "stretch": 0.15, "shift": 0.1, "mirror": 0.5, "shrink": True, "coarser": 0.2,
                "sharpness_share": 0.6, "sharpen": 1.5, "cast": 0.15, "saturation": 0.35, "contrast": 0.3, "bright": 0.15},
    "limits": [],
    "about": "", "about_data": "", "about_split": "", "about_weights": "", "about_decisions": "", "about_refused": "",
}
FIXED_SIZES = {"dai2019": [90, 120]}
NETWORK_OPTIONS = {"drop_connect_rate": 0.2, "dropout_rate": 0.3}
CLEAN = {"least_side_px": 32, "most_broken": 0.05, "twin_bits": 6, "twin_difference": 5}
ANSWERS = {"wrong": 0.05, "class_coverage": 0.9, "lowest_coverage": 0.82, "sensitivity": 0.95, "refused": 0.022}
SHARES = {"val": 0.15, "test": 0.2}
SEARCH = {"networks": ["efficientnet_lite0", "efficientnet_lite1"], "sizes": [128, 160, 192, 224], "widths": [0.5, 0.75, 1.0],
          "milliseconds": 50, "bytes": 6_000_000, "trials": 8, "minutes": 2}
PACK = {"version": "1.0.0", "task": "multiclass", "output": "logits", "languages": ["en"], "domain": ["camera"], "card": "card.md",
        "groups": [], "fraction": 1.0, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "views": 1,
        "calibration_pictures": 300, "improve_int8": [], "variants": ["int8", "float16"], "recall": []}


def parse(path):
    """The file's content, TOML or JSON by its ending."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Problem(f"{path}: no such file; `python -m models.foundry init DIR` writes a config for a folder of pictures") from None
    except IsADirectoryError:
        raise Problem(f"{path}: is a folder; give the config in it, a .toml or .json file") from None
    except UnicodeDecodeError as error:
        raise Problem(f"{path}: is no UTF-8 text at byte {error.start}; save it as UTF-8") from None
    try:
        content, found = written.parsed(text) if path.suffix == ".json" else (tomllib.loads(text), [])
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{path}: {error}; it must be TOML (a text goes in \"quotes\"), each key once") from None
    if found:
        raise Problem(*(f"{path}: {sentence}" for sentence in found))
    if not isinstance(content, dict):
        raise Problem(f"{path}: it must be an object of keys and values")
    return content


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


TYPES = {"string": "a text in quotes", "number": "a number", "integer": "a whole number", "boolean": "true or false", "array": "a list",
         "object": "a table of keys and values"}


def allowed(error):
    """What would have been right, as half a sentence."""
    limit = error.validator_value
    if error.validator == "enum":
        return f"must be one of {', '.join(map(shown, limit))}" + nearest(error.instance, limit)
    if error.validator == "type":
        return f"must be {TYPES.get(limit, limit)}"
    if error.validator == "pattern":
        return f"must match {limit}"
    words = {"minimum": "must be at least {}", "maximum": "must be at most {}", "exclusiveMinimum": "must be above {}", "minItems": "must have at "
             "least {} entries",
             "maxItems": "must have at most {} entries", "minLength": "must not be empty", "uniqueItems": "names an entry twice"}
    return words[error.validator].format(limit) if error.validator in words else error.message


def unknown_keys(error):
    """One sentence for each key that the schema does not name."""
    known = list(error.schema.get("properties", {}))
    free = error.schema.get("patternProperties", {})
    where = named(error.absolute_path)
    for key in error.instance:
        if key not in known and not any(re.search(pattern, key) for pattern in free):
            yield (f"{named([*error.absolute_path, key])} is no key" + (f" of {where}" if where else "")
                   + (nearest(key, known) or f"; the keys are {', '.join(known)}"))


def schema_problems(content):
    """What breaks the schema, one sentence each."""
    found = []
    for error in sorted(jsonschema.Draft202012Validator(SCHEMA).iter_errors(content), key=lambda e: list(map(str, e.absolute_path))):
        if error.validator == "required":
            found += [f"{named([*error.absolute_path, field])} is missing" for field in error.validator_value if field not in error.instance]
        elif error.validator == "additionalProperties":
            found += unknown_keys(error)
        else:
            found.append(f"{named(error.absolute_path)} is {shown(error.instance)}; it {allowed(error)}")
    return list(dict.fromkeys(found))


def name_problems(content):
    """Names that stand for nothing."""
    classes, pack = content["classes"], content.get("pack", {})
    used = [("pack.actions", name) for name in pack.get("actions", {})] + [("pack.recall", name) for name in pack.get("recall", [])]
    used += [(f"pack.groups.{group['id']}", name) for group in pack.get("groups", []) for name in group["classes"]]
    used += [("draw_boost", name) for name in content.get("draw_boost", {})]
    used += [(f"sources.{source['name']}.map", name) for source in content["sources"] for name in source.get("map", {}).values()]
    found = [f"{where} names {shown(name)}, which is none of the classes {', '.join(classes)}" + nearest(name, classes)
             for where, name in used if name not in classes]
    if pack.get("actions") and set(pack["actions"]) < set(classes):
        found.append(f"pack.actions leaves out {', '.join(c for c in classes if c not in pack['actions'])}; every class must have an action, or none")
    variants = variants_of(pack)
    if pack.get("default_variant", variants[0]) not in variants:
        found.append(f"pack.default_variant is {shown(pack['default_variant'])}, which is none of pack.variants {', '.join(variants)}")
    if pack.get("improve_int8") and "int8" not in variants:
        found.append(f"pack.improve_int8 is {shown(pack['improve_int8'])}, but pack.variants {', '.join(variants)} has no int8; name it there, or leave "
                     "improve_int8 out")
    if "aware" in pack.get("improve_int8", []):
        found += aware_problems(content)
    fixed, size = FIXED_SIZES.get(content.get("network")), content.get("size", content.get("validate_size"))
    if fixed and size != fixed:
        found.append(f"size is {shown(size)}; network {shown(content['network'])} takes {shown(fixed)} alone")
    if "stored_views" in content.get("distil", {}) and not content.get("teachers"):
        found.append(f"distil.stored_views is {content['distil']['stored_views']}, but there is no teacher to be asked; name its best.pt in teachers, or "
                     "leave stored_views out")
    if "stored_views" in content.get("distil", {}) and "head_only" in content:
        found.append("distil.stored_views does not go with head_only, which learns from labels alone; leave one of them out")
    if content.get("teachers") and "distil" not in content:
        found.append("distil is missing; teachers need its share of the loss and its temperature, as in distil = {share = 0.75, temperature = 1.5}")
    names = [source["name"] for source in content["sources"]]
    if len(set(names)) < len(names):
        found.append(f"sources name {', '.join(sorted({n for n in names if names.count(n) > 1}))} twice")
    found += findings_problems(content)
    for source in content["sources"]:
        if "group_pattern" in source:
            found += pattern_problems(source)
        if "split" in source and "shares" in source:
            found.append(f"sources.{source['name']} has both split and shares; keep split where a column says the side, shares where it is to be drawn")
    return found


def aware_problems(content):
    """What cannot be trained aware of int8: told here, before hours of the training that comes before it."""
    network, model = content.get("network", DEFAULTS["network"]), content.get("model")
    if not network.startswith("efficientnet"):
        return [f"pack.improve_int8 has \"aware\", which trains EfficientNets alone, and network is {shown(network)}; leave \"aware\" out"]
    if model and not model.endswith(".pt"):
        return [f"pack.improve_int8 has \"aware\", which trains EfficientNets of the training here alone, and model is {shown(model)}; leave \"aware\" out"]
    return []


def findings_problems(content):
    """What does not go together where pictures have several findings."""
    having = ["findings" in source for source in content["sources"]]
    if any(having) and not all(having):
        return [f"sources.{content['sources'][having.index(False)]['name']} has no findings and another source has; a network learns several labels "
                "a picture, or one"]
    task = content.get("pack", {}).get("task")
    if task and (task == "multilabel") != any(having):
        return [f"pack.task is {shown(task)}, but the sources have {'' if any(having) else 'no '}findings; leave task out"]
    if not any(having):
        return []
    found = [f"{key} is of pictures with one label each; leave it out where sources have findings"
             for key in ("teachers", "head_only", "draw_boost", "subgroups") if key in content]
    if content.get("keep", ["macro_auc"]) != ["macro_auc"]:
        found.append(f"keep is {shown(content['keep'])}; of findings it is [\"macro_auc\"]")
    return found + [f"sources.{source['name']} has both label and findings; keep the one that its table has"
                    for source in content["sources"] if "label" in source]


def variants_of(pack):
    """What is shipped; where a config names the default alone, that too."""
    return pack.get("variants") or list(dict.fromkeys([*PACK["variants"], pack.get("default_variant", PACK["variants"][0])]))


def pattern_problems(source):
    where = f"sources.{source['name']}.group_pattern is {shown(source['group_pattern'])}"
    try:
        if re.compile(source["group_pattern"]).groups < 1:
            return [f"{where}; it must have a bracket round what names the group, as in \"^(P[0-9]+)_\""]
    except re.error as error:
        return [f"{where}; it is no regular expression: {error}"]
    return []


def stages(network, size):
    """The pictures grow: cheap steps first, where the network takes several sizes."""
    if network in FIXED_SIZES:
        return [{"from": 0.0, "size": list(size)}]
    small = [max(16, round(side * 2 / 3 / 16) * 16) for side in size]
    return [{"from": 0.0, "size": small}, {"from": 0.3, "size": list(size)}]


def completed(content, path):
    """The config with a value for everything that models/tools read."""
    several = any("findings" in source for source in content["sources"])
    made = {**DEFAULTS, **({"keep": ["macro_auc"]} if several else {}), **content}
    made["id"] = content.get("id", path.stem)
    made["size"] = size = content.get("size") or content.get("validate_size") or DEFAULTS["size"]
    if made["network"].startswith("efficientnet"):
        made["network_options"] = {**NETWORK_OPTIONS, **content.get("network_options", {})}
    made.setdefault("validate_size", size)
    made.setdefault("stages", stages(made["network"], size))
    made["clean"] = {**CLEAN, **content.get("clean", {})}
    made["answers"] = {**ANSWERS, **content.get("answers", {})}
    made["search"] = {**SEARCH, **content.get("search", {})}
    pack = made["pack"] = {**PACK, "task": "multilabel" if several else "multiclass", "height": size[0], "width": size[1], **content.get("pack", {})}
    pack["variants"] = variants_of(content.get("pack", {}))
    pack.setdefault("default_variant", pack["variants"][0])
    pack.setdefault("actions", {})
    pack.setdefault("licence", {key: f"{UNWRITTEN} {text}" for key, text in LICENCE.items()})
    made["sources"] = [{"store": [round(side * 1.15) for side in size], **source} for source in content["sources"]]
    return made


LICENCE = {"weights": "the licence of the weights, which the data's licence must allow (an SPDX name such as CC-BY-4.0)",
           "data": "where the pictures come from, and under which licence", "source": "the address where they are to be found"}


def load(path):
    """The completed config of a file; a Problem names all that is wrong with it."""
    path = pathlib.Path(path)
    content = parse(path)
    found = schema_problems(content) or name_problems(content)
    if found:
        raise Problem(*(f"{path}: {sentence}" for sentence in found))
    return completed(content, path)
