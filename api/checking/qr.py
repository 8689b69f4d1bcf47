"""Reads a QR code from a photograph or a screenshot that somebody hands in.

Pillow decodes the image, from three formats only and if its header states few enough pixels; zxing-cpp reads the code.
"""

import warnings
from io import BytesIO

import zxingcpp
from PIL import Image

from ledger.errors import Unverifiable

ONLY_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
FORMATS = ("PNG", "JPEG", "WEBP")
MAX_IMAGE_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 25_000_000  # at most 100 MB while an image is decoded
SIDE = 2_000  # pixels of the longer side after scaling: a code on a twentieth of it can still be read


def read(image: bytes) -> str | None:
    """The text of the only QR code in an image; None when there is none. Raises ``Unverifiable``."""
    if len(image) > MAX_IMAGE_BYTES:
        raise Unverifiable("image-too-large", f"an image may have {MAX_IMAGE_BYTES} bytes, not {len(image)}")
    texts = {code.text for code in zxingcpp.read_barcodes(_pixels(image), formats=ONLY_QR)}
    if len(texts) > 1:
        raise Unverifiable("qr-several", "more than one QR code is in the image")
    return texts.pop() if texts else None


def _pixels(image: bytes) -> Image.Image:
    """The image in grey."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata, which are not used
            opened = Image.open(BytesIO(image), formats=FORMATS)
            if opened.width * opened.height > MAX_PIXELS:
                raise Unverifiable("image-too-large", f"an image may have {MAX_PIXELS} pixels")
            opened.thumbnail((SIDE, SIDE))
            if not opened.has_transparency_data:
                return opened.convert("L")
            paper = Image.new("RGBA", opened.size, "white")  # transparent parts are white, as on a page
            return Image.alpha_composite(paper, opened.convert("RGBA")).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unverifiable("image-malformed", f"not an image in {', '.join(FORMATS)}: {error}") from None
