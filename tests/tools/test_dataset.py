import numpy as np
import pytest
from PIL import Image

from models.tools import dataset


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    lines = ["image,label,lesion_split,lesion_id"]
    for i, (label, side) in enumerate([("nv", "train"), ("mel", "train"), ("nv", "test"), ("nv", "train")]):
        Image.new("RGB", (288, 216), (i, 10, 20)).save(tmp_path / "images" / f"{i}.png")
        lines.append(f"{i}.png,{label},{side},L{i}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_split_prior_and_pictures(folder, tmp_path):
    table = dataset.Table(folder)
    train = table.indices("lesion_split", "train")
    assert train.tolist() == [0, 1, 3]
    assert table.prior(train)[dataset.CLASSES.index("nv")] == pytest.approx(2 / 3)
    pictures = dataset.load_pictures(table, tmp_path / "cache" / "pictures.npy")
    assert pictures.shape == (4, 216, 288, 3) and pictures[3, 0, 0].tolist() == [3, 10, 20]
    assert dataset.inputs(table, pictures, train, 32, 32, 1.0).shape == (3, 32, 32, 3)


def test_a_cache_of_other_pictures_is_made_anew(folder, tmp_path):
    cache = tmp_path / "cache" / "pictures.npy"
    dataset.load_pictures(dataset.Table(folder), cache)
    Image.new("RGB", (288, 216), (200, 10, 20)).save(folder / "images" / "3.png")
    assert dataset.load_pictures(dataset.Table(folder), cache)[3, 0, 0].tolist() == [200, 10, 20]
    lines = (folder / "labels.csv").read_text().splitlines()
    (folder / "labels.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert dataset.load_pictures(dataset.Table(folder), cache)[0, 0, 0].tolist() == [200, 10, 20]
    np.save(cache, np.zeros((4, 216, 288, 3), np.uint8))  # no fingerprint of ours
    cache.with_suffix(".fingerprint").unlink()
    assert dataset.load_pictures(dataset.Table(folder), cache)[0, 0, 0].tolist() == [200, 10, 20]


def test_errors_say_what_is_wrong(folder, tmp_path):
    with pytest.raises(SystemExit, match="--data"):
        dataset.Table(tmp_path / "nowhere")
    with pytest.raises(SystemExit, match="no column other_split"):
        dataset.Table(folder).indices("other_split", "test")
    with pytest.raises(SystemExit, match="lesion_split=val"):
        dataset.Table(folder).indices("lesion_split", "val")
