import errno
import json
import pathlib

import pytest

pytest.importorskip("pandas")
import drawn  # noqa: E402

from models.foundry import config, start, texts  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402


def test_a_folder_of_classes_becomes_a_config_that_is_read(tmp_path):
    drawn.folders(tmp_path / "Skin spots", 3)
    (tmp_path / "Skin spots" / "dots").rename(tmp_path / "Skin spots" / "dots, many")
    path, counts = start.make(tmp_path / "Skin spots", tmp_path)
    made = config.load(path)
    assert path.name == "skin-spots.toml" and counts == {"dots, many": 3, "lines": 3, "plain": 3}
    assert made["classes"] == ["dots-many", "lines", "plain"] and made["sources"][0]["map"] == {"dots, many": "dots-many"}
    assert made["sources"][0]["shares"] == {"val": 0.15, "test": 0.2} and set(made["pack"]["actions"]) == set(made["classes"])
    words = json.loads((tmp_path / "texts" / "en.json").read_text())
    assert set(words["classes"]) == set(made["classes"]) and words["reviewed"] is False
    unwritten = texts.all_unwritten(made, path)
    assert len(unwritten) == 2 and "classes.lines.advice" in unwritten[0] and "pack.licence.weights" in unwritten[1] and "limits[0]" in unwritten[1]


def test_classes_in_any_script_and_of_any_length_get_an_id(tmp_path):
    drawn.folders(tmp_path / "d", 3)
    for name, other in (("dots", "痣"), ("lines", "黑色素瘤"), ("plain", "_" + "x" * 90)):
        (tmp_path / "d" / name).rename(tmp_path / "d" / other)
    made = config.load(start.make(tmp_path / "d", tmp_path)[0])
    assert sorted(made["classes"]) == ["class-2", "class-3", "x" * 64]
    assert set(made["sources"][0]["map"]) == {"痣", "黑色素瘤", "_" + "x" * 90}


def test_a_table_says_its_columns_groups_and_sides(tmp_path):
    (tmp_path / "d").mkdir()
    rows = [f"{i}.jpg,{'mel' if i % 2 else 'nv'},L{i // 2},{('train', 'valid', 'test')[i % 3]}" for i in range(12)]
    (tmp_path / "d" / "meta.csv").write_text("\n".join(["image_id,dx,lesion_id,split", *rows]) + "\n")
    path, counts = start.make(tmp_path / "d", tmp_path)
    source, = config.load(path)["sources"]
    assert counts == {"mel": 6, "nv": 6}
    assert {k: source[k] for k in ("labels", "image", "label", "group", "split")} == {
        "labels": "meta.csv", "image": "image_id", "label": "dx", "group": "lesion_id", "split": {"column": "split", "val": ["valid"]}}


def test_cells_that_name_several_findings_become_findings(tmp_path):
    (tmp_path / "d" / "images").mkdir(parents=True)
    cells = ["Edema|Effusion", "Edema", "No Finding", "Effusion", "Pleural Thickening|Edema"]
    (tmp_path / "d" / "labels.csv").write_text("image,Finding Labels,patient\n" + "".join(f"{i}.png,{cells[i % 5]},P{i}\n" for i in range(30)))
    path, counts = start.make(tmp_path / "d", tmp_path)
    made = config.load(path)
    source, = made["sources"]
    assert counts == {"Edema": 18, "Effusion": 12, "Pleural Thickening": 6} and made["classes"] == ["Edema", "Effusion", "Pleural-Thickening"]
    assert source["findings"] == {"column": "Finding Labels", "separator": "|", "none": "No Finding"} and "label" not in source
    assert source["map"] == {"Pleural Thickening": "Pleural-Thickening"} and made["pack"]["task"] == "multilabel"
    for i in range(30):
        (tmp_path / "d" / "images" / f"{i}.png").write_bytes(b"")
    from models.foundry import table
    assert sorted(set(table.read(source, made["classes"], tmp_path / "d")["label"])) == [
        "-", "Edema", "Edema|Effusion", "Edema|Pleural-Thickening", "Effusion"]
    assert start.findings_of(["none; a", "b"], "x") == ({"column": "x", "separator": ";"}, {"none": 1, "a": 1, "b": 1})  # a word beside others is no none
    assert start.findings_of(["a", "b", "a"], "x") == (None, {"a": 2, "b": 1})


def test_nothing_is_written_over_and_nothing_guessed(tmp_path):
    drawn.folders(tmp_path / "d", 1)
    start.make(tmp_path / "d", tmp_path)
    with pytest.raises(Problem, match="is there already; delete it first"):
        start.make(tmp_path / "d", tmp_path)
    (tmp_path / "e").mkdir()
    with pytest.raises(Problem, match="holds neither a table"):
        start.make(tmp_path / "e", tmp_path)
    (tmp_path / "e" / "labels.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Problem, match="none of its columns a, b is called as a label usually is"):
        start.make(tmp_path / "e", tmp_path)


def test_a_disk_that_is_full_leaves_no_half_config(tmp_path, monkeypatch):
    """There was a traceback, and an empty config that the next call found "there already"."""
    drawn.folders(tmp_path / "d", 1)
    whole = pathlib.Path.write_text

    def full(path, text, **more):
        if ".toml" in path.name:
            whole(path, "", **more)
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, text, **more)
    monkeypatch.setattr(pathlib.Path, "write_text", full)
    with pytest.raises(Problem, match="the disk is full .* make room and give the same command again"):
        start.make(tmp_path / "d", tmp_path / "out")
    monkeypatch.undo()
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["en.json"]
    assert start.make(tmp_path / "d", tmp_path / "out")[0].read_text().startswith("# d: 3 pictures")  # the same command goes on


def test_an_out_that_cannot_be_written_to_is_named(tmp_path):
    drawn.folders(tmp_path / "d", 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="file: cannot be written to .* give another --out"):
        start.make(tmp_path / "d", tmp_path / "file")


def test_every_text_of_a_new_pack_is_to_be_written():
    made = texts.placeholders(["a", "b"], "en")
    assert len(texts.unwritten(made)) == len(texts.unwritten(json.loads(json.dumps(made)))) == 6 + 3 * 2
