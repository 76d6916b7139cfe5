"""HAM10000: the table, the splits, and the pictures decoded once into a byte array.

Owns labels.csv (image, label, split columns, lesion_id) and the cache of pictures.
Refuses to choose a split for the caller.
"""
import csv
import hashlib
import pathlib

import numpy as np

from models.tools import prepare

CLASSES = ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"]  # the order of every model's output


class Table:
    """Rows of labels.csv; `label[i]` and `lesion[i]` belong to picture i of every array made here."""

    def __init__(self, data_dir):
        self.data_dir = pathlib.Path(data_dir)
        path = self.data_dir / "labels.csv"
        if not path.is_file():
            raise SystemExit(f"{path}: no such file; give the HAM10000 folder with --data (labels.csv and images/)")
        with open(path, newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.label = np.array([CLASSES.index(row["label"]) for row in self.rows])
        self.lesion = np.array([row["lesion_id"] for row in self.rows])

    def indices(self, column, side):
        """Indices of the pictures whose split `column` says `side` (train, val or test)."""
        if column not in self.rows[0]:
            raise SystemExit(f"labels.csv has no column {column}; it has {', '.join(self.rows[0])}")
        found = np.array([i for i, row in enumerate(self.rows) if row[column] == side], dtype=int)
        if found.size == 0:
            raise SystemExit(f"no picture has {column}={side}")
        return found

    def prior(self, indices):
        """Class shares [7] of these pictures."""
        return np.bincount(self.label[indices], minlength=len(CLASSES)) / len(indices)

    def path(self, index):
        return self.data_dir / "images" / self.rows[index]["image"]


def fingerprint(table):
    """What the pictures of this table are: their names in order, and each file's size and time of change."""
    digest = hashlib.sha256()
    for i, row in enumerate(table.rows):
        found = table.path(i).stat()
        digest.update(f"{row['image']}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_pictures(table, cache_path):
    """All pictures as uint8 [N,216,288,3], memory-mapped from a cache file that the first use makes.

    A cache of other pictures, of another order or of files that were changed since is made anew: beside the file lies
    the fingerprint of what it was made from.
    """
    path = pathlib.Path(cache_path)
    mark, wanted = path.with_suffix(".fingerprint"), fingerprint(table)
    if not path.is_file() or not mark.is_file() or mark.read_text().strip() != wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        mark.unlink(missing_ok=True)  # until the new one is whole
        pixels = np.stack([np.asarray(prepare.open_picture(table.path(i))) for i in range(len(table.rows))])
        partial = path.with_suffix(".partial.npy")
        np.save(partial, pixels)
        partial.rename(path)
        mark.write_text(wanted + "\n")
    return np.load(path, mmap_mode="r")


def inputs(table, pictures, indices, width, height, fraction):
    """Network inputs of these pictures, uint8 [n,height,width,3]."""
    return np.stack([prepare.prepare(pictures[i], width, height, fraction) for i in indices])
