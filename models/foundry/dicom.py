"""A DICOM file's one frame as a PNG's pixels, as the page shows it (web/classifier/dicom): sign, rescale, window (or their tables), then eight bits.

pydicom reads the file. Nothing of its header is kept. Refuses several frames and what holds no picture.
"""
import numpy as np
from PIL import Image


AS_STORED = ("1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")  # runs, lossless JPEG: samples as they lay in memory

EXTENDED_JPEG = "1.2.840.10008.1.2.4.51"  # lossy, of eight bits or of twelve


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
    """Where the file names no window, all that there is, padding aside. padding: of each value, whether it is some."""
    known = values[~padding]
    low, high = (known.min(), known.max()) if known.size else (0, 0)
    return ((low + high) / 2, high - low, "LINEAR_EXACT") if high > low else (low + 0.5, 1, "LINEAR")


def padded(data, stored):
    """Which stored values are padding: one, or those from one to another."""
    if data.get("PixelPaddingValue") is None:
        return np.zeros(stored.shape, bool)
    ends = sorted((int(data.PixelPaddingValue), int(data.get("PixelPaddingRangeLimit", data.PixelPaddingValue))))
    return (stored >= ends[0]) & (stored <= ends[1])


def of_frame(data, name):
    """Enhanced files name it for the frame or for all of them, classic ones at the top."""
    for groups in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        if data.get(groups) and data[groups][0].get(name):
            return data[groups][0][name][0]
    return data


def table(data, name, is_signed, is_little_endian):
    """(entries, the value of the first, the largest that can be) of a table; None: there is none."""
    if not data.get(name):
        return None
    item = data[name][0]
    count, first, bits = (int(value) for value in item.LUTDescriptor)
    count = count or 65536  # more than 16 bits can say
    entries = item.LUTData
    if isinstance(entries, bytes):
        entries = np.frombuffer(entries, "<u2" if len(entries) >= 2 * count else np.uint8)
        if not is_little_endian and entries.itemsize == 2:
            entries = entries.byteswap()
    entries = np.atleast_1d(np.asarray(entries)).astype(np.int64)[:count]
    if len(entries) < count or not 1 <= bits <= 16:
        raise ValueError("the DICOM picture has no whole table of greys")
    return entries, first - 65536 if is_signed and first > 32767 else first, 2**bits - 1


def looked_up(values, entries, first):
    return entries[np.clip(np.floor(values + 0.5).astype(np.int64) - first, 0, len(entries) - 1)].astype(np.float64)


def grey(data, stored):
    is_signed = bool(data.PixelRepresentation)
    rescale = of_frame(data, "PixelValueTransformationSequence")
    slope, intercept = (float(default if rescale.get(name) is None else rescale[name].value)
                        for name, default in (("RescaleSlope", 1), ("RescaleIntercept", 0)))
    modality = table(data, "ModalityLUTSequence", is_signed, data.is_little_endian)
    values = looked_up(stored, *modality[:2]) if modality else stored.astype(np.float64) * slope + intercept
    named = of_frame(data, "FrameVOILUTSequence")
    voi = table(named, "VOILUTSequence", is_signed or intercept < 0, data.is_little_endian)
    if voi:
        share = looked_up(values, *voi[:2]) / voi[2]
    else:
        centre, width, shape = first(named.get("WindowCenter")), first(named.get("WindowWidth")), str(named.get("VOILUTFunction", "LINEAR"))
        is_window = centre is not None and width is not None and (width > 0 if shape in ("LINEAR_EXACT", "SIGMOID") else width >= 1)
        share = windowed(values, *((centre, width, shape) if is_window else whole_window(values, padded(data, stored))))
    level = np.floor(255 * (1 - share if data.PhotometricInterpretation == "MONOCHROME1" else share) + 0.5).astype(np.uint8)
    return Image.fromarray(level).convert("RGB")


def shifted(data):
    """By how many bits the stored values lie above bit 0, as files from before the High Bit was settled have them (PS3.5 8.1.1)."""
    stored, allocated = int(data.get("BitsStored", data.BitsAllocated)), int(data.BitsAllocated)
    high = int(data.get("HighBit", stored - 1))
    if not 1 <= stored <= high + 1 <= allocated:
        raise ValueError(f"the DICOM file says {stored} bits up to bit {high} of {allocated}")
    syntax = data.file_meta.get("TransferSyntaxUID")
    return high + 1 - stored if syntax is None or not syntax.is_compressed or syntax in AS_STORED else 0


REQUIREMENTS = "pip install -r models/foundry/requirements-dicom.txt"


def twelve_bits(data):
    """Samples of a lossy JPEG of more than eight bits: what pydicom reads with, GDCM too, refuses those."""
    import pydicom
    try:
        import imagecodecs
    except ImportError:
        raise ValueError(f"its compression (lossy JPEG of 12 bits) is read where the package imagecodecs is installed: {REQUIREMENTS}") from None
    frame = next(pydicom.encaps.generate_frames(data.PixelData, number_of_frames=1))
    try:
        values = imagecodecs.jpeg_decode(frame)
    except Exception as error:  # the codec's own, of several kinds
        raise ValueError(f"its JPEG cannot be read: {error}") from None
    if values.shape != (data.Rows, data.Columns):
        raise ValueError(f"its JPEG is of {' x '.join(map(str, values.shape))}, the DICOM file says {data.Rows} x {data.Columns}")
    values = values.astype(np.int64)
    if data.PixelRepresentation:
        half = 1 << int(data.BitsStored) - 1
        values = (values ^ half) - half
    return values


def stored_values(data):
    """What the file holds; colours as RGB already."""
    import pydicom
    shift = shifted(data)
    if data.file_meta.get("TransferSyntaxUID") == EXTENDED_JPEG and data.BitsAllocated > 8:
        return twelve_bits(data)
    if shift:
        data.BitsStored = data.HighBit + 1  # pydicom takes the lowest bits
    try:
        return pydicom.pixels.pixel_array(data, raw=False) >> shift
    except RuntimeError as error:
        if "plugins" in str(error):
            name = data.file_meta.TransferSyntaxUID.name.split(",")[0]
            raise ValueError(f"its compression ({name}) is read where the package python-gdcm is installed: {REQUIREMENTS}") from None
        raise


def picture(path):
    """RGB; a ValueError says why there is none."""
    import pydicom
    data = pydicom.dcmread(path, force=True)
    if "PixelData" not in data or "Rows" not in data:
        raise ValueError("the DICOM file holds no picture (a report, a list or a plan)")
    if int(data.get("NumberOfFrames", 1) or 1) > 1:
        raise ValueError(f"the DICOM file holds {data.NumberOfFrames} frames; save the one that you mean by itself")
    if int(data.get("SamplesPerPixel", 1)) == 3 and data.BitsAllocated != 8:
        raise ValueError(f"the DICOM picture has {data.BitsAllocated} bits a colour; 8 are read")
    stored = stored_values(data)
    if data.PhotometricInterpretation.startswith("MONOCHROME"):
        return grey(data, stored)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        stored = pydicom.pixels.apply_color_lut(stored, data)
        stored = stored >> 8 if stored.dtype.itemsize == 2 else stored
    return Image.fromarray(stored.astype(np.uint8))
