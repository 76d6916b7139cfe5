"""models.tools.sets: sets cover what they promise on pictures that fitted nothing; limits hold what was asked."""
import numpy as np
import pytest

from models.tools import sets

ACTION = np.array([0, 0, 2])


def scores(n, seed=0):
    """Probabilities that are right as often as they say, and their labels."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([1.2, 0.5, 0.5], n)
    return p, (rng.random((n, 1)) > np.cumsum(p, 1)).sum(1)


def test_each_class_is_covered_on_pictures_that_fitted_nothing():
    p, label = scores(6000)
    limits = sets.fit_thresholds(p, label, 0.95, 0.9)
    p, label = scores(6000, seed=1)
    found = sets.figures(p, label, limits, 0.95, ACTION)
    assert min(found[f"coverage of class {c}"] for c in range(3)) > 0.87
    assert 1 <= found["size"] < 3


def test_a_class_that_no_threshold_covers_gets_the_floor():
    p = np.array([[0.9, 0.1]] * 20)
    label = np.array([0] * 10 + [1] * 10)
    limits = sets.fit_thresholds(p, label, 0.8, 0.9)  # all of them are settled as class 0
    assert limits.tolist() == [0.9, sets.FLOOR]


def test_the_top_class_is_always_in_the_set_and_alone_from_a_limit_on():
    inside = sets.members(np.array([[0.5, 0.3, 0.2], [0.8, 0.15, 0.05]]), np.array([0.9, 0.1, 0.04]), 0.8)
    assert inside.tolist() == [[True, True, True], [True, False, False]]


def test_from_the_limit_on_no_more_than_asked_are_wrong():
    p, label = scores(4000)
    alone = sets.fit_alone(p, label, 0.1)
    kept = p.max(1) >= alone
    assert 0.09 < (p.argmax(1) != label)[kept].mean() <= 0.1
    assert kept.mean() > 0.1


def test_a_model_that_is_never_right_has_no_limit():
    with pytest.raises(SystemExit, match="no share of the pictures is right 95%"):
        sets.fit_alone(np.full((50, 2), 0.5), np.ones(50, int), 0.05)


@pytest.mark.parametrize("share", [0.95, 0.9, 1.0])
def test_a_groups_limit_is_reached_by_the_share_asked(share):
    p, label = scores(3000)
    chosen = np.array([False, True, True])
    own = np.isin(label, [1, 2])
    limit = sets.fit_group(p, label, chosen, share)
    reached = (p[own][:, chosen].sum(1) >= limit).mean()
    assert share <= reached < share + 0.01


def test_pictures_of_one_lesion_are_never_cut(monkeypatch):
    p, label = scores(400)
    p[:, 0] += np.arange(400) * 1e-9  # each picture can be told by its first share
    p, lesion, sides = p / p.sum(1, keepdims=True), np.arange(400) // 2, []
    where = {value: lesion[i] for i, value in enumerate(p[:, 0])}
    seen = sets.fit_thresholds
    monkeypatch.setattr(sets, "fit_thresholds", lambda half, *rest: sides.append({where[v] for v in half[:, 0]}) or seen(half, *rest))
    measured = sets.figures
    monkeypatch.setattr(sets, "figures", lambda half, *rest: sides.append({where[v] for v in half[:, 0]}) or measured(half, *rest))
    found = sets.expect(p, label, lesion, ACTION, 0.9, 0.9, rounds=3)
    assert 0.8 < found["coverage"] <= 1
    assert len(sides) == 6
    assert all(not fitted & tested for fitted, tested in zip(sides[::2], sides[1::2]))
