"""models.tools.frequencies: what answers turned out to be, counted from what the command decided."""
import pytest

from models.tools import frequencies as tool
from models.tools import pack

CONTENT = {"classes": [{"id": "round"}, {"id": "square"}], "groups": [{"id": "angular", "classes": ["square"]}]}


def rows(count, decision="answer", first="round", label="round", start=0, limits_of="", prior="training"):
    p = {"round": "0.9", "square": "0.1"} if first == "round" else {"round": "0.1", "square": "0.9"}
    return [{"image": f"{start + i}.png", "label": label, **p, "decision": decision, "prior": prior, "limits_of": limits_of} for i in range(count)]


def groups_of(*lists):
    return {r["image"]: r["image"] for part in lists for r in part}


def test_answers_are_counted_by_the_class_that_they_name_and_by_group():
    right, wrong = rows(60), rows(20, label="square", start=100)
    found = tool.frequencies(right + wrong, groups_of(right, wrong), CONTENT, "side=test")
    assert found["n"] == 80 and found["prior"] == "training" and list(found["answers"]) == ["round"] and "unsure" not in found
    entry = found["answers"]["round"]
    assert (entry["n"], entry["right"]["k"], entry["groups"]["angular"]["k"]) == (80, 60, 20)
    low, high = tool.wilson(0.75, 80)
    assert (entry["right"]["low"], entry["right"]["high"]) == (round(low, 4), round(high, 4))
    assert low == pytest.approx(0.6452, abs=1e-4) and high == pytest.approx(0.8319, abs=1e-4)  # as published tables have it
    assert not pack.frequency_problems(found, ["round", "square"], ["angular"])


def test_what_is_rejected_or_decided_by_another_device_counts_for_nothing():
    own, rejected = rows(40, decision="unsure"), rows(40, decision="reject", start=100)
    other = rows(40, start=200, limits_of="phone", prior="uniform")
    found = tool.frequencies(own + rejected + other, groups_of(own, rejected, other), CONTENT, "side=test")
    assert found["answers"] == {} and found["unsure"]["n"] == 40 and found["n"] == 80


def test_few_lesions_are_left_out_however_many_pictures_they_have():
    many = rows(100)
    assert tool.frequencies(many, {r["image"]: i % 29 for i, r in enumerate(many)}, CONTENT, "s")["answers"] == {}
    found = tool.frequencies(many, {r["image"]: i % 30 for i, r in enumerate(many)}, CONTENT, "s")["answers"]["round"]
    assert found["right"]["low"] == round(tool.wilson(1, 30)[0], 4)  # as wide as 30 draws, not 100


def test_all_are_counted_together_where_no_class_has_enough_of_its_own_and_only_there():
    one, other = rows(20), rows(20, first="square", label="round", start=100)
    found = tool.frequencies(one + other, groups_of(one, other), CONTENT, "s")
    assert found["answers"] == {} and found["answered"]["n"] == 40 and found["answered"]["right"]["k"] == 20 and "groups" not in found["answered"]
    assert not pack.frequency_problems(found, ["round", "square"], ["angular"])
    more = rows(10, start=200)
    found = tool.frequencies(one + more + other, groups_of(one, more, other), CONTENT, "s")
    assert list(found["answers"]) == ["round"] and "answered" not in found


def test_an_interval_of_all_or_none_is_no_point():
    assert tool.wilson(1, 50)[1] == 1 and 0.9 < tool.wilson(1, 50)[0] < 0.95
    assert tool.wilson(0, 50)[0] == 0 and tool.wilson(0, 50)[1] > 0.05


@pytest.mark.parametrize("more", [[], rows(1, prior="uniform", start=500)])
def test_one_prior_is_wanted(more):
    own = rows(30) if more else []
    with pytest.raises(SystemExit, match="prior"):
        tool.frequencies(own + more, groups_of(own, more), CONTENT, "s")


def test_pictures_that_the_labels_do_not_have_are_refused():
    with pytest.raises(SystemExit, match="not in the table"):
        tool.frequencies(rows(30), {}, CONTENT, "s")


@pytest.mark.parametrize("change,problem", [
    ({"answers": {"star": {"n": 30, "right": {"k": 30, "low": 0.9, "high": 1}}}}, "none of the classes"),
    ({"answers": {"round": {"n": 300, "right": {"k": 300, "low": 0.9, "high": 1}}}}, "n is 300, of 80"),
    ({"answers": {"round": {"n": 30, "right": {"k": 31, "low": 0.9, "high": 1}}}}, "share must lie"),
    ({"answers": {"round": {"n": 30, "right": {"k": 3, "low": 0.9, "high": 1}}}}, "share must lie"),
    ({"answers": {"round": {"n": 30, "right": {"k": 30, "low": 0.9, "high": 1}, "groups": {"odd": {"k": 0, "low": 0, "high": 1}}}}}, "none of the groups"),
])
def test_a_pack_with_counts_that_cannot_be_is_refused(change, problem):
    found = pack.frequency_problems({"split": "s", "n": 80, "prior": "training", **change}, ["round"], ["angular"])
    assert found and problem in found[0]
