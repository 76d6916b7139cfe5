"""Fits temperature and per-class bias on a variant's own validation outputs.

The calibrated score z/T + b serves two priors at once, so the fit minimises the sum of two log losses: that of the
training-prior probabilities on the pictures as they come, and that of the uniform-prior probabilities with every class
weighing the same. A ridge on b keeps rare classes (18 validation pictures of df) from being fitted to their noise.
"""
import numpy as np
from scipy.optimize import minimize

from models.tools import metrics

RIDGE = 0.05  # chosen by cross-validation on the validation side (`cross_validated`)


def log_loss(p, label, weight):
    return -float((weight * np.log(np.maximum(p[np.arange(len(label)), label], 1e-12))).sum() / weight.sum())


def fit(logits, label, prior, ridge=RIDGE, with_bias=True):
    """(temperature, bias [classes])."""
    classes = logits.shape[1]
    natural = np.ones(len(label))
    counts = np.bincount(label, minlength=classes)
    balanced = 1 / np.maximum(counts, 1)[label]

    def objective(x):
        bias = x[1:] if with_bias else np.zeros(classes)
        scores = logits / np.exp(x[0]) + bias
        return (log_loss(metrics.probabilities(scores, prior), label, natural)
                + log_loss(metrics.probabilities(scores), label, balanced) + ridge * float(bias @ bias))

    start = np.zeros(1 + (classes if with_bias else 0))
    found = minimize(objective, start, method="L-BFGS-B", bounds=[(-1.5, 1.5)] + [(-2, 2)] * (len(start) - 1))
    bias = found.x[1:] if with_bias else np.zeros(classes)
    return float(np.exp(found.x[0])), bias - bias.mean()


def apply(logits, temperature, bias):
    """Calibrated scores under a uniform prior."""
    return logits / temperature + np.asarray(bias)


def cross_validated(logits, label, lesion, prior, folds=5, **options):
    """Scores of each validation picture under a fit that did not see its lesion: what the fit is worth elsewhere."""
    _, group = np.unique(lesion, return_inverse=True)
    fold = np.random.default_rng(0).permutation(group.max() + 1)[group] % folds
    out = np.empty_like(logits, dtype=float)
    for f in range(folds):
        rest = fold != f
        out[~rest] = apply(logits[~rest], *fit(logits[rest], label[rest], prior, **options))
    return out
