"""Pictures of other kinds than a pack's own: drawn ones, noise, and frames without anything in them.

All from a seed. Owns what a fit of typicality is shown beside data sets (outlier exposure, Hendrycks et al. 2019); the
words are common English ones, so that a page of text looks like one. Fonts: the machine's, or the one that Pillow brings.
"""
import colorsys
import glob
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from models.tools import varied

WORDS = ("the of and to in is for on with as was by at from this that are be or an it not have which one all were when can more if "
         "will each about up out many then them these so some her would make like him into time has look two write go see number").split()
SHAPES = [(1, 1), (4, 3), (3, 4), (16, 9), (9, 16), (3, 2)]


def font(r, size_px):
    found = sorted(glob.glob("/usr/share/fonts/truetype/*/*.ttf"))
    size_px = max(7, int(size_px))
    return ImageFont.truetype(r.choice(found), size_px) if found else ImageFont.load_default(size_px)


def colour(r, kind=None):
    """(red, green, blue) of a kind: any, pastel, dark, grey, vivid or warm."""
    hue, saturation, value = r.random(), r.random(), r.random()
    kind = kind or r.choice(["any", "any", "pastel", "dark", "grey", "vivid", "warm"])
    if kind == "pastel":
        saturation, value = r.uniform(0.05, 0.35), r.uniform(0.85, 1)
    elif kind == "dark":
        value = r.uniform(0, 0.3)
    elif kind == "grey":
        saturation = 0
    elif kind == "vivid":
        saturation, value = r.uniform(0.7, 1), r.uniform(0.7, 1)
    elif kind == "warm":
        hue, saturation, value = r.uniform(0, 0.12), r.uniform(0.2, 0.7), r.uniform(0.4, 1)
    return tuple(int(255 * c) for c in colorsys.hsv_to_rgb(hue, saturation, value))


def text(r, words):
    return " ".join(r.choice(WORDS) for _ in range(words))


def sheet(r, background=None):
    """(image, its pen, short side) of a random shape and size."""
    shape, base = r.choice(SHAPES), r.choice([224, 300, 400, 600, 800])
    size = tuple(base * side // min(shape) for side in shape)
    image = Image.new("RGB", size, background or colour(r))
    return image, ImageDraw.Draw(image), base


def page(r):
    dark = r.random() < 0.25
    paper = colour(r, "dark") if dark else r.choice([(255, 255, 255), (250, 248, 240), (245, 245, 245), colour(r, "pastel")])
    ink = (235, 235, 235) if dark else r.choice([(0, 0, 0), (30, 30, 30), (20, 20, 80)])
    image, pen, side = sheet(r, paper)
    height = r.uniform(0.018, 0.09) * side
    face, x, y = font(r, height), r.uniform(0, 0.1) * image.width, r.uniform(0, 0.1) * image.height
    if r.random() < 0.4:
        pen.text((x, y), text(r, 3), font=font(r, height * 2), fill=ink)
        y += height * 3
    while y < image.height:
        words = max(1, int((image.width - 2 * x) / (height * 3)))
        if r.random() > 0.07:
            pen.text((x, y), text(r, words if r.random() < 0.85 else max(1, words // 2)), font=face, fill=ink)
        y += height * 1.35
    return image


def rows_of_a_screen(r):
    """A list or a chat: a bar on top, rounded boxes with words below."""
    image, pen, side = sheet(r)
    chat = r.random() < 0.5
    pen.rectangle((0, 0, image.width, side * r.uniform(0.05, 0.15)), fill=colour(r))
    pen.text((side * 0.03, side * 0.02), text(r, 2), font=font(r, side * 0.05), fill=colour(r))
    y, high = side * 0.15, side * r.uniform(0.07, 0.2)
    while y < image.height:
        wide = image.width * (r.uniform(0.3, 0.7) if chat else 0.94)
        x = image.width - wide - side * 0.03 if chat and r.random() < 0.5 else side * 0.03
        pen.rounded_rectangle((x, y, x + wide, y + high * 0.9), radius=side * 0.02, fill=colour(r, r.choice(["pastel", "grey"])))
        if not chat:
            pen.ellipse((x + 2, y + high * 0.1, x + high * 0.7, y + high * 0.8), fill=colour(r))
        pen.text((x + (side * 0.02 if chat else high), y + high * 0.2), text(r, 3), font=font(r, high * 0.3), fill=colour(r, "dark"))
        y += high
    return image


def tiles_of_a_screen(r):
    image, pen, side = sheet(r)
    step = side * r.uniform(0.12, 0.3)
    for column in range(int(image.width / step) + 1):
        for row in range(int(image.height / step) + 1):
            x, y = column * step, row * step + side * 0.1
            pen.rounded_rectangle((x + step * 0.1, y + step * 0.1, x + step * 0.9, y + step * 0.9),
                                  radius=step * r.choice([0, 0.2]), fill=colour(r, "vivid"))
            if r.random() < 0.5:
                pen.text((x + step * 0.3, y + step * 0.3), r.choice("ABCDXYZ?!123"), font=font(r, step * 0.4), fill=(255, 255, 255))
    return image


def windows_of_a_screen(r):
    image, pen, side = sheet(r)
    for _ in range(r.randint(2, 6)):
        x, y = r.uniform(0, 0.7) * image.width, r.uniform(0, 0.7) * image.height
        wide, high = r.uniform(0.2, 0.6) * image.width, r.uniform(0.2, 0.6) * image.height
        pen.rectangle((x, y, x + wide, y + high), fill=r.choice([(255, 255, 255), (40, 40, 40), colour(r, "pastel")]), outline=(90, 90, 90))
        pen.rectangle((x, y, x + wide, y + side * 0.04), fill=colour(r))
        for line in range(1, int(high / (side * 0.05))):
            pen.text((x + side * 0.01, y + side * 0.05 * line), text(r, max(1, int(wide / (side * 0.12)))),
                     font=font(r, side * 0.03), fill=colour(r, "dark"))
    return image


def axes(r):
    """(image, pen, side, the frame) of a chart without its data."""
    paper = r.choice([(255, 255, 255), (255, 255, 255), (248, 248, 248), colour(r, "pastel"), (25, 25, 35)])
    ink = (220, 220, 220) if sum(paper) < 300 else (40, 40, 40)
    image, pen, side = sheet(r, paper)
    left, top, right, bottom = image.width * 0.12, image.height * 0.1, image.width * 0.95, image.height * 0.88
    pen.text((left, image.height * 0.02), text(r, 4), font=font(r, side * 0.05), fill=ink)
    pen.line((left, top, left, bottom, right, bottom), fill=ink, width=max(1, int(side * r.uniform(0.003, 0.015))))
    for mark in range(6):
        y = bottom - (bottom - top) * mark / 5
        pen.text((image.width * 0.02, y - side * 0.02), str(mark * r.choice([1, 10, 25])), font=font(r, side * 0.035), fill=ink)
        if r.random() < 0.6:
            pen.line((left, y, right, y), fill=(200, 200, 200))
    return image, pen, side, (left, top, right, bottom)


def bars(r):
    image, pen, _, (left, top, right, bottom) = axes(r)
    count, one = r.randint(3, 14), colour(r, "vivid")
    for i in range(count):
        x, step = left + (right - left) * (i + 0.15) / count, (right - left) / count
        pen.rectangle((x, bottom - (bottom - top) * r.random(), x + step * 0.7, bottom), fill=one if r.random() < 0.6 else colour(r, "vivid"))
    return image


def lines(r):
    image, pen, side, (left, top, right, bottom) = axes(r)
    for _ in range(r.randint(1, 4)):
        walk = np.cumsum([r.gauss(0, 1) for _ in range(r.randint(5, 60))])
        walk = (walk - walk.min()) / (np.ptp(walk) + 1e-6) * r.uniform(0.3, 1)
        points = [(left + (right - left) * i / (len(walk) - 1), bottom - (bottom - top) * v) for i, v in enumerate(walk)]
        if r.random() < 0.3:
            pen.polygon([*points, (right, bottom), (left, bottom)], fill=colour(r, "pastel"))
        pen.line(points, fill=colour(r, "vivid"), width=max(1, int(side * r.uniform(0.005, 0.03))))
    return image


def dots(r):
    image, pen, side, (left, top, right, bottom) = axes(r)
    for _ in range(r.randint(1, 3)):
        fill, cx, cy, radius = colour(r, "vivid"), r.random(), r.random(), side * r.uniform(0.005, 0.02)
        for _ in range(r.randint(10, 150)):
            x = left + (right - left) * min(1, max(0, r.gauss(cx, 0.2)))
            y = bottom - (bottom - top) * min(1, max(0, r.gauss(cy, 0.2)))
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    return image


def pie(r):
    image, pen, side = sheet(r, r.choice([(255, 255, 255), colour(r, "pastel")]))
    radius, angle = side * r.uniform(0.25, 0.42), 0
    box = (image.width / 2 - radius, image.height / 2 - radius, image.width / 2 + radius, image.height / 2 + radius)
    while angle < 360:
        end = min(360, angle + r.uniform(15, 140))
        pen.pieslice(box, angle, end, fill=colour(r, r.choice(["vivid", "pastel", "any"])))
        angle = end
    return image


def polygon(r, x, y, radius, corners, jag):
    return [(x + radius * (1 - jag * r.random()) * math.cos(math.tau * i / corners),
             y + radius * (1 - jag * r.random()) * math.sin(math.tau * i / corners)) for i in range(corners)]


def cartoon(r):
    image, pen, side = sheet(r)
    outline, width = r.choice([None, (0, 0, 0), (0, 0, 0)]), max(1, int(side * r.uniform(0.003, 0.02)))
    if r.random() < 0.5:
        pen.rectangle((0, image.height * r.uniform(0.4, 0.8), image.width, image.height), fill=colour(r))
    for _ in range(r.randint(2, 25)):
        x, y, size = r.random() * image.width, r.random() * image.height, side * r.uniform(0.03, 0.3)
        box = (x - size, y - size * r.uniform(0.4, 1), x + size, y + size * r.uniform(0.4, 1))
        shape = r.choice(["ellipse", "box", "polygon", "polygon", "stroke", "face"])
        if shape == "ellipse":
            pen.ellipse(box, fill=colour(r), outline=outline, width=width)
        elif shape == "box":
            pen.rectangle(box, fill=colour(r), outline=outline, width=width)
        elif shape == "polygon":
            pen.polygon(polygon(r, x, y, size, r.randint(3, 12), 0.4), fill=colour(r), outline=outline)
        elif shape == "stroke":
            pen.line([(r.random() * image.width, r.random() * image.height) for _ in range(r.randint(2, 5))], fill=colour(r), width=width * 2)
        else:
            face(r, pen, x, y, size * 1.3, outline, width)
    return image


def face(r, pen, x, y, size, outline, width):
    pen.ellipse((x - size, y - size, x + size, y + size), fill=colour(r), outline=outline, width=width)
    eye = size * r.uniform(0.1, 0.25)
    for cx in (x - size * 0.4, x + size * 0.4):
        pen.ellipse((cx - eye, y - size * 0.3 - eye, cx + eye, y - size * 0.3 + eye), fill=(255, 255, 255), outline=outline, width=width)
        pen.ellipse((cx - eye / 2, y - size * 0.3 - eye / 2, cx + eye / 2, y - size * 0.3 + eye / 2), fill=(0, 0, 0))
    pen.arc((x - size * 0.5, y - size * 0.1, x + size * 0.5, y + size * 0.6), 20, 160, fill=(0, 0, 0), width=max(2, width))


def icon(r):
    image, pen, side = sheet(r, r.choice([(255, 255, 255), colour(r), colour(r, "pastel")]))
    x, y = image.width / 2 + side * r.uniform(-0.1, 0.1), image.height / 2 + side * r.uniform(-0.1, 0.1)
    size, fill = side * r.uniform(0.15, 0.45), colour(r)
    box, shape = (x - size, y - size, x + size, y + size), r.choice(["disc", "ring", "box", "polygon", "cross", "letter"])
    if shape == "disc":
        pen.ellipse(box, fill=fill)
    elif shape == "ring":
        pen.ellipse(box, outline=fill, width=int(size * 0.3))
    elif shape == "box":
        pen.rounded_rectangle(box, radius=size * r.choice([0.01, 0.3]), fill=fill)
    elif shape == "polygon":
        pen.polygon(polygon(r, x, y, size, r.randint(3, 9), r.choice([0, 0.5])), fill=fill)
    elif shape == "cross":
        pen.line(box, fill=fill, width=int(size * 0.3))
        pen.line((x - size, y + size, x + size, y - size), fill=fill, width=int(size * 0.3))
    else:
        pen.text((x - size, y - size * 1.2), r.choice("ABGKMQRSXZ&@8"), font=font(r, size * 2), fill=fill)
    return image


def sketch(r):
    image, pen, side = sheet(r, r.choice([(255, 255, 255), (250, 245, 230), colour(r, "pastel")]))
    ink = r.choice([(0, 0, 0), (30, 30, 140), (90, 90, 90)])
    for _ in range(r.randint(3, 30)):
        x, y, angle, points = r.random() * image.width, r.random() * image.height, r.random() * math.tau, []
        for _ in range(r.randint(10, 80)):
            angle += r.gauss(0, 0.4)
            x, y = x + side * 0.015 * math.cos(angle), y + side * 0.015 * math.sin(angle)
            points.append((x, y))
        pen.line(points, fill=ink, width=max(1, int(side * r.uniform(0.002, 0.012))))
    return image


def diagram(r):
    image, pen, side = sheet(r, r.choice([(255, 255, 255), (255, 255, 255), colour(r, "pastel")]))
    places = [(r.uniform(0.05, 0.8) * image.width, r.uniform(0.05, 0.85) * image.height) for _ in range(r.randint(3, 10))]
    pen.line(places, fill=(60, 60, 60), width=max(1, int(side * 0.006)))
    for x, y in places:
        pen.rounded_rectangle((x, y, x + side * r.uniform(0.1, 0.3), y + side * r.uniform(0.06, 0.15)), radius=side * 0.01,
                              fill=colour(r, "pastel"), outline=(40, 40, 40))
        pen.text((x + 4, y + 4), text(r, 1), font=font(r, side * 0.035), fill=(0, 0, 0))
    return image


def table(r):
    image, pen, side = sheet(r, (255, 255, 255))
    high, wide = side * r.uniform(0.04, 0.1), side * r.uniform(0.12, 0.3)
    ink = font(r, high * 0.6)
    for row in range(int(image.height / high) + 1):
        if row == 0 or r.random() < 0.2:
            pen.rectangle((0, row * high, image.width, (row + 1) * high), fill=colour(r, "pastel"))
        pen.line((0, row * high, image.width, row * high), fill=(180, 180, 180))
        for column in range(int(image.width / wide) + 1):
            word = str(r.randint(0, 9999)) if r.random() < 0.7 else text(r, 1)
            pen.text((column * wide + 3, row * high + 2), word, font=ink, fill=(20, 20, 20))
            pen.line((column * wide, 0, column * wide, image.height), fill=(180, 180, 180))
    return image


def pattern(r):
    rng, n = np.random.default_rng(r.getrandbits(32)), r.choice([4, 8, 15, 21, 29, 40])
    y, x = np.indices((n, n))
    a, b = np.array(colour(r)), np.array(colour(r))
    kind = r.choice(["code", "squares", "stripes", "mosaic", "mirrored"])
    if kind == "code":
        pixels = 255 * (rng.random((n, n, 1)) < 0.5) * np.ones(3)
    elif kind == "squares":
        pixels = np.where(((x + y) % 2)[..., None], a, b)
    elif kind == "stripes":
        pixels = np.where(((r.choice([x, y, x + y]) // r.choice([1, 2])) % 2)[..., None], a, b)
    elif kind == "mosaic":
        pixels = rng.integers(0, 256, (n, n, 3))
    else:
        half = rng.integers(0, 5, (n, n // 2 + 1))
        pixels = np.array([colour(r) for _ in range(5)])[np.concatenate([half, half[:, ::-1]], 1)]
    return Image.fromarray(pixels.astype(np.uint8)).resize((r.choice([224, 400]),) * 2, Image.NEAREST)


DRAWINGS = (page, rows_of_a_screen, tiles_of_a_screen, windows_of_a_screen, bars, lines, dots, pie, cartoon, icon, sketch, diagram, table, pattern)


def cloud(rng, n, power):
    """[n,n] noise whose spectrum falls with frequency^-power, mean 0, deviation 1."""
    f = np.fft.fftfreq(n)
    radius = np.hypot(f[:, None], f[None])
    radius[0, 0] = 1
    made = np.fft.ifft2(np.fft.fft2(rng.standard_normal((n, n))) / radius ** power).real
    return (made - made.mean()) / (made.std() + 1e-9)


def noise(r, n=224):
    rng, base = np.random.default_rng(r.getrandbits(32)), np.array(colour(r), float)
    kind = r.choice(["uniform", "grey", "gauss", "film", "salt", "blocks", "blobs", "lines", "clouds", "grey clouds"])
    if kind == "uniform":
        pixels = rng.integers(0, 256, (n, n, 3))
    elif kind == "grey":
        pixels = rng.integers(0, 256, (n, n, 1)) * np.ones(3)
    elif kind in ("gauss", "film"):
        pixels = base + rng.normal(0, r.uniform(8, 80), (n, n, 3 if kind == "gauss" else 1))
    elif kind == "salt":
        chance, share = rng.random((n, n, 1)), r.uniform(0.01, 0.4)
        pixels = np.where(chance < share / 2, 0, np.where(chance > 1 - share / 2, 255, base))
    elif kind in ("blocks", "blobs"):
        small = Image.fromarray(rng.integers(0, 256, (r.choice([4, 7, 14, 28, 56]),) * 2 + (3,)).astype(np.uint8))
        return small.resize((n, n), Image.NEAREST if kind == "blocks" else Image.BICUBIC)
    elif kind == "lines":
        pixels = np.repeat(rng.integers(0, 256, (n, 1, 3)), n, 1)
        pixels = pixels if r.random() < 0.5 else pixels.transpose(1, 0, 2)
    else:
        power = r.uniform(0.5, 2.2)
        fields = [cloud(rng, n, power) for _ in range(3 if kind == "clouds" else 1)] * (1 if kind == "clouds" else 3)
        pixels = base + np.stack(fields, 2) * [r.uniform(10, 70) for _ in range(3)]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def frame(r, photographs, n=224):
    """Nothing to see: one colour, a gradient, or a photograph lost to blur, darkness or light."""
    kind = r.choice(["black", "white", "flat", "flat", "warm", "gradient", "spot", "blur", "blur", "dark", "bright"])
    y, x = np.indices((n, n)) / n
    if kind in ("blur", "dark", "bright"):
        image = r.choice(photographs)
        if kind == "blur":
            return image.filter(ImageFilter.GaussianBlur(r.uniform(6, 40)))
        return ImageEnhance.Brightness(image).enhance(r.uniform(0.02, 0.2) if kind == "dark" else r.uniform(3, 8))
    if kind == "black":
        share = np.zeros((n, n, 1))
        pixels = share + r.choice([0, 0, 5, 12])
    elif kind == "white":
        pixels = np.zeros((n, n, 1)) + r.choice([255, 255, 250, 240])
    else:
        angle = r.random() * math.tau
        share = np.zeros((n, n)) if kind in ("flat", "warm") else (
            (x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle) + 0.5 if kind == "gradient"
            else np.hypot(x - r.uniform(0.2, 0.8), y - r.uniform(0.2, 0.8)) / r.uniform(0.3, 0.9))
        share = np.clip(share, 0, 1)[..., None]
        pixels = np.array(colour(r, "warm" if kind == "warm" else None)) * (1 - share) + np.array(colour(r)) * share
        if r.random() < 0.5:
            pixels = pixels + np.random.default_rng(r.getrandbits(32)).normal(0, r.uniform(0.5, 4), (n, n, 3))
    return Image.fromarray(np.clip(pixels * np.ones(3), 0, 255).astype(np.uint8))


def drawings(seed, count):
    for i in range(count):
        r = random.Random(f"drawing {seed} {i}")
        yield varied.coded(r, DRAWINGS[i % len(DRAWINGS)](r))


def noises(seed, count):
    for i in range(count):
        r = random.Random(f"noise {seed} {i}")
        yield varied.coded(r, noise(r))


def frames(seed, count, photographs):
    for i in range(count):
        r = random.Random(f"frame {seed} {i}")
        yield varied.coded(r, frame(r, photographs))
