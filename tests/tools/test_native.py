import csv
import json

import numpy as np
import pytest

from models.tools import dataset, metrics, native, pack, report, sides

IDS = ["round", "long", "odd"]
SPLIT = "side"


@pytest.fixture
def run(tmp_path):
    """A folder as the command leaves it for one variant, and the rows of the labels that it was given."""
    rng = np.random.default_rng(3)
    label = rng.integers(0, 3, 90)
    scores, prior = rng.normal(size=(90, 3)) + 1.2 * np.eye(3)[label], np.array([0.6, 0.3, 0.1])
    rows = [{"image": f"{i}.png", "label": IDS[c], "lesion_id": f"L{i // 2}"} for i, c in enumerate(label)]
    both = dict(zip(native.PRIORS, metrics.under_priors(scores, prior)))
    for name, p in both.items():
        recall = [float((p.argmax(1)[label == c] == c).mean()) for c in range(3)]
        (tmp_path / f"v-{name}.json").write_text(json.dumps({
            "model": {"id": "x", "variant": "v"}, "prior": name, "split": f"{SPLIT}=test", "n": 90, "failed": 0, "failures": [],
            "accuracy": float((p.argmax(1) == label).mean()), "balanced_accuracy": float(np.mean(recall)),
            "macro_auc": float(np.mean([metrics.auc(label == c, p[:, c]) for c in range(3)])),
            "ece": metrics.ece(p, label), "per_class": [{"id": c, "recall": r} for c, r in zip(IDS, recall)]}))
        with open(tmp_path / f"v-{name}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["image", "label", *IDS, "decision", "typicality", "reasons"])
            writer.writerows([[r["image"], r["label"], *map(repr, map(float, q)), "answer", "", ""] for r, q in zip(rows, p)])
    return tmp_path, rows, both, label


def test_a_figure_and_its_interval_are_of_the_same_scores(run):
    folder, rows, both, label = run
    kept = native.measured(folder, "v", IDS, rows, SPLIT, "lesion_id")
    lesions = np.array([r["lesion_id"] for r in rows])
    assert kept["bounds"] == metrics.bootstrap(both["training"], both["uniform"], label, lesions)
    shown = pack.shown_metrics(SPLIT, report.of_command(kept), kept["bounds"], IDS, ["long", "odd"])
    assert pack.metrics_problems(shown, IDS) == []
    assert list(shown["recall"]) == ["long", "odd"] and shown["n"] == 90 and shown["split"] == "side=test"
    assert shown["accuracy"]["value"] == round(float((both["training"].argmax(1) == label).mean()), 4)
    assert shown["accuracy"]["low"] == round(kept["bounds"]["accuracy"][0], 4)
    assert shown["recall"]["odd"]["high"] == round(kept["bounds"]["recall"][2][1], 4)
    assert "failures" not in kept["training"]


def change_json(folder, **fields):
    path = folder / "v-training.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def change_csv(folder, change):
    path = folder / "v-uniform.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(change(lines)) + "\n")


@pytest.mark.parametrize("change, message", [
    (lambda f: change_json(f, ece=0.5), "v ece: .* but the command says"),
    (lambda f: change_json(f, accuracy=0.1), "v accuracy: .* but the command says"),
    (lambda f: change_json(f, failed=1), "90 pictures, 1 failed"),
    (lambda f: change_json(f, prior="uniform"), "v-training.json is of"),
    (lambda f: change_json(f, split="other=test"), "other=test"),
    (lambda f: change_csv(f, lambda lines: lines[:-1]), "89 pictures that are not the 90"),
    (lambda f: change_csv(f, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]]), "in the order of the labels"),
    (lambda f: change_csv(f, lambda lines: [*lines[:-1], ",".join(lines[-1].split(",")[:2]) + ",,,"]), "has no probabilities"),
    (lambda f: change_csv(f, lambda lines: [*lines[:-1], ",".join(lines[-1].split(",")[:2]) + ",1,1,1"]), "must be 1"),
    (lambda f: change_csv(f, lambda lines: ["image,label,round,odd,long", *lines[1:]]), "the columns must be"),
])
def test_refuses_runs_that_do_not_fit(run, change, message):
    change(run[0])
    with pytest.raises(SystemExit, match=message):
        native.measured(run[0], "v", IDS, run[1], SPLIT, "lesion_id")


def test_the_test_side_may_be_a_share_of_the_validation_side(tmp_path):
    spec = {"name": "s", "group": "who", "split": {"column": "part", "test_share": 0.5}}
    lines = [f"{i}.png,{IDS[i % 3]},{'val' if i < 60 else 'train'},p{i // 2}" for i in range(90)]
    (tmp_path / "labels.csv").write_text("image,label,part,who\n" + "\n".join(lines) + "\n")
    source = dataset.Source(spec, IDS, tmp_path)
    wanted = [source.rows[i]["image"] for i in source.indices("test")]
    assert 0 < len(wanted) < 60
    sides.write(source, "test", tmp_path / "test.csv")
    for table in ("labels.csv", "test.csv"):  # the source's own, and that of its side
        rows, split, group, value = native.side_of(spec, tmp_path / table)
        assert [row["image"] for row in rows] == wanted
        assert (split, group, value) == ("part", "who", "val")  # so that `insitu evaluate --split part=val` of that side's table is taken
    whole = {**spec, "split": {"column": "part"}}
    with pytest.raises(SystemExit, match="labels.csv: none of its 90 rows is of the test side of source 's'"):
        native.side_of(whole, tmp_path / "labels.csv")
    with pytest.raises(SystemExit, match="no column 'lot'; it has image, label, part, who"):
        native.side_of({**spec, "group": "lot"}, tmp_path / "labels.csv")
