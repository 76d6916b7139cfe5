"""Fits a variant's temperature, biases and thresholds of findings on its own validation outputs.

p = sigmoid(logit / T + b), one T for all and a b for each finding, by the least mean log loss. A training that weighed what
has a finding heavier than what has not moved the logits by a known amount, which b begins with; a ridge on how far b
goes from there keeps a finding of few pictures from being fitted to their noise, its weight chosen by cross-validation over
groups. A threshold is where sensitivity and specificity together are highest (Youden 1950).
"""
import numpy as np
from scipy.optimize import minimize

from models.tools import findings_metrics

RIDGES = (0.0001, 0.001, 0.01, 0.1, 100.0)  # the last leaves the biases as they begin
LEAST_PICTURES = 5  # with a finding, and without it, for a threshold of its own
UNFITTED = 0.5  # what the core takes where there is none


def log_loss(p, target):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -float((target * np.log(p) + (1 - target) * np.log(1 - p)).mean())


def begin(share, config):
    """[classes]: the biases that take the training's weights out again; share: of the training pictures with each finding."""
    return -config.get("weigh_power", 1) * np.log((1 - share) / share)


def apply(logits, temperature, bias):
    return findings_metrics.sigmoid(logits / temperature + np.asarray(bias))


def fit(logits, target, start, ridge):
    """(temperature, bias [classes])."""
    def objective(x):
        z = logits / np.exp(x[0]) + start + x[1:]
        p = findings_metrics.sigmoid(z)
        slope = (p - target) / target.size
        value = float((np.logaddexp(0, z) - target * z).mean()) + ridge * float(x[1:] @ x[1:])
        return value, np.concatenate([[-(slope * logits).sum() / np.exp(x[0])], slope.sum(0) + 2 * ridge * x[1:]])

    found = minimize(objective, np.zeros(1 + logits.shape[1]), jac=True, method="L-BFGS-B", bounds=[(-2, 2)] + [(-6, 6)] * logits.shape[1])
    return float(np.exp(found.x[0])), start + found.x[1:]


def choose_ridge(logits, target, group, start, folds=5):
    """(ridge, the probabilities of each picture under a fit that did not see its group): of the least log loss."""
    _, index = np.unique(group, return_inverse=True)
    fold = np.random.default_rng(0).permutation(index.max() + 1)[index] % folds
    tried = []
    for ridge in RIDGES:
        p = np.empty(logits.shape)
        for f in range(folds):
            rest = fold != f
            p[~rest] = apply(logits[~rest], *fit(logits[rest], target[rest], start, ridge))
        tried.append((ridge, p))
    return min(tried, key=lambda pair: log_loss(pair[1], target))


def thresholds(p, target):
    """[classes], and which of them could be fitted."""
    made, fitted = np.full(p.shape[1], UNFITTED), np.zeros(p.shape[1], bool)
    for c in range(p.shape[1]):
        has = target[:, c] > 0
        if min(has.sum(), (~has).sum()) < LEAST_PICTURES:
            continue
        limits = np.unique(p[:, c])
        with_it, without = np.sort(p[has, c]), np.sort(p[~has, c])
        found = 1 - np.searchsorted(with_it, limits) / len(with_it)
        spared = np.searchsorted(without, limits) / len(without)
        made[c], fitted[c] = limits[np.argmax(found + spared)], True
    return made, fitted
