"""models/tools/prepare.py must give the pixels that the core gives.

tests/golden/prepare.txt is what the C tests compare src/ with; every row of it
that takes the centre of a picture is repeated here with the training side's
code. Pillow 13 may run its two passes the other way round, which moves bytes
by 1: rows of enlargements and of stretched shapes are where it does so, and
they may differ by that; all reductions of ordinary shapes must be equal.

    python -m pytest tests/tools/test_prepare_parity.py
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "golden")]

import make_golden  # noqa: E402
from models.tools import prepare  # noqa: E402

ROWS = [line.split() for line in (ROOT / "tests/golden/prepare.txt").read_text().splitlines()]
# What the core lays on white or turns by eXIf, and Pillow's convert("RGB") does not.
OPAQUE = ("rgb8.png", "rgb8-pieces.png", "rgb8-interlaced.png", "large.png", "grey8.png", "orientation-")


@pytest.mark.parametrize("name,width,height,fraction,digest",
                         [(r[0], int(r[2]), int(r[3]), float(r[4]), r[5])
                          for r in ROWS if r[1] == "-" and r[0].startswith(OPAQUE)])
def test_centre_is_prepared_alike(name, width, height, fraction, digest):
    picture = prepare.open_picture(ROOT / "tests/golden" / name)
    pixels = prepare.prepare(picture, width, height, fraction)
    box = prepare.centre_crop_box(*picture.size, width, height, fraction)
    assert box == make_golden.centre_box(*picture.size, width, height, fraction)
    if hashlib.sha256(pixels.tobytes()).hexdigest() == digest:
        return
    rows_first = np.asarray(make_golden.resize(picture, box, width, height)).astype(int)
    assert hashlib.sha256(rows_first.astype(np.uint8).tobytes()).hexdigest() == digest
    reduction = (box[2] - box[0]) / width
    assert reduction < 1.5, "a plain reduction must be equal to the bit"
    assert np.abs(pixels.astype(int) - rows_first).max() <= 1
