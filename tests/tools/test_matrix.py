"""models.tools.matrix: the page of what packs refuse is what their reports say."""
import pathlib

from models.tools import matrix

MODELS = pathlib.Path(__file__).parents[2] / "models"


def row(value, n=200):
    return {"n": n, "refused": {"value": value}}


def test_what_is_not_as_asked_is_bold_and_what_was_learnt_is_not_asked():
    found = {"a": {"own": row(0.06), "leaves": row(0.94), "slides (learnt: its validation side)": row(0.01)},
             "b": {"own": row(0.05), "leaves": row(0.95), "slides": row(1.0), "dermatoscope, another source": row(0.1)}}
    table = matrix.page(found).splitlines()[4:]
    assert table == ["| | a | b |", "|---|---|---|", "| its own test side | **6.0 % of 200** | 5.0 % of 200 |",
                     "| leaves | **94.0 % of 200** | 95.0 % of 200 |", "| slides | 1.0 % of 200 (learnt) | 100.0 % of 200 |",
                     "| dermatoscope, another source | – | 10.0 % of 200 |"]


def test_the_page_is_made_of_the_reports_here_and_every_pack_is_on_it():
    found = matrix.read(MODELS)
    assert (MODELS / "refused.md").read_text(encoding="utf-8") == matrix.page(found)
    assert sorted(found) == sorted(path.parent.name for path in MODELS.glob("*/pack.json"))
    others = {"everyday photographs", "apple leaves", "chest X-rays of children", "chest X-rays, mostly adults", "CT slices", "colon slides"}
    assert all(len(others - {matrix.plain(kind) for kind in rows}) <= 1 for rows in found.values())  # but for its own kind
