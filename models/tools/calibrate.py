"""Fits temperature and per-class bias on a variant's own validation outputs.

The calibrated score z/T + b serves two priors at once, so the fit minimises the sum of two log losses: that of the
training-prior probabilities on the pictures as they come, and that of the uniform-prior probabilities with every class
weighing the same. A ridge on b keeps rare classes (18 validation pictures of df) from being fitted to their noise; its weight is
chosen by cross-validation over lesions on the same loss.
"""
import numpy as np
from scipy.optimize import minimize

from models.tools import metrics

RIDGES = (0.005, 0.02, 0.08, 0.3, 1.0, 100.0)  # the last leaves no bias


def log_loss(p, label, weight):
    return -float((weight * np.log(np.maximum(p[np.arange(len(label)), label], 1e-12))).sum() / weight.sum())


def loss(scores, label, prior):
    """What is minimised, without the ridge."""
    weight = 1 / np.maximum(np.bincount(label, minlength=scores.shape[1]), 1)[label]
    return (log_loss(metrics.probabilities(scores, prior), label, np.ones(len(label)))
            + log_loss(metrics.probabilities(scores), label, weight))


def fit(logits, label, prior, ridge):
    """(temperature, bias [classes])."""
    def objective(x):
        return loss(logits / np.exp(x[0]) + x[1:], label, prior) + ridge * float(x[1:] @ x[1:])

    classes = logits.shape[1]
    found = minimize(objective, np.zeros(1 + classes), method="L-BFGS-B", bounds=[(-1.5, 1.5)] + [(-2, 2)] * classes)
    return float(np.exp(found.x[0])), found.x[1:] - found.x[1:].mean()


def apply(logits, temperature, bias):
    """Calibrated scores under a uniform prior."""
    return logits / temperature + np.asarray(bias)


def cross_validated(logits, label, lesion, prior, ridge, folds=5):
    """Scores of each validation picture under a fit that did not see its lesion: what the fit is worth elsewhere."""
    _, group = np.unique(lesion, return_inverse=True)
    fold = np.random.default_rng(0).permutation(group.max() + 1)[group] % folds
    out = np.empty(logits.shape)
    for f in range(folds):
        rest = fold != f
        out[~rest] = apply(logits[~rest], *fit(logits[rest], label[rest], prior, ridge))
    return out


def choose_ridge(logits, label, lesion, prior):
    """(ridge, its held-out scores): the ridge whose cross-validated loss is least."""
    tried = [(ridge, cross_validated(logits, label, lesion, prior, ridge)) for ridge in RIDGES]
    return min(tried, key=lambda pair: loss(pair[1], label, prior))
