"""models.tools.sides: a side that no column names, as a table for the command."""
import csv

from PIL import Image

from models.tools import dataset, sides


def test_a_share_of_the_training_side_with_mapped_labels(tmp_path):
    (tmp_path / "images").mkdir()
    lines = ["image,label,side,who"]
    for i in range(60):
        Image.new("RGB", (4, 4)).save(tmp_path / "images" / f"{i}.png")
        lines.append(f"{i}.png,{'ring' if i % 2 else 'square'},train,p{i // 3}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    source = dataset.Source({"name": "a", "map": {"ring": "round"}, "group": "who", "split": {"column": "side", "val_share": 0.4, "test": []}},
                            ["round", "square"], tmp_path)
    count = sides.write(source, "val", tmp_path / "out" / "val.csv")
    with open(tmp_path / "out" / "val.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 0 < count == len(rows) < 60
    assert {r["label"] for r in rows} == {"round", "square"} and {r["side"] for r in rows} == {"train"}
    assert all(r["group"] == r["who"] == f"p{int(r['image'][:-4]) // 3}" for r in rows)
    train = {source.group[i] for i in source.indices("train")}
    assert not train & {r["group"] for r in rows}
