"""models.tools.outliers: the same seed gives the same pictures, and all kinds can be made."""
import glob
import random

import numpy as np
import pytest
from PIL import Image

from models.tools import outliers


if not glob.glob("/usr/share/fonts/truetype/*/*.ttf"):
    pytest.skip("drawing text needs a TrueType font, for example fonts-dejavu", allow_module_level=True)


def held(images):
    return [image.tobytes() for image in images]


@pytest.mark.parametrize("kind", outliers.DRAWINGS)
def test_a_drawing_has_a_size_and_something_on_it(kind):
    image = kind(random.Random(3))
    assert min(image.size) >= 224 and image.mode == "RGB"
    assert np.asarray(image).std() > 1


def test_the_same_seed_gives_the_same_pictures_and_another_others():
    assert held(outliers.drawings(1, 15)) == held(outliers.drawings(1, 15)) != held(outliers.drawings(2, 15))
    assert held(outliers.noises(1, 12)) == held(outliers.noises(1, 12)) != held(outliers.noises(2, 12))


def test_frames_hold_little():
    photograph = Image.fromarray(np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8))
    made = list(outliers.frames(0, 30, [photograph]))
    assert len(made) == 30 and {image.mode for image in made} == {"RGB"}
