"""models.tools.typicality tells kinds apart that it was shown and far ones that it was not; JSON keeps what it computes."""
import json

import numpy as np
import pytest

pytest.importorskip("scipy")
from models.tools import typicality  # noqa: E402

D = 6


def cloud(n, centre, spread=1.0, seed=0):
    return np.random.default_rng(seed).normal(centre, spread, (n, D)).astype(np.float32)


@pytest.fixture(scope="module")
def settled():
    home, other = np.zeros(D), np.r_[6.0, np.zeros(D - 1)]
    kinds = [("scope", [(cloud(600, home), 1.0)]), ("phone", [(cloud(300, other, seed=1), 1.0)]), (None, [(cloud(300, -other, seed=2), 1.0)])]
    return typicality.settle(typicality.fit(["a", "b"], kinds, 5), [(cloud(800, home, seed=3), 0.03)], 0.01)


def test_home_is_answered_and_the_others_are_not(settled):
    assert typicality.refused(settled, cloud(2000, np.zeros(D), seed=4)).mean() < 0.05
    far = cloud(200, np.r_[np.zeros(D - 1), 20.0], seed=5)  # of a kind that the softmax never saw
    assert typicality.refused(settled, far).all()
    _, kind = settled.judge(cloud(300, np.r_[6.0, np.zeros(D - 1)], seed=6))
    assert (kind == 1).mean() > 0.95


def test_typicality_is_the_share_of_validation_that_is_less_typical(settled):
    score, _ = settled.judge(cloud(4000, np.zeros(D), seed=7))
    shares = settled.typicality(score)
    assert 0.45 < shares.mean() < 0.55
    assert abs((shares < 0.1).mean() - 0.1) < 0.03
    assert settled.typicality(np.array([-1e9, 1e9])).tolist() == [0.0, 1.0]


def test_few_validation_pictures_are_said_to_be_foreign_and_few_refused(settled):
    validation = cloud(800, np.zeros(D), seed=3)
    assert (settled.judge(validation)[1] == 1).mean() <= 0.011
    assert 0.02 < typicality.refused(settled, validation).mean() <= 0.03


def test_json_gives_the_same_statistics_back(settled):
    entry = json.loads(json.dumps(settled.to_json()))
    again = typicality.from_json(entry)
    x = cloud(50, np.ones(D), seed=8)
    assert np.array_equal(again.judge(x)[0], settled.judge(x)[0])
    assert again.limit == settled.limit and entry["kinds"] == ["scope", "phone", None]
    assert np.abs(again.rows).max(1).tolist() == [127] * 8  # each row uses the whole of int8


def test_knots_rise(settled):
    assert (np.diff(np.array(settled.knots), axis=0) > 0).all()


def test_parts_weigh_as_said_and_not_by_their_size():
    mean, _, _ = typicality.moments([(np.full((900, 1), 0.0), 1.0), (np.full((10, 1), 4.0), 3.0)])
    assert mean.tolist() == [3.0]


def test_too_few_different_pictures_are_refused():
    kinds = [("scope", [(cloud(60, np.zeros(D)), 1.0)]), (None, [(cloud(60, np.full(D, 5.0)), 1.0)])]
    with pytest.raises(ValueError, match="too few"):
        typicality.settle(typicality.fit(["a"], kinds, 3), [(np.zeros((40, D), np.float32), 0.03)], 0.01)


def test_two_learnt_kinds_are_both_at_home_whatever_their_size():
    home, other, far = np.zeros(D), np.r_[6.0, np.zeros(D - 1)], np.r_[0.0, -9.0, np.zeros(D - 2)]
    kinds = [("scope", [(cloud(600, home), 1.0)]), ("phone", [(cloud(100, other, seed=1), 1.0)]), (None, [(cloud(300, far, seed=2), 1.0)])]
    fitted = typicality.fit(["a"], kinds, 5, learnt_kinds=2)
    made = typicality.settle(fitted, [(cloud(800, home, seed=3), 0.03), (cloud(90, other, seed=4), 0.05)], 0.01)
    assert typicality.refused(made, cloud(1000, home, seed=5)).mean() < 0.06
    assert typicality.refused(made, cloud(1000, other, seed=6)).mean() < 0.09
    assert typicality.refused(made, cloud(300, far, seed=7)).mean() > 0.95
    assert (made.judge(cloud(300, other, seed=8))[1] == 1).mean() > 0.95
    assert typicality.from_json(json.loads(json.dumps(made.to_json()))).learnt_kinds == 2


def test_knots_rise_with_fewer_than_200_validation_pictures():
    kinds = [("scope", [(cloud(600, np.zeros(D)), 1.0)]), (None, [(cloud(300, np.full(D, 6.0), seed=2), 1.0)])]
    made = typicality.settle(typicality.fit(["a"], kinds, 5), [(cloud(150, np.zeros(D), seed=3), 0.03)], 0.01)
    assert (np.diff(np.array(made.knots), axis=0) > 0).all()
