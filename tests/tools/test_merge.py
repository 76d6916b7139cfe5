"""models.tools.merge: sources that are cut and mapped each in its own way, as one folder."""
import csv

from PIL import Image

from models.tools import dataset, merge


def test_two_sources_become_one_folder(tmp_path):
    for name, labels in (("a", ["ring", "box"]), ("b", ["box", "box"])):
        (tmp_path / name / "images").mkdir(parents=True)
        for i in range(2):
            Image.new("RGB", (4, 4)).save(tmp_path / name / "images" / f"{i}.png")
        lines = ["image,label,part", *(f"{i}.png,{label},{'train' if i else 'test'}" for i, label in enumerate(labels))]
        (tmp_path / name / "labels.csv").write_text("\n".join(lines) + "\n")
    spec = {"split": {"column": "part", "val": []}}
    sources = [dataset.Source({"name": "a", "map": {"ring": "round"}, **spec}, ["box", "round"], tmp_path / "a"),
               dataset.Source({"name": "b", **spec}, ["box", "round"], tmp_path / "b")]
    for _ in range(2):  # again over what is there
        assert merge.merge(sources, tmp_path / "out") == {"train": 2, "val": 0, "test": 2}
    with open(tmp_path / "out" / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {tuple(r.values()) for r in rows} >= {("a/0.png", "round", "test", "a/0.png", "a"), ("b/1.png", "box", "train", "b/1.png", "b")}
    again = dataset.Source({"name": "out", "group": "group", "split": {"column": "side", "val": []}}, ["box", "round"], tmp_path / "out")
    assert all(again.path(i).is_file() for i in range(4))
