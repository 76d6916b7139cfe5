"""Draws the WebP files here and webp.txt, what they must become, and scene.avif, .gif, .bmp and animation-apart.apng,
which browsers alone read:
python tests/golden/make_webp.py

Rows of webp.txt are those of prepare.txt (make_golden.py): file, crop, width, height, crop fraction, SHA-256. Pixels are
decoded by Pillow, whose libwebp gives the same as any other; encoded files are the same with one version of it.
"""
import io
import struct
import zlib

from make_golden import HERE, case, chunk, draw, exif, on_white, picture, png
from PIL import Image

WIDTH, HEIGHT = 61, 45


def encode(image, **options):
    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def riff_chunk(kind, payload):
    return kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def riff(*chunks):
    body = b"WEBP" + b"".join(riff_chunk(*one) for one in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunks_of(data):
    """(kind, payload) of each chunk."""
    at, found = 12, []
    while at < len(data):
        kind, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        found.append((kind, data[at + 8:at + 8 + size]))
        at += 8 + size + size % 2
    return found


def coded_of(data):
    return [one for one in chunks_of(data) if one[0] in (b"ALPH", b"VP8 ", b"VP8L")]


def u24(value):
    return struct.pack("<I", value)[:3]


def extended(flags, width, height):
    return b"VP8X", bytes([flags, 0, 0, 0]) + u24(width - 1) + u24(height - 1)


def frame(x, y, width, height, coded):
    body = b"".join(riff_chunk(*one) for one in coded)
    return b"ANMF", u24(x // 2) + u24(y // 2) + u24(width - 1) + u24(height - 1) + u24(100) + b"\0" + body


def display_p3():
    """A profile of Display P3's primaries (chromatically adapted to D50) and sRGB's curve (ICC.1:2022)."""
    def s15(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(s15(v) for v in values)

    name = "Display P3".encode("utf-16-be")
    tags = {b"desc": b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(name), 28) + name,
            b"wtpt": xyz((0.96419, 1, 0.82489)), b"rXYZ": xyz((0.51512, 0.2412, -0.00105)),
            b"gXYZ": xyz((0.29198, 0.69225, 0.04189)), b"bXYZ": xyz((0.1571, 0.06657, 0.78407)),
            b"rTRC": b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(
                s15(v) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))}
    tags[b"gTRC"] = tags[b"bTRC"] = tags[b"rTRC"]
    table, data = b"", b""
    for kind, content in tags.items():
        table += kind + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(data), len(content))
        data += content + b"\0" * (-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s12s4s", 0, b"none", 0x04000000, b"mntr", b"RGB ", b"XYZ ", bytes(12), b"acsp")
    header += bytes(28) + s15(0.9642) + s15(1) + s15(0.8249) + bytes(48)
    body = header + struct.pack(">I", len(tags)) + table + data
    return struct.pack(">I", len(body)) + body[4:]


def webps():
    """Yields name, bytes, the RGB picture that it must decode to."""
    scene = draw(WIDTH, HEIGHT)
    alpha = Image.new("L", (WIDTH, HEIGHT))
    alpha.putdata([min(255, (x * 5 + y * 3) % 300) for y in range(HEIGHT) for x in range(WIDTH)])
    see_through = Image.merge("RGBA", (*scene.split(), alpha))

    def shown(data):
        """As Pillow decodes it, transparency on white."""
        image = Image.open(io.BytesIO(data)).convert("RGBA")
        return picture(*image.size, lambda x, y: on_white(image.getpixel((x, y))[:3], image.getpixel((x, y))[3]))

    for name, image, options in [("lossy", scene, {"quality": 80}), ("lossless", scene, {"lossless": True}),
                                 ("lossy-alpha", see_through, {"quality": 70}),
                                 ("lossless-alpha", see_through, {"lossless": True, "exact": True})]:
        data = encode(image, **options)
        yield name, data, shown(data)
    lossy, lossless = coded_of(encode(scene, quality=80)), coded_of(encode(scene, lossless=True))
    # Turned by its EXIF data in no browser.
    yield "exif-6", riff(extended(8, WIDTH, HEIGHT), *lossy, (b"EXIF", exif(6))), shown(riff(*lossy))
    canvas = Image.new("RGB", (80, 64), "white")
    canvas.paste(scene, (6, 14))
    yield "animation", riff(extended(2, 80, 64), (b"ANIM", bytes(6)), frame(6, 14, WIDTH, HEIGHT, lossless),
                            frame(0, 0, WIDTH, HEIGHT, lossy)), canvas


def animation_apart(scene):
    """A PNG whose own picture, black, is no frame of its animation: browsers never show it."""
    apart = png(WIDTH, HEIGHT, 8, 2, lambda x, y: (0, 0, 0), before=[(b"acTL", struct.pack(">II", 1, 0))])
    whole = png(WIDTH, HEIGHT, 8, 2, lambda x, y: scene.getpixel((x, y)))
    at = whole.index(b"IDAT")
    data = whole[at + 4:at + 4 + struct.unpack(">I", whole[at - 4:at])[0]]
    fctl = struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 1, 0, 0)
    return apart[:-12] + chunk(b"fcTL", fctl) + chunk(b"fdAT", struct.pack(">I", 1) + data) + apart[-12:]


def main():
    expected = []
    ways = [(None, 24, 18, 1.0), (None, 17, 40, 0.6), ((0.1, 0.2, 0.5, 0.6), 20, 12, 1.0), ((0, 0, 0.05, 0.05), 3, 3, 1.0)]
    for name, data, upright in webps():
        (HERE / f"{name}.webp").write_bytes(data)
        expected += [case(f"{name}.webp", upright, *how) for how in ways]
    # One picture with one profile, in both formats: what becomes of it must be equal.
    scene, profile = draw(WIDTH, HEIGHT), display_p3()
    (HERE / "icc.webp").write_bytes(riff(extended(32, WIDTH, HEIGHT), (b"ICCP", profile),
                                         *coded_of(encode(scene, lossless=True))))
    iccp = b"Display P3\0\0" + zlib.compress(profile, 9)
    (HERE / "icc.png").write_bytes(png(WIDTH, HEIGHT, 8, 2, lambda x, y: scene.getpixel((x, y)), before=[(b"iCCP", iccp)]))
    scene.save(HERE / "scene.avif", quality=90)
    scene.save(HERE / "turned.avif", quality=90, exif=exif(6))
    scene.save(HERE / "scene.gif")
    scene.save(HERE / "scene.bmp")
    (HERE / "animation-apart.apng").write_bytes(animation_apart(scene))
    (HERE / "webp.txt").write_text("\n".join(expected) + "\n")


if __name__ == "__main__":
    main()
