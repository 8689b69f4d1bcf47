"""Reading a QR code from a photograph or a screenshot that somebody hands in.

zxing-cpp reads pixels, Pillow makes them: of three formats only, and of images whose header promises few enough.
"""

from __future__ import annotations

import warnings
from io import BytesIO

import zxingcpp
from PIL import Image

from ledger.errors import Unverifiable

ONLY_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
FORMATS = ("PNG", "JPEG", "WEBP")
MAX_IMAGE_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 25_000_000  # 100 MB at most while one is decoded
SIDE = 2_000  # pixels are left of the longer side: a code that fills a twentieth of it is still read


def read(image: bytes) -> str | None:
    """The text of the one QR code of an image, None when none is seen. Raises ``Unverifiable``."""
    if len(image) > MAX_IMAGE_BYTES:
        raise Unverifiable("image-too-large", f"an image may have {MAX_IMAGE_BYTES} bytes, not {len(image)}")
    found = {code.text for code in zxingcpp.read_barcodes(_pixels(image), formats=ONLY_QR)}
    if len(found) > 1:
        raise Unverifiable("qr-several", "more than one QR code is in the image")
    return found.pop() if found else None


def _pixels(image: bytes) -> Image.Image:
    """In grey."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which are not looked at
            opened = Image.open(BytesIO(image), formats=FORMATS)
            if opened.width * opened.height > MAX_PIXELS:
                raise Unverifiable("image-too-large", f"an image may have {MAX_PIXELS} pixels")
            opened.thumbnail((SIDE, SIDE))
            if not opened.has_transparency_data:
                return opened.convert("L")
            paper = Image.new("RGBA", opened.size, "white")  # what is transparent stands on white, as on a page
            return Image.alpha_composite(paper, opened.convert("RGBA")).convert("L")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise Unverifiable("image-malformed", f"not an image in {', '.join(FORMATS)}: {error}") from None
