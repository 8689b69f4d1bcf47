"""Reads QR codes in a photograph, a screenshot or a scan that somebody hands in (zxing-cpp)."""

from collections.abc import Iterator

import zxingcpp

from api.checking import pixels

ONLY_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
# Pixels of the longer side. At the first, a code on a twentieth of it can be read; the second is for large photographs.
SIDES = (2_000, 4_500)


def texts(data: bytes) -> Iterator[list[str]]:
    """Yields the different texts of all codes in a picture or PDF, at one size after another, while more are asked for.

    Raises ``Unverifiable``: presented-unknown when it is neither a picture nor a PDF.
    """
    beyond = 0
    for side in SIDES:
        found = (
            code.text
            for image in pixels.images(data, side, beyond)
            for code in zxingcpp.read_barcodes(image, formats=ONLY_QR)
        )
        yield list(dict.fromkeys(found))
        beyond = side
