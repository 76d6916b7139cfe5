"""What can be seen of each picture without knowing what it is about: whether it opens, its size, its digest, its near twins.

Adds columns to a source's table: width, height, digest (of the upright RGB pixels), hash (64-bit perceptual, imagehash),
twin (pictures of one number are near twins), reason (why it is left out; empty: it stays). Owns which reasons there are.
"""
import concurrent.futures
import hashlib
import os
import pathlib

import imagehash
import numpy as np
from PIL import Image, ImageOps

from models.foundry import dicom
from models.foundry.problem import Problem

THUMB_PX = 32
AS_IT_IS = ("JPEG", "PNG", "WEBP")  # what the core reads; the rest becomes PNG


def is_dicom(path):
    if path.suffix.lower() in (".dcm", ".dicom"):
        return True
    with open(path, "rb") as file:
        return file.read(132)[128:] == b"DICM"


def opened(path):
    """(RGB, upright; whether the file can stay as it is). Raises what the readers raise."""
    if is_dicom(path):
        return dicom.picture(path), False
    with Image.open(path) as image:
        stays = image.format in AS_IT_IS and image.mode not in ("I;16", "I;16B", "I", "F")
        if image.mode in ("I;16", "I;16B", "I", "F"):
            return eight_bits(np.asarray(image), image.format), False
        return ImageOps.exif_transpose(image).convert("RGB"), stays


def eight_bits(values, kind):
    """Of a 16-bit PNG the high byte, as the core takes it; of other deep pictures all that there is."""
    if kind == "PNG":
        return Image.fromarray((values.astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(np.round((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)).convert("RGB")


def seen(path):
    """What is measured of one picture; `broken` says why it does not open."""
    try:
        image, stays = opened(path)
        image.load()
    except Exception as error:  # readers raise what they like at bytes that are no picture
        return {"broken": (str(error).strip() or type(error).__name__).splitlines()[0].replace(str(path), path.name)[:160]}
    grey = image.convert("L").resize((THUMB_PX, THUMB_PX), Image.Resampling.BOX)
    pixels = hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()
    return {"broken": "", "width": image.width, "height": image.height, "digest": pixels, "stays": stays,
            "hash": int(str(imagehash.phash(image)), 16), "thumb": np.asarray(grey, dtype=np.int16)}


def look(table, advance=lambda: None):
    """The table with what is seen of each picture; `thumb` is a list beside it."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = []
        for one in pool.map(seen, map(pathlib.Path, table["path"])):
            found.append(one)
            advance()
    table = table.copy()
    for name, empty in (("broken", ""), ("width", 0), ("height", 0), ("digest", ""), ("stays", True)):
        table[name] = [one.get(name, empty) for one in found]
    table["hash"] = np.array([one.get("hash", 0) for one in found], dtype=np.uint64)
    return table, [one.get("thumb") for one in found]


def pairs_within(hashes, bits):
    """[(i, j)] whose hashes differ in at most `bits` of 64 (at most 7): of eight bytes one is then the same."""
    found = set()
    for byte in range(8):
        part = (hashes >> np.uint64(8 * byte)) & np.uint64(255)
        order = np.argsort(part, kind="stable")
        for group in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
            group = np.sort(group)
            for at, i in enumerate(group[:-1]):
                rest = group[at + 1:]
                found.update((int(i), int(j)) for j in rest[np.bitwise_count(hashes[rest] ^ hashes[i]) <= bits])
    return sorted(found)


def twins(hashes, thumbs, bits, difference):
    """A number a picture; near twins share one. Hashes propose, the thumbnails decide: less their means, since one of two
    shots is often a little lighter."""
    leader = np.arange(len(hashes))

    def top(i):
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i
    for i, j in pairs_within(hashes, bits):
        a, b = thumbs[i], thumbs[j]
        if np.abs((a - a.mean()) - (b - b.mean())).mean() <= difference:
            leader[max(top(i), top(j))] = min(top(i), top(j))
    return np.array([top(i) for i in range(len(hashes))])


SIDE_ORDER = {"test": 0, "val": 1, "train": 2, "": 3}  # of two copies the one on the side that is measured stays


def judge(table, thumbs, clean, name):
    """Fills `twin` and `reason`. A Problem where more do not open than the config allows."""
    table = table.copy()
    reason = np.where(table["broken"] != "", "does not open: " + table["broken"], "").astype(object)
    small = (reason == "") & (table[["width", "height"]].min(axis=1) < clean["least_side_px"])
    reason[small] = [f"is {w} x {h}, less than {clean['least_side_px']} pixels a side" for w, h in zip(table["width"][small], table["height"][small])]
    broken = table[table["broken"] != ""]
    if len(broken) > clean["most_broken"] * len(table):
        first = broken.iloc[0]
        raise Problem(f"{place(first)}: {len(broken)} of {len(table)} pictures of {name} do not open, the first because {first['broken']}; mend or delete "
                      f"them, or raise clean.most_broken ({clean['most_broken']})")
    good = np.flatnonzero(reason == "")
    for _, same in table.iloc[good].groupby("digest", sort=False):
        if len(same) < 2:
            continue
        if same["label"].nunique() > 1:
            reason[same.index] = [f"is the same picture as {other_of(same, i)}, with another label" for i in same.index]
            continue
        keep = min(same.index, key=lambda i: (SIDE_ORDER[table.at[i, "split"]], i))
        for i in same.index.drop(keep):
            reason[i] = f"is the same picture as {table.at[keep, 'image']}"
    good = np.flatnonzero(reason == "")
    table["twin"] = -1
    table.loc[good, "twin"] = good[twins(table["hash"].to_numpy()[good], [thumbs[i] for i in good], clean["twin_bits"], clean["twin_difference"])]
    for _, near in table.iloc[good].groupby("twin", sort=False):
        best = min(near["split"], key=SIDE_ORDER.get)
        for i in near.index[near["split"] != best] if len(near) > 1 and best else []:
            reason[i] = f"is a near twin of {near['image'][near['split'] == best].iloc[0]} on side {best}"
    table["reason"] = reason
    return table


def other_of(rows, index):
    return rows["image"][rows.index != index].iloc[0]


def place(row):
    """Where a person finds a picture: its file, and its row where a table names it."""
    return f"{row['path']}" + (f" (row {row['row']})" if row["row"] else "")
