"""The pictures of a source and their labels, as one pandas table: from a CSV, or from a folder for each class.

Columns: image (relative to the pictures' folder), path, label (a class of the config), group, split (where the source says
one), row (of the CSV; 0: none). Looks at no pixel. What is wrong names the file, the row, the value and what to do.
"""
import collections
import pathlib
import re
import unicodedata
import warnings

import pandas

from models.foundry import look, several
from models.foundry.problem import Problem, nearest, some
from models.tools import dataset

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".dcm", ".dicom")
UNREAD = (".heic", ".heif", ".avif", ".jp2", ".jxl", ".dng", ".cr2", ".nef", ".arw", ".psd", ".svg")  # pictures all the same
SIDE_FOLDERS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test", "testing": "test"}


def encoding_of(path):
    """UTF-8; UTF-16 where it begins with that one's mark; else Windows' Latin."""
    begin = path.read_bytes()
    if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        begin.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def read_csv(path):
    """All values as text; separated by comma, semicolon or tab, the commonest in the first line, or as Excel's line sep= says."""
    try:
        encoding = encoding_of(path)
        first = path.read_text(encoding=encoding).split("\n", 1)[0].strip()
        said = re.fullmatch(r"\"?sep=(.)\"?", first)
        separator = said[1] if said else max(",;\t", key=first.count)
        with warnings.catch_warnings():
            warnings.simplefilter("error", pandas.errors.ParserWarning)  # fields beyond the last column
            table = pandas.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding=encoding, skip_blank_lines=False,
                                    skipinitialspace=True, index_col=False, skiprows=1 if said else 0)
    except UnicodeDecodeError:
        raise Problem(f"{path}: is no text in UTF-8, UTF-16 or Windows-1252; save it as CSV in UTF-8") from None
    except pandas.errors.EmptyDataError:
        raise Problem(f"{path}: is empty; it must have a line of column names and a line for each picture") from None
    except pandas.errors.ParserWarning:
        raise Problem(f"{path}: its lines have more fields than the first, which names the columns; each line must have as many") from None
    except pandas.errors.ParserError as error:
        raise Problem(f"{path}: {str(error).removeprefix('Error tokenizing data. C error: ').strip()}; each line must have as many fields as "
                      f"the first") from None
    table.columns = [str(column).strip() for column in table.columns]
    names = [name.strip(" \"") for name in path.read_text(encoding=encoding).splitlines()[1 if said else 0].split(separator)]
    table.attrs["twice"] = sorted({name for name in names if names.count(name) > 1})  # pandas calls the second name.1
    table["row"] = range(3 if said else 2, len(table) + (3 if said else 2))
    return table[(table.drop(columns="row") != "").any(axis=1)]


def place_of(images, name):
    """Where the file lies; letters and accents may stand apart in its name, as on Apple's disks."""
    spellings = (name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD")))
    return next((images / one for one in spellings if (images / one).is_file()), images / name)


def name_below(name):
    """A name under a folder of ours, whatever folder the picture lies in."""
    return "/".join("__" if part == ".." else part for part in pathlib.PurePosixPath(name).parts if part != "/")


def require_column(path, table, column, asked, source):
    if column in table.attrs["twice"]:
        raise Problem(f"{path}, row 1: two columns are called {column!r}, and one is needed for the {asked}; rename or delete the other")
    if column not in table.columns:
        columns = [c for c in table.columns if c != "row"]
        raise Problem(f"{path}: has no column {column!r} for the {asked}; it has {', '.join(columns)}{nearest(column, columns)}; "
                      f"name the column in {asked} of source {source['name']!r}")


def classes_of(path, values, rows, source, classes):
    """Values of labels as classes (None: skipped); a Problem names each value that is no class, with its first row."""
    renamed, skipped, unknown = source.get("map", {}), set(source.get("skip", [])), {}
    found = []
    for value, row in zip(values, rows):
        name = renamed.get(value, value)
        if value in skipped:
            name = None
        elif name not in classes:
            unknown.setdefault(value, row)
        found.append(name)
    if unknown:
        raise Problem(*(f"{path}{f', row {row}' if row else ''}: the label is {value!r}, which is none of {some(classes)}{nearest(value, classes)}; "
                        f"correct it, or name "
                        f"it in map or skip of source {source['name']!r}" for value, row in list(unknown.items())[:10]))
    return found


def from_csv(source, classes, folder, path):
    table = read_csv(path)
    if table.empty:
        raise Problem(f"{path}: has no row below its first line; it must have one for each picture")
    asked_label = "findings.column" if "findings" in source else "label"
    image = source.get("image", "image")
    label = source["findings"].get("column", "findings") if "findings" in source else source.get("label", "label")
    for column, asked in ((image, "image"), (label, asked_label), (source.get("group"), "group"), (source.get("split", {}).get("column"), "split")):
        if column:
            require_column(path, table, column, asked, source)
    images = folder / source.get("images", "images" if (folder / "images").is_dir() else ".")
    labels = (several.cells if "findings" in source else classes_of)(path, table[label], table["row"], source, classes)
    made = table.assign(image=table[image].str.replace("\\", "/", regex=False), label=labels)
    made = made[made["label"].notna()].copy()
    made["path"] = [place_of(images, name) for name in made["image"]]
    made["image"] = made["image"].map(name_below)
    missing = [(row, path_) for row, path_ in zip(made["row"], made["path"]) if not path_.is_file()]
    if missing:
        more = f" (the first of {len(missing)})" if len(missing) > 1 else ""
        raise Problem(f"{path}, row {missing[0][0]}: {missing[0][1]} is not there{more}; put the file there, delete the row, or name the pictures' "
                      f"folder in images of source {source['name']!r}")
    repeated = made[made.duplicated("image", keep=False)]
    for name, rows in repeated.groupby("image"):
        if rows["label"].nunique() > 1:
            raise Problem(f"{path}, row {rows['row'].iloc[1]}: {name} is {rows['label'].iloc[1]!r} here and {rows['label'].iloc[0]!r} in row "
                          f"{rows['row'].iloc[0]}; "
                          "keep the row that is right")
    made = made.drop_duplicates("image")
    made["group"] = groups_of(made, source)
    made["split"] = sides_of(made, source, path) if "split" in source else ""
    return made


def groups_of(table, source):
    """The group of each picture; its own name where nothing says one."""
    if "group" in source:
        return [group or image for group, image in zip(table[source["group"]], table["image"])]
    if "group_pattern" in source:
        pattern = re.compile(source["group_pattern"])
        found = [pattern.search(pathlib.PurePosixPath(image).name) for image in table["image"]]
        strange = [image for image, match in zip(table["image"], found) if not match]
        if strange:
            raise Problem(f"group_pattern of source {source['name']!r} matches {len(found) - len(strange)} of {len(found)} file names, not "
                          f"{some(strange, 3)}; "
                          "widen it, or rename the files")
        return [match.group(1) for match in found]
    return list(table["image"])


def sides_of(table, source, path):
    """train, val or test of each picture, by the source's split; "" where its value names no side."""
    split = source["split"]
    if "lists" in split:
        raise Problem(f"{path}: split of source {source['name']!r} takes its sides from lists, which models.tools.train reads and this command does "
                      "not; write split = {column = \"…\"} with the table's column of sides, or leave split out and one is drawn")
    values = {value: side for side in ("train", "val", "test") for value in split.get(side, [side])}
    sides = [values.get(value, "") for value in table[split["column"]]]
    for share, taken_from, side in (("val_share", "train", "val"), ("test_share", "val", "test")):
        if split.get(share) and not (share == "test_share" and split.get("val_share")):  # as models/tools/dataset.py
            sides = [side if before == taken_from and dataset.digest_share(group) < split[share] else "" if before == side else before
                     for before, group in zip(sides, table["group"])]
    if not any(sides):
        raise Problem(f"{path}: column {split['column']!r} holds {some(sorted(set(table[split['column']])))}, none of which split of source "
                      f"{source['name']!r} "
                      f"names as a side; write train = [\"…\"], val = [\"…\"], test = [\"…\"] there")
    return sides


def is_picture(path):
    """By its ending, or, where it has none (or a number, as scanners write), by DICOM's mark. A link that leads nowhere is one:
    it is left out with a reason."""
    if not path.is_file() and (path.exists() or not path.is_symlink()):
        return False
    ending = path.suffix.lower()
    return ending in ENDINGS or (not ending or ending[1:].isdigit()) and path.name != "DICOMDIR" and path.is_file() and look.is_dicom(path)


def pictures_under(folder):
    return sorted(p for p in folder.rglob("*") if not any(part.startswith(".") for part in p.relative_to(folder).parts) and is_picture(p))


def class_folders(folder):
    """[(side or "", folder of a class)]: FOLDER/class, or FOLDER/train/class where the first level names sides."""
    first = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if first and all(p.name.lower() in SIDE_FOLDERS for p in first):
        return [(SIDE_FOLDERS[p.name.lower()], q) for p in first for q in sorted(p.iterdir()) if q.is_dir() and not q.name.startswith(".")]
    return [("", p) for p in first]


def from_folders(source, classes, folder):
    found = class_folders(folder)
    if not found:
        raise Problem(f"{folder}: has neither {source.get('labels', 'labels.csv')} nor a folder for each class; put each class's pictures into a "
                      f"folder of its "
                      "name, or a table beside them")
    found = [(side, place, pictures_under(place)) for side, place in found]
    found = [one for one in found if one[2]]  # an empty folder is no class
    labels = classes_of(folder, [place.name for _, place, _ in found], [0] * len(found), source, classes)
    rows = [{"image": picture.relative_to(folder).as_posix(), "path": picture, "label": label, "split": side, "row": 0}
            for (side, _, pictures), label in zip(found, labels) if label for picture in pictures]
    if not rows:
        raise Problem(f"{folder}: no picture is in the classes' folders; they may end in {', '.join(ENDINGS)}")
    require_names(folder, [row["image"] for row in rows])
    table = pandas.DataFrame(rows)
    table["group"] = groups_of(table, source)
    table.attrs["unread"] = collections.Counter(p.suffix.lower() for p in folder.rglob("*") if p.suffix.lower() in UNREAD and not p.name.startswith("."))
    return table


def require_names(folder, names):
    """Tables are UTF-8, so names are."""
    strange = [name.encode(errors="surrogateescape").decode(errors="replace") for name in names if any("\ud800" <= letter <= "\udfff" for letter in name)]
    if strange:
        raise Problem(f"{folder}: the names of {some(strange, 3)} are no UTF-8; rename them (convmv -f latin1 -t utf8 --notest -r {folder})")


def read(source, classes, folder):
    """The table of one source."""
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise Problem(f"{folder}: is no folder; give that of source {source['name']!r} with --data")
    path = folder / source.get("labels", "labels.csv")
    if not path.is_file() and "labels" in source:
        raise Problem(f"{path}: no such file, which labels of source {source['name']!r} names")
    if "findings" in source and not path.is_file():
        raise Problem(f"{path}: no such file; pictures of several findings need a table that names them, or labels of source {source['name']!r} names "
                      "another file")
    table = from_csv(source, classes, folder, path) if path.is_file() else from_folders(source, classes, folder)
    there = {name for cell in set(table["label"]) for name in several.named(cell)} if "findings" in source else set(table["label"])
    absent = [name for name in classes if name not in there]
    if absent and len(absent) == len(classes):
        raise Problem(f"{folder}: has no picture of any class of the config")
    return table.reset_index(drop=True)
