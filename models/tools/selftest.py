"""Draws the pictures that a pack checks itself with: synthetic spots on a skin-coloured ground, no patient's picture."""
import numpy as np
from PIL import Image


def spot(width, height, skin, colours, radii, rough, noise, seed):
    """uint8 [height,width,3]: concentric irregular spots, outermost first."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    dx, dy = x - width / 2, y - height / 2
    angle, radius = np.arctan2(dy, dx), np.hypot(dx, dy) / (height / 2)
    pixels = np.ones((height, width, 3)) * skin + (x / width - 0.5)[..., None] * 14
    for colour, size in zip(colours, radii):
        edge = size
        for k in range(2, 7):
            edge = edge + rough * rng.normal() * np.cos(k * angle + rng.uniform(0, 6.28)) / k
        share = np.clip((edge - radius) * 9 + 0.5, 0, 1)[..., None]
        pixels = pixels * (1 - share) + np.array(colour) * share
    grain = rng.normal(0, noise, (height // 3 + 1, width // 3 + 1, 1)).repeat(3, 0).repeat(3, 1)[:height, :width]
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


PICTURES = {
    "disc.png": dict(width=320, height=240, skin=(212, 168, 150), colours=[(150, 100, 78)], radii=[0.5], rough=0.02,
                     noise=4, seed=1),
    "irregular.png": dict(width=256, height=300, skin=(206, 156, 140), colours=[(142, 92, 74), (78, 48, 46), (96, 84, 100)],
                          radii=[0.75, 0.5, 0.22], rough=0.16, noise=7, seed=2),
    "red.png": dict(width=300, height=200, skin=(226, 182, 168), colours=[(190, 66, 70), (150, 30, 48)],
                    radii=[0.55, 0.3], rough=0.05, noise=5, seed=3),
}


def draw(folder):
    """Writes the PNGs; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, options in PICTURES.items():
        Image.fromarray(spot(**options)).save(folder / name, optimize=True)
    return list(PICTURES)
