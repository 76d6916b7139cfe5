import pytest
from PIL import Image

from models.tools import dataset

CLASSES = ["round", "square"]
SPEC = {"name": "shapes", "map": {"box": "square"}, "split": {"column": "side"}, "group": "lot", "store": [24, 32]}


def write(folder, rows, header="image,label,side,lot"):
    (folder / "images").mkdir(exist_ok=True)
    for i, row in enumerate(rows):
        Image.new("RGB", (32, 24), (i, 10, 20)).save(folder / "images" / row.split(",")[0])
    (folder / "labels.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, ["0.png,round,train,a", "1.png,box,train,b", "2.png,round,test,c", "3.png,round,train,a"])


def test_a_side_its_prior_and_its_pictures(folder):
    source = dataset.Source(SPEC, CLASSES, folder)
    train = source.indices("train")
    assert train.tolist() == [0, 1, 3] and source.label.tolist() == [0, 1, 0, 0]
    assert source.prior(train).tolist() == pytest.approx([2 / 3, 1 / 3])
    pixels = source.inputs(train, 8, 6, 1.0)
    assert pixels.shape == (3, 6, 8, 3) and pixels[2, 0, 0].tolist() == [3, 10, 20]


def test_values_of_a_side_are_the_configs(folder):
    write(folder, ["0.png,round,0,a", "1.png,round,1,b", "2.png,round,2,c"])
    source = dataset.Source({**SPEC, "split": {"column": "side", "train": ["0", "2"], "val": ["1"], "test": []}}, CLASSES, folder)
    assert [source.indices(side).tolist() for side in dataset.SIDES] == [[0, 2], [1], []]


def test_a_share_for_validation_is_whole_groups_and_the_same_each_time(tmp_path):
    folder = write(tmp_path, [f"{i}.png,round,train,{i // 4}" for i in range(200)])
    spec = {**SPEC, "split": {"column": "side", "val_share": 0.25, "test": []}}
    source = dataset.Source(spec, CLASSES, folder)
    train, val = source.indices("train"), source.indices("val")
    assert sorted([*train, *val]) == list(range(200)) and 20 <= len(val) <= 80
    assert not set(source.group[train]) & set(source.group[val])
    assert dataset.Source(spec, CLASSES, folder).indices("val").tolist() == val.tolist()
    dataset.check_groups([source])


def test_a_group_on_two_sides_is_refused(folder):
    write(folder, ["0.png,round,train,a", "1.png,round,val,b", "2.png,round,test,a"])
    with pytest.raises(SystemExit, match="'a' lies on train and on test"):
        dataset.check_groups([dataset.Source(SPEC, CLASSES, folder)])


def test_errors_say_what_is_wrong(folder, tmp_path):
    with pytest.raises(SystemExit, match="--data"):
        dataset.Source(SPEC, CLASSES, tmp_path / "nowhere")
    with pytest.raises(SystemExit, match="no column 'other'"):
        dataset.Source({**SPEC, "split": {"column": "other"}}, CLASSES, folder)
    with pytest.raises(SystemExit, match="no row has side 'val'"):
        dataset.Source(SPEC, CLASSES, folder).indices("val")
    with pytest.raises(SystemExit, match="row 3: label is 'box'.*none of round, square.*\"skip\""):
        dataset.Source({**SPEC, "map": {}}, CLASSES, folder)
    assert len(dataset.Source({**SPEC, "map": {}, "skip": ["box"]}, CLASSES, folder).rows) == 3
    (folder / "labels.csv").write_text("image,label,side,lot\n")
    with pytest.raises(SystemExit, match="no row below its first line"):
        dataset.Source(SPEC, CLASSES, folder)


def test_folders_are_named_by_source():
    two = [{"name": "a"}, {"name": "b"}]
    assert dataset.folders(["/x"], two[:1]) == {"a": "/x"}
    assert dataset.folders(["a=/x", "b=/y"], two) == {"a": "/x", "b": "/y"}
    with pytest.raises(SystemExit, match="missing for b; give --data a=DIR --data b=DIR"):
        dataset.folders(["a=/x"], two)
    with pytest.raises(SystemExit, match="'c=/z' names none"):
        dataset.folders(["a=/x", "b=/y", "c=/z"], two)


def test_a_share_of_validation_is_kept_back_for_the_test(tmp_path):
    (tmp_path / "labels.csv").write_text("image,label,side,who\n" + "".join(f"{i}.png,a,{'val' if i < 60 else 'train'},p{i // 2}\n" for i in range(90)))
    some = dataset.Source({"name": "s", "group": "who", "split": {"column": "side", "test_share": 0.5}}, ["a"], tmp_path)
    val, test = ({some.group[i] for i in some.indices(side)} for side in ("val", "test"))
    assert val and test and not val & test and len(val | test) == 30
    assert len(some.indices("val")) + len(some.indices("test")) == 60 and len(some.indices("train")) == 30


def test_lists_of_a_labelled_table_are_its_column_of_sides(folder):
    (folder / "train.txt").write_text("0.png\n1.png\n3.png\n")
    (folder / "test.txt").write_text("2.png\n")
    spec = {**SPEC, "split": {"lists": {"train": "train.txt", "test": "test.txt"}}}
    source = dataset.Source(spec, CLASSES, folder)
    column = dataset.split_column(spec["split"])
    assert column == dataset.split_column(source.spec["split"]) == "list"
    assert [row[column] for row in source.rows] == ["train", "train", "test", "train"] and source.indices("test").tolist() == [2]
