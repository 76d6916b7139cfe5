"""models.tools.robustness and parity: what is lost, and how far engines are apart."""
import types

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("scipy")
pytest.importorskip("ai_edge_litert")
from models.tools import abid, damage, parity, robustness  # noqa: E402


def scores(p):
    return types.SimpleNamespace(p=p, decision=np.where(p.max(1) > 0.6, "answer", "reject"))


def test_what_is_lost_is_of_the_same_pictures():
    label = np.arange(80) % 2
    clean = scores(0.1 + 0.8 * np.eye(2)[label])
    worse = scores(np.where((np.arange(80) < 20)[:, None], clean.p[:, ::-1], clean.p))
    found = robustness.measure(clean, worse, label, np.arange(80), 50)
    assert found["lost"]["value"] == 0.25 and found["balanced_accuracy"]["value"] == 0.75 and found["wrong_among_answered"]["value"] == 0.25
    assert found["lost"]["low"] < 0.25 < found["lost"]["high"]
    assert robustness.measure(clean, clean, label, np.arange(80), 50)["lost"] == {"value": 0, "low": 0, "high": 0}


@pytest.mark.parametrize("kind", sorted(robustness.STRENGTHS))
def test_each_kind_changes_a_picture_more_as_it_grows(kind, tmp_path):
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 256, (14, 20, 3), dtype=np.uint8)).resize((140, 112), Image.Resampling.BICUBIC)
    changes = []
    for strength in (robustness.STRENGTHS[kind][0], robustness.STRENGTHS[kind][-1]):
        damage.write(image, kind, strength, tmp_path / "a.jpg", 95, 1)
        with Image.open(tmp_path / "a.jpg") as made:
            assert made.size == image.size
            changes.append(np.abs(np.asarray(made, float) - np.asarray(image, float)).mean())
    assert 0 < changes[0] < changes[1]


def test_copies_that_are_there_are_kept(tmp_path):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (30, 30), (90, 80, 70)).save(tmp_path / "images" / "a.png")
    source = types.SimpleNamespace(base=tmp_path / "images")
    made = robustness.copies(source, [{"image": "a.png"}], tmp_path / "copies", "gamma", 2) / "a.png"
    made.write_bytes(b"kept")
    assert (robustness.copies(source, [{"image": "a.png"}], tmp_path / "copies", "gamma", 2) / "a.png").read_bytes() == b"kept"


def test_engines_are_told_apart_from_the_native_one():
    label = np.array([0, 1, 1, 0])
    native = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]])
    other = native + np.array([[0, 0], [0, 0], [0.2, -0.2], [0, 0]])
    rows = {row["engine"]: row for row in parity.compare({"PyTorch": other, "native": native}, label)}
    assert rows["native"]["largest_difference"] == 0 and rows["native"]["accuracy"] == 0.75
    assert rows["PyTorch"]["other_top_class"] == 1 and rows["PyTorch"]["accuracy_points_from_native"] == -25 and rows["PyTorch"]["largest_difference"] == 0.2


def test_the_decoders_are_named_as_they_are():
    text = parity.markdown({"pack": "x", "version": "1.0.0", "n": 4, "drawn": "", "variants": {}})
    assert "decoder (Pillow’s libjpeg-turbo, our own)" in text and "stb_image" not in text


def test_findings_are_judged_each_by_itself():
    """Of a pack of findings labels are 0/1 a finding; a rejected picture's are neither found nor missed."""
    target = np.array([[1, 0], [0, 1], [1, 1], [0, 0]] * 20)
    clean = types.SimpleNamespace(p=0.1 + 0.8 * target, decision=np.full(80, "answer"))
    worse = types.SimpleNamespace(p=np.where(np.arange(80)[:, None] < 20, 0.1 + 0.8 * (1 - target), clean.p),
                                  decision=np.where(np.arange(80) < 8, "reject", "answer"))
    of = robustness.of_findings([0.5, 0.5])
    found = robustness.measure(clean, worse, target, np.arange(80), 50, of=of, figure="macro_auc")
    assert found["macro_auc"]["value"] == 0.75 and found["lost"]["value"] == 0.25 and found["lost"]["low"] < 0.25 < found["lost"]["high"]
    assert found["sensitivity"]["value"] == pytest.approx(60 / 72, abs=1e-4) and found["refused"]["value"] == 0.1 and "balanced_accuracy" not in found
    rows = {row["engine"]: row for row in parity.compare_findings({"LiteRT": worse.p, "native": clean.p}, target, [0.5, 0.95])}
    assert rows["native"]["macro_auc"] == 1 and rows["native"]["other_findings"] == 0
    assert rows["LiteRT"]["macro_auc_points_from_native"] == -25 and rows["LiteRT"]["other_findings"] == 20
    told = parity.markdown({"pack": "x", "version": "1.0.0", "task": "multilabel", "n": 80, "drawn": "", "variants": {"int8": list(rows.values())}})
    assert "each finding by itself" in told and "| LiteRT | 0.7500 | -25.00 | 20 | 0.8 | 0.2 |" in told and "ccuracy" not in told


def test_what_nothing_can_be_told_of_is_said():
    rows = [{"label": "dots"}, {"label": "dots"}]
    with pytest.raises(SystemExit, match="none of the 2 findings has pictures with it and without it among these 2; nothing can be told: raise --count"):
        abid.truth(rows, ["dots", "lines"], True)
    assert abid.truth([*rows, {"label": ""}, {"label": "dots|lines"}], ["dots", "lines"], True).tolist() == [[1, 0], [1, 0], [0, 0], [1, 1]]


def test_outputs_that_are_probabilities_become_what_the_core_takes():
    """LiteRT's column was made of probabilities as if they were logits."""
    p = np.array([[0.8, 0.2, 0.0]])
    plain = {"task": "multiclass", "output": "probabilities", "calibration": {"temperature": 1, "training_prior": [1 / 3] * 3}}
    assert parity.calibrated(parity.as_logits(p, plain), plain, {}) == pytest.approx(p, abs=1e-6)
    several = {"task": "multilabel", "output": "probabilities", "calibration": {"temperature": 1, "bias": [0, 0, 0]}}
    assert parity.calibrated(parity.as_logits(p, several), several, {}) == pytest.approx(p, abs=1e-6)
    assert parity.as_logits(p, {**plain, "output": "logits"}) is p


def test_calibration_is_the_variants_own():
    content = {"task": "multiclass", "calibration": {"temperature": 1, "bias": [0, 0], "training_prior": [0.8, 0.2]}}
    p = parity.calibrated(np.array([[1.0, 3.0]]), content, {"calibration": {"temperature": 2, "bias": [0.5, -0.5]}})
    z = np.array([1.0, 1.0]) + np.log([0.8, 0.2])
    assert np.allclose(p, np.exp(z) / np.exp(z).sum())
