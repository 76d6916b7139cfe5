"""How alike a picture is to what a network learnt from, and what it was taken with: fits a variant's decision.typicality.

Owns the statistics of src/classify/typicality.h: the means over places of a few interior tensors' channels, whitened by
what the pictures learnt from spread over (Lee et al. 2018, one class), and a softmax over kinds that has seen others
(Hendrycks et al. 2019). Refuses to know where pictures come from; that is fit_typicality.py and its config.
"""
import base64
import copy

import numpy as np
from scipy.optimize import minimize

NEVER_SEEN = 50.0  # so far below the least typical validation picture typicality reaches 0; any large number ranks alike


class Statistics:
    """What pack.json holds: rows [k,d] int8 with a scale and a bias each, of the features less `mean` times `gain`."""

    def __init__(self, tensors, mean, gain, rows, row_scales, row_biases, distance_rows, kinds, kind_weight, learnt_kinds=1):
        self.tensors, self.learnt_kinds, self.kinds, self.kind_weight, self.distance_rows = tensors, learnt_kinds, kinds, kind_weight, distance_rows
        self.mean, self.gain, self.row_scales, self.row_biases = (np.float32(v) for v in (mean, gain, row_scales, row_biases))
        self.rows = rows
        self.knots, self.limit = [], 0.0

    def values(self, features):
        """[n,d] → (distance [n], logits of the kinds [n,kinds]), as the core computes them."""
        z = (features - self.mean) * self.gain
        out = (z.astype(float) @ self.rows.T.astype(float)) * self.row_scales + self.row_biases
        return np.sqrt((out[:, :self.distance_rows] ** 2).sum(1)), out[:, self.distance_rows:]

    def judge(self, features):
        """(score [n], index of the likeliest kind [n]). The first `learnt_kinds` are what the network learnt from."""
        distance, logits = self.values(features)
        learnt = np.logaddexp.reduce(logits[:, :self.learnt_kinds], 1)
        return -distance + self.kind_weight * (learnt - np.logaddexp.reduce(logits, 1)), logits.argmax(1)

    def foreign(self):
        """[kinds] which have a name but were not learnt."""
        return np.array([i >= self.learnt_kinds and word is not None for i, word in enumerate(self.kinds)])

    def typicality(self, score):
        return np.interp(score, *np.array(self.knots).T)

    def to_json(self):
        def text(values, kind):
            return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()

        return {"tensors": self.tensors, "features": len(self.mean), "distance_rows": self.distance_rows,
                "kinds": self.kinds, "learnt_kinds": self.learnt_kinds, "kind_weight": self.kind_weight, "mean": text(self.mean, "<f4"),
                "gain": text(self.gain, "<f4"), "rows": text(self.rows, "i1"), "row_scales": text(self.row_scales, "<f4"),
                "row_biases": text(self.row_biases, "<f4"), "knots": self.knots, "limit": self.limit}


def from_json(entry):
    def array(name, kind):
        return np.frombuffer(base64.b64decode(entry[name]), dtype=kind)

    made = Statistics(entry["tensors"], array("mean", "<f4"), array("gain", "<f4"), array("rows", "i1").reshape(-1, entry["features"]),
                      array("row_scales", "<f4"), array("row_biases", "<f4"), entry["distance_rows"], entry["kinds"], entry["kind_weight"],
                      entry["learnt_kinds"])
    made.knots, made.limit = entry["knots"], entry["limit"]
    return made


def moments(parts):
    """Mean [d], deviation [d] and correlation [d,d] of [(features, weight)], each part weighing the same whatever its size."""
    total = sum(weight for _, weight in parts)
    mean = sum(weight * x.mean(0) for x, weight in parts) / total
    deviation = np.sqrt(sum(weight * ((x - mean) ** 2).mean(0) for x, weight in parts) / total) + 1e-3
    spread = sum(weight / len(x) * (((x - mean) / deviation).T @ ((x - mean) / deviation)) for x, weight in parts) / total
    return mean, deviation, spread


def softmax_regression(x, label, weight, ridge, classes):
    """Weights [d,classes] and biases [classes] of the least weighted log loss + ridge / 2 |weights|²."""
    d, target = x.shape[1], np.eye(classes)[label]

    def loss(flat):
        a = flat.reshape(d + 1, classes)
        logits = x @ a[:d] + a[d]
        log_p = logits - np.logaddexp.reduce(logits, 1)[:, None]
        pull = (np.exp(log_p) - target) * weight[:, None]
        value = -(weight * log_p[np.arange(len(label)), label]).sum() + ridge / 2 * (a[:d] ** 2).sum()
        return value, np.concatenate([x.T @ pull + ridge * a[:d], pull.sum(0)[None]]).ravel()

    found = minimize(loss, np.zeros((d + 1) * classes), jac=True, method="L-BFGS-B", options={"maxiter": 120})
    a = found.x.reshape(d + 1, classes)
    return a[:d], a[d]


def drawn(kinds, learnt_kinds, most, seed):
    """Features, index of the kind and weight of at most `most` pictures a part; the first two kinds get three times as many.
    A learnt kind weighs as much as two of the others."""
    rng = np.random.default_rng(seed)
    chosen = []
    for index, (_, parts) in enumerate(kinds):
        total = sum(weight for _, weight in parts)
        for x, weight in parts:
            x = x[rng.permutation(len(x))[:most * (3 if index < 2 else 1)]]
            chosen.append((x, np.full(len(x), index), np.full(len(x), weight / total / len(x) * (1 if index < learnt_kinds else 0.5))))
    return (np.concatenate(column) for column in zip(*chosen))


def fit(tensors, kinds, distance_rows, kind_weight=2.0, learnt_kinds=1, ridge=3e-5, floor=1e-4, most=700, seed=0):
    """Statistics of kinds [(word or None, [(features [n,d], weight)])], the first of which are what the network learnt from.

    floor: share of the largest variance that is added to each, so that a direction in which nothing varies decides nothing."""
    mean, deviation, spread = moments([part for _, parts in kinds[:learnt_kinds] for part in parts])
    variance, axes = np.linalg.eigh(spread)
    variance, axes = variance[::-1], axes[:, ::-1]
    distance = (axes[:, :distance_rows] / np.sqrt(variance[:distance_rows] + floor * variance[0])).T
    whiten = axes / np.sqrt(variance + 3 * floor * variance[0])
    x, label, weight = drawn(kinds, learnt_kinds, most, seed)
    a, bias = softmax_regression((x - mean) / deviation @ whiten, label, weight, ridge, len(kinds))
    a = whiten @ (a - a.mean(1, keepdims=True))
    real = np.concatenate([distance, a.T])
    scales = np.abs(real).max(1) / 127
    return Statistics(list(tensors), mean, 1 / deviation, np.round(real / scales[:, None]).astype(np.int8), scales,
                      np.concatenate([np.zeros(distance_rows), bias - bias.mean()]), distance_rows,
                      [word for word, _ in kinds], kind_weight, learnt_kinds)


def settle(statistics, validation, foreign_share):
    """A copy with knots, limit and the bias of the foreign named kinds, from validation pictures that fitted nothing else.

    validation: [(features [n,d], share of them that may be refused in all)], one entry a learnt kind, each of which weighs
    alike in the table. foreign_share of them are said to be taken with something that was not learnt."""
    most = max(len(features) for features, _ in validation)
    features = np.concatenate([np.repeat(features, round(most / len(features)), 0) for features, _ in validation])
    made = copy.copy(statistics)
    made.row_biases = made.row_biases.copy()
    foreign = np.flatnonzero(made.foreign())
    rest = np.array([i for i in range(len(made.kinds)) if i not in foreign], dtype=int)
    if len(foreign):
        _, logits = made.values(features)
        lead = logits[:, foreign].max(1) - logits[:, rest].max(1)
        made.row_biases[made.distance_rows + foreign] -= np.quantile(lead, 1 - foreign_share)
    score = made.judge(features)[0]
    lowest = score.min()
    shares = np.concatenate([[0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075], np.linspace(0.1, 0.9, 17), [0.95, 0.99]])
    points = [(lowest - NEVER_SEEN, 0.0), (lowest, 0.5 / len(score)), *zip(np.quantile(score, shares), shares), (score.max(), 1.0)]
    made.knots = []
    for at, share in points:  # a picture that stands for many makes one knot, not several
        knot = [round(float(at), 4), round(float(share), 6)]
        if not made.knots or all(new > old for new, old in zip(knot, made.knots[-1])):  # of few, a share is less than that of the lowest
            made.knots.append(knot)
    if len(made.knots) < len(points) / 2:
        raise ValueError("too few different validation scores for a table of typicality")
    made.limit = min(highest_limit(made, some, share) for some, share in validation)
    return made


def highest_limit(statistics, features, refused_share):
    """The highest limit of typicality at which no more than that share of these pictures is refused."""
    score, kind = statistics.judge(features)
    is_foreign, typical = statistics.foreign()[kind], statistics.typicality(score)
    found = 0.0
    for limit in np.sort(typical):
        if ((typical < limit) | is_foreign).mean() > refused_share:
            break
        found = round(float(limit), 5)
    return found


def refused(statistics, features):
    """[n] which the core rejects: less typical than the limit, or taken with what has a name but was not learnt."""
    score, kind = statistics.judge(features)
    return (statistics.typicality(score) < statistics.limit) | statistics.foreign()[kind]
