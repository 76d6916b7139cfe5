"""models.tools.sets: coverage, caution, limits that hold what they promise."""
import numpy as np
import pytest

from models.tools import sets

CLASSES = [{"id": "a", "action": "watch"}, {"id": "b", "action": "watch"}, {"id": "c", "action": "soon"}]
GROUPS = [{"id": "grave", "classes": ["c"]}]
SPEC = {"coverage": 0.9, "class_coverage": [0.9, 0.9, 0.9], "caution": 0.25, "error": 0.05, "confidence": 0.9, "sensitivity": 0.95}


def scores(n, seed=0):
    """Probabilities that are right as often as they say, their labels, and lesions of two pictures."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([1.2, 0.5, 0.5], n)
    return p, (rng.random((n, 1)) > np.cumsum(p, 1)).sum(1), np.arange(n) // 2


def test_each_class_is_covered_on_pictures_that_fitted_nothing():
    p, label, lesion = scores(3000)
    limits = sets.thresholds(p, label, lesion, SPEC["class_coverage"])
    p, label, _ = scores(6000, seed=1)
    found = sets.figures(p, label, limits, np.array(["x"] * 3), 0)
    assert min(found["class_coverage"]) > 0.87
    assert 1 <= found["size"] < 3


def test_a_class_of_few_pictures_gets_a_more_cautious_threshold():
    p, label, lesion = scores(4000)
    few = np.concatenate([np.flatnonzero(label == 2)[:30], np.flatnonzero(label != 2)])
    plain = np.quantile(p[few][label[few] == 2, 2], 0.1)
    cautious = sets.thresholds(p[few], label[few], lesion[few], [0.9] * 3, caution=0.1)[2]
    assert cautious < plain


def test_a_class_without_pictures_is_always_in_the_set():
    p, label, lesion = scores(500)
    seen = label != 2
    limits = sets.thresholds(p[seen], label[seen], lesion[seen], [0.9] * 3)
    assert limits[2] == 0 and sets.members(p, limits)[:, 2].all()


def test_the_top_class_is_always_in_the_set():
    inside = sets.members(np.array([[0.5, 0.3, 0.2]]), np.array([0.9, 0.9, 0.1]))
    assert inside.tolist() == [[True, False, True]]


def test_a_set_is_clear_when_its_classes_call_for_one_action():
    inside = np.array([[True, True, False], [True, False, True]])
    assert sets.is_clear(inside, np.array(["watch", "watch", "soon"])).tolist() == [True, False]


@pytest.mark.parametrize("share", [0.95, 0.9, 1.0])
def test_a_groups_limit_is_reached_by_the_share_asked(share):
    p = np.linspace(0, 1, 101)
    inside = np.arange(101) >= 1  # 100 pictures
    limit = sets.group_limit(p, inside, share)
    assert (p[inside] >= limit).mean() >= share
    assert (p[inside] > limit).mean() < share


def test_answers_are_wrong_no_more_often_than_asked():
    p, label, _ = scores(4000)
    limit = sets.answer_limit(p, label, np.ones(len(p), bool), 0.1, 0.9)
    kept = p.max(1) >= limit
    assert 0.03 < (p.argmax(1) != label)[kept].mean() < 0.1
    assert kept.mean() > 0.1


def test_without_any_sure_picture_none_is_answered():
    p = np.full((50, 3), 1 / 3)
    assert sets.answer_limit(p, np.full(50, 2), np.ones(50, bool), 0.05, 0.9) == 1.0


def test_fit_gives_what_a_pack_holds():
    p, label, lesion = scores(3000)
    made = sets.fit(p, label, lesion, CLASSES, GROUPS, SPEC)
    assert set(made) == {"prior", "set", "answer_p", "groups"}
    assert (p[label == 2, 2] >= made["groups"]["grave"]).mean() >= 0.95
    assert len(made["set"]["thresholds"]) == 3 and 0 <= made["answer_p"] <= 1
