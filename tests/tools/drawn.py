"""A small set of drawn pictures, three classes, for tests of the foundry: nobody's data, made in a second."""
import numpy as np
from PIL import Image

CLASSES = ("dots", "lines", "plain")


def picture(kind, rng, width=130, height=100):
    """kind: one of CLASSES, or a set of them to draw over each other."""
    kind = {kind} if isinstance(kind, str) else kind
    pixels = np.ones((height, width, 3)) * rng.uniform(90, 170, 3)
    y, x = np.mgrid[:height, :width]
    if "dots" in kind:
        for _ in range(12):
            pixels[np.hypot(x - rng.uniform(0, width), y - rng.uniform(0, height)) < 6] = rng.uniform(0, 60, 3)
    if "lines" in kind:
        pixels[np.sin((x * np.cos(rng.uniform(0, 3)) + y) / rng.uniform(2, 5)) > 0.3] = rng.uniform(0, 60, 3)
    return Image.fromarray(np.clip(pixels + rng.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8))


def folders(path, each=36, seed=0):
    """PATH/<class>/<class>-NN.png"""
    rng = np.random.default_rng(seed)
    for kind in CLASSES:
        (path / kind).mkdir(parents=True)
        for i in range(each):
            picture(kind, rng).save(path / kind / f"{kind}-{i:02d}.png")
    return path


def findings(path, each=24, seed=0):
    """PATH/table.csv and PATH/images/: pictures with dots, lines, both or neither, two of each patient."""
    rng = np.random.default_rng(seed)
    (path / "images").mkdir(parents=True)
    lines = ["file,found,patient,side"]
    for n in range(each * 4):
        found = [kind for bit, kind in enumerate(("dots", "lines")) if n >> bit + 1 & 1]
        name = f"p{n // 2:03d}-{n % 2}.png"
        picture(set(found), rng).save(path / "images" / name)
        lines.append(f"{name},{' + '.join(found) or 'nothing'},p{n // 2},{('train', 'train', 'val', 'train', 'test')[n // 8 % 5]}")
    (path / "table.csv").write_text("\n".join(lines) + "\n")
    return path
