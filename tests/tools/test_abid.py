"""models.tools.abid: losses against float32 of the same resamples, ratios of paired runs, and the table made of them."""
import csv
import re

import numpy as np
import pytest

from models.tools import abid, findings_metrics, variants


def scores(label, noise, seed):
    rng = np.random.default_rng(seed)
    z = 2.0 * np.eye(3)[label] + rng.normal(0, noise, (len(label), 3))
    return np.exp(z) / np.exp(z).sum(1, keepdims=True)


@pytest.fixture
def found():
    label = np.random.default_rng(0).integers(0, 3, 240)
    p = {"float32": scores(label, 1, 1), "float16": scores(label, 1, 1), "dynamic": scores(label, 1.1, 1), "int8": scores(label, 3, 2)}
    times = {name: [float(ms + 0.1 * i) for i in range(6)] for name, ms in zip(variants.PRECISIONS, (10, 10, 6, 4))}
    return {"pack": "x", "version": "1.0.0", "n": 240, "groups": 80, "group_name": "patients", "float32": "the pack's own",
            "bytes": {"float32": 400, "float16": 200, "dynamic": 110, "int8": 100}, "figures": abid.figures(p, label, np.arange(240) // 3, 100),
            "latency": {"rounds": 6, "runs": 5, "machine": "a machine", "least_ms": {"native": times}}}


def test_a_difference_is_of_the_same_resamples(found):
    same, worse = found["figures"]["float16"], found["figures"]["int8"]
    assert same["macro_auc_from_float32"] == {"value": 0, "low": 0, "high": 0} and same["largest_difference"] == 0
    assert worse["macro_auc_from_float32"]["high"] < 0 and worse["macro_auc"]["low"] < worse["macro_auc"]["value"] < worse["macro_auc"]["high"]


def test_every_table_draws_the_same_whole_groups(found):
    group = np.arange(240) // 3
    drawn = list(findings_metrics.resamples(group, 100))
    assert all(np.array_equal(np.bincount(group[rows], minlength=80) % 3, np.zeros(80)) for rows in drawn)
    label = np.random.default_rng(0).integers(0, 3, 240)
    p = scores(label, 1, 1)
    low, high = np.percentile([(p[rows].argmax(1) == label[rows]).mean() for rows in drawn], [2.5, 97.5])
    told = found["figures"]["float32"]["accuracy"]
    assert (told["low"], told["high"]) == (round(low, 5), round(high, 5))


def test_a_ratio_is_of_the_least_runs_with_a_spread_over_rounds():
    slow, fast = [10.0, 10.5, 30.0, 11.0], [5.0, 5.2, 6.0, 50.0]
    r = abid.ratio(fast, slow)
    assert r["value"] == 0.5 and r["low"] <= 0.5 <= r["high"] and r["low"] < r["high"]


def test_the_table_says_losses_in_points_and_sizes_as_shares(found, tmp_path):
    text = abid.markdown(found)
    assert "| int8 | 100 | 0.250 |" in text and "(×0.40, 0.40 to 0.4" in text and "-0.00" not in text
    abid.write(tmp_path, found)
    with open(tmp_path / "report" / "precisions.csv", newline="") as file:
        rows = {row["precision"]: row for row in csv.DictReader(file)}
    assert list(rows) == list(variants.PRECISIONS) and rows["int8"]["size_ratio"] == "0.25" and rows["int8"]["native_ratio"] == "0.4"
    assert float(rows["dynamic"]["macro_auc_from_float32"]) == pytest.approx(found["figures"]["dynamic"]["macro_auc_from_float32"]["value"])


def test_a_machine_that_was_not_quiet_is_said(found):
    assert "been quiet" not in abid.markdown(found)
    for load, told in (("2.0", False), ("6.0", True)):
        found["latency"]["machine"] = f"a machine, 2 processors, load {load} at its start"
        assert ("The machine had not been quiet: in the minute before, 6.0 processes" in abid.markdown(found)) is told
    assert re.search(r"\d+ processors, load \d+\.\d at its start$", abid.machine())  # the words that are read


def test_latency_that_was_not_measured_is_said(found):
    del found["latency"]
    assert "has not been measured" in abid.markdown(found)
