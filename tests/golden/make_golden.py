"""Draws the small pictures of tests/golden and writes what preparing them must give.

    python tests/golden/make_golden.py        (needs Pillow; writes beside itself)

Every picture is drawn here, from arithmetic and a seeded generator: none is a
photo. prepare.txt holds one case a line:

    file  crop  out_width  out_height  crop_fraction  sha256 of the RGB bytes

crop is `-` (the centre) or x,y,width,height in fractions of the upright
picture. The expected bytes come from Pillow's Image.resize(BILINEAR, box) of
the pixels that were drawn, turned upright here: an implementation that shares
nothing with ours. Only lossless pictures are listed; JPEG decoding is compared
with stb_image itself in tests/c/decode_jpeg.c. What colour profiles must give is
LittleCMS's, within what tests/c/decode_icc.c allows. Output is the same on every run
with one version of Pillow's JPEG encoder.
"""

import hashlib
import io
import math
import random
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw

HERE = Path(__file__).resolve().parent


def draw(width, height, seed=7):
    """A lesion-like scene: smooth skin, a dark blob, hairs, grain."""
    rng = random.Random(seed)
    image = Image.new("RGB", (width, height))
    pixels = image.load()
    for y in range(height):
        for x in range(width):
            shade = 30 * math.sin(x / 9) * math.cos(y / 13)
            far = math.hypot(x - width * 0.45, (y - height * 0.55) * 1.2) / min(width, height)
            dark = 110 / (1 + math.exp((far - 0.3) * 30))
            grain = rng.randint(-6, 6)
            base = (222 + shade - dark, 170 + shade - 0.9 * dark, 150 - shade - 0.6 * dark)
            pixels[x, y] = tuple(max(0, min(255, int(v + grain))) for v in base)
    pen = ImageDraw.Draw(image)
    for _ in range(5):
        ends = [rng.randint(0, width), rng.randint(0, height), rng.randint(0, width), rng.randint(0, height)]
        pen.line(ends, fill=(40, 30, 25))
    pen.rectangle([1, 2, width // 8, height // 10], fill=(255, 0, 30))
    pen.rectangle([width - width // 7, 0, width - 1, height // 8], fill=(0, 40, 255))
    return image


# ---- PNG, written here so that every kind exists ------------------------------

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, payload):
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def pack_row(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", s) for s in samples)
    if depth == 8:
        return bytes(samples)
    bits = "".join(format(s, f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def filter_row(kind, row, above, step):
    def at(line, i):
        return line[i] if i >= 0 else 0

    out = bytearray()
    for i, value in enumerate(row):
        a, b, c = at(row, i - step), above[i], at(above, i - step)
        p = a + b - c
        near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        out.append((value - [0, a, b, (a + b) // 2, near][kind]) & 255)
    return bytes([kind]) + bytes(out)


def png(width, height, depth, colour, sample, interlaced=False, before=(), pieces=1):
    """sample(x, y) -> the pixel's samples. before: chunks ahead of IDAT."""
    step = max(1, CHANNELS[colour] * depth // 8)
    raw, count = b"", 0
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        above = None
        for y in range(y0, height, dy):
            samples = [s for x in range(x0, width, dx) for s in sample(x, y)]
            if not samples:
                continue
            row = pack_row(samples, depth)
            raw += filter_row(count % 5, row, above or bytes(len(row)), step)
            above, count = row, count + 1
    data = zlib.compress(raw, 9)
    size = -(-len(data) // pieces)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    for kind, payload in before:
        out += chunk(kind, payload)
    for i in range(0, len(data), size):
        out += chunk(b"IDAT", data[i:i + size])
    return out + chunk(b"IEND", b"")


def exif(orientation, order=">"):
    mark = b"MM" if order == ">" else b"II"
    entries = [(0x010F, 2, 4, b"abc\0"), (0x0112, 3, 1, struct.pack(order + "HH", orientation, 0))]
    body = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        body += struct.pack(order + "HHI", tag, kind, count) + value
    return mark + struct.pack(order + "HI", 42, 8) + body + struct.pack(order + "I", 0)


def on_white(colour, alpha):
    """Rounded as Pillow's Image.paste with a mask does."""
    return tuple(((t := c * alpha + 255 * (255 - alpha) + 128) + (t >> 8)) >> 8 for c in colour)


def picture(width, height, pixel):
    image = Image.new("RGB", (width, height))
    image.putdata([pixel(x, y) for y in range(height) for x in range(width)])
    return image


def pngs():
    """Yields name, bytes, the RGB picture that it must decode to."""
    width, height = 61, 45
    scene = draw(width, height)
    rgb = lambda x, y: scene.getpixel((x, y))
    grey = lambda x, y: rgb(x, y)[1]
    alpha = lambda x, y: min(255, (x * 5 + y * 3) % 300)

    yield "rgb8", png(width, height, 8, 2, rgb), scene
    yield "rgb8-pieces", png(width, height, 8, 2, rgb, pieces=4), scene
    yield "rgb8-interlaced", png(width, height, 8, 2, rgb, True), scene
    yield "rgb16", png(width, height, 16, 2, lambda x, y: [v * 256 + (x * 7 & 255) for v in rgb(x, y)]), scene
    key = rgb(2, 3)
    yield ("rgb8-key", png(width, height, 8, 2, rgb, before=[(b"tRNS", struct.pack(">HHH", *key))]),
           picture(width, height, lambda x, y: (255, 255, 255) if rgb(x, y) == key else rgb(x, y)))
    wide = lambda x, y: [v * 256 + x % 2 for v in rgb(x, y)]
    yield ("rgb16-key", png(width, height, 16, 2, wide, before=[(b"tRNS", struct.pack(">HHH", *wide(2, 3)))]),
           picture(width, height, lambda x, y: (255, 255, 255) if wide(x, y) == wide(2, 3) else rgb(x, y)))
    yield ("rgba8", png(width, height, 8, 6, lambda x, y: rgb(x, y) + (alpha(x, y),)),
           picture(width, height, lambda x, y: on_white(rgb(x, y), alpha(x, y))))
    yield ("rgba16-interlaced",
           png(width, height, 16, 6, lambda x, y: [v * 257 for v in rgb(x, y) + (alpha(x, y),)], True),
           picture(width, height, lambda x, y: on_white(rgb(x, y), alpha(x, y))))
    yield ("grey-alpha8", png(width, height, 8, 4, lambda x, y: (grey(x, y), alpha(x, y))),
           picture(width, height, lambda x, y: on_white((grey(x, y),) * 3, alpha(x, y))))
    yield ("grey-alpha16", png(width, height, 16, 4, lambda x, y: (grey(x, y) * 256 + 9, alpha(x, y) * 256)),
           picture(width, height, lambda x, y: on_white((grey(x, y),) * 3, alpha(x, y))))
    for depth in (1, 2, 4, 8, 16):
        top = (1 << depth) - 1
        level = lambda x, y: (grey(x, y) * (top + 1) >> 8) if depth <= 8 else grey(x, y) * 256 + 77
        shown = lambda x, y: (level(x, y) * 255 // top if depth <= 8 else grey(x, y),) * 3
        for interlaced in (False, True):
            name = f"grey{depth}" + ("-interlaced" if interlaced else "")
            yield name, png(width, height, depth, 0, lambda x, y: [level(x, y)], interlaced), picture(width, height, shown)
    for depth in (1, 2, 4, 8):
        count = (1 << depth) - (depth == 8) * 3
        colours = [(i * 83 & 255, 255 - (i * 29 & 255), i * 151 & 255) for i in range(count)]
        clear = bytes([0, 128][:count])
        index = lambda x, y: grey(x, y) * count >> 8
        yield (f"palette{depth}",
               png(width, height, depth, 3, lambda x, y: [index(x, y)], depth == 4,
                   [(b"PLTE", bytes(v for c in colours for v in c)), (b"tRNS", clear)]),
               picture(width, height, lambda x, y: on_white(colours[index(x, y)], clear[index(x, y)] if index(x, y) < len(clear) else 255)))


def write_orientations(expected):
    scene = draw(53, 38, seed=3)
    for orientation in range(1, 9):
        order = "<" if orientation % 2 else ">"
        name = f"orientation-{orientation}.png"
        (HERE / name).write_bytes(png(53, 38, 8, 2, lambda x, y: scene.getpixel((x, y)),
                                      before=[(b"eXIf", exif(orientation, order))]))
        upright = {1: scene, 2: scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
                   3: scene.transpose(Image.Transpose.ROTATE_180),
                   4: scene.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
                   5: scene.transpose(Image.Transpose.TRANSPOSE),
                   6: scene.transpose(Image.Transpose.ROTATE_270),
                   7: scene.transpose(Image.Transpose.TRANSVERSE),
                   8: scene.transpose(Image.Transpose.ROTATE_90)}[orientation]
        expected += [case(name, upright, *how) for how in [
            (None, 16, 16, 1.0), (None, 24, 17, 0.875), (None, 90, 70, 1.0), ((0.1, 0.2, 0.5, 0.6), 20, 12, 1.0)]]


# ---- Expected results ----------------------------------------------------------

def centre_box(width, height, out_width, out_height, fraction):
    """image_crop_centre in src/image/crop.h, repeated."""
    w, h = float(width), float(height)
    if w * out_height > h * out_width:
        w = h * out_width / out_height
    else:
        h = w * out_height / out_width
    w = min(max(math.floor(w * fraction + 0.5), 1), width)
    h = min(max(math.floor(h * fraction + 0.5), 1), height)
    x0, y0 = (width - w) // 2, (height - h) // 2
    return x0, y0, x0 + w, y0 + h


def given_box(width, height, crop):
    """image_crop_given in src/image/crop.h, repeated."""
    x, y, w, h = crop
    x0 = min(math.floor(x * width + 0.5), width - 1)
    y0 = min(math.floor(y * height + 0.5), height - 1)
    x1 = min(max(math.floor((x + w) * width + 0.5), x0 + 1), width)
    y1 = min(max(math.floor((y + h) * height + 0.5), y0 + 1), height)
    return x0, y0, x1, y1


def resize(image, box, out_width, out_height):
    """Image.resize(BILINEAR, box) with its two passes apart, along rows first.

    That is what one call does up to Pillow 12; Pillow 13 turns the order round
    where it finds that cheaper, which changes some bytes by 1.
    """
    x0, y0, x1, y1 = box
    narrow = image.resize((out_width, image.height), Image.Resampling.BILINEAR, box=(x0, 0, x1, image.height))
    return narrow.resize((out_width, out_height), Image.Resampling.BILINEAR, box=(0, y0, out_width, y1))


def case(name, upright, crop, out_width, out_height, fraction):
    if crop is None:
        box = centre_box(*upright.size, out_width, out_height, fraction)
    else:
        box = given_box(*upright.size, crop)
    small = resize(upright, box, out_width, out_height)
    shown = "-" if crop is None else ",".join(repr(v) for v in crop)
    return f"{name} {shown} {out_width} {out_height} {fraction!r} {hashlib.sha256(small.tobytes()).hexdigest()}"


# ---- JPEG, by Pillow's encoder ---------------------------------------------------

def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=options.pop("quality", 88), **options)
    return out.getvalue()


def jpegs():
    scene, odd = draw(96, 64), draw(67, 45)
    for name, sampling in (("420", "4:2:0"), ("422", "4:2:2"), ("444", "4:4:4"), ("411", "4:1:1")):
        yield f"baseline-{name}", jpeg(odd, subsampling=sampling)
        yield f"progressive-{name}", jpeg(odd, subsampling=sampling, progressive=True)
    yield "baseline", jpeg(scene)
    yield "progressive", jpeg(scene, progressive=True)
    yield "optimised", jpeg(scene, optimize=True, quality=40)
    yield "best", jpeg(scene, quality=100, subsampling="4:4:4")
    yield "two-scans", in_two_scans(jpeg(scene, subsampling="4:4:4"))
    yield "flat", jpeg(Image.new("RGB", (80, 48), (200, 150, 130)))
    yield "grey", jpeg(scene.convert("L"))
    yield "grey-progressive", jpeg(scene.convert("L"), progressive=True)
    yield "cmyk", jpeg(scene.convert("CMYK"))
    yield "rgb", jpeg(scene, keep_rgb=True)
    yield "restarts", jpeg(scene, restart_marker_blocks=3)
    yield "restarts-progressive", jpeg(scene, restart_marker_rows=1, progressive=True)
    # As many pixels as it takes to be decoded smaller, of less than a photo's detail to be small files.
    photo = draw(110, 103, seed=5).resize((2200, 2056), Image.Resampling.BICUBIC)
    yield "photo", jpeg(photo, quality=50, subsampling="4:2:0")
    yield "photo-progressive", jpeg(photo, quality=50, subsampling="4:2:0", progressive=True)
    yield "exif-6", jpeg(scene, exif=b"Exif\0\0" + exif(6, "<"))
    yield "exif-3-big-endian", jpeg(scene, exif=b"Exif\0\0" + exif(3, ">"))


# ---- Colour profiles ---------------------------------------------------------------

SRGB_WHITE = (0.3127, 0.3290)
PRIMARIES = {"srgb": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)), "p3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
             "adobe": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), "prophoto": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001))}
D50 = (0.9642, 1.0, 0.8249)
BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
SRGB_PARAMETERS = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def times(m, v):
    return [sum(a * b for a, b in zip(row, v)) for row in m]


def inverse(m):
    rows = [list(row) + [float(i == j) for j in range(3)] for i, row in enumerate(m)]
    for i in range(3):
        pivot = max(range(i, 3), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(3):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i])]
    return [row[3:] for row in rows]


def to_xyz(primaries, white=SRGB_WHITE):
    """Light of these primaries to XYZ under D50, by Bradford."""
    xyz = lambda x, y: (x / y, 1.0, (1 - x - y) / y)
    columns = list(zip(*(xyz(*p) for p in primaries)))
    shares = times(inverse(columns), xyz(*white))
    cones = [w / c for w, c in zip(times(BRADFORD, D50), times(BRADFORD, xyz(*white)))]
    adapt = lambda v: times(inverse(BRADFORD), [a * b for a, b in zip(cones, times(BRADFORD, v))])
    return [list(row) for row in zip(*(adapt([c * shares[i] for c in column]) for i, column in enumerate(zip(*columns))))]


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def para(kind, *parameters):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(fixed, parameters))


def curv(*entries):
    return b"curv\0\0\0\0" + struct.pack(f">I{len(entries)}H", len(entries), *entries)


def desc(name):
    """As in version 4, with another language first."""
    text, other = name.encode("utf-16-be"), "fremd".encode("utf-16-be")
    return (b"mluc\0\0\0\0" + struct.pack(">II", 2, 12) + b"deDE" + struct.pack(">II", len(other), 40)
            + b"enUS" + struct.pack(">II", len(text), 40 + len(other)) + other + text)


def old_desc(name):
    """As in version 2."""
    return b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + bytes(1 + 8 + 3 + 67)


def icc(name, kind, curves, columns=None, connection=b"XYZ "):
    tags = [(b"desc", name), (b"wtpt", b"XYZ \0\0\0\0" + b"".join(map(fixed, D50)))]
    if kind == b"GRAY":
        tags.append((b"kTRC", curves[0]))
    else:
        tags += [(c + b"TRC", curve) for c, curve in zip((b"r", b"g", b"b"), curves)]
        tags += [(c + b"XYZ", b"XYZ \0\0\0\0" + b"".join(map(fixed, column)))
                 for c, column in zip((b"r", b"g", b"b"), zip(*columns))]
    at, table, body = 132 + 12 * len(tags), b"", b""
    for tag, content in tags:
        table += tag + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I", at + len(body)) + bytes(4) + b"\x04\0\0\0mntr" + kind + connection
    head += bytes(12) + b"acsp" + bytes(28) + b"".join(map(fixed, D50)) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + body


def profiles():
    srgb_curve = para(3, *SRGB_PARAMETERS)
    light = lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
    table = curv(*(round(light(i / 1023) * 65535) for i in range(1024)))
    yield "icc-p3", icc(desc("Display P3"), b"RGB ", [srgb_curve] * 3, to_xyz(PRIMARIES["p3"]))
    yield "icc-p3-table", icc(desc("P3 by table"), b"RGB ", [table] * 3, to_xyz(PRIMARIES["p3"]))
    yield "icc-adobe", icc(old_desc("Adobe RGB (1998)"), b"RGB ", [curv(round(2.19921875 * 256))] * 3, to_xyz(PRIMARIES["adobe"]))
    yield "icc-prophoto", icc(old_desc("ProPhoto"), b"RGB ", [para(0, 1.8)] * 3, to_xyz(PRIMARIES["prophoto"], (0.3457, 0.3585)))
    yield "icc-linear", icc(desc("Line\u00e4r"), b"RGB ", [curv()] * 3, to_xyz(PRIMARIES["srgb"]))
    mixed = [para(1, 2.2, 1.02, -0.02), para(2, 2.0, 0.9, 0.05, 0.01), para(4, 2.4, 0.9479, 0.0521, 0.0774, 0.04045, 0.001, 0.0005)]
    yield "icc-mixed", icc(desc("x" * 60), b"RGB ", mixed, to_xyz(PRIMARIES["srgb"]))
    yield "icc-srgb", icc(desc("sRGB again"), b"RGB ", [table, srgb_curve, table], to_xyz(PRIMARIES["srgb"]))


def chart(width=40, height=26):
    """1000 colours of the cube, and 40 greys."""
    colour = lambda i: (i // 100 * 255 // 9, i // 10 % 10 * 255 // 9, i % 10 * 255 // 9) if i < 1000 else ((i - 1000) * 255 // 39,) * 3
    return picture(width, height, lambda x, y: colour(y * width + x))


def shown_by_littlecms(image, profile):
    # 1: relative colorimetric; 0x0100: no table in between
    return ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), renderingIntent=1,
                                     outputMode="RGB", flags=0x0100)


def write_png(name, image, before=(), depth=8):
    wide = lambda v: [c * 257 for c in v] if depth == 16 else v
    (HERE / name).write_bytes(png(*image.size, depth, 2, lambda x, y: wide(image.getpixel((x, y))), before=before))


def iccp(profile):
    return b"iCCP", b"name\0\0" + zlib.compress(profile, 9)


def write_profiles():
    """Each icc-NAME.png beside icc-NAME.srgb.png, what LittleCMS makes of it.

    Also JPEGs with the same profiles, in pieces; and PNGs with the other chunks
    that speak of colours.
    """
    image = chart()
    for name, profile in profiles():
        write_png(f"{name}.png", image, [iccp(profile)])
        write_png(f"{name}.srgb.png", shown_by_littlecms(image, profile))
    p3 = dict(profiles())["icc-p3"]
    write_png("icc-p3-16.png", image, [iccp(p3)], depth=16)
    grey = icc(desc("Grey 1.8"), b"GRAY", [curv(round(1.8 * 256))])
    ramp = picture(40, 26, lambda x, y: (min(255, y * 10 + x // 4),) * 3)
    (HERE / "icc-grey.png").write_bytes(png(40, 26, 8, 0, lambda x, y: ramp.getpixel((x, y))[:1], before=[iccp(grey)]))
    write_png("icc-grey.srgb.png", shown_by_littlecms(ramp.convert("L"), grey))
    blocks = image.resize((320, 208), Image.Resampling.NEAREST)
    plain = jpeg(blocks, quality=98, subsampling="4:4:4")
    pieces = [p3[:100], p3[100:400], p3[400:]]
    segments = [b"\xff\xe2" + struct.pack(">H", 2 + 14 + len(p)) + b"ICC_PROFILE\0" + bytes([i + 1, 3]) + p for i, p in enumerate(pieces)]
    (HERE / "icc-p3-pieces.jpg").write_bytes(plain[:20] + segments[2] + segments[0] + segments[1] + plain[20:])
    light = lambda v: v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
    code = lambda v: round(255 * min(1, max(0, 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)))
    gamma = lambda g: (b"gAMA", struct.pack(">I", g))
    for name, value in (("gama-linear", 100000), ("gama-mac", 55556)):
        write_png(f"{name}.png", image, [gamma(value)])
        write_png(f"{name}.srgb.png", picture(*image.size, lambda x, y: tuple(
            code((c / 255) ** (100000 / value)) for c in image.getpixel((x, y)))))
    (HERE / "gama-linear-16.png").write_bytes(png(40, 26, 16, 2, lambda x, y: [round(light(c / 255) * 65535) for c in image.getpixel((x, y))],
                                                  before=[gamma(100000)]))
    chrm = lambda p: (b"cHRM", struct.pack(">8I", *(round(v * 100000) for v in SRGB_WHITE + sum(p, ()))))
    # Beside cHRM a gAMA is meant as it stands, as browsers show it: 1 / 0.45455 is not sRGB's curve.
    for name, space in (("gama-srgb", "srgb"), ("chrm-p3", "p3")):
        write_png(f"{name}.png", image, [gamma(45455), chrm(PRIMARIES[space])])
        plain_curve = icc(desc("plain curve"), b"RGB ", [para(0, 100000 / 45455)] * 3, to_xyz(PRIMARIES[space]))
        write_png(f"{name}.srgb.png", shown_by_littlecms(image, plain_curve))
    write_png("cicp-p3.png", image, [(b"cICP", bytes([12, 13, 0, 1])), (b"sRGB", b"\0")])
    write_png("chart.png", image)


def in_two_scans(data):
    """A baseline 4:4:4 JPEG with Y in one scan, Cb and Cr in another.

    Pillow writes one scan only. Blocks come in the same order either way, so
    their bits are only sorted, not coded anew. Sides must be multiples of 8.
    """
    at, tables, head = 2, {}, data[:2]
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2:at + 4])[0]
        body = data[at + 4:at + 2 + length]
        if marker == 0xDA:
            break
        head, at = head + data[at:at + 2 + length], at + 2 + length
        if marker == 0xC0:
            height, width = struct.unpack(">HH", body[1:5])
        while marker == 0xC4 and body:
            codes, code, symbols = {}, 0, iter(body[17:])
            for size in range(1, 17):
                for _ in range(body[size]):
                    codes[format(code, f"0{size}b")] = next(symbols)
                    code += 1
                code <<= 1
            tables[body[0]], body = codes, body[17 + len(codes):]
    bits = "".join(format(b, "08b") for b in data[at + 2 + length:-2].replace(b"\xff\0", b"\xff"))
    position = 0

    def symbol(table):
        size = 1
        while bits[position:position + size] not in table:
            size += 1
        return table[bits[position:position + size]], size

    streams = ["", ""]
    for index in range(width * height // 64 * 3):
        chroma, start, k = index % 3 > 0, position, 0
        while k < 64:
            value, size = symbol(tables[(0x10 if k else 0) + chroma])
            position += size + (value & 15)
            k = 64 if k and value == 0 else k + 1 + (value >> 4 if k else 0)
        streams[chroma] += bits[start:position]
    out = head
    for components, stream in ((b"\x01\x00", streams[0]), (b"\x02\x11\x03\x11", streams[1])):
        stream += "1" * (-len(stream) % 8)
        coded = bytes(int(stream[i:i + 8], 2) for i in range(0, len(stream), 8)).replace(b"\xff", b"\xff\0")
        scan = bytes([len(components) // 2]) + components + b"\0\x3f\0"
        out += b"\xff\xda" + struct.pack(">H", len(scan) + 2) + scan + coded
    return out + b"\xff\xd9"


def main():
    expected = []
    for name, data, upright in pngs():
        (HERE / f"{name}.png").write_bytes(data)
        expected += [case(f"{name}.png", upright, None, 24, 18, 1.0)]
    scene = draw(61, 45)
    for how in [(None, 61, 45, 1.0), (None, 1, 1, 1.0), (None, 7, 31, 0.6), (None, 200, 150, 0.3), (None, 60, 44, 1.0),
                ((0, 0, 1, 1), 16, 48, 1.0), ((0.5, 0.5, 0.5, 0.5), 30, 9, 1.0), ((0.999, 0.999, 0.001, 0.001), 5, 5, 1.0),
                ((0, 0, 0.02, 1), 40, 20, 1.0)]:
        expected += [case("rgb8.png", scene, *how)]
    large = draw(231, 157, seed=11)
    (HERE / "large.png").write_bytes(png(231, 157, 8, 2, lambda x, y: large.getpixel((x, y))))
    expected += [case("large.png", large, *how) for how in
                 [(None, 32, 32, 1.0), (None, 224, 224, 0.875), (None, 120, 90, 1.0), (None, 17, 200, 1.0)]]
    write_orientations(expected)
    (HERE / "prepare.txt").write_text("\n".join(expected) + "\n")
    write_profiles()
    for name, data in jpegs():
        (HERE / f"{name}.jpg").write_bytes(data)


if __name__ == "__main__":
    main()
