"""Labelled pictures: the table of one source, its classes, sides and groups.

A source is a folder with labels.csv and images/, and what a config's "sources" says of it:

  name     how the command line names its folder: --data NAME=DIR
  label    the column of the class (default "label"); "map" turns its values into the config's classes
  split    {"column": C, "train": [...], "val": [...], "test": [...]}: which values of C make a side; a side left out
           is its own name, an empty list a side that this source does not have; "val_share" takes that share of the
           train side's groups for validation, by their digest, where a source has no such side; "test_share" takes that
           share of the val side's groups for the test, where it has no other
  group    the column of what must not lie on two sides (a lesion, a patient), where there is one

Owns the table. Refuses to choose a split for the caller, and to pass over a label it does not know in silence:
"skip" lists the values that are left out.
"""
import concurrent.futures
import csv
import hashlib
import pathlib

import numpy as np

from models.tools import prepare

SIDES = ("train", "val", "test")


def test_value(split):
    """The value of the split's column that is its test side, as tables and cards name it: test, or a fold."""
    return "+".join(split.get("test", ["test"]))


def digest_share(group):
    """0..1, the same for a group on every machine."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") / 2**32


class Source:
    """Rows of one labels.csv; `label[i]` and `group[i]` belong to row i. label is the index in `classes`."""

    def __init__(self, spec, classes, folder):
        self.name, self.spec, self.classes = spec["name"], spec, classes
        self.folder = pathlib.Path(folder)
        path = self.folder / "labels.csv"
        if not path.is_file():
            raise SystemExit(f"{path}: no such file; give the folder of {self.name!r} (labels.csv and images/) with --data")
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        if not rows:
            raise SystemExit(f"{path}: has no row below its first line")
        column, renamed, skipped = spec.get("label", "label"), spec.get("map", {}), set(spec.get("skip", []))
        for needed in ["image", column, spec["split"]["column"], *([spec["group"]] if spec.get("group") else [])]:
            if needed not in rows[0]:
                raise SystemExit(f"{path}: no column {needed!r}; it has {', '.join(rows[0])}")
        self.rows, labels = [], []
        for number, row in enumerate(rows, 2):
            if row[column] in skipped:
                continue
            name = renamed.get(row[column], row[column])
            if name not in classes:
                raise SystemExit(f"{path}: row {number}: {column} is {row[column]!r}, which is none of {', '.join(classes)}; "
                                 f"name it in \"map\" or \"skip\" of source {self.name!r}")
            self.rows.append(row)
            labels.append(classes.index(name))
        self.label = np.array(labels)
        self.group = np.array([(spec.get("group") and row[spec["group"]]) or row["image"] for row in self.rows])

    def indices(self, side):
        """Rows of a side (train, val or test); an error where it is empty without the config's saying so."""
        split = self.spec["split"]
        share, kept_back = split.get("val_share", 0), split.get("test_share", 0)
        taken_from = "train" if side == "val" and share else "val" if side == "test" and kept_back else side
        values = split.get(taken_from, [taken_from])
        found = np.array([i for i, row in enumerate(self.rows) if row[split["column"]] in values], dtype=int)
        if share and side in ("train", "val"):
            drawn = np.array([digest_share(self.group[i]) < share for i in found], dtype=bool)
            found = found[drawn if side == "val" else ~drawn]
        elif kept_back and side in ("val", "test"):
            drawn = np.array([digest_share(self.group[i]) < kept_back for i in found], dtype=bool)
            found = found[drawn if side == "test" else ~drawn]
        if found.size == 0 and values:
            raise SystemExit(f"{self.folder / 'labels.csv'}: no row has {split['column']} {' or '.join(map(repr, values))}, "
                             f"which source {self.name!r} names as its side {side!r}")
        return found

    def prior(self, indices):
        """Class shares [classes] of these rows."""
        return np.bincount(self.label[indices], minlength=len(self.classes)) / len(indices)

    def path(self, index):
        return self.folder / "images" / self.rows[index]["image"]

    def inputs(self, indices, width, height, fraction):
        """Network inputs of these rows as the core prepares them, uint8 [n,height,width,3]."""
        def one(i):
            return prepare.prepare(prepare.open_picture(self.path(i)), width, height, fraction)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            return np.stack(list(pool.map(one, indices)))


def folders(arguments, sources):
    """--data values → {source's name: folder}; one source alone may be given without its name."""
    names = [spec["name"] for spec in sources]
    if len(names) == 1 and len(arguments) == 1 and not arguments[0].startswith(names[0] + "="):
        return {names[0]: arguments[0]}
    given = dict(one.split("=", 1) for one in arguments if "=" in one)
    strange = [one for one in arguments if one.split("=", 1)[0] not in names]
    missing = [name for name in names if name not in given]
    if strange or missing:
        raise SystemExit("--data " + (f"{strange[0]!r} names none of the config's sources" if strange else
                                      f"is missing for {', '.join(missing)}") + f"; give {' '.join(f'--data {n}=DIR' for n in names)}")
    return given


def open_sources(config, arguments):
    """The config's sources, in its order."""
    where = folders(arguments, config["sources"])
    return [Source(spec, config["classes"], where[spec["name"]]) for spec in config["sources"]]


def source_named(sources, name):
    """The source of that name, or the first where none is asked for."""
    if name is None:
        return sources[0]
    found = [source for source in sources if source.name == name]
    if not found:
        raise SystemExit(f"--source {name!r} is none of {', '.join(source.name for source in sources)}")
    return found[0]


def check_groups(sources):
    """An error where a group of one source lies on two of its sides, unless the source says "groups_may_cross"."""
    for source in sources:
        if source.spec.get("groups_may_cross"):
            continue
        side_of = {}
        for side in SIDES:
            for group in set(source.group[source.indices(side)]):
                if side_of.setdefault(group, side) != side:
                    raise SystemExit(f"{source.folder / 'labels.csv'}: {source.spec.get('group')} {str(group)!r} lies on {side_of[group]} and "
                                     f"on {side}; figures of such a split flatter (allow it with \"groups_may_cross\" in the source)")
