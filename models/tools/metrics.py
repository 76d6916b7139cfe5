"""Figures of a classifier: accuracy, balanced accuracy, AUC, recall, precision, calibration error, bootstrap.

Owns: the maths of priors (scores carry a uniform prior; adding log prior moves them) and of every reported figure.
Refuses: to choose anything; it only measures. Scores are calibrated logits [n,classes] under a uniform prior.
"""
import numpy as np


def softmax(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def probabilities(scores, prior=None):
    """Uniform-prior scores → probabilities under `prior` (None: uniform)."""
    return softmax(scores if prior is None else scores + np.log(prior))


def auc(positive, score):
    """Area under the ROC curve: P(score of a positive > of a negative) + ½ P(equal)."""
    order = np.argsort(score, kind="mergesort")
    ranks = np.empty(len(score))
    _, inverse, counts = np.unique(score[order], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks[order] = ((ends - counts + 1 + ends) / 2)[inverse]
    n_pos = int(positive.sum())
    n_neg = len(score) - n_pos
    if n_pos == 0 or n_neg == 0:
        return float("nan")
    return float((ranks[positive].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg))


def confusion(label, guess, classes):
    """[truth, guess] counts."""
    return np.bincount(label * classes + guess, minlength=classes * classes).reshape(classes, classes)


def ece(p, label, bins=15):
    """Expected calibration error of the top class over equal-width bins of confidence (Guo et al. 2017)."""
    top = p.max(1)
    right = p.argmax(1) == label
    bin_of = np.minimum((top * bins).astype(int), bins - 1)
    return float(sum(abs(right[bin_of == b].sum() - top[bin_of == b].sum()) for b in range(bins)) / len(label))


def under_priors(scores, prior):
    """Uniform-prior scores → probabilities under the training prior and under the uniform one."""
    return probabilities(scores, prior), probabilities(scores)


def figures(scores, label, prior):
    """`figures_of` calibrated logits under a uniform prior."""
    return figures_of(*under_priors(scores, prior), label)


def figures_of(trained, uniform, label):
    """The reported figures: accuracy, AUC and ECE under the training prior, recalls under the uniform one.

    trained, uniform: probabilities [n,classes] of the same pictures under either prior. Each class's AUC ranks
    pictures by that class's probability under the training prior."""
    classes = trained.shape[1]
    counts = confusion(label, uniform.argmax(1), classes)
    present = counts.sum(1) > 0
    recall = np.where(present, np.diag(counts) / np.maximum(counts.sum(1), 1), np.nan)
    by_class = [auc(label == c, trained[:, c]) for c in range(classes)]
    return {"n": len(label), "accuracy": float((trained.argmax(1) == label).mean()),
            "balanced_accuracy": float(np.nanmean(recall)), "macro_auc": float(np.nanmean(by_class)),
            "ece": ece(trained, label), "recall": recall.tolist(), "auc": by_class}


def per_class(scores, label, prior):
    """Recall and precision of each class under both priors, and its AUC: lists [classes], null where undefined."""
    out = {}
    for name, p in (("training", probabilities(scores, prior)), ("uniform", probabilities(scores))):
        counts = confusion(label, p.argmax(1), scores.shape[1])
        with np.errstate(invalid="ignore", divide="ignore"):
            out[name] = {"recall": plain(np.diag(counts) / counts.sum(1)),
                         "precision": plain(np.diag(counts) / counts.sum(0)), "confusion": counts.tolist()}
    return out


def plain(values):
    """A list that JSON can hold: NaN becomes null."""
    return [None if np.isnan(v) else float(v) for v in values]


def told(value, bounds, digits=4):
    """{value, low, high}, the interval widened to the value where resampling left it out."""
    return {"value": round(value, digits), "low": round(min(value, bounds[0]), digits), "high": round(max(value, bounds[1]), digits)}


def span(f, digits=3):
    """'0.812 (0.790–0.833)' of {value, low, high}."""
    return f"{f['value']:.{digits}f} ({f['low']:.{digits}f}–{f['high']:.{digits}f})"


def line(f):
    return (f"acc {f['accuracy']:.4f} bal {f['balanced_accuracy']:.4f} auc {f['macro_auc']:.4f} ece {f['ece']:.4f} "
            f"recall " + " ".join(f"{r:.2f}" for r in f["recall"]))


def exact(share, n):
    """95 % interval of a share of 0 or 1 of n, another share as it is: Clopper and Pearson, Biometrika 26 (1934), which is closed there."""
    return (0.025 ** (1 / n), 1.0) if share == 1 else (0.0, 1 - 0.025 ** (1 / n)) if share == 0 else (share, share)


def bootstrap(trained, uniform, label, lesion, rounds=1000, seed=0):
    """95 % percentile intervals (Efron & Tibshirani 1993, chapter 13) of `figures_of`'s scalars.

    Lesions, not pictures, are drawn with replacement: pictures of one lesion are alike. ECE is biased upwards by finite
    samples (Kumar, Liang & Ma 2019), a resample's once more: its interval lies too high, by a bias that is left in.
    Where every answer is right, or none, no resample differs: then accuracy and recalls have the exact interval instead
    (`exact`), and balanced accuracy the mean of its classes'. An AUC of 1 keeps an interval without width."""
    rng = np.random.default_rng(seed)
    _, group = np.unique(lesion, return_inverse=True)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    samples = []
    for _ in range(rounds):
        chosen = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        f = figures_of(trained[chosen], uniform[chosen], label[chosen])
        samples.append([f["accuracy"], f["balanced_accuracy"], f["macro_auc"], f["ece"]] + f["recall"])
    low, high = np.nanpercentile(np.array(samples), [2.5, 97.5], axis=0)
    names = ["accuracy", "balanced_accuracy", "macro_auc", "ece"]
    classes = trained.shape[1]
    lesions = np.array([len(members)] + [len(np.unique(group[label == c])) for c in range(classes)])
    shares = [0, *range(len(names), len(names) + classes)]
    for i, n in zip(shares, lesions):
        if low[i] == high[i] and n > 0:
            low[i], high[i] = exact(low[i], n)
    if low[1] == high[1] and low[1] in (0, 1):
        low[1], high[1] = np.nanmean(low[4:]), np.nanmean(high[4:])
    out = {name: [float(low[i]), float(high[i])] for i, name in enumerate(names)}
    out["recall"] = [[float(a), float(b)] for a, b in zip(low[4:], high[4:])]
    return out
