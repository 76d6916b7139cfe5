"""Pictures made worse in known ways and strengths, to see from where on a model errs more. Owns no thresholds."""
import numpy as np
from PIL import Image, ImageFilter


def _values(image):
    return np.asarray(image, dtype=np.float32)


def _image(values):
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def blur(image, radius, rng):
    return image.filter(ImageFilter.GaussianBlur(radius))


def noise(image, deviation, rng):
    return _image(_values(image) + rng.normal(0, deviation, (image.height, image.width, 3)))


def gain(image, factor, rng):
    """Under- and overexposed: what goes beyond white is lost."""
    return _image(_values(image) * factor)


def contrast(image, factor, rng):
    mean = _values(image).mean((0, 1))
    return _image((_values(image) - mean) * factor + mean)


def gamma(image, power, rng):
    """Another exposure or window: grey levels move, black and white stay."""
    return _image(255 * (_values(image) / 255) ** power)


def cast(image, amount, rng):
    """A lamp's colour: red up and blue down by that factor, or the other way round."""
    sign = rng.choice([-1, 1])
    return _image(_values(image) * [(1 + amount) ** sign, 1, (1 + amount) ** -sign])


def rotate(image, degrees, rng):
    """Turned to one side or the other; what comes in from outside is the picture's mirror image, not black corners."""
    pad = int(0.25 * max(image.size)) + 1
    wide = Image.fromarray(np.pad(np.asarray(image), ((pad, pad), (pad, pad), (0, 0)), mode="symmetric" if pad <= min(image.size) else "edge"))
    turned = wide.rotate(degrees * rng.choice([-1, 1]), Image.Resampling.BICUBIC)
    return turned.crop((pad, pad, pad + image.width, pad + image.height))


def small(image, divisor, rng):
    """Fewer pixels: taken from further away, or sent by a messenger."""
    return image.resize((max(16, image.width // divisor), max(16, image.height // divisor)), Image.Resampling.LANCZOS)


def glare(image, share, rng):
    """White spots with soft edges until they cover a share of the picture."""
    y, x = np.mgrid[:image.height, :image.width]
    side = min(image.size)
    mask = np.zeros((image.height, image.width), np.float32)
    while (mask > 0.5).mean() < share:
        at_x, at_y = rng.uniform(0.2, 0.8) * image.width, rng.uniform(0.1, 0.9) * image.height
        radius = rng.uniform(0.04, 0.19) * side
        spot = 1.6 * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / radius ** 2)
        mask = np.maximum(mask, np.clip(spot, 0, 1))
    return _image(_values(image) * (1 - mask[..., None]) + 252 * mask[..., None])


def text(image, share, rng):
    """A share of its rows covered by flat bars and hard edges: a screenshot with the picture in it."""
    values = _values(image).copy()
    rows = int(image.height * share)
    values[:rows] = 255
    for row in range(4, rows - 4, 9):
        for column in range(6, image.width - 12, 14):
            values[row:row + 5, column:column + int(rng.integers(2, 11))] = 20
    return _image(values)


KINDS = {"blur": blur, "noise": noise, "dark": gain, "bright": gain, "contrast": contrast, "small": small,
         "glare": glare, "text": text, "gamma": gamma, "cast": cast, "rotate": rotate, "jpeg": None}


def write(image, kind, strength, path, quality, seed):
    """A damaged copy as JPEG; of kind "jpeg" the strength is its quality."""
    worse = image if kind == "jpeg" else KINDS[kind](image, strength, np.random.default_rng(seed))
    worse.save(path, "JPEG", quality=int(strength) if kind == "jpeg" else quality, subsampling=2 if kind == "jpeg" else 0)
