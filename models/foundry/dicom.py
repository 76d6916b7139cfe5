"""A DICOM file's one frame as a PNG's pixels, as the page shows it (web/classifier/dicom): sign, rescale, window, then eight bits.

pydicom reads the file. Nothing of its header is kept. Refuses several frames and what holds no picture.
"""
import numpy as np
from PIL import Image


def first(value):
    """The first of several windows."""
    return None if value is None else float(value[0] if hasattr(value, "__len__") and not isinstance(value, str) else value)


def windowed(values, centre, width, shape):
    """0..1, by DICOM PS3.3 C.11.2."""
    if shape == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (values - centre) / width))
    middle, span = (centre, width) if shape == "LINEAR_EXACT" else (centre - 0.5, width - 1)
    return np.clip((values - middle) / span + 0.5, 0, 1) if span > 0 else (values > middle).astype(float)


def whole_window(values, padding):
    """Where the file names no window, all that there is, padding aside."""
    known = values[values != padding] if padding is not None else values
    low, high = (known.min(), known.max()) if known.size else (0, 0)
    return ((low + high) / 2, high - low, "LINEAR_EXACT") if high > low else (low + 0.5, 1, "LINEAR")


def grey(data, stored):
    slope, intercept = float(data.get("RescaleSlope", 1) or 1), float(data.get("RescaleIntercept", 0) or 0)
    values = stored.astype(np.float64) * slope + intercept
    centre, width = first(data.get("WindowCenter")), first(data.get("WindowWidth"))
    padding = data.get("PixelPaddingValue")
    if centre is None or width is None or width <= 0:
        window = whole_window(values, None if padding is None else padding * slope + intercept)
    else:
        window = (centre, width, str(data.get("VOILUTFunction", "LINEAR")))
    share = windowed(values, *window)
    level = np.floor(255 * (1 - share if data.PhotometricInterpretation == "MONOCHROME1" else share) + 0.5).astype(np.uint8)
    return Image.fromarray(level).convert("RGB")


def stored_values(data):
    """What the file holds; colours as RGB already."""
    import pydicom
    try:
        return pydicom.pixels.pixel_array(data, raw=False)
    except RuntimeError as error:
        if "plugins" in str(error):
            name = data.file_meta.TransferSyntaxUID.name.split(",")[0]
            raise ValueError(f"its compression ({name}) is read where the package python-gdcm is installed") from None
        raise


def picture(path):
    """RGB; a ValueError says why there is none."""
    import pydicom
    data = pydicom.dcmread(path, force=True)
    if "PixelData" not in data or "Rows" not in data:
        raise ValueError("the DICOM file holds no picture (a report, a list or a plan)")
    if int(data.get("NumberOfFrames", 1) or 1) > 1:
        raise ValueError(f"the DICOM file holds {data.NumberOfFrames} frames; save the one that you mean by itself")
    stored = stored_values(data)
    if data.PhotometricInterpretation.startswith("MONOCHROME"):
        return grey(data, stored)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        stored = pydicom.pixels.apply_color_lut(stored, data) >> 8
    return Image.fromarray(stored.astype(np.uint8))
