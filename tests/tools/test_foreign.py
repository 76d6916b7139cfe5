"""models.tools.foreign: intervals, ranks and the count of what was refused."""
import pytest

from models.tools import foreign


def test_wilsons_interval_of_a_known_example():
    low, high = foreign.wilson(8, 10)  # Brown, Cai & DasGupta 2001, "Interval estimation for a binomial proportion"
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert foreign.wilson(0, 50)[0] == pytest.approx(0, abs=1e-12) and foreign.wilson(50, 50)[1] == pytest.approx(1, abs=1e-12)


def test_the_area_counts_pairs_and_halves_ties():
    assert foreign.area([0, 0.1], [0.2, 0.3]) == 1
    assert foreign.area([0.5], [0.5]) == 0.5
    assert foreign.area([0.1, 0.4], [0.2, 0.4]) == pytest.approx((1 + 1 + 0 + 0.5) / 4)


def test_a_summary_counts_decisions_and_reasons():
    lines = [{"decision": "reject", "typicality": 0.0, "reasons": [{"id": "taken-with"}, {"id": "not-this-kind"}], "taken_with": "phone"},
             {"decision": "unsure", "typicality": 0.6, "reasons": [{"id": "not-sure"}]}]
    made = foreign.summary(lines, [0.5, 0.7])
    assert made["refused"]["value"] == 0.5 and made["n"] == 2
    assert made["reasons"] == {"not-this-kind": 1, "taken-with": 1}
    assert made["taken_with"] == {"phone": 1, "neither": 1}
    assert made["auroc"] == pytest.approx(3 / 4)


def test_a_new_kind_joins_those_of_before_where_its_own_is_as_it_was():
    before = {"own": {"n": 2}, "leaves": {"n": 3}, "noise": {"n": 5}}
    made = foreign.together({"own": {"n": 2}, "slides": {"n": 4}}, before, ["own", "leaves", "slides", "noise"])
    assert list(made.items()) == [("own", {"n": 2}), ("leaves", {"n": 3}), ("slides", {"n": 4}), ("noise", {"n": 5})]
    for old in ({**before, "own": {"n": 1}}, None):
        with pytest.raises(SystemExit, match="measure all kinds, without --only"):
            foreign.together({"own": {"n": 2}}, old, ["own"])
