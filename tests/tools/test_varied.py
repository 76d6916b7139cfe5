"""models.tools.varied: the same picture in another way stays that picture."""
import random

import numpy as np
from PIL import Image

from models.tools import varied


def test_crops_are_square_and_within_the_picture():
    image = Image.new("RGB", (300, 200), (255, 255, 255))
    for seed in range(20):
        for centred in (False, True):
            cut = varied.crop(random.Random(seed), image, (0.5, 1), centred)
            assert 100 <= min(cut.size) and max(cut.size) <= 201 and abs(cut.width - cut.height) <= 1
            assert np.asarray(cut)[1:-1, 1:-1].min() == 255  # no black from beyond the edge


def test_another_device_keeps_the_picture():
    ramp = Image.fromarray(np.repeat(np.linspace(40, 200, 120)[None, :, None], 120, 0).repeat(3, 2).astype(np.uint8))
    made = np.asarray(varied.other_device(random.Random(1), ramp, (0.9, 1.0)), float)
    assert made.std() > 20


def test_another_stain_moves_colours_apart_and_keeps_the_tissue():
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[:, :30], pixels[:, 30:] = (120, 60, 150), (235, 200, 225)
    image = Image.fromarray(pixels)
    means = []
    for seed in range(12):
        made = np.asarray(varied.other_stain(random.Random(seed), image, (1, 1)), float)
        assert made.shape[0] == made.shape[1] and made.std() > 15  # dark glands and light ground are still there
        means.append(made.mean((0, 1)))
    assert np.ptp([m[0] - m[2] for m in means]) > 40  # red against blue, as another dye would have it
    assert np.array_equal(varied.other_stain(random.Random(3), image, (1, 1)), varied.other_stain(random.Random(3), image, (1, 1)))
