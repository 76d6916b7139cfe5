"""models.tools.others: figures of another source, with intervals over its groups."""
import numpy as np
import pytest

from models.tools import others, report_others

IDS, GROUPS = ["round", "square", "star"], [{"id": "angular", "classes": ["square", "star"]}]


def scores(label, right):
    p = np.full((len(label), 3), 0.1)
    p[np.arange(len(label)), np.where(right, label, (label + 1) % 3)] = 0.8
    return p


def test_figures_are_of_the_classes_that_are_there():
    label = np.array([0, 0, 0, 1, 1, 1])
    p = scores(label, np.array([True, True, False, True, True, True]))
    decision = np.array(["answer", "answer", "answer", "answer", "unsure", "reject"])
    found = others.of(p, label, decision, GROUPS, IDS)
    assert found["balanced_accuracy"] == pytest.approx((2 / 3 + 1) / 2)
    assert (found["answered"], found["unsure"], found["refused"], found["wrong"]) == pytest.approx((4 / 6, 1 / 6, 1 / 6, 1 / 4))
    assert found["auc_angular"] == pytest.approx(5 / 6)  # one of three rounds is as angular as the squares
    assert "auc_star" not in found and found["recall_square"] == 1


def test_intervals_are_wider_where_few_groups_hold_the_pictures():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, 240)
    p, decision = scores(label, rng.random(240) < 0.7), np.full(240, "answer")
    each = others.with_bounds(p, label, decision, np.arange(240), GROUPS, IDS)["balanced_accuracy"]
    few = others.with_bounds(p, label, decision, np.arange(240) // 40, GROUPS, IDS)["balanced_accuracy"]
    assert each["low"] < each["value"] < each["high"] and each["value"] == few["value"]
    assert each["high"] - each["low"] < 0.16 and others.with_bounds(p, label, decision, np.arange(240), GROUPS, IDS)["wrong"]["value"] > 0.2


def test_the_card_shows_each_figure_with_its_interval(tmp_path):
    assert report_others.section(tmp_path, {"others": {}}) == ""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "others.json").write_text(
        '{"far": {"about": "From far.", "n": 6, "groups": 4, "variants": {"int8": {"auc_angular": {"value": 0.9, "low": 0.8, "high": 1}}}}}')
    text = report_others.section(tmp_path, {"others": {}, "about_others": "Others."})
    assert "**far**: From far. n = 6 in 4 groups" in text and "| AUC of angular | 0.900 (0.800–1.000) |" in text
