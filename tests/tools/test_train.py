"""What needs PyTorch: skipped where it is not installed."""
import numpy as np
import pytest

torch = pytest.importorskip("torch")
from PIL import Image  # noqa: E402

from models.tools import augment, dataset, draw, network, train  # noqa: E402


CLASSES = ["round", "square", "star"]
CONFIG = {"draw_power": 0.5, "label_smoothing": 0.03, "augment": {}}


def source(folder, counts, **spec):
    """A source of uniform pictures, `counts` of each class, whose red value is the class."""
    (folder / "images").mkdir(parents=True)
    lines = ["image,label,side"]
    for c, count in enumerate(counts):
        for i in range(count):
            Image.new("RGB", (16, 12), (50 * c, 0, 0)).save(folder / "images" / f"{c}-{i}.png")
            lines.append(f"{c}-{i}.png,{CLASSES[c]},train")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return dataset.Source({"name": folder.name, "split": {"column": "side", "val": [], "test": []}, "store": [12, 12], **spec}, CLASSES, folder)


def test_draws_follow_the_shares_and_use_every_picture(tmp_path):
    draws = draw.SourceDraws(source(tmp_path / "a", [81, 9, 0]), CONFIG, 0, "cpu")
    assert draws.q.tolist() == pytest.approx([0.75, 0.25, 0])
    chosen = np.concatenate([draws.choose(20) for _ in range(40)])
    assert abs((draws.label[chosen] == 1).mean() - 0.25) < 0.07
    assert set(chosen) == set(range(90))
    assert np.bincount(chosen[draws.label[chosen] == 0], minlength=81)[:81].max() <= 9  # 600 draws of 81, in rounds


def test_a_batch_holds_each_sources_share_its_own_classes_and_its_own_prior(tmp_path):
    sources = [source(tmp_path / "a", [4, 4, 4], share=3), source(tmp_path / "b", [9, 1, 0], share=1)]
    x, target, log_q, _ = draw.Draws(sources, CONFIG, 0, "cpu").batch(torch.Generator().manual_seed(0), 16, [8, 8])
    assert x.shape == (16, 3, 8, 8) and target.sum(1).tolist() == pytest.approx([1] * 16)
    assert log_q[:12].exp().tolist() == [pytest.approx([1 / 3] * 3)] * 12
    assert log_q[12:, :2].exp().tolist() == [pytest.approx([0.75, 0.25])] * 4
    assert (log_q[12:, 2] == draw.ABSENT).all() and (target[12:, 2] == 0).all()  # a class it lacks is neither wanted nor held against it
    assert (x[:, 0, 4, 4] * 255 / 50).round().int().tolist() == target.argmax(1).tolist()


def test_shares_drawn_lift_rare_and_boosted_classes(tmp_path):
    some = source(tmp_path / "a", [30, 8, 2])
    indices = some.indices("train")
    plain = draw.class_shares(some, indices, CONFIG)
    boosted = draw.class_shares(some, indices, {**CONFIG, "draw_boost": {"square": 1.5}})
    assert plain.sum() == pytest.approx(1) and plain[2] > 0.05 and plain[0] < 0.75
    assert boosted[1] > plain[1]


def test_rate_rises_then_falls():
    values = [train.rate(p, 0.1) for p in np.linspace(0, 1, 101)]
    assert values.index(max(values)) == 10 and values[-1] < 0.01 and max(values) == pytest.approx(1)


def test_augment_without_amounts_is_the_centre_crop():
    pixels = torch.randint(0, 256, (2, 32, 40, 3), dtype=torch.uint8)
    out = augment.augment(torch.Generator().manual_seed(0), pixels, (32, 32), {})
    assert out.shape == (2, 3, 32, 32)
    assert torch.allclose(out, pixels[:, :, 4:36].permute(0, 3, 1, 2) / 255, atol=1e-4)


def test_augment_full_keeps_range_and_depends_on_the_seed():
    pixels = torch.full((3, 64, 80, 3), 128, dtype=torch.uint8)
    pixels[:, 20:40, 20:40] = 40
    cfg = {"rotate_deg": 180, "zoom": [0.6, 1.05], "stretch": 0.1, "shift": 0.06, "mirror": 0.5, "shrink": True,
           "sharpness_share": 0.6, "sharpen": 1.5, "cast": 0.08, "saturation": 0.25, "contrast": 0.15, "bright": 0.06, "border": 1}
    a, b, c = (augment.augment(torch.Generator().manual_seed(s), pixels, (32, 32), cfg) for s in (1, 1, 2))
    assert torch.equal(a, b) and not torch.equal(a, c)
    assert a.isfinite().all() and a.min() > -1 and a.max() < 2


def learn(model, teachers, x, target, config, steps, rate=1e-3):
    opt = train.optimiser(model, {"head_factor": 1, "learning_rate": rate, "weight_decay": 0})
    losses = []
    for _ in range(steps):
        loss = train.loss_of(model, teachers, x, target, torch.zeros(target.shape), None, config, x.shape[2:])
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


def test_dai_network_takes_120_by_90_and_learns_a_batch():
    torch.manual_seed(0)
    x, target = torch.rand(4, 3, 90, 120), torch.eye(7)[:4]
    losses = learn(network.build("dai2019", 7), train.Teachers([], "cpu"), x, target, {}, 25)
    assert losses[-1] < losses[0]


def test_a_student_follows_its_teachers_where_the_labels_say_otherwise(tmp_path):
    torch.manual_seed(0)
    teacher = network.build("dai2019", 2)
    x = torch.tensor([0.1, 0.9]).view(2, 1, 1, 1).expand(2, 3, 90, 120)  # a dark and a light picture
    wanted, wrong = torch.tensor([0, 1]), torch.eye(2)[[1, 0]]
    learn(teacher, train.Teachers([], "cpu"), x, torch.eye(2)[wanted], {}, 40, 3e-3)
    train.save(tmp_path / "best.pt", average=teacher.state_dict(), network="dai2019", classes=["dark", "light"])
    teachers = train.Teachers([tmp_path / "best.pt"], torch.device("cpu"))
    assert teachers.probabilities(x, 1.0).argmax(1).tolist() == wanted.tolist()
    student = network.build("dai2019", 2)
    learn(student, teachers, x, wrong, {"distil": {"share": 0.9, "temperature": 1.5}}, 40, 3e-3)
    assert student.eval()(x).argmax(1).tolist() == wanted.tolist()


def test_a_mixed_label_weighs_as_its_picture():
    logits, target = torch.tensor([[2.0, 0, 0], [0, 1.0, 0]]), torch.eye(3)[:2]
    mix = (torch.tensor([1, 0]), 0.75)
    found = train.loss_of(lambda x: logits, train.Teachers([], "cpu"), torch.rand(2, 3, 8, 8), target, torch.zeros(2, 3), mix, {}, [8, 8])
    assert found.item() == pytest.approx(train.cross_entropy(logits, 0.75 * target + 0.25 * target[[1, 0]]).item())


def test_unknown_network_is_named():
    with pytest.raises(SystemExit, match="resnet"):
        network.build("resnet", 7)


def test_gamma_and_shade_keep_the_mean_about_and_vary_a_picture():
    x = torch.full((400, 3, 6, 6), 0.5)
    dark_and_light = augment.gamma(torch.Generator().manual_seed(0), x, 0.5)[:, 0, 0, 0]
    assert dark_and_light.min() < 0.4 and dark_and_light.max() > 0.6
    shaded = augment.shade(torch.Generator().manual_seed(0), x, 0.3)
    assert (shaded[:, 0, 0, 0] - shaded[:, 0, 5, 5]).abs().mean() > 0.05
    assert shaded.mean().item() == pytest.approx(0.5, abs=0.03)


def test_a_start_takes_averaged_weights_and_leaves_a_head_of_other_classes(tmp_path):
    torch.manual_seed(0)
    earlier = network.build("dai2019", 3)
    for classes, same in ((3, True), (5, False)):
        model, average = network.build("dai2019", classes), network.build("dai2019", classes)
        head = model.head().weight.clone()
        train.begin_with({"average": earlier.state_dict()}, model, average, None, same)
        assert torch.equal(model.network[0].weight, earlier.network[0].weight)
        assert torch.equal(average.network[0].weight, earlier.network[0].weight)
        assert torch.equal(model.head().weight, earlier.head().weight if same else head)


def test_the_first_blocks_of_a_network_stand_alone(tmp_path):
    pytest.importorskip("efficientnet_lite_pytorch")
    options = {"blocks": 5, "drop_connect_rate": 0.0, "dropout_rate": 0.0}
    model = network.build("efficientnet_lite0", 3, pretrained=False, **options)
    whole = network.build("efficientnet_lite0", 3, pretrained=False)
    assert sum(p.numel() for p in model.parameters()) < sum(p.numel() for p in whole.parameters()) / 20
    x = torch.rand(2, 3, 48, 64)
    model.eval()
    core, seen = model.network, (x - model.mean) / model.std
    seen = torch.nn.functional.relu6(core._bn0(core._conv_stem(seen)))
    for block in core._blocks:
        seen = block(seen)
    assert seen.shape == (2, 40, 6, 8) and torch.allclose(model(x), core._fc(seen.mean((2, 3))))
    model.train()
    model.freeze(5)  # all but the last layer
    assert [name for name, p in model.named_parameters() if p.requires_grad] == ["network._fc.weight", "network._fc.bias"]
    path = tmp_path / "best.pt"
    torch.save({"average": model.state_dict()}, path)
    config = {"network_options": {**options, "width": 1.0}}
    assert torch.allclose(network.load("efficientnet_lite0", 3, path, **network.shape_of(config))(x), model.eval()(x))
    for blocks in (0, 17):
        with pytest.raises(SystemExit, match=f"network_options.blocks is {blocks}; efficientnet-lite0 has 1 to 16"):
            network.build("efficientnet_lite0", 3, pretrained=False, blocks=blocks)
