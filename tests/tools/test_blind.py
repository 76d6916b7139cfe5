"""models.tools.blind: what a model that sees no subject gets right."""
import json

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("scipy")

from models.tools import blind, dataset  # noqa: E402

CLASSES = ["round", "square"]


@pytest.fixture
def source(tmp_path):
    """Forty pictures of noise whose border tells the class and whose size does not."""
    rng = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    lines = ["image,label,side"]
    for i in range(40):
        pixels = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
        pixels[:3] = pixels[-3:] = 60 + 90 * (i % 2)
        pixels[:, :3] = pixels[:, -3:] = 60 + 90 * (i % 2)
        Image.fromarray(pixels).save(tmp_path / "images" / f"{i}.png")
        lines.append(f"{i}.png,{CLASSES[i % 2]},{'train' if i < 28 else 'test'}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    return dataset.Source({"name": "a", "split": {"column": "side", "val": []}}, CLASSES, tmp_path)


def test_tells_a_shortcut_from_none(source):
    found = blind.measure(source)
    assert found["n"] == 12
    figures = {name: f["balanced_accuracy"] for name, f in found["measures"].items()}
    assert figures["the border's mean colour"] == 1 and figures["eight pixels of the edge"] == 1
    assert figures["the commonest class"] == figures["width and height"] == 0.5


def test_the_border_leaves_the_subject_out():
    pixels = np.zeros((100, 120, 3))
    pixels[6:-6, 6:-6] = 255
    assert blind.border(pixels).max() == 0 and blind.eight(pixels).shape == (8, 3) and blind.eight(pixels).max() == 0


def test_the_card_says_what_was_found(source, tmp_path):
    assert blind.section(tmp_path) == ""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "blind.json").write_text(json.dumps(blind.measure(source)))
    assert "| the border's mean colour | 1.000 (0.757–1.000) | 1.000 |" in blind.section(tmp_path)


def test_a_histogram_tells_how_often_each_colour_occurs():
    pixels = np.zeros((10, 10, 3))
    pixels[:5] = (255, 0, 130)
    found = blind.histogram(pixels) ** 2
    assert found[0] == pytest.approx(0.5) and found[3 * 16 + 2] == pytest.approx(0.5) and found.sum() == pytest.approx(1)
