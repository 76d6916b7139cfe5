"""What training of findings needs of PyTorch: skipped where it is not installed."""
import re

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from PIL import Image  # noqa: E402

from models.tools import dataset, draw, findings_fit, network, train  # noqa: E402

CLASSES = ["wide", "tall"]
CONFIG = {"label_smoothing": 0.0, "augment": {}}


def source(folder, counts, **spec):
    """A source of uniform grey pictures; counts: {cell: pictures}."""
    (folder / "images").mkdir(parents=True)
    lines = ["image,found,side"]
    for kind, (cell, count) in enumerate(counts.items()):
        for i in range(count):
            Image.new("L", (16, 12), 40 * (kind + 1)).save(folder / "images" / f"{kind}-{i}.png")
            lines.append(f"{kind}-{i}.png,{cell},train")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return dataset.Source({"name": folder.name, "findings": {"column": "found", "none": "none"}, "split": {"column": "side", "val": [], "test": []},
                           "store": [12, 12], **spec}, CLASSES, folder)


def test_pictures_are_drawn_as_they_come_and_each_once_before_any_twice(tmp_path):
    draws = draw.FindingDraws(source(tmp_path / "a", {"wide": 3, "wide|tall": 1, "none": 6}), CONFIG, 0, "cpu")
    chosen = np.concatenate([draws.choose(4) for _ in range(5)])
    assert sorted(chosen) == sorted([*range(10), *range(10)]) and set(chosen[:10]) == set(range(10))


@pytest.mark.parametrize("power, ratio", [(1, [1.5, 9]), (0.5, [1.5**0.5, 3]), (0, [1, 1])])
def test_a_picture_with_a_finding_weighs_more_and_each_finding_as_much_as_another(tmp_path, power, ratio):
    draws = draw.FindingDraws(source(tmp_path / "a", {"wide": 3, "wide|tall": 1, "none": 6}), {**CONFIG, "weigh_power": power}, 0, "cpu")
    target, weight = draws.targets(np.arange(10), 0)
    assert weight.mean(0) == pytest.approx([1, 1])
    assert [weight[target[:, c] == 1, c][0] / weight[target[:, c] == 0, c][0] for c in (0, 1)] == pytest.approx(ratio)


def test_calibration_begins_with_what_the_weights_did(tmp_path):
    """The logit that fits the weighed pictures best, less its beginning, is the log odds of the pictures as they come."""
    some = source(tmp_path / "a", {"tall": 1, "wide": 9})
    target, weight = draw.FindingDraws(some, {**CONFIG, "weigh_power": 0.5}, 0, "cpu").targets(np.arange(10), 0)
    share = (target * weight)[:, 1].sum() / weight[:, 1].sum()
    start = findings_fit.begin(some.prior(np.arange(10))[1], {"weigh_power": 0.5})
    assert np.log(share / (1 - share)) + start == pytest.approx(np.log(0.1 / 0.9))


def test_a_grey_source_is_held_in_one_channel_and_seen_in_three(tmp_path):
    draws = draw.Draws([source(tmp_path / "a", {"wide": 2, "tall": 2}, grey=True)], CONFIG, 0, "cpu")
    assert draws.sources[0].pixels.shape == (4, 12, 12, 1)
    x, target, weight, _ = draws.batch(torch.Generator().manual_seed(0), 4, [8, 8])
    assert x.shape == (4, 3, 8, 8) and target.shape == weight.shape == (4, 2) and torch.equal(x[:, 0], x[:, 2])
    assert (x[:, 0, 4, 4] * 255).round().int().tolist() == [40 if t[0] else 80 for t in target]


def test_a_finding_that_nobody_has_cannot_be_learnt(tmp_path):
    with pytest.raises(SystemExit, match="no picture of the train side has tall; take it out of the config's classes"):
        draw.FindingDraws(source(tmp_path / "a", {"wide": 3, "none": 3}), CONFIG, 0, "cpu")


def test_a_mixed_picture_has_the_findings_of_both_in_their_shares():
    logits, target, weight = torch.tensor([[2.0, 0], [0, -1.0]]), torch.tensor([[1.0, 0], [1, 1]]), torch.tensor([[1.0, 2], [3, 4]])
    mix = (torch.tensor([1, 0]), 0.75)
    found = train.loss_of(lambda x: logits, train.Teachers([], "cpu"), torch.rand(2, 3, 8, 8), target, weight, mix, {}, [8, 8],
                          train.weighed_binary_cross_entropy)
    p = torch.sigmoid(logits)
    each = [weight[o] * -(target[o] * p.log() + (1 - target[o]) * (1 - p).log()) for o in ([0, 1], [1, 0])]
    assert found.item() == pytest.approx((0.75 * each[0] + 0.25 * each[1]).mean().item(), abs=1e-6)


def test_findings_are_watched_by_their_mean_auc_alone(tmp_path):
    some = source(tmp_path / "a", {"wide": 2, "none": 2, "tall": 2})
    some.spec["split"] = {"column": "side", "val": ["train"]}
    config = {"validate_size": [12, 12], "keep": ["macro_auc"]}
    watch = train.Watch([some], config)
    bright = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 2))
    with torch.no_grad():
        bright[2].weight.copy_(torch.tensor([[-1.0] * 3, [1.0] * 3]))  # wide is darkest, tall brightest
    lines, kept = watch.figures(bright)
    assert kept == 1.0 and lines == {"a": "auc 1.0000 of each 1.00 1.00"}
    with pytest.raises(SystemExit, match="keep is .*; of findings it is"):
        train.Watch([some], {**config, "keep": ["balanced_accuracy"]})


@pytest.fixture(scope="module")
def densenet():
    pytest.importorskip("torchvision")
    torch.manual_seed(0)
    return network.build("densenet121", 3, pretrained=False)


def test_densenet121_has_its_head_and_keeps_its_first_blocks(densenet):
    densenet.train()
    densenet.freeze(1)
    assert densenet(torch.rand(2, 3, 64, 64)).shape == (2, 3) and densenet.head().out_features == 3
    fixed = {name for name, p in densenet.network.named_parameters() if not p.requires_grad}
    assert any(name.startswith("features.denseblock1.") for name in fixed)
    assert not any(name.startswith(("features.denseblock2.", "classifier")) for name in fixed)
    assert not densenet.network.features.norm0.training and densenet.network.features.norm5.training
    densenet.freeze(0)
    assert all(p.requires_grad for p in densenet.parameters())


def test_densenet121_answers_as_torchvisions_own(densenet):
    from torchvision.models import densenet121
    own = densenet121(weights=None)
    own.classifier = torch.nn.Linear(1024, 3)
    own.load_state_dict(densenet.network.state_dict())
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(own.eval()(x), densenet.eval().network(x), atol=1e-6)


def test_imagenet_weights_come_from_torchvisions_file_with_its_old_names(densenet, tmp_path):
    from torchvision.models import densenet121
    whole = densenet121(weights=None).state_dict()
    old = {re.sub(r"\.(norm|conv)([12])\.", r".\1.\2.", key): value for key, value in whole.items() if not key.endswith("num_batches_tracked")}
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    torch.save(old, tmp_path / "densenet121-a639ec97.pth")
    made = network.build("densenet121", 3, weights=tmp_path / "densenet121-a639ec97.pth").network
    assert torch.equal(made.features.denseblock4.denselayer16.conv2.weight, whole["features.denseblock4.denselayer16.conv2.weight"])
    assert made.classifier.out_features == 3


def test_weights_that_cannot_be_had_are_one_sentence(monkeypatch, tmp_path):
    pytest.importorskip("torchvision")
    with pytest.raises(SystemExit, match="--weights .*none.pth: no such file; give torchvision's densenet121-a639ec97.pth"):
        network.build("densenet121", 3, weights=tmp_path / "none.pth")
    (tmp_path / "other.pth").write_bytes(b"no weights")
    with pytest.raises(SystemExit, match="other.pth: holds no weights"):
        network.build("densenet121", 3, weights=tmp_path / "other.pth")

    def offline(*_, **__):
        raise OSError("no network")
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", offline)
    with pytest.raises(SystemExit, match=r"not at .*densenet121-a639ec97.pth and cannot be fetched \(no network\); put https://.* there, or give it with "
                                         r"--weights FILE, or write \"pretrained\": false"):
        network.build("densenet121", 3)
    with pytest.raises(SystemExit, match="network 'dai2019' takes no file of weights"):
        network.build("dai2019", 3, weights="some.pth")
