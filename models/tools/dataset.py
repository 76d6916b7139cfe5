"""Labelled pictures: the table of one source, its classes, sides and groups.

A source is a folder with labels.csv and images/, and what a config's "sources" says of it:

  name     how the command line names its folder: --data NAME=DIR
  table    its file in that folder (default "labels.csv")
  images   the folder of its pictures (default "images"), or a pattern of several ("images_*/images"); "image" is the column
           of their files (default "image")
  label    the column of the class (default "label"); "map" turns its values into the config's classes
  findings instead of a label: pictures have several, or none (findings.py)
  split    {"column": C, "train": [...], "val": [...], "test": [...]}: which values of C make a side; a side left out
           is its own name, an empty list a side that this source does not have; "val_share" takes that share of the
           train side's groups for validation, by their digest, where a source has no such side; "test_share" takes that
           share of the val side's groups for the test, where it has no other
           {"lists": {"train": FILE, "test": FILE}} instead of a column: files of that folder, one picture's file a line
  group    the column of what must not lie on two sides (a lesion, a patient), where there is one

Owns the table. Refuses to choose a split for the caller, and to pass over a label it does not know in silence:
"skip" lists the values that are left out.
"""
import concurrent.futures
import csv
import hashlib
import pathlib

import numpy as np

from models.tools import findings, prepare

SIDES = ("train", "val", "test")


def test_value(split):
    """The value of the split's column that is its test side, as tables and cards name it: test, or a fold."""
    return "+".join(split.get("test", ["test"]))


def split_column(split):
    """The column that says a row's side, as tables and cards name it; "list" where files of that folder list the sides."""
    return "list" if "lists" in split else split["column"]


def digest_share(group):
    """0..1, the same for a group on every machine."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") / 2**32


def values_of(split, side):
    """The values that the split's column has in a side's rows: another side's, where this one is a share of that one's groups."""
    taken_from = "train" if side == "val" and split.get("val_share") else "val" if side == "test" and split.get("test_share") else side
    return split.get(taken_from, [taken_from])


def is_of_side(spec, side, row):
    """Whether a source puts this row of its table on that side."""
    split = spec["split"]
    if row[split["column"]] not in values_of(split, side):
        return False
    share, drawn = (split.get("val_share"), "val") if side != "test" and split.get("val_share") else (split.get("test_share"), "test")
    if not share or side == "train" and drawn == "test":
        return True
    group = spec.get("group")
    return (digest_share((group and row[group]) or row["image"]) < share) == (side == drawn)


class Source:
    """Rows of one table; `label[i]` and `group[i]` belong to row i. label is the index in `classes`; a source of findings
    has `target` [n,classes] of 0 and 1 instead. Each row's picture is its "image", whatever the table calls it."""

    def __init__(self, spec, classes, folder):
        self.name, self.spec, self.classes = spec["name"], spec, classes
        self.folder = pathlib.Path(folder)
        self.table = self.folder / spec.get("table", "labels.csv")
        if not self.table.is_file():
            raise SystemExit(f"{self.table}: no such file; give the folder of {self.name!r} ({self.table.name} and "
                             f"{spec.get('images', 'images')}/) with --data")
        with open(self.table, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        if not rows:
            raise SystemExit(f"{self.table}: has no row below its first line")
        self.reader = findings.Reader(spec, classes, self.table) if "findings" in spec else None
        column, image, group = self.reader.column if self.reader else spec.get("label", "label"), spec.get("image", "image"), spec.get("group")
        for needed in [image, column, *([] if "lists" in spec["split"] else [spec["split"]["column"]]), *([group] if group else [])]:
            if needed not in rows[0]:
                raise SystemExit(f"{self.table}: no column {needed!r}; it has {', '.join(rows[0])}")
        self.rows, labels = [], []
        for number, row in enumerate(rows, 2):
            label = self.read_label(number, row[column])
            if label is not None:
                self.rows.append({**row, "image": row[image]})
                labels.append(label)
        if self.reader:
            self.target = np.array(labels, np.uint8).reshape(-1, len(classes))
        else:
            self.label = np.array(labels)
        if "lists" in spec["split"]:
            self.take_lists(spec["split"])
        self.group = np.array([(group and row[group]) or row["image"] for row in self.rows])
        self.places = self.found_pictures() if self.reader or "*" in spec.get("images", "") else None

    def read_label(self, number, value):
        """The class's index, or a row of the targets; None where the source leaves such rows out."""
        if self.reader:
            return self.reader.read(number, value or "")
        if value in self.spec.get("skip", []):
            return None
        name = self.spec.get("map", {}).get(value, value)
        if name not in self.classes:
            raise SystemExit(f"{self.table}: row {number}: {self.spec.get('label', 'label')} is {value!r}, which is none of "
                             f"{', '.join(self.classes)}; name it in \"map\" or \"skip\" of source {self.name!r}")
        return self.classes.index(name)

    def take_lists(self, split):
        """Each row's side from files that list pictures; the column "list" then says it."""
        side_of = {}
        for side, name in split["lists"].items():
            path = self.folder / name
            if not path.is_file():
                raise SystemExit(f"{path}: no such file; it lists the pictures of side {side!r} of source {self.name!r}")
            for image in path.read_text(encoding="utf-8-sig").split():
                if side_of.setdefault(image, side) != side:
                    raise SystemExit(f"{path}: {image} is on the list of {side_of[image]!r} too; a picture is of one side")
        strange = [row["image"] for row in self.rows if row["image"] not in side_of]
        if strange:
            raise SystemExit(f"{self.table}: {strange[0]} and {len(strange) - 1} more are on no list of source {self.name!r} "
                             f"({', '.join(split['lists'].values())}); take their rows out, or list them")
        for row in self.rows:
            row["list"] = side_of[row["image"]]
        self.spec = {**self.spec, "split": {**split, "column": split_column(split)}}

    def found_pictures(self):
        """{file: path} of the rows' pictures, all of which must be there: a long training should not end on a missing one."""
        images = self.spec.get("images", "images")
        folders = sorted(p for p in self.folder.glob(images) if p.is_dir())
        there = {path.name: path for folder in folders for path in folder.iterdir()}
        missing = [row["image"] for row in self.rows if row["image"] not in there]
        if missing:
            raise SystemExit(f"{self.folder / images}: {missing[0]} is not there, nor {len(missing) - 1} more of the {len(self.rows)} pictures of "
                             f"{self.table.name}; unpack all of them, or take their rows out of the table")
        return there

    def indices(self, side):
        """Rows of a side (train, val or test); an error where it is empty without the config's saying so."""
        split = self.spec["split"]
        values = values_of(split, side)
        found = np.array([i for i, row in enumerate(self.rows) if is_of_side(self.spec, side, row)], dtype=int)
        if found.size == 0 and values:
            raise SystemExit(f"{self.table}: no row has {split['column']} {' or '.join(map(repr, values))}, "
                             f"which source {self.name!r} names as its side {side!r}")
        return found

    def prior(self, indices):
        """Class shares [classes] of these rows; of findings each one's own, so that they do not sum to 1."""
        if self.reader:
            return self.target[indices].mean(0)
        return np.bincount(self.label[indices], minlength=len(self.classes)) / len(indices)

    def cell(self, index):
        """A row's label as the command reads it: the class, or the findings."""
        return findings.cell(self.target[index], self.classes) if self.reader else self.classes[self.label[index]]

    def pools(self, indices):
        """These rows apart by class (a class without a row has no pool); of findings by the rarest of each row, and those that have none."""
        kind = findings.rarest(self.target[indices]) if self.reader else self.label[indices]
        return [indices[kind == c] for c in np.unique(kind)]

    @property
    def base(self):
        """The folder that all pictures are under, as the command's --images."""
        images = self.spec.get("images", "images")
        return self.folder if "*" in images else self.folder / images

    def path(self, index):
        name = self.rows[index]["image"]
        return self.places[name] if self.places else self.base / name

    def file(self, index):
        """A row's picture under `base`."""
        return self.path(index).relative_to(self.base).as_posix()

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
                    raise SystemExit(f"{source.table}: {source.spec.get('group')} {str(group)!r} lies on {side_of[group]} and "
                                     f"on {side}; figures of such a split flatter (allow it with \"groups_may_cross\" in the source)")
