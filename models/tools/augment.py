"""Training augmentation, vectorised over a batch so that it costs the step a few per cent.

Owns geometry (rotation, zoom, aspect, shift, mirror), which makes a view of a picture, and the camera (blur or sharpen, colour
cast, contrast, saturation, gamma, shading, dark round border). Refuses what would change the diagnosis: no cut-outs, no hue beyond a camera's cast.
Every amount is a key of the config's "augment"; a missing key switches that part off.
"""
import math

import torch
from torch.nn import functional as F


def between(numbers, low, high):
    """Numbers of 0..1 spread from low to high."""
    return numbers * (high - low) + low


def uniform(rng, n, low, high):
    return between(torch.rand(n, generator=rng, device=rng.device), low, high)


def happens(rng, n, share):
    """Bool [n], each true with probability `share`."""
    return torch.rand(n, generator=rng, device=rng.device) < share


GEOMETRY = ("rotate_deg", "zoom", "zoom_axes_apart", "stretch", "shift", "mirror", "shrink")  # keys that a view depends on


def num_numbers(cfg):
    """How many numbers make a view."""
    return 7 if cfg.get("zoom_axes_apart") else 6


def numbers(rng, n, cfg):
    """What n views are made from: num_numbers tensors [n] of 0..1."""
    return [torch.rand(n, generator=rng, device=rng.device) for _ in range(num_numbers(cfg))]


def geometry(numbers, source, output, cfg):
    """Affine maps [n,2,3] from output to source coordinates, both -1..1; sizes are (height, width)."""
    of_angle, of_zoom, *of_zoom_y, of_stretch, of_mirror, of_x, of_y = numbers

    turn = math.radians(cfg.get("rotate_deg", 0))
    angle = between(of_angle, -turn, turn)
    zoom_x = between(of_zoom, *cfg.get("zoom", [1, 1]))
    zoom_y = between(of_zoom_y[0], *cfg.get("zoom", [1, 1])) if of_zoom_y else zoom_x
    stretch = torch.exp(between(of_stretch, -1, 1) * cfg.get("stretch", 0))
    mirror = torch.where(of_mirror < cfg.get("mirror", 0), -1.0, 1.0)
    # in units of the source's half height pixels are square, so a rotation there is a rotation
    half_x = zoom_x * stretch * mirror * output[1] / output[0]
    half_y = zoom_y / stretch
    narrow = source[0] / source[1]
    cos, sin = torch.cos(angle), torch.sin(angle)
    shift = 2 * cfg.get("shift", 0)
    row_x = torch.stack([cos * half_x * narrow, -sin * half_y * narrow, between(of_x, -shift, shift)], 1)
    row_y = torch.stack([sin * half_x, cos * half_y, between(of_y, -shift, shift)], 1)
    return torch.stack([row_x, row_y], 1)


def sharpness(rng, x, share, sharpen):
    """x + a (x - blur x), a in [-1, sharpen): from blurred to sharpened, so sharpness tells the camera nothing."""
    n = x.shape[0]
    amount = uniform(rng, n, -1, sharpen) * happens(rng, n, share)
    blurred = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return x + amount.view(n, 1, 1, 1) * (x - blurred)


def coarser(rng, x, share):
    """Some pictures come from fewer pixels: half the side and back, so that resolution tells the source nothing."""
    small = F.interpolate(F.avg_pool2d(x, 2), size=x.shape[2:], mode="bilinear")
    return torch.where(happens(rng, x.shape[0], share).view(-1, 1, 1, 1), small, x)


def border(rng, x, share):
    """Some pictures get the dark round border of another dermatoscope."""
    n, _, h, w = x.shape
    radius = uniform(rng, n, 0.95, 1.35)
    radius = torch.where(happens(rng, n, share), radius, 9.0).view(n, 1, 1)
    down = torch.linspace(-1, 1, h, device=x.device).view(1, h, 1) - uniform(rng, n, -0.15, 0.15).view(n, 1, 1)
    right = torch.linspace(-1, 1, w, device=x.device).view(1, 1, w) - uniform(rng, n, -0.15, 0.15).view(n, 1, 1)
    return x * ((radius - torch.hypot(down, right)) * 20).clamp(0, 1).unsqueeze(1)


def gamma(rng, x, amount):
    """x^g, g from e^-amount to e^amount: another exposure or window of the same picture."""
    power = torch.exp(uniform(rng, x.shape[0], -1, 1) * amount).view(-1, 1, 1, 1)
    return x.clamp(1e-4, 1) ** power


def shade(rng, x, amount):
    """Brighter to one side than to the other, and to the middle than to the edge: another beam, lamp or lens."""
    n, _, h, w = x.shape
    down, right = torch.linspace(-1, 1, h, device=x.device).view(1, h, 1), torch.linspace(-1, 1, w, device=x.device).view(1, 1, w)
    slopes = [uniform(rng, n, -amount, amount).view(n, 1, 1) for _ in range(3)]
    return x * torch.exp(slopes[0] * down + slopes[1] * right + slopes[2] * (down**2 + right**2 - 2 / 3)).unsqueeze(1)


def colour(rng, x, cfg):
    """Per picture one 3x3 matrix and offset: saturation, per-channel cast, contrast, brightness."""
    n = x.shape[0]
    saturation = 1 + uniform(rng, n, -1, 1).view(n, 1, 1) * cfg.get("saturation", 0)
    gain = torch.exp(uniform(rng, n * 3, -1, 1).view(n, 3, 1) * cfg.get("cast", 0))
    contrast = torch.exp(uniform(rng, n, -1, 1).view(n, 1, 1) * cfg.get("contrast", 0))
    bright = uniform(rng, n, -1, 1).view(n, 1, 1) * cfg.get("bright", 0)
    matrix = (saturation * torch.eye(3, device=x.device) + (1 - saturation) / 3) * gain * contrast
    offset = (1 - contrast) * 0.6 + bright  # contrast turns about 0.6, the mean brightness of these pictures
    return torch.baddbmm(offset, matrix, x.reshape(n, 3, -1)).view_as(x)


def view(pixels, size, cfg, numbers):
    """uint8 [N,H,W,3] → float32 [N,3,height,width], 0..1, the views that `numbers` make; size is (height, width)."""
    n, height, width, _ = pixels.shape
    x = pixels.permute(0, 3, 1, 2).to(torch.float32).mul_(1 / 255)
    if cfg.get("shrink") and height > 1.25 * size[0]:  # bilinear sampling would alias below this
        scale = 1.125 * size[0] / height
        x = F.interpolate(x, scale_factor=scale, mode="bilinear", antialias=True)
    maps = geometry(numbers, (height, width), size, cfg)
    return F.grid_sample(x, F.affine_grid(maps, (n, 3, *size), align_corners=False),
                         padding_mode="reflection", align_corners=False)


def augment(rng, pixels, size, cfg, fixed=None):
    """uint8 [N,H,W,3] → float32 [N,3,height,width] about 0..1; size is (height, width). fixed: the numbers of views that are not drawn here."""
    x = view(pixels, size, cfg, numbers(rng, len(pixels), cfg) if fixed is None else fixed)
    if cfg.get("coarser"):
        x = coarser(rng, x, cfg["coarser"])
    if cfg.get("sharpness_share"):
        x = sharpness(rng, x, cfg["sharpness_share"], cfg["sharpen"])
    if cfg.get("border"):
        x = border(rng, x, cfg["border"])
    if cfg.get("gamma"):
        x = gamma(rng, x, cfg["gamma"])
    if cfg.get("shade"):
        x = shade(rng, x, cfg["shade"])
    if "cast" in cfg:
        x = colour(rng, x, cfg)
    return x.contiguous(memory_format=torch.channels_last)
