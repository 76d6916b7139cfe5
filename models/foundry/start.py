"""`init`: a first config and texts for a folder of pictures, with placeholders for what only a person can say."""
import collections
import json
import os
import re

from models.foundry import table, texts
from models.foundry.config import LICENCE, UNWRITTEN
from models.foundry.problem import Problem, some
from models.foundry.run import disk
from models.tools.written import write_whole

COLUMNS = {"image": ("image", "file", "filename", "image_id", "img", "path", "picture"),
           "label": ("label", "class", "diagnosis", "dx", "category", "target", "finding", "findings", "finding labels",
                     "labels"),
           "group": ("patient_id", "patient", "lesion_id", "lesion", "subject", "group", "case", "study"),
           "split": ("split", "fold", "side", "set", "subset", "dataset")}


SEPARATORS = ("|", ";")  # between two findings of a cell, as data sets have them
NONE = ("no finding", "no findings", "none", "nothing", "normal", "negative", "healthy")
LIMITS = " what it cannot do, a sentence each: which people, devices, places it was not tried on"


def guessed(columns):
    """{what for: column} by the names that people give."""
    lower = {c.lower(): c for c in columns}
    return {what: next(lower[n] for n in names if n in lower) for what, names in COLUMNS.items() if any(n in lower for n in names)}


def plain_id(name, otherwise="class"):
    """As an id may be; another where no letter of the name may stay."""
    made = re.sub(r"[^A-Za-z0-9_.-]+", "-", name.strip()).lstrip("-._")[:64].rstrip("-.")
    return made or otherwise


def look_at(folder):
    """(the source's keys, {class: pictures}, {value: class} where ids differ)."""
    tables = sorted(p for p in folder.glob("*.csv"))
    path = next((p for p in tables if p.name == "labels.csv"), tables[0] if len(tables) == 1 else None)
    if path:
        return of_table(path)
    places = table.class_folders(folder)
    counts = collections.Counter({name: sum(len(table.pictures_under(p)) for _, p in places if p.name == name) for name in sorted({p.name for _, p in places})})
    if sum(counts.values()) == 0:
        raise Problem(f"{folder}: holds neither a table (labels.csv) nor a folder of pictures for each class" + (f"; of {len(tables)} tables none "
                                                                                                                 f"is called labels.csv" if tables else ""))
    return {}, +counts


def of_table(path):
    rows = table.read_csv(path)
    columns = [c for c in rows.columns if c != "row"]
    found = guessed(columns)
    if "label" not in found or "image" not in found:
        missing = "label" if "label" not in found else "image"
        raise Problem(f"{path}: none of its columns {some(columns)} is called as a {missing} usually is ({', '.join(COLUMNS[missing])}); rename one")
    keys = {} if path.name == "labels.csv" else {"labels": path.name}
    several, counts = findings_of(rows[found["label"]], found["label"])
    keys.update({what: found[what] for what in ("image",) if found[what] != what})
    keys.update({"findings": several} if several else {"label": found["label"]} if found["label"] != "label" else {})
    if "group" in found:
        keys["group"] = found["group"]
    if "split" in found:
        keys["split"] = side_values(rows[found["split"]], found["split"])
        if not keys["split"]:
            del keys["split"]
    return keys, counts


def findings_of(cells, column):
    """(a source's "findings", {finding: pictures}) where cells name several at once; (None, {value: pictures}) where each is one label."""
    counts = collections.Counter(cells)
    separator = next((s for s in SEPARATORS if any(s in cell for cell in counts)), None)
    if separator is None:
        return None, counts
    apart, together = collections.Counter(), set()
    for cell, number in counts.items():
        names = [part.strip() for part in cell.split(separator)]
        apart.update({name: number for name in names if name})
        together.update(names if len(names) > 1 else [])
    none = next((name for name in apart if name.lower() in NONE and name not in together), None)
    apart.pop(none, None)
    return {"column": column, "separator": separator, **({"none": none} if none else {})}, apart


def side_values(column, name):
    """Which values are sides; None where they are no such words (folds are for a person to share out)."""
    sides = {}
    for value in sorted(set(column)):
        side = table.SIDE_FOLDERS.get(value.lower())
        if side:
            sides.setdefault(side, []).append(value)
    return {"column": name, **{side: values for side, values in sides.items() if values != [side]}} if len(sides) == 3 else None


def quoted(value):
    """As TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key_of(k)} = {quoted(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def key_of(name):
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def network_lines(total, model):
    """What is said of the network: one to train, or one that is there."""
    if model:
        return [f"model = {quoted(str(model))}  # its outputs in the order of the classes above",
                "size = [224, 224]  # height, width of its input"]
    return ["size = [192, 192]  # height, width of the network's input; larger sees finer things and takes longer",
            f"budget_minutes = {20 if total < 5000 else 60}  # of training; more is better until validation stops rising"]


MODEL_PACK = ("output = \"probabilities\"  # what the last layer gives: \"probabilities\" (softmax) or \"logits\"",
              "mean = [0.0, 0.0, 0.0]  # pixels become (value / 255 - mean) / std: 0 and 1 give 0..1,",
              "std = [1.0, 1.0, 1.0]  # 0.5 and 0.5 give -1..1, 0 and 0.003921569 give 0..255")


def content(name, keys, counts, model=None):
    """The config's text."""
    ids = {value: plain_id(value, f"class-{number}") for number, value in enumerate(counts, 1)}
    if len(set(ids.values())) < len(ids):
        raise Problem(f"the classes {some(sorted(ids))} differ only by signs that an id cannot have; rename a folder or a label")
    renamed = {value: i for value, i in ids.items() if value != i}
    total, least = sum(counts.values()), min(counts.values())
    source = {"name": name, **keys, **({"map": renamed} if renamed else {})}
    is_several = "findings" in keys
    told = "pictures may have several findings, or none" if is_several else f"{total:,} pictures"
    lines = [f"# {name}: {told}; what each key means: models/foundry/config.schema.json",
             "# Lines that begin with WRITE are for a person; `pack` does not ship without them.", "",
             f"id = {quoted(name)}  # the pack's folder", "classes = [  # pictures found"]
    lines += [f"  {quoted(ids[value])},  # {count:,}" for value, count in counts.items()]
    lines += ["]", "", *network_lines(total, model),
              "seed = 1", "limits = [", f"  {quoted(UNWRITTEN + LIMITS)},", "]", "",
              "[[sources]]"]
    lines += [f"{key_of(k)} = {quoted(v)}" for k, v in source.items()]
    if "group" not in source:
        lines += ["# group = \"patient_id\"  # a column: pictures of one patient must not lie on two sides",
                  "# group_pattern = \"^(P[0-9]+)_\"  # or where the file's name says it"]
    if "split" not in source:
        lines += ["shares = {val = 0.15, test = 0.2}  # prepare draws the sides"]
    lines += ["", "[pack]", "version = \"1.0.0\"", "languages = [\"en\"]", "variants = [\"int8\", \"float16\"]",
              *([] if is_several else [f"recall = {quoted([ids[v] for v in counts])}"]), *(MODEL_PACK if model else ()), "",
              "[pack.licence]", *(f"{k} = {quoted(f'{UNWRITTEN} {text}')}" for k, text in LICENCE.items()), "",
              "[pack.actions]  # soon: see somebody within days; show: show it to somebody; watch: look again later"]
    lines += [f"{key_of(i)} = \"show\"" for i in ids.values()]
    if not is_several:
        lines += ["", "# Classes that count together, each with a limit of its own:", "# [[pack.groups]]", "# id = \"malignant\"", f"# classes = "
                  f"{quoted(list(ids.values())[:1])}"]
    lines.append("")
    return "\n".join(lines), list(ids.values()), least


def make(folder, out, model=None):
    """Writes OUT/<id>.toml and OUT/texts/en.json. -> (path of the config, {class: pictures})"""
    if not folder.is_dir():
        raise Problem(f"{folder}: is no folder")
    if model and not model.exists():
        raise Problem(f"{model}: no such file")
    keys, counts = look_at(folder)
    counts = collections.Counter(dict(sorted(counts.items())))
    if len(counts) < 2:
        raise Problem(f"{folder}: has pictures of {len(counts)} class ({some(counts)}); there must be two or more")
    name = plain_id(folder.resolve().name).lower().replace("_", "-")
    text, ids, _ = content(name, keys, counts, model and os.path.relpath(model, out))
    path, words = out / f"{name}.toml", out / "texts" / "en.json"
    written = json.dumps(texts.placeholders(ids, "en"), indent=2, ensure_ascii=False) + "\n"
    if path.exists() or words.exists() and words.read_bytes() != written.encode():  # these words alone: a call before was stopped between the two
        raise Problem(f"{path if path.exists() else words}: is there already; delete it first, or give another --out")
    with disk(next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())):
        try:
            words.parent.mkdir(parents=True, exist_ok=True)
            write_whole(words, written)
            write_whole(path, text)
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise Problem(f"{out}: cannot be written to ({error.strerror}); give another --out") from None
    return path, counts
