"""The look at the pictures: tables, folders, broken, twice, near twins, sides."""
import contextlib
import os
import pathlib
import sys

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")
pytest.importorskip("imagehash")
from PIL import Image, ImageEnhance  # noqa: E402

from models.foundry import look, prepare, several, split, table  # noqa: E402
from models.foundry.config import CLEAN  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402

CLASSES = ["dots", "lines", "plain"]


def scene(seed, size=(120, 90)):
    """A picture unlike that of another seed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (5, 6, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def folder_of(path, rows, header="image,label", pictures=True):
    """labels.csv with these rows, and a picture for each."""
    (path / "images").mkdir(parents=True)
    (path / "labels.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    for i, row in enumerate(rows if pictures else []):
        scene(i).save(path / "images" / row.split(",")[0])
    return path


def source(**keys):
    return {"name": "shapes", **keys}


def sentence(call):
    with pytest.raises(Problem) as found:
        call()
    return found.value.sentences


def test_a_wrong_column_names_the_nearest(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots"], "image,diagnosis")
    assert sentence(lambda: table.read(source(label="diagnosi"), CLASSES, folder)) == (
        f"{folder}/labels.csv: has no column 'diagnosi' for the label; it has image, diagnosis; did you mean 'diagnosis'?; name the column in label "
        f"of source 'shapes'",)


def test_a_column_that_is_there_twice_is_not_chosen_between(tmp_path):
    """The first was taken in silence."""
    folder = folder_of(tmp_path / "d", ["a.png,dots,lines"], "image,label,\"label\"")
    assert sentence(lambda: table.read(source(), CLASSES, folder)) == (
        f"{folder}/labels.csv, row 1: two columns are called 'label', and one is needed for the label; rename or delete the other",)
    folder = folder_of(tmp_path / "e", ["a.png,dots,1,2"], "image,label,note,note")  # none that is read
    assert list(table.read(source(), CLASSES, folder)["label"]) == ["dots"]


def test_a_label_that_is_nowhere_names_its_row(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots", "b.png,lins", "c.png,lins"])
    assert sentence(lambda: table.read(source(), CLASSES, folder)) == (
        f"{folder}/labels.csv, row 3: the label is 'lins', which is none of dots, lines, plain; did you mean 'lines'?; correct it, or name it in "
        f"map or skip of source 'shapes'",)
    assert list(table.read(source(map={"lins": "lines"}), CLASSES, folder)["label"]) == ["dots", "lines", "lines"]
    assert list(table.read(source(skip=["lins"]), CLASSES, folder)["label"]) == ["dots"]


def test_sides_by_lists_are_refused_with_what_to_write_instead(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots"])
    found = sentence(lambda: table.read(source(split={"lists": {"train": "train.txt"}}), CLASSES, folder))[0]
    assert found.startswith(f"{folder}/labels.csv: split of source 'shapes' takes its sides from lists") and "or leave split out" in found


def test_a_picture_that_is_not_there_names_its_row(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots", "b.png,lines"])
    (folder / "images" / "b.png").unlink()
    assert sentence(lambda: table.read(source(), CLASSES, folder))[0].startswith(f"{folder}/labels.csv, row 3: {folder}/images/b.png is not there; "
                                                                                 f"put the file there")


def test_two_labels_of_one_picture_name_both_rows(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots", "b.png,lines", "a.png,plain"])
    assert "row 4: a.png is 'plain' here and 'dots' in row 2" in sentence(lambda: table.read(source(), CLASSES, folder))[0]


@pytest.mark.parametrize("text", ["image;label\na.png;dots\n", "image\tlabel\na.png\tdots\n", "\ufeffimage,label\r\na.png,dots\r\n\r\n"])
def test_tables_of_other_programs_are_read(tmp_path, text):
    folder = folder_of(tmp_path / "d", ["a.png,dots"])
    (folder / "labels.csv").write_text(text, encoding="utf-8", newline="")
    assert table.read(source(), CLASSES, folder)[["image", "label", "row"]].values.tolist() == [["a.png", "dots", 2]]


def test_lines_that_are_too_long_and_tables_without_rows(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots"])
    (folder / "labels.csv").write_text("image,label\na.png,dots\nb.png,dots,3\n")
    assert "line 3" in sentence(lambda: table.read(source(), CLASSES, folder))[0]
    (folder / "labels.csv").write_text("image,label\n")
    assert "has no row" in sentence(lambda: table.read(source(), CLASSES, folder))[0]
    (folder / "labels.csv").write_text("")
    assert "is empty" in sentence(lambda: table.read(source(), CLASSES, folder))[0]


def test_folders_are_classes_and_may_lie_in_sides(tmp_path):
    for place in ("train/dots", "val/dots", "test/dots", "train/other"):
        (tmp_path / place).mkdir(parents=True)
        scene(len(place)).save(tmp_path / place / "P7_a.png")
    assert "the label is 'other', which is none of dots" in sentence(lambda: table.read(source(), CLASSES, tmp_path))[0]
    made = table.read(source(skip=["other"], group_pattern="^(P[0-9]+)_"), CLASSES, tmp_path)
    assert sorted(zip(made["split"], made["label"], made["group"])) == [("test", "dots", "P7"), ("train", "dots", "P7"), ("val", "dots", "P7")]
    assert "matches 0 of 3 file names" in sentence(lambda: table.read(source(skip=["other"], group_pattern="^(Q[0-9]+)_"), CLASSES, tmp_path))[0]


def looked(folder, clean=CLEAN, **keys):
    found, thumbs = look.look(table.read(source(**keys), CLASSES, folder))
    return look.judge(found, thumbs, clean, "shapes")


def test_broken_tiny_and_twice_are_left_out_with_a_reason(tmp_path):
    folder = folder_of(tmp_path / "d", [f"{i}.png,{CLASSES[i % 3]}" for i in range(8)])
    (folder / "images" / "1.png").write_bytes((folder / "images" / "1.png").read_bytes()[:200])
    scene(2, (40, 20)).save(folder / "images" / "2.png")
    (folder / "images" / "3.png").write_bytes((folder / "images" / "0.png").read_bytes())  # both are dots
    (folder / "images" / "5.png").write_bytes((folder / "images" / "4.png").read_bytes())  # plain and lines
    found = looked(folder, {**CLEAN, "most_broken": 0.2}).set_index("image")["reason"]
    assert found["1.png"].startswith("does not open: ")
    assert found["2.png"] == "is 40 x 20, less than 32 pixels a side"
    assert (found["0.png"], found["3.png"]) == ("", "is the same picture as 0.png")
    assert (found["4.png"], found["5.png"]) == ("is the same picture as 5.png, with another label", "is the same picture as 4.png, with another label")
    assert [found[f"{i}.png"] for i in (6, 7)] == ["", ""]
    message = sentence(lambda: looked(folder))[0]
    assert f"{folder}/images/1.png (row 3): 1 of 8 pictures of shapes do not open" in message and "clean.most_broken (0.05)" in message


def test_near_twins_are_found_and_do_not_lie_on_two_sides(tmp_path):
    folder = folder_of(tmp_path / "d", [f"{i}.png,dots,{['train', 'test'][i % 2]}" for i in range(30)], "image,label,side")
    ImageEnhance.Brightness(scene(1)).enhance(0.95).resize((130, 98)).save(folder / "images" / "0.png")
    found = looked(folder, split={"column": "side"}).set_index("image")
    assert found.loc["0.png", "twin"] == found.loc["1.png", "twin"]
    assert found.loc["0.png", "reason"] == "is a near twin of 1.png on side test" and found.loc["1.png", "reason"] == ""
    assert found.drop(["0.png", "1.png"])["twin"].is_unique


def test_pairs_of_hashes_are_those_of_all_comparisons():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 40, dtype=np.uint64)
    hashes = np.concatenate([hashes, hashes[:20] ^ np.uint64(0b1010001000010010), hashes[:5] ^ np.uint64(0xFF)])
    wanted = [(i, j) for i in range(len(hashes)) for j in range(i + 1, len(hashes)) if bin(int(hashes[i] ^ hashes[j])).count("1") <= 6]
    assert look.pairs_within(hashes, 6) == wanted and len(wanted) >= 20


def test_sixteen_bits_and_other_formats_become_png(tmp_path):
    deep = (np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    Image.fromarray(deep).save(tmp_path / "deep.tif")
    image, stays = look.opened(tmp_path / "deep.png")
    assert not stays and np.asarray(image)[..., 0].tolist() == (deep >> 8).tolist()  # as the core takes it
    assert np.asarray(look.opened(tmp_path / "deep.tif")[0]).max() == 255


def test_dicom_is_shown_by_its_window(tmp_path):
    pydicom = pytest.importorskip("pydicom")
    data = pydicom.dataset.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    stored = np.arange(48 * 64, dtype=np.uint16).reshape(48, 64)
    data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = 48, 64, 1, "MONOCHROME1"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.RescaleSlope, data.RescaleIntercept, data.WindowCenter, data.WindowWidth = 1, -1000, 500, 1000
    data.PixelData = stored.tobytes()
    data.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    image, stays = look.opened(tmp_path / "a.dcm")
    share = np.clip((stored - 1000.0 - 499.5) / 999 + 0.5, 0, 1)
    assert not stays and np.asarray(image)[..., 1].tolist() == np.floor(255 * (1 - share) + 0.5).tolist()
    data.NumberOfFrames = 3
    data.save_as(tmp_path / "b.dcm", enforce_file_format=True)
    assert look.seen(tmp_path / "b.dcm")["broken"] == "the DICOM file holds 3 frames; save the one that you mean by itself"


def test_tables_as_excel_and_windows_write_them(tmp_path):
    folder = folder_of(tmp_path / "d", ["a.png,dots", "b.png,lines"])
    for text, rows in ((b"sep=;\r\nimage;label\r\na.png;dots\r\nb.png;lines\r\n", [3, 4]), ("image,label\na.png,dots\nb.png,lines\n".encode("utf-16"), [2, 3]),
                       (b"image, label\na.png, dots\nb.png, lines\n", [2, 3])):
        (folder / "labels.csv").write_bytes(text)
        found = table.read(source(), CLASSES, folder)
        assert (list(found["image"]), list(found["label"]), list(found["row"])) == (["a.png", "b.png"], ["dots", "lines"], rows)
    (folder / "labels.csv").write_text("image,label\na.png,dots,\nb.png,lines,\n")
    assert sentence(lambda: table.read(source(), CLASSES, folder)) == (
        f"{folder}/labels.csv: its lines have more fields than the first, which names the columns; each line must have as many",)


def test_pictures_may_lie_anywhere_and_stay_where_they_are(tmp_path):
    """A path of its own in the table once led out of the folder that is filled, to the picture itself."""
    folder = folder_of(tmp_path / "d", ["a.png,dots"])
    scene(7).save(tmp_path / "elsewhere.png")
    scene(8).convert("L").save(tmp_path / "grey.bmp")
    scene(9).save(folder / "images/ne\u0301vus.png")
    (folder / "labels.csv").write_text(f"image,label\n{tmp_path}/grey.bmp,dots\n../../elsewhere.png,lines\nn\u00e9vus.png,plain\n", encoding="utf-8")
    found = table.read(source(), CLASSES, folder)
    before = sorted(tmp_path.rglob("*"))
    seen = look.look(found)[0].assign(split="train", digest="")
    prepare.lay_out(seen, tmp_path / "out", lambda *_: contextlib.nullcontext(lambda: None))
    assert sorted(p for p in tmp_path.rglob("*") if tmp_path / "out" not in (p, *p.parents)) == before
    laid = pandas.read_csv(tmp_path / "out/labels.csv")["image"]
    assert [(tmp_path / "out/images" / name).is_file() for name in laid] == [True] * 3
    assert laid[1] == "__/__/elsewhere.png"


def dicom_of(path, stored, **elements):
    """A file of one row of 16-bit values; a sequence is given as a dict of its one item."""
    pydicom = pytest.importorskip("pydicom")

    def item(keys):
        made = pydicom.dataset.Dataset()
        for key, value in keys.items():
            if key == "LUTData":
                made.add_new("LUTData", "OW", np.array(value, np.uint16).tobytes())
            else:
                setattr(made, key, [item(value)] if isinstance(value, dict) else value)
        return made
    kind = "<i2" if elements.get("PixelRepresentation") else "<u2"
    plain = {"Rows": 1, "Columns": len(stored), "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16, "BitsStored": 16,
             "HighBit": 15, "PixelRepresentation": 0, "PixelData": np.array(stored, kind).tobytes()}
    data = item({**plain, **elements})
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    data.save_as(path, enforce_file_format=True)
    return np.asarray(look.opened(path)[0])[0, :, 0].tolist()


def test_dicom_is_shown_by_its_tables_as_in_the_page(tmp_path):
    path = tmp_path / "a.dcm"
    voi = {"LUTDescriptor": [3, 10, 8], "LUTData": [255, 51, 0]}
    assert dicom_of(path, [0, 10, 11, 99], VOILUTSequence=voi, WindowCenter=11, WindowWidth=2) == [255, 255, 51, 0]
    modality = {"LUTDescriptor": [3, 0, 16], "LUTData": [1000, 0, 500], "ModalityLUTType": "US"}
    assert dicom_of(path, [0, 1, 2, 3], ModalityLUTSequence=modality) == [255, 0, 128, 128]
    group = {"FrameVOILUTSequence": {"WindowCenter": 20.5, "WindowWidth": 21}, "PixelValueTransformationSequence": {"RescaleIntercept": -10, "RescaleSlope": 2}}
    for groups in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        assert dicom_of(path, [5, 10, 15, 30], **{groups: group}) == [0, 0, 128, 255]
    deep = {"FrameVOILUTSequence": {"VOILUTSequence": {"LUTDescriptor": [3, 10, 16], "LUTData": [65535, 0, 32768]}}}
    assert dicom_of(path, [10, 11, 12, 12], SharedFunctionalGroupsSequence=deep) == [255, 0, 128, 128]
    assert dicom_of(path, [0, 50, 100, 4050], PixelPaddingValue=4095, PixelPaddingRangeLimit=4000) == [0, 128, 255, 255]


def test_dicom_values_that_lie_high_in_their_words_are_those_of_the_page(tmp_path):
    """Twelve bits up to bit 15, what lies below them is not the picture's: once the lowest twelve were taken."""
    shown = dicom_of(tmp_path / "low.dcm", [0, 1024, 2048, 4095], BitsStored=12, HighBit=11)
    assert shown == [0, 64, 128, 255]
    assert dicom_of(tmp_path / "high.dcm", [0 + 9, 1024 * 16, 2048 * 16 + 15, 4095 * 16], BitsStored=12, HighBit=15) == shown
    signed = dicom_of(tmp_path / "signed.dcm", [-2048 * 16, -1024 * 16 + 3, 0, 2047 * 16], BitsStored=12, HighBit=15, PixelRepresentation=1)
    assert signed == shown
    with pytest.raises(ValueError, match="12 bits up to bit 7 of 16"):
        dicom_of(tmp_path / "wrong.dcm", [1, 2], BitsStored=12, HighBit=7)


def twelve_bit_jpeg(path, values=None, **elements):
    """-> the values, 0..4095, before they were coded."""
    imagecodecs, pydicom = pytest.importorskip("imagecodecs"), pytest.importorskip("pydicom")
    y, x = np.mgrid[:24, :40]
    if values is None:
        values = ((np.sin(x / 9) + np.cos(y / 7) + 2) / 4 * 4095).astype(np.uint16)
    data = pydicom.dataset.Dataset()
    for name, value in {"Rows": 24, "Columns": 40, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16, "BitsStored": 12,
                        "HighBit": 11, "PixelRepresentation": 0, "WindowCenter": 2048, "WindowWidth": 4096, **elements}.items():
        setattr(data, name, value)
    data.PixelData = pydicom.encaps.encapsulate([imagecodecs.jpeg_encode(values, level=97, bitspersample=12)])
    data["PixelData"].VR = "OB"
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.JPEGExtended12Bit
    data.file_meta.MediaStorageSOPClassUID = data.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    data.save_as(path, enforce_file_format=True)
    return values


def test_lossy_jpegs_of_twelve_bits_are_read(tmp_path):
    """They were refused, with the advice to install what refuses them too."""
    values = twelve_bit_jpeg(tmp_path / "a.dcm")
    shown = np.asarray(look.opened(tmp_path / "a.dcm")[0])[..., 0]
    assert np.abs(shown - values / 4095 * 255).max() <= 1.5 and np.ptp(shown) > 200
    twelve_bit_jpeg(tmp_path / "signed.dcm", np.full((24, 40), 4096 - 100, np.uint16), PixelRepresentation=1, WindowCenter=-100, WindowWidth=401)
    assert np.abs(np.asarray(look.opened(tmp_path / "signed.dcm")[0]).astype(int) - 128).max() <= 2
    twelve_bit_jpeg(tmp_path / "wrong.dcm", Rows=20)
    with pytest.raises(ValueError, match="its JPEG is of 24 x 40, the DICOM file says 20 x 40"):
        look.opened(tmp_path / "wrong.dcm")
    coded = (tmp_path / "a.dcm").read_bytes()
    at = coded.index(b"\xff\xc1")
    (tmp_path / "half.dcm").write_bytes(coded[:at] + b"\xff\xd9" + coded[at + 2:])
    with pytest.raises(ValueError, match="its JPEG cannot be read"):
        look.opened(tmp_path / "half.dcm")


def test_without_its_package_a_jpeg_of_twelve_bits_says_which(tmp_path, monkeypatch):
    twelve_bit_jpeg(tmp_path / "a.dcm")
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(ValueError, match=r"\(lossy JPEG of 12 bits\) is read where the package imagecodecs is installed: pip install -r models/foundry/req"):
        look.opened(tmp_path / "a.dcm")


def test_palettes_of_eight_bits_are_not_black_and_deep_colours_are_refused(tmp_path):
    levels = bytes(range(0, 256))
    names = ("RedPaletteColorLookupTable", "GreenPaletteColorLookupTable", "BluePaletteColorLookupTable")
    palette = {name + part: value for name in names for part, value in (("Descriptor", [256, 0, 8]), ("Data", levels))}
    assert dicom_of(tmp_path / "a.dcm", [7, 200], PhotometricInterpretation="PALETTE COLOR", **palette) == [7, 200]
    with pytest.raises(ValueError, match="16 bits a colour; 8 are read"):
        dicom_of(tmp_path / "b.dcm", [1, 2, 3] * 2, Columns=2, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0)


def test_files_as_disks_have_them(tmp_path):
    """Links that lead nowhere are left out with a reason, DICOM needs no ending, names must be UTF-8."""
    folder = tmp_path / "d"
    for i, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        scene(i).save(folder / name / "a.png")
    (folder / "dots/gone.png").symlink_to("nowhere.png")
    (folder / "dots/turns.png").symlink_to("turns.png")
    (folder / "lines/IM0001").write_bytes(bytes(128) + b"DICM")
    (folder / "lines/README").write_text("no picture")
    os.mkfifo(folder / "plain/pipe.png")
    (folder / "empty").mkdir()
    (folder / "plain/IMG_1.HEIC").write_bytes(b"x")
    found = table.read(source(), CLASSES, folder)
    assert list(found["image"]) == ["dots/a.png", "dots/gone.png", "dots/turns.png", "lines/IM0001", "lines/a.png", "plain/a.png"]
    assert [bool(look.seen(path)["broken"]) for path in found["path"]] == [False, True, True, True, False, False]
    assert found.attrs["unread"] == {".heic": 1}
    before = prepare.listing(folder)
    strange = os.fsencode(folder) + b"/dots/b\xe9.png"
    scene(9).save(os.fsdecode(strange))
    assert prepare.listing(folder) != before
    assert sentence(lambda: table.read(source(), CLASSES, folder)) == (
        f"{folder}: the names of dots/b\ufffd.png are no UTF-8; rename them (convmv -f latin1 -t utf8 --notest -r {folder})",)


def test_sides_are_drawn_by_group_and_class_and_stay_the_same():
    labels = ["dots"] * 60 + ["lines"] * 20
    groups = [f"d{i // 3}" for i in range(60)] + [f"l{i // 2}" for i in range(20)]
    side = split.draw(labels, groups, {"val": 0.15, "test": 0.2}, 1, "shapes")
    for label, count in (("dots", 60), ("lines", 20)):
        shares = {part: sum(side[g] == part for c, g in zip(labels, groups) if c == label) / count for part in split.SIDES}
        assert 0.2 <= shares["test"] <= 0.3 and 0.15 <= shares["val"] <= 0.25
    assert split.draw(labels[::-1], groups[::-1], {"val": 0.15, "test": 0.2}, 1, "shapes") == side
    assert split.draw(labels, groups, {"val": 0.15, "test": 0.2}, 2, "shapes") != side
    with pytest.raises(Problem, match="class 'lines' has 2 group"):
        split.draw(["lines"] * 4, ["a", "a", "b", "b"], {"val": 0.15, "test": 0.2}, 1, "shapes")


@pytest.mark.parametrize("share", [{"val_share": 0.5}, {"test_share": 0.5}])
def test_a_share_of_a_side_is_the_one_that_the_modules_take(tmp_path, share):
    from models.tools import dataset
    rows = [f"{i}.png,{CLASSES[i % 3]},{'train' if i % 4 or 'val_share' in share else 'val'}" for i in range(60)]
    rows += ["t.png,dots,test"] if "val_share" in share else []
    folder = folder_of(tmp_path / "d", rows, "image,label,side")
    keys = source(split={"column": "side", **share})
    found, taken = table.read(keys, CLASSES, folder), dataset.Source(keys, CLASSES, folder)
    for side in ("train", "val", "test"):
        assert list(found["image"][found["split"] == side]) == [taken.rows[i]["image"] for i in taken.indices(side)] != []


def test_near_twins_join_their_groups():
    assert split.joined(["a", "b", "c", "d"], [0, 0, 2, 2]) == ["a", "a", "c", "c"]
    assert split.joined(["a", "b", "b", "d"], [0, 0, 2, 2]) == ["a", "a", "a", "a"]


def rows_of(sides, groups=None):
    return pandas.DataFrame({"image": [f"{i}.png" for i in range(len(sides))], "label": ["dots", "lines"] * (len(sides) // 2), "row": range(2, len(sides) + 2),
                             "split": sides, "group": groups or [str(i) for i in range(len(sides))]})


@pytest.mark.parametrize("rows, words", [
    (rows_of(["train", "train", "val", "val"]), "side 'test' has no picture"),
    (rows_of(["train", "train", "val", "val", "test", "train"]), "side 'test' has no picture of class 'lines'; move some there"),
    (rows_of(["train", "train", "val", "val", "test", "test"], list("abacde")), "group 'a' lies on train (0.png, row 2) and on val (2.png, row 4); "
     "figures of such a split flatter"),
])
def test_a_split_that_says_nothing_is_refused(rows, words):
    assert words in sentence(lambda: split.require_sides(rows, ["dots", "lines"], "shapes", True))[0]


def test_a_missing_folder_is_named(tmp_path):
    assert "is no folder" in sentence(lambda: table.read(source(), CLASSES, tmp_path / "none"))[0]
    assert "has neither labels.csv nor a folder for each class" in sentence(lambda: table.read(source(), CLASSES, tmp_path))[0]


def test_names_under_images_are_what_the_core_reads():
    row = pandas.DataFrame([{"image": "a/b.dcm", "stays": False}, {"image": "a/b.jpg", "stays": True}])
    assert [prepare.name_of(r) for r in row.itertuples(index=False)] == ["a/b-dcm.png", "a/b.jpg"]
    assert pathlib.PurePosixPath("a/b-dcm.png").suffix == ".png"


def test_what_tells_classes_without_a_look_at_the_subject_is_one_sentence():
    """It stood in prepare's report alone: the report that is read before signing said that nothing stands out."""
    def found(**measures):
        return {"n": 40, "measures": {name: {"accuracy": {"value": v, "low": v, "high": v}, "balanced_accuracy": v, "highest": ["dots", v]}
                                      for name, v in {"the commonest class": 0.5, **measures}.items()}}
    told = prepare.shortcut(found(sharpness=0.6, colour=0.9))
    assert told.startswith("**From colour alone the classes can be told at 0.90 (chance 0.50).**") and told.endswith("from each device.")
    assert prepare.shortcut(found(sharpness=0.7)) is None
    assert prepare.seen_without(found(sharpness=0.6, colour=0.9))[-1] == told and "alone" not in prepare.seen_without(found(sharpness=0.7))[-1]
    assert several.shortcut(found(colour=0.8)).startswith("**From colour alone 'dots' can be told at 0.80 (chance 0.50).**")
    assert several.shortcut(found(colour=0.7)) is None
    assert prepare.told({"sources": [{"findings": {}}]}, found(colour=0.8)) == several.shortcut(found(colour=0.8))
