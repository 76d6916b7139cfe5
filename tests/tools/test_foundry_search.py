"""The search: what is beyond the budget is not trained, the front is the front, the choice is explained, kills cost one trial."""
import csv
import json

import numpy as np
import pytest

pytest.importorskip("pandas")
pytest.importorskip("imagehash")
from models.foundry import config as configs, search  # noqa: E402
from models.tools import findings_metrics  # noqa: E402


def one(network, figure, ms, size_bytes, size=96, width=1.0, error=0.01):
    return {"network": network, "size": size, "width": width, "figure": figure, "error": error if figure is not None else None, "milliseconds": ms,
            "bytes": size_bytes, "state": "tried" if figure is not None else "beyond the budget"}


TOLD = [one("efficientnet_lite0", 0.90, 5.0, 4_000_000),
        one("efficientnet_lite0", 0.88, 3.0, 1_500_000, width=0.5), one("efficientnet_lite1", 0.91, 9.0, 5_000_000),
        one("efficientnet_lite1", 0.89, 10.0, 5_500_000, 128), one("efficientnet_lite2", None, 30.0, 7_000_000)]


@pytest.fixture
def config(tmp_path):
    (tmp_path / "a.toml").write_text('classes = ["a", "b"]\nmixup = 0\n[[sources]]\nname = "a"\n[search]\n'
                                     'networks = ["efficientnet_lite0", "efficientnet_lite1", "dai2019"]\n'
                                     'sizes = [96, 128]\nwidths = [0.5, 1.0]\nmilliseconds = 20\nbytes = 6000000\ntrials = 6\nminutes = 1\n')
    return configs.load(tmp_path / "a.toml")


def test_the_front_is_what_nothing_beats():
    assert [(o["network"], o["width"]) for o in search.front(TOLD)] == [("efficientnet_lite0", 0.5), ("efficientnet_lite0", 1.0), ("efficientnet_lite1", 1.0)]


def test_the_plots_line_only_rises():
    """A network that is on the front for its bytes alone made the line fall."""
    slow_and_small = one("efficientnet_lite1", 0.7, 6.0, 1_000_000, width=0.5)
    ranked = search.front([*TOLD, slow_and_small])
    assert slow_and_small in ranked and search.rising(ranked) == [TOLD[1], TOLD[0], TOLD[2]]
    assert [search.ms(value) for value in (0.6361, 9.999, 30)] == ["0.64", "10.00", "30.0"]


def test_the_choice_is_the_fastest_that_is_no_worse_than_chance_allows(config, tmp_path):
    wide = [{**o, "error": o["error"] and 0.04} for o in TOLD]
    assert search.choice(wide, 50)[0] == wide[1]  # with such an error .88 may be .91
    narrow = [{**o, "error": o["error"] and 0.005} for o in TOLD]
    assert search.choice(narrow, 5000)[0] == narrow[2]
    perfect = [{**o, "figure": o["figure"] and 1.0 - (o["width"] == 0.5) * 0.01, "error": 0.0} for o in TOLD]
    assert search.choice(perfect, 40)[0] == perfect[1] and search.choice(perfect, 400)[0] == perfect[0]
    few, many = ("\n".join(search.lines_of(config, some, n)) for some, n in ((wide, 50), (narrow, 5000)))
    assert "**efficientnet_lite0-96-0.5.** The best figure is 0.910" in few and "network_options = {width = 0.5}" in few
    assert "**efficientnet_lite1-96-1.** It has the best figure, 0.910" in many
    assert "| efficientnet_lite2 | 96 | 1 | – | 30.0 | 7,000,000 | beyond the budget |" in many
    assert "with a standard error of 0.040" in few and "within its standard error (0.005)" in many
    assert "Nothing was within the budget" in "\n".join(search.lines_of(config, TOLD[-1:], 50))


def test_the_front_is_written_as_csv_and_svg(config, tmp_path):
    pytest.importorskip("matplotlib")
    search.write(config, TOLD, tmp_path, 50)
    with open(tmp_path / "pareto.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["front"] for row in rows] == ["True", "True", "True", "False", "False"]
    assert "<svg" in (tmp_path / "pareto.svg").read_text()


def test_the_figure_has_the_error_of_its_groups(config, monkeypatch):
    """Of one label a picture and of findings: pictures of one group are one draw, not many."""
    pytest.importorskip("scipy")
    rng = np.random.default_rng(0)
    label = np.arange(200) % 2
    scores = np.eye(2)[label] * 2 + rng.normal(0, 1, (200, 2))

    class Source:
        target, group = np.eye(2, dtype=int)[label], np.arange(200)

        def indices(self, side):
            return np.arange(200)

        def prior(self, rows):
            return np.array([0.5, 0.5])
    Source.label = label
    monkeypatch.setattr(search.limits, "opened", lambda config, prepared: [Source()])
    for module in (search.limits, search.several):
        monkeypatch.setattr(module, "scores", lambda *_: scores)
    value, error = search.figure_of({**config, "keep": ["accuracy"]}, "path", "prepared")
    assert value == ((scores.argmax(1) == label).mean()) and error == pytest.approx((value * (1 - value) / 200) ** 0.5, rel=0.2)
    found = {**config, "keep": ["macro_auc"], "sources": [{**config["sources"][0], "findings": {}}]}
    assert search.figure_of(found, "path", "prepared")[0] == pytest.approx(findings_metrics.macro_auc(scores, Source.target))
    Source.group = np.argsort(np.argsort(scores.argmax(1) == label, kind="stable")) // 20  # what is wrong lies in few groups
    assert search.figure_of({**config, "keep": ["accuracy"]}, "path", "prepared")[1] > 2 * error


def test_every_variant_of_the_config_is_one_that_trains(config):
    made = search.variant_of(config, "efficientnet_lite1", 128, 0.5)
    assert made["network_options"]["width"] == 0.5 and made["stages"][-1]["size"] == made["validate_size"] == [128, 128] and made["pack"]["width"] == 128
    made = search.variant_of(config, "dai2019", 90, 1.0)
    assert made["validate_size"] == [90, 120] and "network_options" not in made and (made["pack"]["height"], made["pack"]["width"]) == (90, 120)


def search_with(config, tmp_path, monkeypatch, dies_at=None):
    """The search over made answers; -> the names that were tried, in order."""
    pytest.importorskip("optuna")
    tried = []

    def trial(config, network, size, width, prepared, folder, insitu):
        tried.append(search.name_of(network, size, width))
        if len(tried) == dies_at:
            raise KeyboardInterrupt
        figure = {"efficientnet_lite0": 0.8, "efficientnet_lite1": 0.85, "dai2019": 0.6}[network] + size / 2000 + width / 20
        return one(network, figure if size < 128 else None, size * width / (20 if size < 128 else 1), int(width * 4e6), size, width)

    class Source:
        def indices(self, side):
            return range(100)
    import contextlib
    monkeypatch.setattr(search, "trial", trial)
    monkeypatch.setattr(search, "key_of", lambda config, prepared: "0123456789abcdef")
    monkeypatch.setattr(search.limits, "opened", lambda config, prepared: [Source()])
    progress = contextlib.contextmanager(lambda what, total, begun: (yield lambda by, told: None))
    try:
        search.make(config, tmp_path, tmp_path, progress, "insitu", lambda line: None)
    except KeyboardInterrupt:
        pass
    return tried


def test_a_kill_costs_one_trial_and_nothing_is_tried_twice(config, tmp_path, monkeypatch):
    first = search_with(config, tmp_path, monkeypatch, dies_at=3)
    assert len(first) == len(set(first)) == 3 and not (tmp_path / "search" / "search.md").exists()
    rest = search_with(config, tmp_path, monkeypatch)
    assert len(rest) == 4 and len({*first[:2], *rest}) == 6
    assert search_with(config, tmp_path, monkeypatch) == []
    assert "6 networks of 9" in (tmp_path / "search" / "search.md").read_text()
    assert len(list((tmp_path / "search" / "0123456789ab").glob("*.json"))) == 6


def test_a_narrower_budget_chooses_nothing_that_it_does_not_allow(config, tmp_path):
    """A network that was tried under a wider budget once stayed on the front, and could be chosen."""
    (tmp_path / "a.json").write_text(json.dumps(TOLD[2]))
    config["search"].update(milliseconds=TOLD[2]["milliseconds"] - 0.1)
    known, = search.known_trials(config, tmp_path)
    assert known["figure"] is None and known["state"] == "beyond the budget" and search.front([known, TOLD[1]]) == [TOLD[1]]
    config["search"].update(milliseconds=TOLD[2]["milliseconds"])
    assert search.known_trials(config, tmp_path) == [TOLD[2]]


def test_a_wider_budget_tries_again_what_was_too_slow(config, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(TOLD[-1]))
    assert search.known_trials(config, tmp_path) == [TOLD[-1]]
    (tmp_path / "b.json").write_text(json.dumps({k: v for k, v in TOLD[0].items() if k != "error"}))  # of before errors were measured
    assert search.known_trials(config, tmp_path) == [TOLD[-1]]
    (tmp_path / "b.json").unlink()
    config["search"].update(milliseconds=40, bytes=8_000_000)
    assert search.known_trials(config, tmp_path) == []
