"""Temperature, biases and thresholds of findings."""
import numpy as np
import pytest

pytest.importorskip("scipy")
from models.tools import findings_fit, findings_metrics  # noqa: E402


def drawn(n=4000, seed=0):
    """Logits that are twice too steep and shifted, of findings whose true log odds are known."""
    rng = np.random.default_rng(seed)
    odds = rng.normal([-1, -2], 1.5, (n, 2))
    target = (rng.random((n, 2)) < findings_metrics.sigmoid(odds)).astype(int)
    return 2 * (odds + [0.7, 1.4]), target, odds


def test_the_fit_takes_out_what_was_put_in():
    logits, target, odds = drawn()
    temperature, bias = findings_fit.fit(logits, target, np.zeros(2), 1e-6)
    assert temperature == pytest.approx(2, abs=0.15) and bias == pytest.approx([-0.7, -1.4], abs=0.12)
    p = findings_fit.apply(logits, temperature, bias)
    assert findings_fit.log_loss(p, target) < findings_fit.log_loss(findings_metrics.sigmoid(logits), target)


def test_biases_begin_with_the_weights_of_the_training_and_a_ridge_keeps_them():
    share = np.array([0.5, 0.01])
    start = findings_fit.begin(share, {"weigh_power": 1})
    assert start == pytest.approx([0, -np.log(99)]) and findings_fit.begin(share, {"weigh_power": 0}).tolist() == [0, 0]
    logits, target, _ = drawn(60)
    _, bias = findings_fit.fit(logits, target, start, 100.0)
    assert bias == pytest.approx(start, abs=0.01)


def test_the_ridge_is_chosen_on_groups_that_the_fit_did_not_see():
    logits, target, _ = drawn(200)
    ridge, held_out = findings_fit.choose_ridge(logits, target, np.arange(200) // 4, np.zeros(2))
    assert ridge in findings_fit.RIDGES and held_out.shape == (200, 2) and ((held_out > 0) & (held_out < 1)).all()


def test_a_threshold_is_where_both_rates_are_highest_and_few_pictures_give_none():
    p = np.array([[0.1, 0.1]] * 10 + [[0.3, 0.2]] * 2 + [[0.4, 0.4]] * 8)
    target = np.array([[0, 0]] * 10 + [[0, 0]] * 2 + [[1, 0]] * 8)
    target[-1, 1] = 1
    limits, fitted = findings_fit.thresholds(p, target)
    assert limits.tolist() == [0.4, findings_fit.UNFITTED] and fitted.tolist() == [True, False]
