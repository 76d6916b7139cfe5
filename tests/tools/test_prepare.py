import numpy as np
import pytest
from PIL import Image

from models.tools import prepare


@pytest.mark.parametrize("size, target, fraction, box", [
    ((288, 216), (192, 192), 1.0, (36, 0, 252, 216)),
    ((288, 216), (192, 192), 0.5, (90, 54, 198, 162)),
    ((100, 300), (192, 192), 1.0, (0, 100, 100, 200)),
    ((288, 216), (120, 90), 1.0, (0, 0, 288, 216)),
    ((301, 199), (120, 90), 1.0, (18, 0, 283, 199)),  # 265.33 wide, rounded; 36 over, half of it left
    ((1, 1), (192, 192), 0.01, (0, 0, 1, 1)),
])
def test_crop_box(size, target, fraction, box):
    assert prepare.centre_crop_box(*size, *target, fraction) == box


def test_prepare_is_pillows_antialiased_bilinear():
    picture = np.random.default_rng(0).integers(0, 256, (90, 130, 3), dtype=np.uint8)
    wanted = Image.fromarray(picture).resize((32, 32), Image.BILINEAR, box=(20, 0, 110, 90))
    assert np.array_equal(prepare.prepare(picture, 32, 32, 1.0), np.asarray(wanted))


def test_normalise_is_per_channel():
    out = prepare.normalise(np.array([[[255, 0, 51]]], np.uint8), [0.5, 0.5, 0.2], [0.5, 0.25, 1])
    assert out == pytest.approx(np.array([[[1.0, -2.0, 0.0]]], np.float32), abs=1e-6)


def test_open_picture_turns_by_exif(tmp_path):
    image = Image.new("RGB", (4, 2), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert prepare.open_picture(tmp_path / "turned.jpg").size == (2, 4)
