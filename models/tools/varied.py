"""The same picture in another way: another crop, another device, another stain; from a random.Random, so that it comes again.

For fits of typicality (fit_typicality.py), which must know a kind of picture however it was taken. Refuses to draw anything new.
"""
import io

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter


def coded(r, image):
    """As half of such pictures come: through a JPEG."""
    if r.random() < 0.5:
        return image
    held = io.BytesIO()
    image.save(held, "JPEG", quality=r.randint(40, 95))
    return Image.open(held).convert("RGB")


def crop(r, image, zoom, centred):
    """A square of the picture, its side `zoom` (low, high) of the short side; centred: as far from the middle as fits."""
    width, height = image.size
    short = min(width, height)
    side = short * r.uniform(*zoom)
    room = (short - side, short - side) if centred else (width - side, height - side)
    x, y = (whole / 2 + r.uniform(-0.5, 0.5) * free - side / 2 for whole, free in zip(image.size, room))
    image = image.crop((int(x), int(y), int(x + side), int(y + side)))
    return image.transpose(r.choice(list(Image.Transpose)[:5])) if r.random() < 0.5 else image


def other_crop(r, image, zoom):
    """Another view of a foreign picture: cropped, its colours and sharpness changed much."""
    image = crop(r, image, zoom, False)
    for change, chance, low, high in ((ImageEnhance.Color, 0.3, 0, 1.8), (ImageEnhance.Brightness, 0.3, 0.5, 1.5)):
        if r.random() < chance:
            image = change(image).enhance(r.uniform(low, high))
    if r.random() < 0.2:
        image = image.filter(ImageFilter.GaussianBlur(r.uniform(0.5, 2.5)))
    if r.random() < 0.2:
        cast = [r.uniform(0.9, 1.3), r.uniform(0.8, 1.1), r.uniform(0.6, 1.1)]
        image = Image.fromarray(np.clip(np.asarray(image) * np.array(cast), 0, 255).astype(np.uint8))
    return image


def other_device(r, image, zoom):
    """The same picture as another device might have taken it: zoom, gamma, white balance, contrast, sharpness, round field."""
    image = crop(r, image, (1, 1) if r.random() < 0.4 else zoom, True)
    pixels = 255 * (np.asarray(image) / 255) ** r.uniform(0.8, 1.25) * [r.uniform(0.92, 1.08) for _ in range(3)]
    pixels = (pixels - pixels.mean()) * r.uniform(0.8, 1.2) + pixels.mean() + r.uniform(-15, 15)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if r.random() < 0.4:
        image = ImageEnhance.Color(image).enhance(r.uniform(0.7, 1.3))
    chance = r.random()
    if chance < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(r.uniform(0.4, 1.5)))
    elif chance < 0.4:
        image = image.filter(ImageFilter.UnsharpMask(2, int(r.uniform(30, 120)), 0))
    if r.random() < 0.15:
        field, edge = Image.new("L", image.size, 0), r.uniform(-0.05, 0.12) * image.width
        ImageDraw.Draw(field).ellipse((edge, edge, image.width - edge, image.height - edge), fill=255)
        image = Image.composite(image, Image.new("RGB", image.size), field.filter(ImageFilter.GaussianBlur(1)))
    return coded(r, image)


def other_stain(r, image, zoom):
    """The same slide as another laboratory might have stained and scanned it: each colour's strength, saturation, brightness."""
    image = crop(r, image, (1, 1) if r.random() < 0.4 else zoom, True)
    density = -np.log(np.maximum(np.asarray(image), 1) / 255) * [r.uniform(0.6, 1.5) for _ in range(3)]
    pixels = 255 * np.exp(-density) ** r.uniform(0.8, 1.3)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return coded(r, ImageEnhance.Color(image).enhance(r.uniform(0.6, 1.3)))
