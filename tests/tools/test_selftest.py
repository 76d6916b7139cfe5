import numpy as np

from models.tools import selftest


def test_pictures_are_the_same_each_time(tmp_path):
    first = selftest.draw(tmp_path / "a")
    assert first == selftest.draw(tmp_path / "b") and len(first) == 3
    for name in first:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_spot_is_darker_than_its_ground():
    pixels = selftest.spot(**selftest.PICTURES["disc.png"])
    height, width, _ = pixels.shape
    assert pixels[height // 2, width // 2].mean() + 30 < pixels[5, 5].mean()
    assert pixels.dtype == np.uint8
