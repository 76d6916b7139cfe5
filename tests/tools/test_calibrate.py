import numpy as np
import pytest

pytest.importorskip("scipy")
from models.tools import calibrate, metrics  # noqa: E402


def natural(n, prior, seed):
    """Pictures whose true posterior under `prior` is softmax(scores + log prior)."""
    rng = np.random.default_rng(seed)
    label = rng.choice(len(prior), n, p=prior)
    means = 2.0 * np.eye(len(prior))
    x = means[label] + rng.normal(size=(n, len(prior)))
    return x @ means.T - 0.5 * (means ** 2).sum(1), label  # log densities up to a constant


def test_finds_a_known_temperature_and_bias():
    prior = np.array([0.6, 0.3, 0.1])
    scores, label = natural(6000, prior, 1)
    bias = np.array([0.5, -0.2, -0.3])
    temperature, found = calibrate.fit((scores - bias) * 1.8, label, prior, ridge=0.0)
    assert temperature == pytest.approx(1.8, abs=0.15)
    assert found == pytest.approx(bias, abs=0.15)


def test_lowers_calibration_error_of_overconfident_logits():
    prior = np.array([0.6, 0.3, 0.1])
    scores, label = natural(3000, prior, 2)
    before = metrics.figures(scores * 3, label, prior)["ece"]
    held, held_label = natural(3000, prior, 3)
    after = metrics.figures(calibrate.apply(held * 3, *calibrate.fit(scores * 3, label, prior, 0.02)), held_label, prior)["ece"]
    assert after < 0.03 < before


def test_cross_validation_answers_each_picture_once():
    prior = np.array([0.6, 0.3, 0.1])
    scores, label = natural(300, prior, 4)
    out = calibrate.cross_validated(scores, label, np.arange(300) // 2, prior, ridge=0.02)
    assert out.shape == scores.shape and np.isfinite(out).all()


def test_the_ridge_chosen_is_the_best_held_out():
    prior = np.array([0.6, 0.3, 0.1])
    scores, label = natural(300, prior, 5)
    lesion = np.arange(300)
    ridge, held_out = calibrate.choose_ridge(scores * 2, label, lesion, prior)
    losses = {r: calibrate.loss(calibrate.cross_validated(scores * 2, label, lesion, prior, r), label, prior) for r in calibrate.RIDGES}
    assert losses[ridge] == min(losses.values()) == calibrate.loss(held_out, label, prior)
