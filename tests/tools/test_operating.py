"""models.tools.operating: points of a ROC curve, probabilities before calibration, risk and coverage, parts of the people."""
import numpy as np
import pytest

from models.tools import metrics, operating


def test_points_leave_the_share_that_they_say():
    inside = np.r_[np.ones(100, bool), np.zeros(200, bool)]
    score = np.r_[np.linspace(0.305, 1.3, 100), np.linspace(0, 0.995, 200)]
    s90 = operating.at_specificity(inside, score, 0.9)
    limit = np.sort(score[~inside])[179]
    assert (score[~inside] <= limit).mean() == 0.9 and s90 == (score[inside] > limit).mean()
    assert operating.at_specificity(inside, score, 0.95) < s90
    specificity = operating.at_sensitivity(inside, score, 0.95)
    limit = np.sort(score[inside])[5]
    assert (score[inside] >= limit).mean() == 0.95 and specificity == (score[~inside] < limit).mean()


def test_the_probabilities_before_calibration_come_back():
    rng = np.random.default_rng(0)
    logits, prior, bias = rng.normal(0, 2, (50, 4)), np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.3, -0.1, 0, -0.2])
    after = metrics.probabilities(logits / 1.7 + bias, prior)
    before = operating.uncalibrated(after, prior, 1.7, bias)
    assert np.allclose(before, metrics.probabilities(logits, prior), atol=1e-9)
    assert operating.brier(np.eye(4)[[0, 1]], np.array([0, 1])) == 0 and operating.brier(np.eye(4)[[0, 1]], np.array([1, 0])) == 2


def test_risk_rises_as_the_less_sure_join():
    p = np.array([[0.99, 0.01]] * 10 + [[0.6, 0.4]] * 10)
    label = np.r_[np.zeros(10, int), np.ones(10, int)]
    risk = dict(zip(operating.COVERAGES, operating.risk_coverage(p, label)))
    assert risk[0.5] == 0 and risk[1] == 0.5


def test_bands_and_parts_that_are_too_small():
    assert [operating.band(v, [0, 40, 60]) for v in ("39.5", "40", "", "70")] == ["0 to 40", "40 to 60", "not told", "outside"]

    class Source:
        folder = None
        rows = [{"image": str(i), "sex": "female" if i < 50 else "male" if i < 95 else ""} for i in range(100)]
    found = operating.parts({"subgroups": {"sex": {"column": "sex"}}}, Source, Source.rows)
    assert {word: int(mask.sum()) for word, mask in found["sex"].items()} == {"female": 50, "male": 45}


def test_a_column_that_is_nowhere_is_named(tmp_path):
    class Source:
        folder = tmp_path
        rows = [{"image": "0"}]
    with pytest.raises(SystemExit, match="'sex'"):
        operating.parts({"subgroups": {"sex": {"column": "sex"}}}, Source, Source.rows)


def test_a_pack_is_measured_with_and_without_groups():
    label = np.random.default_rng(1).integers(0, 2, 120)
    p = metrics.probabilities(1.5 * np.eye(2)[label] + np.random.default_rng(2).normal(0, 1, (120, 2)))
    content = {"classes": [{"id": "a"}, {"id": "b"}], "groups": [{"id": "g", "classes": ["b"]}],
               "calibration": {"temperature": 1, "bias": [0, 0], "training_prior": [0.5, 0.5]}}
    entry = {"decision": {"prior": "training", "groups": {"g": 0.4}}}
    mask = np.arange(120) < 60
    found = operating.measure(content, entry, p, np.full(120, "answer"), label, np.arange(120), {"half": {"first": mask}})
    assert set(found["groups"]["g"]) == {*operating.POINTS, "told_apart"} and len(found["risk_coverage"]) == 20
    part = found["subgroups"]["half"]["first"]
    assert part["n"] == 60 and part["sensitivity_g"]["value"] == pytest.approx((p[mask & (label == 1), 1] >= 0.4).mean(), abs=1e-5)
    assert found["groups"]["g"]["told_apart"]["value"] == pytest.approx((p.argmax(1) == label).mean(), abs=1e-5)
    assert found["calibration"]["brier_before"]["value"] == pytest.approx(found["calibration"]["brier_after"]["value"])
    assert not operating.measure({**content, "groups": []}, entry, p, np.full(120, "answer"), label, np.arange(120), {})["groups"]
