"""Figures of findings: each one's AUC, sensitivity, specificity and calibration, and their means, with bootstrap intervals.

p: probabilities [n,classes], each finding's own; target: 0/1 of the same shape. A finding that every picture has, or none, has
no AUC (NaN), and is left out of the mean. Refuses to choose anything; it only measures.
"""
import numpy as np

from models.tools import metrics


def sigmoid(logits):
    return 1 / (1 + np.exp(-np.clip(logits, -700, 700)))


def aucs(p, target):
    """[classes]"""
    return np.array([metrics.auc(target[:, c] > 0, p[:, c]) for c in range(target.shape[1])])


def macro_auc(p, target):
    """Mean over the findings that have pictures with them and without; NaN where none has."""
    found = aucs(p, target)
    return float(found[~np.isnan(found)].mean()) if not np.isnan(found).all() else float("nan")


def brier(p, target):
    """[classes]: mean squared distance of the probability from what was."""
    return ((p - target) ** 2).mean(0)


def at_thresholds(p, target, thresholds):
    """(sensitivity, specificity, precision) [classes]; NaN where there is nothing to share."""
    named, has = p >= thresholds, target > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        return (named & has).sum(0) / has.sum(0), (~named & ~has).sum(0) / (~has).sum(0), (named & has).sum(0) / named.sum(0)


def figures(p, target):
    found = aucs(p, target)
    return {"n": len(target), "positives": (target > 0).sum(0).tolist(), "macro_auc": macro_auc(p, target), "auc": found.tolist()}


def line(f):
    return f"auc {f['macro_auc']:.4f} of each " + " ".join(f"{value:.2f}" for value in f["auc"])


def resamples(group, rounds=1000, seed=0):
    """Rows of pictures, whole groups drawn with replacement: pictures of one patient are alike."""
    rng = np.random.default_rng(seed)
    _, index = np.unique(group, return_inverse=True)
    members = np.split(np.argsort(index, kind="stable"), np.cumsum(np.bincount(index))[:-1])
    for _ in range(rounds):
        yield np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])


def bootstrap(p, target, group, rounds=1000, seed=0):
    """95 % percentile intervals (Efron & Tibshirani 1993, chapter 13): {"macro_auc": [low, high], "auc": [[low, high] a finding]}.

    A resample that has no picture with a finding, or none without it, leaves it out of its mean; a finding that no resample
    can tell has [NaN, NaN]."""
    drawn = np.array([aucs(p[rows], target[rows]) for rows in resamples(group, rounds, seed)])
    told = ~np.isnan(drawn).all(0)
    low, high = (np.full(drawn.shape[1], np.nan) for _ in range(2))
    low[told], high[told] = np.nanpercentile(drawn[:, told], [2.5, 97.5], axis=0)
    means = np.nanmean(drawn[:, told], axis=1) if told.any() else np.array([np.nan])
    return {"macro_auc": [float(v) for v in np.nanpercentile(means, [2.5, 97.5])], "auc": [[float(a), float(b)] for a, b in zip(low, high)]}
