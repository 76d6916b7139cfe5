"""Teachers' answers, asked once: the stored ones are those of the very view, any kill loses nothing, and no step asks again."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

torch = pytest.importorskip("torch")
import drawn  # noqa: E402

from models.tools import augment, dataset, draw, network, soft_labels, train  # noqa: E402

ROOT = pathlib.Path(__file__).parents[2]
GEOMETRY = {"rotate_deg": 40, "zoom": [0.6, 1.1], "stretch": 0.2, "shift": 0.1, "mirror": 0.5, "shrink": True}
CONFIG = {"id": "shapes", "classes": list(drawn.CLASSES), "network": "dai2019", "pretrained": False, "budget_steps": 3,
          "report_minutes": 9, "validate_size": [90, 120], "seed": 5, "batch": 8, "learning_rate": 0.001, "head_factor": 1, "warm_up": 0.1,
          "weight_decay": 0.05, "label_smoothing": 0.03, "average": 0.9, "draw_power": 0.5, "mixup": 0.2, "keep": ["macro_auc"],
          "augment": {**GEOMETRY, "cast": 0.2, "sharpness_share": 0.5, "sharpen": 1.5},
          "stages": [{"from": 0.0, "size": [90, 120]}], "distil": {"share": 0.7, "temperature": 1.5, "stored_views": 5},
          "sources": [{"name": name, "split": {"column": "side", **({} if name == "near" else {"val": [], "test": []})}, "store": store}
                      for name, store in (("near", [104, 138]), ("far", [100, 130]))]}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two sources of drawn pictures and two teachers with weights that nobody trained."""
    home = tmp_path_factory.mktemp("shapes")
    for name, each in (("near", 8), ("far", 3)):
        rng, lines = np.random.default_rng(len(name)), ["image,label,side"]
        (home / name / "images").mkdir(parents=True)
        for kind in drawn.CLASSES:
            for i in range(each):
                drawn.picture(kind, rng).save(home / name / "images" / f"{kind}-{i}.png")
                lines.append(f"{kind}-{i}.png,{kind},{('train', 'train', 'val', 'test')[i % 4] if name == 'near' else 'train'}")
        (home / name / "labels.csv").write_text("\n".join(lines) + "\n")
    for seed in (1, 2):
        torch.manual_seed(seed)
        model = network.build("dai2019", 3)
        torch.nn.init.normal_(model.head().weight, std=0.5)  # so that views differ in what is said of them
        train.save(home / f"teacher-{seed}.pt", average=model.state_dict(), network="dai2019", classes=list(drawn.CLASSES))
    return home


def teachers(home):
    return [str(home / "teacher-1.pt"), str(home / "teacher-2.pt")]


def drawing(home, config, seed=0):
    return draw.Draws(dataset.open_sources(config, [f"{name}={home / name}" for name in ("near", "far")]), config, seed, "cpu")


def follow(home, out, config=CONFIG, seed=0):
    """-> (draws that give stored answers, the opened teachers); they are asked with as many pictures at once as the config says."""
    draws, opened = drawing(home, config, seed), train.Teachers(teachers(home), "cpu")
    soft_labels.follow(config, draws, teachers(home), out, lambda: opened, train.precision)
    return draws, opened


def changed(**values):
    return {**CONFIG, **values}


def test_what_is_stored_is_what_the_teachers_say_of_that_very_view(home, tmp_path):
    config = changed(augment=GEOMETRY)  # without a camera's changes the student sees what the teachers saw
    draws, opened = follow(home, tmp_path, config)
    views = set()
    for seed in range(6):
        x, target, log_q, said = draws.batch(torch.Generator().manual_seed(seed), 16, [90, 120])
        assert torch.allclose(said, opened.probabilities(x, 1.5), atol=1e-3)  # float16
        views |= {row.numpy().tobytes() for row in said}
    assert len(views) > 60  # 18 pictures, 5 views of each
    path, = tmp_path.iterdir()
    stored = np.load(path)
    assert stored.shape == (12 + 9, 5, 3) and stored.dtype == np.float16
    assert np.ptp(stored.astype(float), axis=1).max() > 0.02


def test_the_camera_changes_anew_what_a_view_shows_and_not_what_is_said(home, tmp_path):
    draws, _ = follow(home, tmp_path)
    seen, told = [], []
    for seed in (1, 2):
        draws.sources[0].rng, draws.sources[0].left = np.random.default_rng(0), [np.empty(0, int)] * 3
        draws.sources[1].rng, draws.sources[1].left = np.random.default_rng(1), [np.empty(0, int)] * 3
        x, _, _, said = draws.batch(torch.Generator().manual_seed(seed), 8, [90, 120])
        seen.append(x)
        told.append(said)
    assert torch.equal(told[0], told[1]) and (seen[0] - seen[1]).abs().amax((1, 2, 3)).min() > 0.01


def test_a_view_depends_on_seed_source_row_and_its_number_alone(home):
    some = soft_labels.numbers(CONFIG, 0, [3, 7], 4, 6)
    assert np.array_equal(soft_labels.numbers(CONFIG, 0, [7], 2, 6), some[1:, :2])  # of fewer rows and views
    others = [soft_labels.numbers(changed(seed=6), 0, [3], 4, 6), soft_labels.numbers(CONFIG, 1, [3], 4, 6), some[1:]]
    assert all((other != some[:1]).all() for other in others) and (some >= 0).all() and (some < 1).all()


@pytest.mark.parametrize("name, config, same", [
    ("nothing", {}, True), ("the camera", {"augment": {**GEOMETRY, "cast": 0.1}}, True), ("how long", {"budget_steps": 9, "batch": 4}, True),
    ("geometry", {"augment": {**GEOMETRY, "rotate_deg": 41}}, False), ("seed", {"seed": 6}, False),
    ("temperature", {"distil": {**CONFIG["distil"], "temperature": 2}}, False), ("views", {"distil": {**CONFIG["distil"], "stored_views": 6}}, False),
    ("the teachers' size", {"stages": [{"from": 0.0, "size": [90, 120], "teacher_size": [120, 160]}]}, False),
    ("how pictures are held", {"sources": [{**CONFIG["sources"][0], "store": [105, 138]}, CONFIG["sources"][1]]}, False),
])
def test_the_file_is_named_by_all_that_it_depends_on(home, name, config, same):
    def key(config, teachers):
        return soft_labels.key(config, drawing(home, config), teachers, config["distil"]["stored_views"])
    assert (key(changed(**config), teachers(home)) == key(CONFIG, teachers(home))) == same
    assert key(CONFIG, teachers(home)[:1]) != key(CONFIG, teachers(home))


def test_another_table_or_picture_is_another_file(home, tmp_path):
    key = soft_labels.key(CONFIG, drawing(home, CONFIG), teachers(home), 5)
    picture, table = home / "far" / "images" / "dots-0.png", home / "far" / "labels.csv"
    before, text = picture.read_bytes(), table.read_text()
    try:
        drawn.picture("dots", np.random.default_rng(9)).save(picture)
        assert soft_labels.key(CONFIG, drawing(home, CONFIG), teachers(home), 5) != key
        picture.write_bytes(before)
        table.write_text(text + "\n")
        assert soft_labels.key(CONFIG, drawing(home, CONFIG), teachers(home), 5) != key
    finally:
        picture.write_bytes(before)
        table.write_text(text)


def test_wherever_it_was_killed_the_same_file_comes_out(tmp_path):
    """A kill leaves a beginning of the file: each of them, to the byte."""
    rng = np.random.default_rng(0)
    wanted = rng.random((7, 2, 3)).astype(np.float16)
    batches = [("a", 0, 3), ("a", 3, 4), ("b", 0, 3)]
    first = {"a": 0, "b": 4}
    path, asked = tmp_path / "soft-labels-x.npy", []

    def answer(source, begin, end):
        asked.append((source, begin, end))
        return wanted[first[source] + begin:first[source] + end]
    said = []
    soft_labels.store(path, wanted.shape, batches, answer, lambda *how: said.append(how))
    whole = path.read_bytes()
    assert np.array_equal(np.load(path), wanted) and asked == batches and said == [(3, 7, 0), (4, 7, 0), (7, 7, 0)]
    head = len(whole) - 7 * 12
    for cut in range(len(whole) + 1):
        path.unlink()
        path.with_name(path.name + ".partial").write_bytes(whole[:cut])
        asked.clear()
        soft_labels.store(path, wanted.shape, batches, answer, lambda *how: None)
        assert path.read_bytes() == whole and not path.with_name(path.name + ".partial").exists()
        assert asked == batches[sum(cut >= head + 12 * rows for rows in (3, 4, 7)):]
    path.with_name(path.name + ".partial").write_bytes(b"x" * len(whole))  # what is none of ours
    soft_labels.store(path, wanted.shape, batches, answer, lambda *how: None)
    assert path.read_bytes() == whole


def call(home, out, config, *more):
    """The words of a training."""
    (out.parent / f"{out.name}.json").write_text(json.dumps(config))
    data = [word for name in ("near", "far") for word in ("--data", f"{name}={home / name}")]
    given = [word for path in teachers(home) for word in ("--teacher", path)]
    return [str(out.parent / f"{out.name}.json"), *data, "--out", str(out), "--threads", "1", *(more or given)]


def run(monkeypatch, words):
    monkeypatch.setattr(sys, "argv", ["train", *words])
    train.main()


def test_a_training_asks_once_and_no_step_asks_again(home, tmp_path, monkeypatch):
    steps, asked = [], []
    probabilities, loss_of = train.Teachers.probabilities, train.loss_of
    monkeypatch.setattr(train.Teachers, "probabilities", lambda self, x, t: asked.append((len(steps), len(x))) or probabilities(self, x, t))

    def counted(*words):
        steps.append(words[-1])
        return loss_of(*words)
    monkeypatch.setattr(train, "loss_of", counted)
    run(monkeypatch, call(home, tmp_path / "out", CONFIG))
    assert len(steps) == 3 and all(said.shape == (8, 3) for said in steps)
    assert asked == [(0, 60), (0, 45)]  # before the first step: 12 pictures at once, of each source for itself, in 5 views
    path, = (tmp_path / "out").glob("soft-labels-*")
    log = json.loads((tmp_path / "out" / "log.jsonl").read_text())
    assert log["steps"] == 3 and np.isfinite(log["loss"]) and (tmp_path / "out" / "checkpoint.pt").is_file()

    def never(*words):
        raise AssertionError("the answers are stored")
    monkeypatch.setattr(train.Teachers, "probabilities", never)
    before = path.read_bytes()
    run(monkeypatch, call(home, tmp_path / "out", changed(budget_steps=5)))  # goes on
    assert len(steps) == 5 and path.read_bytes() == before
    with pytest.raises(AssertionError, match="are stored"):  # as they were before, without stored_views
        run(monkeypatch, call(home, tmp_path / "live", changed(distil={"share": 0.7, "temperature": 1.5})))


def test_killed_while_it_stores_it_goes_on_and_the_file_is_the_same(home, tmp_path):
    config = changed(distil={**CONFIG["distil"], "stored_views": 33}, budget_steps=1)  # a picture at once: 21 batches
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def words(out):
        return [sys.executable, "-m", "models.tools.train", *call(home, out, config, "--teacher", teachers(home)[0])]
    process = subprocess.Popen(words(tmp_path / "killed"), env=environment)
    half = 0
    for _ in range(6000):
        with contextlib.suppress(StopIteration, FileNotFoundError):
            if (half := next((tmp_path / "killed").glob("*.partial")).stat().st_size) > 600 or process.poll() is not None:
                break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    partial, = (tmp_path / "killed").glob("*.partial")
    assert 600 < half <= partial.stat().st_size < 21 * 33 * 3 * 2
    begun = time.time()
    for out in ("killed", "whole"):
        subprocess.run(words(tmp_path / out), env=environment, check=True)
    one, other = (next((tmp_path / out).glob("soft-labels-*.npy")) for out in ("killed", "whole"))
    assert one.name == other.name and one.read_bytes() == other.read_bytes() and one.stat().st_mtime > begun
    assert not list(tmp_path.glob("*/*.partial"))


def test_stored_answers_weigh_in_the_loss_as_seen_ones(home):
    torch.manual_seed(0)
    opened, x = train.Teachers(teachers(home), "cpu"), torch.rand(4, 3, 90, 120)
    student, target, config = network.build("dai2019", 3).eval(), torch.eye(3)[[0, 1, 2, 0]], {"distil": {"share": 0.6, "temperature": 2.0}}
    said, none = opened.probabilities(x, 2.0), train.Teachers([], "cpu")

    def loss(teachers, mix=None, said=None):
        return train.loss_of(student, teachers, x, target, torch.zeros(4, 3), mix, config, [90, 120], said=said).item()
    assert loss(none, said=said) == pytest.approx(loss(opened)) != pytest.approx(loss(none))
    order = torch.tensor([2, 3, 0, 1])
    assert loss(none, (order, 0.75), said) == pytest.approx(loss_mixed(student, x, target, order, said), abs=1e-5)


def loss_mixed(student, x, target, order, said):
    """By hand: 0.4 of the labels', 0.6 of the divergence from the answers, both mixed three to one."""
    logits, wanted = student(x), 0.75 * said + 0.25 * said[order]
    own = 0.75 * train.cross_entropy(logits, target) + 0.25 * train.cross_entropy(logits, target[order])
    log = torch.log_softmax(logits / 2.0, 1)
    return (0.4 * own + 0.6 * 4 * (wanted * (wanted.log() - log)).sum(1).mean()).item()


@pytest.mark.parametrize("views", [0, -1, 65, 2.5, True, "16"])
def test_a_number_of_views_that_cannot_be_is_a_sentence(home, tmp_path, monkeypatch, views):
    config = changed(distil={**CONFIG["distil"], "stored_views": views})
    with pytest.raises(SystemExit, match=r"distil.stored_views is .*; it must be a whole number from 1 to 64"):
        run(monkeypatch, call(home, tmp_path / "out", config))


def test_what_is_missing_or_of_other_classes_is_a_sentence(home, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="distil.stored_views is 5, but there is no teacher to be asked; give --teacher best.pt"):
        run(monkeypatch, call(home, tmp_path / "out", CONFIG, "--threads", "1"))
    with pytest.raises(SystemExit, match="none.pt: no such file; give the best.pt of a training"):
        run(monkeypatch, call(home, tmp_path / "out", CONFIG, "--teacher", str(tmp_path / "none.pt")))
    model = network.build("dai2019", 3)
    train.save(tmp_path / "best.pt", average=model.state_dict(), network="dai2019", classes=["lines", "dots", "plain"])
    for distil in (CONFIG["distil"], {"share": 0.7, "temperature": 1.5}):
        with pytest.raises(SystemExit, match="best.pt: its classes are lines, dots, plain; the config's are dots, lines, plain"):
            run(monkeypatch, call(home, tmp_path / "out", changed(distil=distil), "--teacher", str(tmp_path / "best.pt")))


def test_the_foundry_shows_how_far_it_is_and_trains(home, tmp_path):
    pytest.importorskip("pandas")
    from models.foundry import training
    prepared, shown = tmp_path / "prepare", []
    for name in ("near", "far"):
        (prepared / name / "images").mkdir(parents=True)
        for path in (home / name / "images").iterdir():
            (prepared / name / "images" / path.name).symlink_to(path)
        rows = (home / name / "labels.csv").read_text().splitlines()
        (prepared / name / "labels.csv").write_text("\n".join(["image,label,split,group"] + [f"{row},{row.split(',')[0]}" for row in rows[1:]]) + "\n")

    @contextlib.contextmanager
    def progress(what, total, begun=0):
        shown.append([what, total, begun])
        yield lambda by=1, told=None: shown[-1].append(by)
    config = changed(teachers=teachers(home), distil={**CONFIG["distil"], "stored_views": 48}, budget_steps=2, budget_minutes=1, threads=1)
    (tmp_path / "train").mkdir()
    training.make(config, prepared, tmp_path / "train", progress)
    assert (tmp_path / "train" / "best.pt").is_file() and [what for what, *_ in shown] == ["the teachers' answers", "training"]
    path, = (tmp_path / "train").glob("soft-labels-*.npy")
    assert shown[0][1] == path.stat().st_size and 0 <= shown[0][2] + sum(shown[0][3:]) <= shown[0][1]
    assert training.stored(tmp_path / "train") is None
    path.with_name(path.name + ".partial").write_bytes(path.read_bytes()[:200])
    assert training.stored(tmp_path / "train") == (200, path.stat().st_size)


@pytest.mark.parametrize("apart, before", [
    (False, [0.45239, 0.38365, 0.03777, -0.46879, 0.57847, -0.01959, 0.35074, 0.30624, 0.15514, -0.26924, 0.62334, 0.1198]),
    (True, [0.51012, 0.38277, -0.01959, -0.52861, 0.57715, -0.14006, 0.46104, 0.23927, 0.1198, -0.35391, 0.48703, -0.03941]),
])
def test_a_seed_draws_the_geometry_that_it_drew_before_views_could_be_fixed(apart, before):
    amounts = {**GEOMETRY, "zoom_axes_apart": apart}
    maps = augment.geometry(augment.numbers(torch.Generator().manual_seed(3), 2, amounts), (40, 50), (32, 32), amounts)
    assert maps.flatten().tolist() == pytest.approx(before, abs=1e-5)
