"""What teachers say of fixed views of each training picture, asked once and kept, so that a student's epoch costs no teacher.

A config's "distil": {"stored_views": N} asks for it (train.py). View v of the picture in row r is the same whenever it is
drawn: its geometry comes from the config's seed, the source, r and v alone. The teachers see it without the camera's changes
(augment.py), at the size of the last stage ("teacher_size" where it has one); the student sees it at its own size, with
changes that are new each time. Where pictures are mixed, so is what was said of them, by the same share: nobody sees the mixed one.
The idea: Shen & Xing 2022, A Fast Knowledge Distillation Framework for Visual Recognition.

Owns OUT/soft-labels-KEY.npy, float16 [pictures of all sources, views, classes]: the teachers' mean probabilities at the
temperature of "distil". KEY is the digest of all that they depend on, so that a file is never of other pictures or teachers.
A half is called .npy.partial; killed at any time, the same command goes on from its last whole batch. Batches are the same
each time, and so is the file.
"""
import hashlib
import io
import json
import math
import os
import pathlib
import sys
import time

import numpy as np
import torch

from models.tools import augment, command

MOST_VIEWS = 64
BATCH = 64  # views at once, of whole pictures
EVERY_S = 30  # between two lines of how far it is


def num_views(config, path, teachers):
    """How many views are stored; 0 where nothing is. Ends with a sentence where the config cannot be meant."""
    views = config.get("distil", {}).get("stored_views")
    if views is None:
        return 0
    if isinstance(views, bool) or not isinstance(views, int) or not 1 <= views <= MOST_VIEWS:
        raise SystemExit(f"{path}: distil.stored_views is {json.dumps(views)}; it must be a whole number from 1 to {MOST_VIEWS} (16 to 24 are usual)")
    if not teachers:
        raise SystemExit(f"{path}: distil.stored_views is {views}, but there is no teacher to be asked; give --teacher best.pt, or leave "
                         "stored_views out")
    return views


def size_of(config):
    """[height, width] at which teachers are asked."""
    last = config["stages"][-1]
    return last.get("teacher_size", last["size"])


def numbers(config, source, rows, views, count):
    """What the views are made from, float32 [rows,views,count] of 0..1; source: its place in the config."""
    return np.stack([np.random.default_rng([config["seed"], source, int(row)]).random((views, count), np.float32) for row in rows])


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key(config, draws, teachers, views):
    """The digest of all that the answers depend on."""
    distil, of_sources = config["distil"], []
    for draw in draws.sources:
        pixels = hashlib.sha256(draw.pixels.cpu().numpy()).hexdigest()
        amounts = {name: draw.augment[name] for name in augment.GEOMETRY if name in draw.augment}
        of_sources.append([file_digest(draw.table), draw.rows.tolist(), list(draw.pixels.shape), pixels, amounts])
    told = [[file_digest(path) for path in teachers], config["classes"], config["seed"], distil["temperature"], size_of(config), views, BATCH, of_sources]
    return command.digest(told)


def header(shape):
    """The first bytes of the .npy file."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f2", "fortran_order": False, "shape": tuple(shape)})
    return head.getvalue()


def goes_on_at(file, head, ends):
    """How many batches are whole in a half that was open before; what comes after them is cut off. ends: each batch's last byte, after the head."""
    file.seek(0)
    whole = 0
    if file.read(len(head)) == head:
        there = file.seek(0, os.SEEK_END) - len(head)
        whole = int(np.searchsorted(ends, there, side="right"))
    file.truncate(len(head) + ends[whole - 1] if whole else 0)
    file.seek(0, os.SEEK_END)
    if not whole:
        file.write(head)
    return whole


def store(path, shape, batches, answer, advance):
    """Writes the file batch by batch; it gets its name when it is whole. batches: (source, from, to) each; answer(source, from,
    to): float16 [pictures,views,classes]; advance(done, of, begun): pictures, after each batch."""
    partial, head = path.with_name(path.name + ".partial"), header(shape)
    row_bytes = shape[1] * shape[2] * 2
    ends = np.cumsum([(end - begin) * row_bytes for _, begin, end in batches])
    with open(partial, "r+b" if partial.exists() else "w+b", buffering=0) as file:
        begun = goes_on_at(file, head, ends)
        for batch, (source, begin, end) in enumerate(batches[begun:], begun):
            left = memoryview(np.ascontiguousarray(answer(source, begin, end), "<f2")).cast("B")
            while left:  # a disk that fills up takes a part first
                left = left[file.write(left):]
            advance(ends[batch] // row_bytes, shape[0], ends[begun - 1] // row_bytes if begun else 0)
        os.fsync(file.fileno())
    partial.rename(path)


class Stored:
    """numbers [n,views,count] and answers [n,views,classes] of one source's training pictures."""

    def __init__(self, numbers, answers):
        self.numbers, self.answers = numbers, answers

    def draw(self, rng, chosen):
        """(the numbers of a view of each chosen picture [count,n], what was said of it [n,classes])."""
        view = rng.integers(self.numbers.shape[1], size=len(chosen))
        return torch.from_numpy(self.numbers[chosen, view].T.copy()), np.array(self.answers[chosen, view], np.float32)


def asked(draw, teachers, config, begin, end, precision):
    """What the teachers say of these pictures' views: float16 [end-begin,views,classes]."""
    pixels = draw.pixels[begin:end].expand(-1, -1, -1, 3).repeat_interleave(draw.stored.numbers.shape[1], 0)
    made = torch.from_numpy(draw.stored.numbers[begin:end].reshape(len(pixels), -1).T.copy()).to(pixels.device)
    x = augment.view(pixels, size_of(config), draw.augment, made).contiguous(memory_format=torch.channels_last)
    with precision(x.device):
        said = teachers.probabilities(x, config["distil"]["temperature"])
    return said.view(end - begin, -1, said.shape[1]).half().cpu().numpy()


def lines():
    """advance() of store: a line on standard error now and then, with the time left."""
    start = last = time.monotonic()

    def advance(done, whole, begun):
        nonlocal last
        if (now := time.monotonic()) - last >= EVERY_S or done == whole:
            last = now
            left = (now - start) * (whole - done) / (done - begun)
            print(f"the teachers' answers: {done:,} of {whole:,} pictures, {math.ceil(left / 60)} min left", file=sys.stderr, flush=True)
    return advance


def follow(config, draws, teachers, out, load, precision):
    """From here on the draws give what the teachers say as well. teachers: their files; load() opens them, where something is left to be asked."""
    views = num_views(config, "", teachers)
    for place, draw in enumerate(draws.sources):
        draw.stored = Stored(numbers(config, place, draw.rows, views, augment.num_numbers(draw.augment)), None)
    path = pathlib.Path(out) / f"soft-labels-{key(config, draws, teachers, views)}.npy"
    if not path.is_file():
        opened = load()
        at_once = max(1, BATCH // views)
        batches = [(draw, begin, min(begin + at_once, len(draw.rows))) for draw in draws.sources for begin in range(0, len(draw.rows), at_once)]
        store(path, (sum(len(draw.rows) for draw in draws.sources), views, len(config["classes"])), batches,
              lambda draw, begin, end: asked(draw, opened, config, begin, end, precision), lines())
    answers, first = np.load(path, mmap_mode="r"), 0
    for draw in draws.sources:
        draw.stored.answers = answers[first:first + len(draw.rows)]
        first += len(draw.rows)
