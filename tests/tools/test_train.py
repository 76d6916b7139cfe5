"""What needs PyTorch: skipped where it is not installed."""
import numpy as np
import pytest

torch = pytest.importorskip("torch")
from models.tools import augment, network, train  # noqa: E402


class Table:
    label = np.array([0] * 90 + [1] * 10)


def test_draws_follow_the_shares_and_use_every_picture():
    draws = train.Draws(Table, np.arange(100), np.array([0.5, 0.5]), seed=0)
    chosen = np.concatenate([draws.batch(20) for _ in range(40)])
    assert abs((Table.label[chosen] == 1).mean() - 0.5) < 0.07
    assert set(chosen) == set(range(100))
    assert np.bincount(chosen[Table.label[chosen] == 0], minlength=90)[:90].max() <= 6  # 400 draws of 90, in rounds


def test_shares_drawn_lift_rare_and_boosted_classes():
    prior = np.array([0.03, 0.05, 0.11, 0.01, 0.11, 0.67, 0.02])
    plain = train.shares_drawn({"draw_power": 0.5}, prior)
    boosted = train.shares_drawn({"draw_power": 0.5, "draw_boost": {"mel": 1.5}}, prior)
    assert plain.sum() == pytest.approx(1) and plain[3] > prior[3] and plain[5] < prior[5]
    assert boosted[4] > plain[4]


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


def test_dai_network_takes_120_by_90_and_learns_a_batch():
    torch.manual_seed(0)
    model = network.build("dai2019", 7)
    opt = train.optimiser(model, {"head_factor": 1, "learning_rate": 1e-3, "weight_decay": 0})
    x, y = torch.rand(4, 3, 90, 120), torch.tensor([0, 1, 2, 3])
    losses = [train.step(model, opt, x, y, torch.zeros(7), 0.0) for _ in range(25)]
    assert losses[-1] < losses[0]


def test_unknown_network_is_named():
    with pytest.raises(SystemExit, match="resnet"):
        network.build("resnet", 7)
