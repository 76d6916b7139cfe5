"""models.tools.quality keeps limits that point the right way, and damage makes what it says."""
import numpy as np
import pytest
from PIL import Image

from models.tools import damage, quality

RULES = {"clean_share": 0.01, "ratio": 1.5, "ratio_plain": 1.2, "reject_ratio": 2.0, "least": 40}


def table_of(wrong_where_low, n=2000, seed=0):
    """Half of it clean with values 0.5..1; half damaged with 0..1, wrong more (or less) often below 0.4."""
    rng = np.random.default_rng(seed)
    kinds = ["clean"] * (n // 2) + ["blur 4"] * (n // 2)
    values = np.where(np.arange(n) < n // 2, rng.uniform(0.5, 1, n), rng.uniform(0, 1, n))
    wrong = rng.uniform(size=n) < np.where(values < 0.4, wrong_where_low, 0.2)
    labels = ["a" if i % 10 else "b" for i in range(n)]
    found = [("c" if bad else label, {"sharpness": float(v)}) for bad, label, v in zip(wrong, labels, values)]
    return quality.Table(labels, kinds, found)


def config_of(side="below"):
    return {"rules": RULES, "candidates": [{"measure": "sharpness", "side": side, "kinds": ["blur"], "reason": "too-blurred"}]}


@pytest.mark.parametrize("share, decision", [(0.9, "reject"), (0.36, "unsure")])
def test_a_limit_beyond_which_more_is_wrong_is_kept(share, decision):
    table = table_of(share)
    flags, rows = quality.fit(config_of(), table)
    assert {f["reason"] for f in flags} == {"too-blurred"}
    assert decision in [f["decision"] for f in flags]
    assert 0.3 < flags[0]["below"] < 0.6
    assert table.flagged(flags[0])[table.kinds == "clean"].mean() <= RULES["clean_share"]
    assert rows[0][1]["ratio"] >= RULES["ratio"] and rows[0][1]["ratio_near"] >= RULES["ratio"]


@pytest.mark.parametrize("share", [0.2, 0.05])
def test_a_measure_that_says_nothing_or_the_opposite_is_left_out(share):
    flags, rows = quality.fit(config_of(), table_of(share))
    assert flags == []
    assert [kept for *_, kept in rows] == [False]  # but what was seen is reported


def test_a_limit_that_marks_good_pictures_is_left_out():
    flags, _ = quality.fit(config_of("above"), table_of(0.9))
    assert flags == []


def test_all_classes_weigh_the_same():
    table = quality.Table(["a"] * 9 + ["b"], ["clean"] * 10, [("a", {"mean": 1.0})] * 10)
    everywhere = np.ones(10, bool)
    assert table.error(everywhere) == pytest.approx(0.5)
    assert table.error(everywhere, balanced=False) == pytest.approx(0.1)


def test_what_was_not_measured_is_not_flagged():
    table = quality.Table(["a", "a"], ["clean"] * 2, [("a", {}), ("a", {"sharpness": 0.1})])
    assert table.flagged({"measure": "sharpness", "below": 0.2}).tolist() == [False, True]


def test_a_report_names_each_limit():
    table = table_of(0.9)
    flags, rows = quality.fit(config_of(), table)
    text = quality.describe(table, rows, "Here")
    assert f"| sharpness | < {flags[0]['below']:g} | too-blurred |" in text
    assert "| blur 4 | 1000 |" in text


@pytest.mark.parametrize("kind, strength", [("blur", 3), ("noise", 20), ("dark", 0.3), ("bright", 2), ("contrast", 0.2),
                                            ("small", 4), ("glare", 0.3), ("text", 0.5), ("jpeg", 10)])
def test_damage_is_what_it_says_and_the_same_each_time(tmp_path, kind, strength):
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:90, :120]
    smooth = 120 + 60 * np.sin(x / 9) * np.cos(y / 7)
    before = np.clip(smooth[..., None] + rng.normal(0, 6, (90, 120, 3)), 0, 255).astype(np.uint8)
    paths = [tmp_path / "one.jpg", tmp_path / "two.jpg"]
    for path in paths:
        damage.write(Image.fromarray(before), kind, strength, path, 95, seed=5)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    after = np.asarray(Image.open(paths[0])).astype(float)
    before = before.astype(float)
    steps = np.abs(np.diff(before, axis=1)).mean(), np.abs(np.diff(after, axis=1)).mean()
    assert {"blur": steps[1] < steps[0] / 2, "noise": steps[1] > steps[0] * 1.5, "dark": after.mean() < before.mean() / 2,
            "bright": after.mean() > before.mean() * 1.4, "contrast": after.std() < before.std() / 3,
            "small": after.shape == (22, 30, 3), "glare": (after > 215).mean() > 0.2, "text": (after[:45] > 240).mean() > 0.4,
            "jpeg": paths[0].stat().st_size < 3000}[kind]
