"""models.tools.full_report: one page of what was measured, which holds its plots and asks for nothing."""
import json

import pytest

pytest.importorskip("scipy")
pytest.importorskip("ai_edge_litert")
from models.tools import full_report  # noqa: E402


def folder(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "texts").mkdir()
    f = {"value": 0.8, "low": 0.7, "high": 0.9}
    step = {name: f for name in ("balanced_accuracy", "refused")}
    (tmp_path / "report" / "robustness.json").write_text(json.dumps(
        {"variant": "int8", "n": 40, "units": {"blur": "pixels"}, "clean": step, "kinds": {"blur": [{"strength": 0.5, **step}] * 5}}))
    (tmp_path / "report" / "operating.json").write_text(json.dumps(
        {"variant": "int8", "n": 40, "groups": {"g": {"auc": f}}, "calibration": {f"{a}_{b}": f for a in ("brier", "ece") for b in ("before", "after")},
         "risk_coverage": [{"coverage": 0.5, **f}, {"coverage": 1, **f}], "subgroups": {"sex": {"<female>": {"n": 20, "refused": 0.1, "accuracy": f}}}}))
    return {"id": "x", "version": "1.0.0", "card": "card.md", "variants": [{"name": "int8"}]}


def test_only_what_was_measured_is_in_it(tmp_path):
    text = full_report.text_of(tmp_path, {}, folder(tmp_path))
    assert "## Pictures made worse" in text and "## By sex" in text and "| g | 0.800 (0.700–0.900) |" in text
    assert "four precisions" not in text and "one picture, one answer" not in text


def test_the_page_holds_its_plots_and_nothing_runs(tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("markdown_it")
    from models.tools import plots
    content = folder(tmp_path)
    for name in ("robustness", "operating"):
        path = tmp_path / "report" / plots.FILES[name]
        found = json.loads((tmp_path / "report" / f"{name}.json").read_text())
        plots.DRAWN[name](found, path)
        first = path.read_bytes()
        plots.DRAWN[name](found, path)
        assert path.read_bytes() == first  # the same figures, the same bytes
    page = full_report.page(full_report.text_of(tmp_path, {}, content), tmp_path / "report")
    assert page.count("<svg ") == 2 and "<img" not in page and "<script" not in page and "&lt;female&gt;" in page
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert "default-src 'none'" in page
    # No line ends at the dash of an interval, which browsers take for a place to end it.
    assert '<td>0.800 (<span class="interval">0.700–0.900</span>)</td>' in page and ".interval{white-space:nowrap}" in page
