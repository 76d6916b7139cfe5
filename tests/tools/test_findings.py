"""Pictures with several labels or none: how tables are read, what is wrong with them in one sentence, and the figures."""
import json
import pathlib

import numpy as np
import pytest
from PIL import Image

from models.tools import dataset, findings, findings_metrics, sides

CLASSES = ["Edema", "Mass", "Pleural_Thickening"]
SPEC = {"name": "chests", "findings": {"column": "found", "none": "No Finding"}, "split": {"column": "side"}, "group": "patient"}
ROWS = ["a.png,Edema|Mass,train,1", "b.png,No Finding,train,1", "c.png,Mass,val,2", "d.png,Pleural_Thickening,test,3"]


def write(folder, rows=ROWS, header="image,found,side,patient", table="labels.csv", images="images"):
    (folder / images).mkdir(parents=True, exist_ok=True)
    for row in rows:
        Image.new("L", (32, 24), 90).save(folder / images / row.split(",")[0])
    (folder / table).write_text("\n".join([header, *rows]) + "\n")
    return folder


def test_cells_are_targets_and_what_was_not_found_is_no_class(tmp_path):
    source = dataset.Source(SPEC, CLASSES, write(tmp_path))
    assert source.target.tolist() == [[1, 1, 0], [0, 0, 0], [0, 1, 0], [0, 0, 1]] and source.group.tolist() == ["1", "1", "2", "3"]
    train = source.indices("train")
    assert source.prior(train).tolist() == [0.5, 0.5, 0]
    assert [source.cell(i) for i in range(4)] == ["Edema|Mass", "", "Mass", "Pleural_Thickening"]
    assert source.inputs(train, 8, 6, 1.0).shape == (2, 6, 8, 3)
    dataset.check_groups([source])


def test_rows_are_apart_by_their_rarest_finding_for_int8s_pictures(tmp_path):
    source = dataset.Source(SPEC, CLASSES, write(tmp_path, [*ROWS, "e.png,Mass,train,4"]))
    assert [pool.tolist() for pool in source.pools(source.indices("train"))] == [[1], [0], [4]]  # none, Edema (with Mass), Mass alone


def test_a_side_becomes_a_table_that_the_command_reads(tmp_path):
    source = dataset.Source(SPEC, CLASSES, write(tmp_path))
    assert sides.write(source, "train", tmp_path / "train.csv") == 2
    assert (tmp_path / "train.csv").read_text() == "image,label,side,group,patient\na.png,Edema|Mass,train,1,1\nb.png,,train,1,1\n"


NIH = {"name": "nih", "table": "Data_Entry_2017.csv", "image": "Image Index", "images": "images_*/images", "group": "Patient ID",
       "findings": {"column": "Finding Labels", "none": "No Finding"},
       "split": {"lists": {"train": "train_val_list.txt", "test": "test_list.txt"}, "val_share": 0.5}}


@pytest.fixture
def nih(tmp_path):
    """The form in which the NIH gives ChestX-ray14: its table, two lists, and pictures in twelve archives (here two)."""
    names = [f"{patient:08d}_{i:03d}.png" for patient in range(1, 13) for i in range(2)]
    labels = ["Edema|Mass", "No Finding", "Mass", "Pleural_Thickening"] * 6
    for name in names:
        folder = tmp_path / f"images_{1 + (name > names[11]):03d}" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("L", (16, 16), 60).save(folder / name)
    header = '\ufeffImage Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],'
    (tmp_path / "Data_Entry_2017.csv").write_text("\n".join([header, *(f"{n},{l},0,{int(n[:8])},58,M,PA,2682,2749," for n, l in zip(names, labels))]) + "\n")
    (tmp_path / "train_val_list.txt").write_text("\n".join(names[:16]) + "\n")
    (tmp_path / "test_list.txt").write_text("\n".join(names[16:]))
    return tmp_path


def test_the_nihs_own_table_its_lists_and_its_folders(nih):
    source = dataset.Source(NIH, CLASSES, nih)
    train, val, test = (source.indices(side).tolist() for side in dataset.SIDES)
    assert sorted([*train, *val]) == list(range(16)) and train and val and test == list(range(16, 24))
    assert not set(source.group[train]) & set(source.group[val])
    dataset.check_groups([source])
    assert source.file(0) == "images_001/images/00000001_000.png" and source.path(23).parent == nih / "images_002" / "images"
    sides.write(source, "test", nih / "test.csv")
    assert (nih / "test.csv").read_text().splitlines()[:2] == ["image,label,list,group,Patient ID",
                                                               "images_002/images/00000009_000.png,Edema|Mass,test,9,9"]


def test_the_recipe_reads_it_as_it_is_unpacked(nih):
    recipe = json.loads((pathlib.Path(dataset.__file__).parent / "configs" / "chestxray14.json").read_text())
    source = dataset.Source(recipe["sources"][0], recipe["classes"], nih)
    assert findings.are_findings(recipe) and source.target.shape == (24, 14) and source.cell(0) == "Edema|Mass"
    assert source.path(0).is_file() and len(source.indices("test")) == 8


@pytest.mark.parametrize("change, sentence", [
    (lambda f: (f / "test_list.txt").unlink(), r"test_list.txt: no such file; it lists the pictures of side 'test'"),
    (lambda f: (f / "test_list.txt").write_text("00000009_000.png\n"),
     r"00000009_001.png and 6 more are on no list of source 'nih' \(train_val_list.txt, test_list.txt\)"),
    (lambda f: (f / "test_list.txt").write_text("00000001_000.png\n"), r"test_list.txt: 00000001_000.png is on the list of 'train' too"),
    (lambda f: (f / "images_002" / "images" / "00000007_000.png").unlink(), r"00000007_000.png is not there, nor 0 more of the 24 pictures"),
])
def test_lists_and_pictures_that_do_not_fit_the_table(nih, change, sentence):
    change(nih)
    with pytest.raises(SystemExit, match=sentence):
        dataset.Source(NIH, CLASSES, nih)


@pytest.mark.parametrize("cell, sentence", [
    ("Edema|Oedema", r"labels.csv: row 2: found is 'Edema\|Oedema': 'Oedema' is none of Edema, Mass, Pleural_Thickening .*name it in \"map\" or \"skip\""),
    ("Edema;Mass", r"'Edema;Mass' is none of .* \(between two findings stands '\|'\)"),
    ("", r"row 2: found is empty; write 'No Finding' there if nothing was found, or leave such rows out with \"skip\": \[\"\"\] of source 'chests'"),
    ("Edema||Mass", r"row 2: found is 'Edema\|\|Mass': nothing stands beside a '\|'"),
    ("Edema|", r"row 2: found is 'Edema\|': nothing stands beside a '\|'"),
    ("Edema|No Finding", r"it says 'No Finding' and names a finding; one of the two is wrong"),
])
def test_a_cell_that_makes_no_sense_is_one_sentence(tmp_path, cell, sentence):
    with pytest.raises(SystemExit, match=sentence):
        dataset.Source(SPEC, CLASSES, write(tmp_path, [f"a.png,{cell},train,1"]))


def test_names_may_be_mapped_and_rows_left_out(tmp_path):
    rows = ["a.png,Oedema|Mass,train,1", "b.png,,train,1", "c.png,Mass|Other,train,2"]
    source = dataset.Source({**SPEC, "map": {"Oedema": "Edema"}, "skip": ["", "Other"]}, CLASSES, write(tmp_path, rows))
    assert source.target.tolist() == [[1, 1, 0]] and [row["image"] for row in source.rows] == ["a.png"]


def test_wrong_forms_are_named(tmp_path):
    write(tmp_path)
    for form, sentence in (({"column": "found", "separator": ""}, "findings.separator is empty"),
                           ({"column": "found", "none": "Mass"}, "'Mass', which is a class"),
                           ({"column": "findings"}, "no column 'findings'; it has image, found, side, patient")):
        with pytest.raises(SystemExit, match=sentence):
            dataset.Source({**SPEC, "findings": form}, CLASSES, tmp_path)


def test_sources_and_pack_must_agree():
    several, one = {"findings": {}}, {"label": "x"}
    assert findings.are_findings({"sources": [several], "pack": {"task": "multilabel"}}) and not findings.are_findings({"sources": [one]})
    with pytest.raises(SystemExit, match="some of the config's sources have \"findings\""):
        findings.are_findings({"sources": [several, one]})
    with pytest.raises(SystemExit, match="pack.task is 'multiclass', but its sources have \"findings\"; write 'multilabel'"):
        findings.are_findings({"sources": [several], "pack": {"task": "multiclass"}})


@pytest.mark.parametrize("change, sentence", [
    ({"sources": [SPEC, {"name": "plain"}]}, "sources.plain has no findings and another source has; a network learns several labels a picture, or one"),
    ({"pack": {"task": "multiclass"}}, 'pack.task is "multiclass", but the sources have findings; leave task out'),
    ({"keep": ["balanced_accuracy"]}, 'keep is ["balanced_accuracy"]; of findings it is ["macro_auc"]'),
    ({"head_only": {"strengths": [1]}}, "head_only is of pictures with one label each; leave it out where sources have findings"),
    ({"sources": [{**SPEC, "label": "dx"}]}, "sources.chests has both label and findings; keep the one that its table has"),
])
def test_the_foundry_says_what_does_not_go_with_findings(tmp_path, change, sentence):
    pytest.importorskip("tomllib")
    from models.foundry import config
    from models.foundry.problem import Problem
    path = tmp_path / "chests.json"
    whole = {"classes": CLASSES, "sources": [SPEC]}
    path.write_text(json.dumps(whole))
    made = config.load(path)
    assert made["pack"]["task"] == "multilabel" and made["keep"] == ["macro_auc"]
    path.write_text(json.dumps({**whole, **change}))
    with pytest.raises(Problem) as found:
        config.load(path)
    assert list(found.value.sentences) == [f"{path}: {sentence}"]


def scored(n=300, seed=0):
    rng = np.random.default_rng(seed)
    target = (rng.random((n, 3)) < [0.5, 0.1, 0]).astype(int)
    return findings_metrics.sigmoid(rng.normal(0, 1, (n, 3)) + 1.5 * target), target


def test_an_auc_is_of_pairs_and_a_finding_that_is_nowhere_has_none():
    p, target = scored(80)
    found = findings_metrics.aucs(p, target)
    for c in (0, 1):
        with_it, without = p[target[:, c] == 1, c], p[target[:, c] == 0, c]
        assert found[c] == pytest.approx(np.mean(with_it[:, None] > without[None]))
    assert np.isnan(found[2]) and findings_metrics.macro_auc(p, target) == pytest.approx(found[:2].mean())
    assert np.isnan(findings_metrics.macro_auc(p[:, 2:], target[:, 2:]))


def test_what_thresholds_find_and_spare():
    p, target = np.array([[0.9], [0.2], [0.6], [0.1]]), np.array([[1], [1], [0], [0]])
    assert [v.tolist() for v in findings_metrics.at_thresholds(p, target, np.array([0.5]))] == [[0.5], [0.5], [0.5]]
    assert findings_metrics.brier(p, target).tolist() == [pytest.approx((0.01 + 0.64 + 0.36 + 0.01) / 4)]


def test_intervals_are_over_groups():
    p, target = scored()
    alone = findings_metrics.bootstrap(p, target, np.arange(300), rounds=200)
    # each picture six times: as many groups, so the same interval, though there are six times the pictures
    many = findings_metrics.bootstrap(np.repeat(p, 6, 0), np.repeat(target, 6, 0), np.repeat(np.arange(300), 6), rounds=200)
    assert many["macro_auc"] == pytest.approx(alone["macro_auc"], abs=0.02)
    assert alone["auc"][0][0] < findings_metrics.aucs(p, target)[0] < alone["auc"][0][1] and np.isnan(alone["auc"][2]).all()
