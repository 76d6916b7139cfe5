import numpy as np
import pytest

from models.tools import metrics


def drawn(n=400, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, n)
    return rng.normal(size=(n, classes)) + 1.5 * np.eye(classes)[label], label


def test_prior_moves_probabilities_as_bayes_does():
    scores = np.log([[0.2, 0.3, 0.5]])
    prior = np.array([0.7, 0.2, 0.1])
    wanted = np.array([0.2 * 0.7, 0.3 * 0.2, 0.5 * 0.1])
    assert metrics.probabilities(scores) == pytest.approx(np.array([[0.2, 0.3, 0.5]]))
    assert metrics.probabilities(scores, prior)[0] == pytest.approx(wanted / wanted.sum())


def test_softmax_survives_large_scores():
    assert metrics.softmax(np.array([[1000.0, 0.0]])) == pytest.approx(np.array([[1.0, 0.0]]))


def test_auc_counts_pairs_and_halves_ties():
    positive = np.array([True, True, False, False, False])
    score = np.array([0.9, 0.4, 0.4, 0.1, 0.6])
    pairs = [(0.9 > s) + 0.5 * (0.9 == s) for s in (0.4, 0.1, 0.6)] + [(0.4 > s) + 0.5 * (0.4 == s) for s in (0.4, 0.1, 0.6)]
    assert metrics.auc(positive, score) == pytest.approx(sum(pairs) / 6)
    assert np.isnan(metrics.auc(np.array([True, True]), np.array([0.1, 0.2])))


def test_ece_is_the_gap_between_confidence_and_hits():
    p = np.array([[0.8, 0.2]] * 10)
    label = np.array([0] * 6 + [1] * 4)  # says 0.8, is right 0.6 of the time
    assert metrics.ece(p, label) == pytest.approx(0.2)
    assert metrics.ece(np.array([[1.0, 0.0]]), np.array([0])) == 0


def test_figures_agree_with_counting():
    scores, label = drawn()
    prior = np.full(4, 0.25)
    figures = metrics.figures(scores, label, prior)
    guess = scores.argmax(1)
    assert figures["accuracy"] == pytest.approx((guess == label).mean())
    recalls = [(guess[label == c] == c).mean() for c in range(4)]
    assert figures["recall"] == pytest.approx(recalls)
    assert figures["balanced_accuracy"] == pytest.approx(np.mean(recalls))


def test_absent_class_leaves_the_means_alone():
    scores, label = drawn(classes=3)
    label[label == 2] = 0
    figures = metrics.figures(scores, label, np.full(3, 1 / 3))
    assert np.isnan(figures["recall"][2]) and np.isfinite(figures["balanced_accuracy"])
    assert metrics.per_class(scores, label, np.full(3, 1 / 3))["uniform"]["recall"][2] is None


def test_confusion_has_truth_in_rows():
    counts = metrics.confusion(np.array([0, 0, 1]), np.array([1, 0, 1]), 2)
    assert counts.tolist() == [[1, 1], [0, 1]]


def test_bootstrap_draws_lesions_not_pictures():
    scores, label = drawn(n=300)
    prior = np.full(4, 0.25)
    both = metrics.under_priors(scores, prior)
    alone = metrics.bootstrap(*both, label, np.arange(300), rounds=60)
    tens = metrics.bootstrap(*(np.repeat(p[:30], 10, 0) for p in both), np.repeat(label[:30], 10), np.repeat(np.arange(30), 10), rounds=60)
    width = {name: b["accuracy"][1] - b["accuracy"][0] for name, b in (("alone", alone), ("tens", tens))}
    assert width["tens"] > 2 * width["alone"]  # 30 lesions say less than 300, whatever the number of pictures
    value = metrics.figures(scores, label, prior)["accuracy"]
    assert alone["accuracy"][0] < value < alone["accuracy"][1]


def test_all_right_is_no_certainty():
    # 8 of one class from 4 lesions and 10 of another from 10, all right: no resample differs.
    label = np.repeat([0, 1], [8, 10])
    lesion = np.r_[np.repeat(np.arange(4), 2), np.arange(4, 14)]
    p = np.eye(2)[label]
    bounds = metrics.bootstrap(p, p, label, lesion, rounds=50)
    # Clopper and Pearson: (0.025)^(1/n) of n groups.
    assert bounds["recall"] == [[pytest.approx(0.3976, abs=1e-4), 1], [pytest.approx(0.6915, abs=1e-4), 1]]
    assert bounds["accuracy"] == [pytest.approx(0.7684, abs=1e-4), 1]
    assert bounds["balanced_accuracy"] == [pytest.approx((0.3976 + 0.6915) / 2, abs=1e-4), 1]
    wrong = metrics.bootstrap(1 - p, 1 - p, label, lesion, rounds=50)
    assert wrong["recall"][0] == [0, pytest.approx(1 - 0.3976, abs=1e-4)]


def test_what_resamples_tell_stays_theirs():
    scores, label = drawn()
    p = metrics.probabilities(scores)
    low, high = metrics.bootstrap(p, p, label, np.arange(len(label)), rounds=50)["accuracy"]
    assert 0 < low < (p.argmax(1) == label).mean() < high < 1
