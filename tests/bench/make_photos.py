"""Writes a seeded 12-megapixel picture as baseline and as progressive JPEG.

    python tests/bench/make_photos.py OUT_DIR

Skin-like tones, a darker disc, and fine noise as a phone's sensor leaves it:
4:2:0, quality 90, about 4 MB, what a phone's camera saves.
"""

import pathlib
import sys

import numpy as np
from PIL import Image

WIDTH_PX, HEIGHT_PX = 4000, 3000


def make_picture():
    rng = np.random.default_rng(12)
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    radius = np.hypot(x - WIDTH_PX / 2, y - HEIGHT_PX / 2) + 60 * np.sin(x / 170) * np.cos(y / 130)
    disc = 1 / (1 + np.exp((radius - 600) / 40))
    skin = np.array([214, 172, 150], np.float32)
    mole = np.array([92, 58, 44], np.float32)
    rgb = skin + (mole - skin) * disc[..., None] + 12 * np.sin(x / 900 + y / 700)[..., None]
    rgb += rng.normal(0, 9, (HEIGHT_PX, WIDTH_PX, 3)).astype(np.float32)
    return Image.fromarray(rgb.clip(0, 255).astype(np.uint8))


def main():
    out_dir = pathlib.Path(sys.argv[1])
    out_dir.mkdir(parents=True, exist_ok=True)
    picture = make_picture()
    for name, progressive in (('baseline', False), ('progressive', True)):
        picture.save(out_dir / f'photo-12mp-{name}.jpg', quality=90, subsampling='4:2:0', progressive=progressive)


if __name__ == '__main__':
    main()
