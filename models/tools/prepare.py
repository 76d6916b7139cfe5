"""From a picture to the network's input, as the core does it on the phone.

Centre crop with the input's aspect ratio, Pillow's antialiased BILINEAR on
8 bits, then (value / 255 - mean) / std. src/image/ gives the same bytes.
"""
import math

import numpy as np
from PIL import Image, ImageOps


def open_picture(path):
    """8-bit RGB PIL image, upright (EXIF orientation applied)."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def centre_crop_box(width, height, input_width, input_height, fraction):
    """(left, top, right, bottom) in whole pixels; the order of operations is that of src/image/crop.c."""
    crop_width, crop_height = float(width), float(height)
    if crop_width * input_height > crop_height * input_width:
        crop_width = crop_height * input_width / input_height
    else:
        crop_height = crop_width * input_height / input_width
    crop_width = min(width, max(1, math.floor(crop_width * fraction + 0.5)))
    crop_height = min(height, max(1, math.floor(crop_height * fraction + 0.5)))
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    return left, top, left + crop_width, top + crop_height


def prepare(picture, input_width, input_height, fraction):
    """uint8 [H,W,3] (or PIL image) of any size to uint8 [input_height, input_width, 3]."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(np.ascontiguousarray(picture))
    box = centre_crop_box(*image.size, input_width, input_height, fraction)
    return np.asarray(image.resize((input_width, input_height), Image.BILINEAR, box=box))


def normalise(pixels, mean, std):
    """uint8 [...,3] to float32 [...,3], per channel (value / 255 - mean) / std."""
    return (pixels.astype(np.float32) / np.float32(255) - np.float32(mean)) / np.float32(std)
